"""The settings page "Fields": the fields of each record type, adding and changing own ones. For administrators only."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.kernel.custom import (
    condition_views,  # noqa: F401 - its addresses
    conversion,
    define,
    forms,
    formula_views,  # noqa: F401 - its addresses
    named_by,
    rollups,
    schema,
    transfer,
)
from rapport.kernel.custom.formulas.functions import FUNCTIONS
from rapport.kernel.custom.indexes import WITHOUT
from rapport.kernel.custom.kinds import WORKED_OUT
from rapport.kernel.custom.models import CustomField, IndexState
from rapport.kernel.custom.searching import SEARCHED
from rapport.kernel.fields.base import Privacy
from rapport.kernel.lists.counting import count_rows
from rapport.kernel.lists.page import remember_columns
from rapport.kernel.lists.views import state_of
from rapport.kernel.pages.routing import page
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType, types
from rapport.ui.answers import go_to, page_or_part
from rapport.ui.formats import HUES
from rapport.ui.notices import notice

METHODS = ("GET", "HEAD", "POST")
LOOKED_AT = 2_000  # the newest records, of which the page tells how many have a value


def address(kind: RecordType) -> str:
    return reverse("custom_fields_of", args=[kind.key])


def _page(
    request: UserRequest,
    kind: RecordType,
    editor: forms.Shown | None = None,
    problem: RuleError | None = None,
) -> HttpResponse:
    """The list of fields, with the editor of one of them beside it."""
    own, built_in = forms.rows_of(kind, filled(kind))
    removed = CustomField.objects.filter(type=kind.key).exclude(removed_at=None).order_by("-removed_at")
    is_new = editor is not None and editor.one._state.adding
    conversion_of = editor.one.conversion if editor is not None else {}
    context: dict[str, Any] = {  # Any: what the template shows
        "conversion": conversion_of, "conversion_at": parse_datetime(conversion_of.get("at", "")),
        "current": "fields", "kind": kind, "types": types(), "own": own, "built_in": built_in, "removed": removed,
        "own_type": kind.key in schema.known().types,
        "records": count_rows(kind.model.objects.filter(deleted_at=None)),
        "editor": editor, "kinds": forms.KINDS, "kind_icons": forms.KIND_ICONS, "hues": HUES,
        "problem": problem, "errors": problem.fields if problem else {}, "privacies": Privacy.choices,
        "groups": sorted({str(one.flags.group) for one in kind.fields.values() if one.flags.group}),
        "takes": rollups.TAKES, "functions": sorted(FUNCTIONS), "worked_kinds": WORKED_OUT,
        "related": forms.related_choices(kind) if editor is not None else [],
        "languages": settings.LANGUAGES, "unique_kinds": define.UNIQUE, "unindexed_kinds": WITHOUT,
        "searched_kinds": SEARCHED, "unconditional_kinds": define.WITHOUT_CONDITIONS,
        "preparing": IndexState.PREPARING, "failed": IndexState.FAILED,
        "is_new": is_new, "list": _list_before(request),
        "namers": named_by.namers_of(kind.key, editor.one.name) if editor is not None and not is_new else [],
        "can_take_back": editor is not None and conversion.can_be_taken_back(editor.one),
    }  # fmt: skip
    return render(request, "kernel/custom/fields.html", context, status=422 if problem else 200)


def filled(kind: RecordType) -> dict[str, float]:
    """The share of the newest records that have a value, for each field that is not worked out."""
    fields = {name: one for name, one in kind.fields.items() if not one.is_worked_out}
    newest = kind.model.objects.filter(deleted_at=None).order_by("-created_at").values("pk")[:LOOKED_AT]
    chosen, values = newest.query.sql_with_params()
    counts = ", ".join(
        f"count(nullif(nullif({one.value_sql}::text, ''), '{{}}'))".replace("%", "%%")
        for one in fields.values()
    )
    with connection.cursor() as cursor:
        # nothing in it is typed by anybody: columns and names of the registry
        cursor.execute(
            f'select count(*), {counts} from "{kind.table}" where id in ({chosen})',  # noqa: S608
            values,
        )
        total, *several = cursor.fetchone()
    return {name: count / total for name, count in zip(fields, several, strict=True)} if total else {}


def _field(kind: RecordType, field_id: UUID) -> CustomField:
    one = CustomField.objects.filter(pk=field_id, type=kind.key).first()
    if one is None:
        raise Http404
    return one


@page("settings/fields/", name="custom_fields")
@administrators
def first(request: UserRequest) -> HttpResponse:
    """The fields of the first record type."""
    return redirect(address(types()[0]))


@page("settings/fields/<type:kind>/", name="custom_fields_of", methods=METHODS)
@administrators
def fields(request: UserRequest, kind: RecordType) -> HttpResponse:
    """The fields of a record type; POST puts the own ones into another order."""
    if request.method == "POST":
        ids = request.POST.getlist("order")
        act, _colon, key = request.POST.get("act", "").partition(":")
        if act in ("up", "down") and key in ids:
            place = ids.index(key)
            ids.insert(max(0, place - 1) if act == "up" else place + 1, ids.pop(place))
        define.order_fields(kind, ids, by=request.user)
        return redirect(address(kind))
    return _page(request, kind)


@page("settings/fields/<type:kind>/new/", name="custom_field_new", methods=METHODS)
@administrators
def new(request: UserRequest, kind: RecordType) -> HttpResponse:
    """Add a field; who came from the columns of a list comes back to it."""
    blank = CustomField(type=kind.key, kind="text")
    if request.method != "POST":
        said = request.GET.get("kind", "")
        blank.kind = said if said in forms.KINDS else "text"
        return _page(request, kind, forms.Shown(blank))
    wanted = request.POST.get("kind", "text")
    draft = define.Draft(wanted if wanted in forms.KINDS else "text", {})
    try:
        draft = forms.read_draft(request.POST, draft.kind, None)
        made = define.add_field(kind, draft, by=request.user)
    except RuleError as problem:
        return _page(request, kind, forms.as_typed(blank, draft), problem)
    notice(
        request,
        _("%(field)s is added. It stands in forms, lists, filters and files.") % {"field": made.label},
    )
    before = _list_before(request)
    back = _shown_in_list(request, kind, made) if before else address(kind)
    if "stay" in request.POST:
        query = f"?{urlencode({'list': before})}" if before else ""
        return redirect(reverse("custom_field", args=[kind.key, made.pk]) + query)
    return redirect(back)


def _list_before(request: UserRequest) -> str:
    """The query string of the list in whose columns the field was missed; "" for who came another way."""
    return request.POST.get("list", "") or request.GET.get("list", "")


def _shown_in_list(request: UserRequest, kind: RecordType, made: CustomField) -> str:
    """The address of that list, which shows the new field as its last column."""
    query = QueryDict(_list_before(request), mutable=True)
    state = state_of(request, kind, query)
    remember_columns(request, kind, state.view, [*state.columns, made.name])
    query.pop("columns", None)
    return f"{reverse('list', args=[kind.key])}?{query.urlencode()}"


@page("settings/fields/<type:kind>/<uuid:field_id>/", name="custom_field", methods=METHODS)
@administrators
def edit(request: UserRequest, kind: RecordType, field_id: UUID) -> HttpResponse:
    """Change a field."""
    one = _field(kind, field_id)
    if one.is_removed:
        raise Http404
    if request.method != "POST":
        return _page(request, kind, forms.shown(one))
    draft = define.Draft(one.kind, one.texts, options=one.options)
    try:
        draft = forms.read_draft(request.POST, one.kind, one)
        define.change_field(one, draft, by=request.user)
    except RuleError as problem:
        return _page(request, kind, forms.as_typed(one, draft), problem)
    notice(request, _("Saved."))
    return redirect(address(kind))


@page("settings/fields/<type:kind>/<uuid:field_id>/remove/", name="custom_field_remove", methods=METHODS)
@administrators
def remove(request: UserRequest, kind: RecordType, field_id: UUID) -> HttpResponse:
    """The dialog that tells what would be lost, and the removal."""
    one = _field(kind, field_id)
    if one.is_removed:
        raise Http404
    if request.method == "POST":
        define.remove_field(one, by=request.user)
        notice(
            request,
            gettext("%(field)s is removed. Its values are kept for 30 days.") % {"field": one.label},
            reverse("custom_field_restore", args=[kind.key, one.pk]),
        )
        return go_to(request, address(kind))
    namers = named_by.namers_of(kind.key, one.name)
    context = {"one": one, "kind": kind, "preview": conversion.preview_removal(one), "namers": namers}
    return page_or_part(request, "kernel/custom/remove.html", context, "main")


@page("settings/fields/<type:kind>/<uuid:field_id>/restore/", name="custom_field_restore", methods=("POST",))
@administrators
def restore(request: UserRequest, kind: RecordType, field_id: UUID) -> HttpResponse:
    """Take a removed field back, with its values."""
    one = _field(kind, field_id)
    try:
        define.restore_field(one, by=request.user)
    except RuleError as problem:
        notice(request, problem.sentence, bad=True)
    else:
        notice(request, gettext("%(field)s is back, with its values.") % {"field": one.label})
    return go_to(request, address(kind))


@page("settings/fields/<type:kind>/<uuid:field_id>/kind/", name="custom_field_kind", methods=METHODS)
@administrators
def change_kind(request: UserRequest, kind: RecordType, field_id: UUID) -> HttpResponse:
    """Another kind: GET shows what would become of the values, POST does it, or takes it back."""
    one = _field(kind, field_id)
    if one.is_removed:
        raise Http404
    back = reverse("custom_field", args=[kind.key, one.pk])
    said = request.POST.get("kind") or request.GET.get("kind") or ""
    possible = conversion.kinds_for(one)
    problem, shown = "", None
    try:
        if request.method == "POST":
            return go_to(request, _convert(request, one, said, back))
        if said in possible:
            shown = conversion.preview(one, said)
    except RuleError as error:
        problem = error.sentence
    context = {
        "current": "fields", "one": one, "kind": kind, "possible": possible, "kinds": forms.KINDS, "said": said,
        "preview": shown, "problem": problem, "now": forms.kind_words(one.kind),
        "namers": named_by.namers_of(kind.key, one.name) if shown else [],
    }  # fmt: skip
    return render(request, "kernel/custom/kind.html", context, status=422 if problem else 200)


def _convert(request: UserRequest, one: CustomField, said: str, back: str) -> str:
    if "take_back" in request.POST:
        conversion.take_back(one, by=request.user)
        notice(request, gettext("%(field)s is as it was.") % {"field": one.label})
    elif conversion.change_kind(one, said, by=request.user):
        notice(request, gettext("The values of %(field)s are being converted.") % {"field": one.label})
    else:
        notice(request, gettext("%(field)s has another kind now.") % {"field": one.label})
    return back


@page("settings/fields/<type:kind>/file/", name="custom_fields_file", methods=METHODS)
@administrators
def file(request: UserRequest, kind: RecordType) -> HttpResponse:
    """GET downloads the fields as a file; POST shows what a file would do, and does it when it was confirmed."""
    if request.method != "POST":
        answer = HttpResponse(transfer.write_file(kind), content_type="application/json; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="rapport-fields-{kind.key}.json"'
        return answer
    upload = request.FILES.get("file")
    steps: list[transfer.Step] = []
    problem = ""
    text = request.POST.get("text", "")
    try:
        if upload is not None:
            text = upload.read(transfer.LARGEST + 1).decode("utf-8", "replace")
        if upload is None and "sure" in request.POST:
            added, changed = transfer.apply(kind, text, by=request.user)
            said = {"added": added, "changed": changed}
            notice(request, gettext("%(added)s fields added, %(changed)s changed.") % said)
            return redirect(address(kind))
        steps = transfer.plan(kind, text)
    except RuleError as error:
        problem = error.sentence
    context = {"current": "fields", "kind": kind, "steps": steps, "text": text, "problem": problem}
    return render(request, "kernel/custom/file.html", context, status=422 if problem else 200)
