"""The pages of an import: file, columns, rows, and the import itself. Everybody sees his own, administrators all."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.imports import deeds, row_views, templates  # noqa: F401  # row_views enters its pages
from rapport.kernel.imports.access import of_user
from rapport.kernel.imports.alike import OnAlike, manner_of
from rapport.kernel.imports.mapping import change, propose
from rapport.kernel.imports.models import Import, ImportTemplate, OnDuplicate, State
from rapport.kernel.imports.pieces import columns_context, result_context, rows_context
from rapport.kernel.imports.row_deeds import forget_decisions
from rapport.kernel.imports.wrong_rows import write_wrong_rows
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.records import RuleError
from rapport.kernel.registry import type_by_key
from rapport.ui.answers import go_to, page_or_part
from rapport.ui.notices import notice

METHODS = ("GET", "HEAD", "POST")
SHOWN = 200  # imports in the history
LOOKED_AT = ("state", "sheet", "facts", "total", "mapping", "options")  # what the columns page decides


def place_of(one: Import) -> str:
    """The page on which this import goes on."""
    if one.has_begun:
        return reverse("import_run", args=[one.pk])
    step = "import_columns" if one.state == State.MAPPING else "import_rows"
    return reverse(step, args=[one.pk])


@page("import/", name="import_start", methods=METHODS)
def start(request: HttpRequest) -> HttpResponse:
    """Choose a file and what it holds."""
    user = user_of(request)
    kinds = deeds.types_for(user)
    if not kinds:
        raise Http404
    wanted = request.POST.get("type") or request.GET.get("type") or ""
    kind, sentence = next((each for each in kinds if each.key == wanted), kinds[0]), ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            sentence = _("Choose a file first.")
        else:
            try:
                one = deeds.take_in(kind, upload.name or "", upload, context_of(request))
                return go_to(request, reverse("import_columns", args=[one.pk]))
            except RuleError as problem:
                sentence = problem.sentence
        if request.headers.get("HX-Request") == "true":
            raise RuleError(sentence)  # the script that uploads shows it
    latest = Import.objects.filter(created_by=user)[:6]
    keys = [each.key for each in kinds]
    mine = ImportTemplate.objects.visible_to(user).filter(type__in=keys).select_related("created_by")
    shown = {
        "kinds": kinds,
        "kind": kind,
        "sentence": sentence,
        "latest": [(one, place_of(one)) for one in latest],
        "limit": deeds.LARGEST,
        "templates": [(each, type_by_key(each.type), each.may_remove(user)) for each in mine[:SHOWN]],
    }
    return render(request, "kernel/imports/start.html", shown, status=422 if sentence else 200)


@page("import/<uuid:import_id>/columns/", name="import_columns", methods=METHODS)
@of_user
def columns(request: HttpRequest, one: Import) -> HttpResponseBase:
    """Where each column goes, and what happens with rows that are here already."""
    if one.has_begun:
        return go_to(request, place_of(one))
    sentence = ""
    if request.method == "POST":
        try:
            if _read_columns(request, one) and request.POST.get("then") == "check":
                deeds.start_check(one)
                return go_to(request, reverse("import_rows", args=[one.pk]))
        except RuleError as problem:
            sentence = problem.sentence
    shown = {**columns_context(one, user_of(request)), "sentence": sentence}
    status = 422 if sentence else 200
    return page_or_part(request, "kernel/imports/columns.html", shown, "step", status=status)


def _read_columns(request: HttpRequest, one: Import) -> bool:
    """Take over what the form says and keep it; False when only the file was looked at anew."""
    context = context_of(request)
    said, kept = request.POST, dict(one.options)
    one.options = {
        "on_duplicate": said.get("on_duplicate")
        if said.get("on_duplicate") in OnDuplicate.values
        else one.mode,
        "alike": said.get("alike") if said.get("alike") in OnAlike.values else manner_of(one),
        "owner": _owner(said.get("owner", "")),
        "tag": said.get("tag", "").replace("\0", "").strip()[:60],
        "source": said.get("source", "").replace("\0", "").strip()[:250],
        "program": kept.get("program", ""),
    }
    sheet = said.get("sheet", one.sheet)
    is_other = sheet != one.sheet and sheet in one.facts.get("sheets", ())
    if is_other:
        one.sheet = sheet
        deeds.read_file(one, context)
    elif said.get("then") == "guess":
        one.mapping, one.options = list(propose(one, context)), kept
        one.facts.pop("as_before", None)
        one.facts.pop("template", None)
    elif said.get("then") == "template":
        _use_template(one, said.get("template", ""), context)
    else:
        wanted = {
            place: said[f"column-{place}"] for place in range(len(one.mapping)) if f"column-{place}" in said
        }
        change(one, wanted, context)
        if said.get("then") == "save_template":
            templates.save(
                one, said.get("template_name", ""), by=user_of(request), is_shared="template_shared" in said
            )
        one.state = State.MAPPING
        deeds.keep(one, *LOOKED_AT)
        return True
    one.state = State.MAPPING
    deeds.keep(one, *LOOKED_AT)
    if is_other:
        forget_decisions(one)
    return False


def _use_template(one: Import, said: str, context: Context) -> None:
    """Another template, or none."""
    assert context.user is not None
    template = templates.named(one, said, context.user)
    one.mapping = list(propose(one, context))
    one.facts.pop("as_before", None)
    one.facts.pop("template", None)
    if template is not None:
        templates.use(one, template, context)


@page("import/templates/<uuid:template_id>/remove/", name="import_template_remove", methods=("POST",))
def remove_template(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Forget a template."""
    user = user_of(request)
    template = ImportTemplate.objects.visible_to(user).filter(pk=template_id).first()
    if template is None or not template.may_remove(user):
        raise Http404
    templates.remove(template, by=user)
    notice(request, _("The template %(name)s is gone.") % {"name": template.name})
    return go_to(request, reverse("import_start"))


