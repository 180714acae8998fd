"""The pages of data quality, and the settings page that says what each stage needs."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import TooExpensive
from rapport.kernel.pages.answers import undo_url
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.forms import RecordForm
from rapport.kernel.pages.records import record_or_404, require
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import can
from rapport.kernel.permissions.fields import type_seen
from rapport.kernel.provenance.models import ValueMark
from rapport.kernel.records import RuleError
from rapport.kernel.registry import RecordType
from rapport.parties.growing import quality
from rapport.parties.growing.models import FieldNeed
from rapport.parties.growing.needs import STEPS, can_be_needed, column_of, needs_of, save_needs
from rapport.parties.life_cycle.engine import kinds
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

CURRENT = "needs"


@page("settings/needs/", name="needs", methods=("GET", "HEAD", "POST"))
@administrators
def needs(request: UserRequest) -> HttpResponse:
    """What each stage needs of people or organizations (`?type=`); POST saves it."""
    kind = next((one for one in kinds() if one.key == request.GET.get("type", "")), kinds()[-1]).whole
    fields = can_be_needed(kind)
    problem, data = "", request.POST
    said = {one.field: (one.from_stage, str(one.weight)) for one in needs_of(kind)}
    in_lists = column_of(kind) is not None
    if request.method == "POST":
        said = {name: (data.get(f"stage-{name}", ""), data.get(f"weight-{name}", "2")) for name in fields}
        in_lists = data.get("in_lists") == "yes"
        try:
            changed = save_needs(kind, said, in_lists=in_lists, by=request.user)
            notice(request, _("Saved.") if changed else _("Nothing was changed."))
            return go_to(request, f"{reverse(CURRENT)}?type={kind.key}")
        except RuleError as wrong:
            problem = " ".join([wrong.sentence, *wrong.fields.values()]) if wrong.fields else wrong.sentence
    values = {
        "kind": kind, "kinds": kinds(), "current": CURRENT, "problem": problem, "in_lists": in_lists,
        "rows": [(name, one.label, *said.get(name, ("", "2"))) for name, one in fields.items()],
        "steps": [(one.value, one.label) for one in STEPS],
        "weights": [("1", _("Useful")), ("2", _("Important")), ("3", _("Essential"))],
    }  # fmt: skip
    return render(request, "parties/growing/needs.html", values, status=422 if problem else 200)


@page("data-quality/", name="data_quality", methods=("GET", "HEAD", "POST"))
def data_quality(request: HttpRequest) -> HttpResponse:
    """What to mend first. POST has everything counted anew."""
    if request.method == "POST":
        from rapport.parties.growing.jobs import count_quality

        count_quality.defer_once("now")
        notice(request, _("It is counted anew; that takes a moment."))
        return go_to(request, reverse("data_quality"))
    values: dict[str, Any] = {"lines": [], "at": None, "problem": ""}  # Any: what the template shows
    try:
        values["lines"], values["at"] = quality.lines_of(user_of(request))
    except TooExpensive as wrong:
        values["problem"] = str(wrong)
    return render(request, "parties/growing/quality.html", values)


def _kind(request: HttpRequest) -> RecordType:
    """The kind of party of the address, as the user has it."""
    key = request.GET.get("type", "")
    found = type_seen(key, user_of(request)) if key in [one.key for one in kinds()] else None
    if found is None or "stage" not in found.fields:
        raise Http404
    return found


@page("data-quality/next/", name="quality_next", methods=("GET", "HEAD", "POST"))
def quality_next(request: HttpRequest) -> HttpResponse:
    """One record after the other with the one field that it lacks; POST saves and goes on."""
    user, kind = user_of(request), _kind(request)
    name = request.GET.get("field", "")
    need = FieldNeed.objects.filter(type=kind.key, field=name).first()
    if need is None or name not in kind.editable_fields():
        raise Http404
    here = f"{reverse('quality_next')}?type={kind.key}&field={name}"
    if request.method == "POST":
        return _answer(request, kind, need, here)
    record = quality.next_record(kind, need, user, parse_id(request.GET.get("after", "")))
    return _ask(request, kind, need, here, record)


def _answer(request: HttpRequest, kind: RecordType, need: FieldNeed, here: str) -> HttpResponse:
    user = user_of(request)
    key = parse_id(request.POST.get("record", ""))
    if key is None:
        raise Http404
    record = record_or_404(kind, UUID(str(key)), user)
    require(user, "edit", record)
    form = RecordForm(request, kind, record, names=[need.field], part_keys=())
    if form.read(request.POST):
        saved = form.save()
        if saved is not None:
            text = _("%(field)s of %(what)s saved.") % {
                "field": kind.fields[need.field].label,
                "what": saved.record,
            }
            notice(request, text, undo_url(saved.change_set))
            return go_to(request, f"{here}&after={record.pk}")
    return _ask(request, kind, need, here, record, form)


def _ask(
    request: HttpRequest,
    kind: RecordType,
    need: FieldNeed,
    here: str,
    record: Any,
    form: RecordForm | None = None,
) -> HttpResponse:  # Any: a record or none
    if record is not None and form is None:
        form = RecordForm(request, kind, record, names=[need.field], part_keys=())
    one = form.control(need.field) if form is not None else None
    if one is not None:
        one.autofocus = True
    values = {
        "kind": kind, "record": record, "form": form, "here": here, "label": kind.fields[need.field].label,
        "one": one,
    }  # fmt: skip
    return render(
        request, "parties/growing/next.html", values, status=form.status if form is not None else 200
    )


@page("data-quality/marks/", name="quality_marks")
def quality_marks(request: HttpRequest) -> HttpResponse:
    """Guessed or doubtful values, to be confirmed or corrected one by one."""
    user, kind = user_of(request), _kind(request)
    what = request.GET.get("kind", "")
    if what not in (ValueMark.Kind.GUESS, ValueMark.Kind.DOUBT):
        raise Http404
    rows = [(*one, can(user, "edit", one[0])) for one in quality.marked(kind, what, user)]
    title = _("Guessed values") if what == ValueMark.Kind.GUESS else _("Doubtful values")
    values = {"kind": kind, "rows": rows, "title": title, "here": request.get_full_path()}
    return render(request, "parties/growing/marks.html", values)


@page("data-quality/disagreements/", name="quality_disagreements")
def quality_disagreements(request: HttpRequest) -> HttpResponse:
    """Values about which sources disagree, to be decided one by one."""
    user, kind = user_of(request), _kind(request)
    rows = [(record, found, can(user, "edit", record)) for record, found in quality.disagreeing(kind, user)]
    return render(request, "parties/growing/disagreements.html", {"kind": kind, "rows": rows})
