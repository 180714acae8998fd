"""The settings page "Record types": all there are, adding and changing own ones. For administrators only."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.kernel.custom import schema
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.record_types import define, forms, transfer
from rapport.kernel.custom.record_types.models import CustomType
from rapport.kernel.lists.counting import count_rows
from rapport.kernel.pages.routing import page
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType, types
from rapport.ui.answers import go_to, page_or_part
from rapport.ui.formats import HUES
from rapport.ui.notices import notice

METHODS = ("GET", "HEAD", "POST")
COUNTED = 10_000  # more records are called so many and more


@dataclass
class Row:
    """One line of the page."""

    kind: RecordType
    fields: int
    records: int
    is_exact: bool
    one: CustomType | None


def _rows() -> list[Row]:
    """All types, with their records counted in one statement as far as that is cheap."""
    every = types()
    definitions = {one.key: one for one in CustomType.objects.filter(removed_at=None)}
    fields = dict(
        CustomField.objects.filter(removed_at=None).order_by().values_list("type").annotate(count=Count("pk"))
    )
    counted = " union all ".join(
        f"select '{kind.key}', (select count(*) from (select from {kind.table} {_of(kind)} limit {COUNTED + 1}) r)"  # noqa: S608  # names of ours
        for kind in every
    )
    with connection.cursor() as cursor:
        cursor.execute(counted)
        numbers = dict(cursor.fetchall())
    return [
        Row(
            kind,
            len(kind.own_fields) + fields.get(kind.key, 0),
            min(numbers[kind.key], COUNTED),
            numbers[kind.key] <= COUNTED,
            definitions.get(kind.key),
        )
        for kind in every
    ]


def _of(kind: RecordType) -> str:
    """SQL: rows of this type that are not in the trash; several types may share a table."""
    return "where deleted_at is null" + (f" and kind = '{kind.kind}'" if kind.kind else "")


def _page(
    request: UserRequest, editor: forms.Shown | None = None, problem: RuleError | None = None
) -> HttpResponse:
    kind = schema.known().types.get(editor.one.key) if editor is not None and not editor.is_new else None
    context = {
        "current": "types", "rows": _rows(), "editor": editor, "kind": kind, "icons": define.ICONS, "hues": HUES,
        "problem": problem, "errors": problem.fields if problem else {}, "languages": settings.LANGUAGES,
        "boards": define.fields_for_boards(kind) if kind else [], "subtitles": range(forms.SUBTITLES),
        "removed": CustomType.objects.exclude(removed_at=None).order_by("-removed_at"),
    }  # fmt: skip
    return render(request, "kernel/custom/record_types/types.html", context, status=422 if problem else 200)


def _type(type_id: UUID, *, removed: bool = False) -> CustomType:
    one = CustomType.objects.filter(pk=type_id, removed_at__isnull=not removed).first()
    if one is None:
        raise Http404
    return one


@page("settings/types/", name="custom_types")
@administrators
def all_types(request: UserRequest) -> HttpResponse:
    """All record types."""
    return _page(request)


@page("settings/types/new/", name="custom_type_new", methods=METHODS)
@administrators
def new(request: UserRequest) -> HttpResponse:
    """Add a record type; its fields come next."""
    blank = CustomType()
    if request.method != "POST":
        return _page(request, forms.Shown(blank, is_new=True))
    draft = forms.read_draft(request.POST)
    try:
        made = define.add_type(draft, by=request.user)
    except RuleError as problem:
        return _page(request, forms.as_typed(blank, draft), problem)
    notice(request, _("%(type)s are there. Add the fields that they have.") % {"type": made.label_plural})
    return redirect(reverse("custom_fields_of", args=[made.key]))


@page("settings/types/<uuid:type_id>/", name="custom_type", methods=METHODS)
@administrators
def edit(request: UserRequest, type_id: UUID) -> HttpResponse:
    """Change a record type."""
    one = _type(type_id)
    if request.method != "POST":
        return _page(request, forms.Shown(one, is_new=False))
    draft = forms.read_draft(request.POST)
    try:
        define.change_type(one, draft, by=request.user)
    except RuleError as problem:
        return _page(request, forms.as_typed(one, draft), problem)
    notice(request, _("Saved."))
    return redirect(reverse("custom_types"))


@page("settings/types/<uuid:type_id>/remove/", name="custom_type_remove", methods=METHODS)
@administrators
def remove(request: UserRequest, type_id: UUID) -> HttpResponse:
    """The dialog that tells what would be gone, and the removal."""
    one = _type(type_id)
    if request.method == "POST":
        define.remove_type(one, by=request.user)
        notice(
            request,
            _("%(type)s are removed. They are kept for 30 days.") % {"type": one},
            reverse("custom_type_restore", args=[one.pk]),
        )
        return go_to(request, reverse("custom_types"))
    kind = schema.known().types[one.key]
    context = {
        "one": one,
        "records": count_rows(kind.model.objects.filter(deleted_at=None)),
        "links": define.links_to(kind),
    }
    return page_or_part(request, "kernel/custom/record_types/remove.html", context, "main")


@page("settings/types/<uuid:type_id>/restore/", name="custom_type_restore", methods=("POST",))
@administrators
def restore(request: UserRequest, type_id: UUID) -> HttpResponse:
    """Take a removed record type back, with its records."""
    one = _type(type_id, removed=True)
    define.restore_type(one, by=request.user)
    notice(request, _("%(type)s are back, with all records.") % {"type": one})
    return go_to(request, reverse("custom_types"))


@page("settings/types/<uuid:type_id>/file/", name="custom_type_file")
@administrators
def download(request: UserRequest, type_id: UUID) -> HttpResponse:
    """The record type with its fields as a file, for another installation."""
    one = _type(type_id)
    answer = HttpResponse(transfer.write_file(one), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rapport-type-{one.key}.json"'
    return answer


@page("settings/types/file/", name="custom_type_upload", methods=("POST",))
@administrators
def upload(request: UserRequest) -> HttpResponse:
    """Add the record type of a file with its fields."""
    said = request.FILES.get("file")
    text = said.read(transfer.LARGEST + 1).decode("utf-8", "replace") if said is not None else ""
    try:
        kind = transfer.apply(text, by=request.user)
    except RuleError as problem:
        notice(request, problem.sentence, bad=True)
        return redirect(reverse("custom_types"))
    notice(request, _("%(type)s are there, with their fields.") % {"type": kind.label_plural})
    return redirect(reverse("custom_fields_of", args=[kind.key]))
