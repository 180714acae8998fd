"""The first page: my day; and the deeds on its lines."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.activities.models import Kind
from rapport.activities.myday import digest_views  # noqa: F401  # enters its page
from rapport.activities.myday.answers import HOME, home_context
from rapport.activities.myday.deeds import KINDS, days_to_choose, plan_with, read_day
from rapport.activities.myday.many import may_plan_many, plan_with_each
from rapport.kernel.attention.needs import put_off, take_up_again
from rapport.kernel.changes.sets import change_set
from rapport.kernel.lists.bulk.selection import selection_of
from rapport.kernel.pages.answers import after_dialog
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.records import RuleError
from rapport.kernel.registry import RecordType
from rapport.ui.answers import page_or_part
from rapport.ui.formats import format_date, format_number

METHODS = ("GET", "HEAD", "POST")


@page("", name="home")
def home(request: HttpRequest) -> HttpResponse:
    """Appointments, what needs the user, what is due and was done today; `?day=` turns the pages of the agenda."""
    return page_or_part(request, HOME, home_context(request, request.GET.get("day", "")), "day")


@page("my-day/snooze/", name="my_day_snooze", methods=METHODS)
def snooze(request: HttpRequest) -> HttpResponse:
    """Put a line of what needs the user off until a day, with a reason; `again` shows it again."""
    user, data = user_of(request), request.POST
    said = data if "key" in data else request.GET
    key, what = said.get("key", "")[:200].replace("\0", ""), said.get("what", "")[:200].replace("\0", "")
    error = ""
    if request.method == "POST" and key:
        if "again" in data or "again" in request.GET:
            take_up_again(user, key)
            return after_dialog(request, reverse("home"), _("It is shown again."))
        try:
            day = read_day(data.get("day", ""))
            put_off(user, key, day, data.get("reason", ""), is_done="done" in data)
            text = _("You see it again on %(day)s.") % {"day": format_date(day)}
            undo = f"{reverse('my_day_snooze')}?{urlencode({'key': key, 'again': 1})}"
            return after_dialog(request, reverse("home"), text, undo=undo)
        except RuleError as problem:
            error = " ".join(problem.fields.values()) or problem.sentence
    values: dict[str, Any] = {  # Any: what the template shows
        "key": key, "what": what, "error": error, "days": days_to_choose(), "day": data.get("day", ""),
        "reason": data.get("reason", ""),
    }  # fmt: skip
    return render(request, "activities/myday/snooze.html", values, status=422 if error else 200)


@page("my-day/plan/<type:kind>/<uuid:record_id>/", name="my_day_plan", methods=METHODS)
def plan_next(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Plan a task, call or meeting with that record, without leaving the page."""
    user, data = user_of(request), request.POST
    record = record_or_404(kind, record_id, user)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with change_set(by=user) as opened:
                planned = plan_with(
                    record, data.get("kind", ""), data.get("subject", ""), data.get("day", ""), by=user
                )
            return after_dialog(
                request, reverse("home"), _("Planned: %(what)s") % {"what": planned.subject}, opened.id
            )
        except RuleError as problem:
            errors = dict(problem.fields) or {"subject": problem.sentence}
    values = {
        "whom": record, "example": _("Call %(who)s") % {"who": record}, "action": request.path, "errors": errors,
        "days": days_to_choose(), "kinds": KINDS.items(),
        "said": {"kind": data.get("kind", "call"), "subject": data.get("subject", ""), "day": data.get("day", "")},
    }  # fmt: skip
    return render(request, "activities/myday/plan.html", values, status=422 if errors else 200)


@page("<type:kind>/bulk/plan/", name="bulk_plan", methods=METHODS)
def plan_with_selection(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Plan the same with each of the selected records."""
    user, data, errors = user_of(request), request.POST, {}
    if not may_plan_many(user, kind):
        raise Http404
    selection = selection_of(request, kind, "read")
    said = {name: data.get(name, "") for name in ("kind", "subject", "day")}
    if request.method == "POST":
        try:
            with change_set(by=user, label=said["subject"].replace("\x00", "")[:200]) as opened:
                count = plan_with_each(selection, **said, by=user)
            text = ngettext("Planned %(count)s time: %(what)s", "Planned %(count)s times: %(what)s", count)
            facts = {
                "count": format_number(count),
                "what": said["subject"].strip() or KINDS[Kind(said["kind"])],
            }
            return after_dialog(request, reverse("list", args=[kind.key]), text % facts, opened.id)
        except RuleError as problem:
            errors = dict(problem.fields) or {"subject": problem.sentence}
    values = {
        "whom": _("One with each of %(records)s") % {"records": selection}, "example": "",
        "action": request.get_full_path(), "errors": errors, "days": days_to_choose(), "kinds": KINDS.items(),
        "said": said | {"kind": said["kind"] or "task"},
    }  # fmt: skip
    return render(request, "activities/myday/plan.html", values, status=422 if errors else 200)