def _owner(said: str) -> str:
    try:
        found = User.objects.filter(pk=UUID(said), is_active=True).first()
    except ValueError:
        return ""
    return str(found.pk) if found else ""


@page("import/<uuid:import_id>/others/", name="import_others", methods=("POST",))
@of_user
def others(request: HttpRequest, one: Import) -> HttpResponseBase:
    """The contacts of an address book that the import has left out because they are of another kind."""
    return go_to(request, reverse("import_columns", args=[deeds.take_in_others(one, context_of(request)).pk]))


@page("import/<uuid:import_id>/rows/", name="import_rows", methods=METHODS)
@of_user
def rows(request: HttpRequest, one: Import) -> HttpResponseBase:
    """What the check found; from here the import starts."""
    if request.method == "POST":
        deeds.start_run(one)
        return go_to(request, reverse("import_run", args=[one.pk]))
    if one.has_begun:
        return go_to(request, place_of(one))
    if one.state == State.MAPPING:
        return go_to(request, reverse("import_columns", args=[one.pk]))
    said = request.GET.get("row", "")
    here = int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else None
    is_beside = here is not None and request.headers.get("HX-Request") == "true"
    shown = rows_context(one, user_of(request), here, again=is_beside)
    if is_beside:
        return render(request, "kernel/imports/alike_again.html", shown)
    return page_or_part(request, "kernel/imports/rows.html", shown, "step")


@page("import/<uuid:import_id>/", name="import_run")
@of_user
def run(request: HttpRequest, one: Import) -> HttpResponseBase:
    """How far the import is, and what came of it."""
    if not one.has_begun:
        return go_to(request, place_of(one))
    return page_or_part(
        request,
        "kernel/imports/run.html",
        {**result_context(one, user_of(request)), "others": deeds.type_of_others(one, user_of(request))},
        "step",
    )


@page("import/<uuid:import_id>/do/", name="import_do", methods=("POST",))
@of_user
def do(request: HttpRequest, one: Import) -> HttpResponseBase:
    """Stop, go on, take back, forget."""
    deed = request.POST.get("deed", "")
    if deed == "stop":
        deeds.stop(one)
    elif deed == "go_on":
        deeds.start_run(one)
    elif deed == "revert":
        deeds.start_revert(one, by=user_of(request))
    elif deed == "columns":
        deeds.back_to_columns(one)
    elif deed == "forget":
        deeds.forget(one)
        notice(request, _("The file %(name)s was put away; nothing was imported.") % {"name": one.file_name})
        return go_to(request, reverse("import_start"))
    else:
        raise Http404
    one.refresh_from_db()
    return go_to(request, place_of(one))


@page("import/<uuid:import_id>/problems.csv", name="import_problems")
@of_user
def problems(request: HttpRequest, one: Import) -> HttpResponseBase:
    """The rows that could not be taken, or came without a link, as a file to be mended and imported again."""
    phase = one.link_phase if request.GET.get("of") == "links" else one.phase
    answer = StreamingHttpResponse(write_wrong_rows(one, phase), content_type="text/csv; charset=utf-8")
    stem = one.file_name.rpartition(".")[0] or one.file_name
    answer["Content-Disposition"] = content_disposition_header(True, f"{stem}.problems.csv") or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


@page("settings/imports/", name="imports")
def history(request: HttpRequest) -> HttpResponse:
    """All imports that one may see, newest first."""
    user = user_of(request)
    seen = Import.objects.visible_to(user).select_related("created_by", "change_set")
    found = [(one, place_of(one)) for one in seen[:SHOWN]]
    shown = {
        "imports": found, "current": "imports", "count": seen.count(),
        "may_import": bool(deeds.types_for(user)),
    }  # fmt: skip
    return render(request, "kernel/imports/history.html", shown)
