"""Planning an activity on a calendar, and changing a series."""

from contextlib import suppress
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.activities.calendar.plan import OTHER, Plan
from rapport.activities.composer.draft import quick_days
from rapport.activities.composer.views import part
from rapport.activities.models import Activity, Ahead
from rapport.activities.recurring.deeds import ALL, FOLLOWING, ONE, change, remove
from rapport.activities.recurring.occurrences import told_of
from rapport.activities.recurring.words import weekday_names
from rapport.kernel.changes.sets import change_set
from rapport.kernel.pages.blocks import Context
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import require
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.records import Conflict, Refused, RuleError, unchanged_since
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

FORM = "activities/calendar/plan.html"
DURATIONS = (15, 30, 60, 90)


@page("activities/plan/", name="activity_plan", methods=("GET", "POST"))
def plan(request: HttpRequest) -> HttpResponse:
    """The form for something on the calendar, and planning it."""
    user = user_of(request)
    if policy(user, "activities", "create").reach == "none":
        raise Refused
    if request.method != "POST":
        return _form(request, Plan.offered(request.GET, user))
    draft = Plan.read(request.POST, user)
    saved = draft.save([], user)
    if saved is None:
        return _form(request, draft, status=422)
    made, set_id = saved
    notice(request, _("Planned: %(what)s") % {"what": made.subject}, reverse("undo", args=[set_id]))
    return _again(request, made)


def _again(request: HttpRequest, activity: Activity) -> HttpResponse:
    """The page from which the dialog was opened shows what has changed; without one the activity's own page comes."""
    if request.headers.get("Rapport-Dialog"):
        answer = HttpResponse()
        answer.headers["HX-Refresh"] = "true"
        return answer
    return go_to(request, activity.get_absolute_url())


def _form(
    request: HttpRequest,
    draft: Plan,
    *,
    activity: Activity | None = None,
    seen: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """`seen` is the version of the activity with which the form was opened."""
    context: Context = {
        "draft": draft,
        "activity": activity,
        "seen": seen,
        "action": reverse("activity_series", args=[activity.pk]) if activity else reverse("activity_plan"),
        "days": quick_days(),
        "durations": DURATIONS,
        "reminders": Ahead.choices,
        "weekdays": [(str(key), name) for key, name in sorted(weekday_names(is_short=True).items())],
        "other": OTHER,
    }
    if request.headers.get("Rapport-Dialog"):
        return part(request, FORM, context, status=status)
    return render(request, "activities/calendar/page.html", context, status=status)


def _occurrence(request: HttpRequest, key: UUID) -> Activity:
    """An activity that repeats and that the user may change."""
    user = user_of(request)
    rows = Activity.objects.visible_to(user).select_related("series", "owner")
    found: Activity | None = rows.filter(pk=key, series__isnull=False).first()
    if found is None:
        raise Http404
    require(user, "edit", found)
    return found


def _seen(request: HttpRequest) -> int | None:
    """The version that the form was made from."""
    with suppress(ValueError):  # not what our form wrote
        return int(request.POST.get("version", ""))
    return None


@page("activities/<uuid:key>/series/", name="activity_series", methods=("GET", "POST"))
def series(request: HttpRequest, key: UUID) -> HttpResponse:
    """The form that changes this one and those that follow, or all; and doing it."""
    user, activity = user_of(request), _occurrence(request, key)
    if request.method != "POST":
        return _form(request, Plan.of_series(activity, user), activity=activity, seen=activity.version)
    draft, seen = Plan.read(request.POST, user), _seen(request)
    values, when, rule = draft.checked(user)
    which = ALL if draft.which == ALL else FOLLOWING
    assert activity.series is not None
    known = told_of(activity.series, user)  # what he does not see he does not write
    values = {name: value for name, value in values.items() if name in known}
    if not draft.errors:
        try:
            with change_set(
                by=user, label=lambda: _("Changed: %(what)s") % {"what": draft.subject[:150]}
            ) as opened:
                unchanged_since(activity, {**values, "due_at": when}, seen)
                guests = draft.guests(activity, user)
                changed = change(
                    activity, which, by=user, due_at=when, values=values, rule=rule, people=guests
                )
        except RuleError as problem:
            draft.errors[""] = str(problem)
        except Conflict as problem:
            draft.errors[""], seen = str(problem), activity.version  # now he knows of it
        else:
            done = _("Changed: %(what)s") % {"what": changed.subject}
            notice(request, done, reverse("undo", args=[opened.id]))
            return _again(request, changed)
    return _form(request, draft, activity=activity, seen=seen, status=422)


@page("activities/<uuid:key>/series/end/", name="activity_series_end", methods=("POST",))
def series_end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Delete this one and those that follow, or all that are open."""
    user, activity = user_of(request), _occurrence(request, key)
    which = {ALL: ALL, ONE: ONE}.get(request.POST.get("which", ""), FOLLOWING)

    def label() -> str:
        return _("Deleted: %(what)s") % {"what": activity.subject}

    try:
        with change_set(by=user, label=label) as opened:
            remove(activity, which, by=user)
    except RuleError as problem:
        notice(request, problem.sentence, bad=True)
        return go_to(request, activity.get_absolute_url())
    notice(request, f"{label()}.", reverse("undo", args=[opened.id]))
    return go_to(request, reverse("calendar", args=["activities"]) + "?span=week&who=me")
