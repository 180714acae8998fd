"""Doing things with one activity in place: on a timeline, in a block of a record page, on My day."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.activities import blocks  # noqa: F401  # enters its blocks
from rapport.activities.actions import complete, follow_up, reopen, reschedule
from rapport.activities.composer.draft import Draft
from rapport.activities.composer.views import (
    FORM,
    PLANS,
    changed,
    context_for,
    offer_place,
    part,
    writing,
)
from rapport.activities.models import Activity
from rapport.activities.myday.answers import day_again
from rapport.activities.shown import load
from rapport.activities.timeline import TEMPLATE, item
from rapport.kernel.changes.sets import change_set
from rapport.kernel.pages.blocks import Context
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404, safe_next
from rapport.kernel.pages.routing import page
from rapport.kernel.records import NotVisible, RuleError
from rapport.kernel.registry import type_by_key
from rapport.ui.answers import go_to, render_part
from rapport.ui.notices import notice

PLACES = "activities/places.html"
NEXT = "activities/composer/next.html"
ON_MY_DAY = ("day", "agenda")
TOMORROW = "tomorrow"  # as a key of My day says it


def activity_or_404(request: HttpRequest, key: UUID) -> Activity:
    found: Activity | None = (
        Activity.objects.visible_to(user_of(request)).select_related("owner").filter(pk=key).first()
    )
    if found is None:
        raise NotVisible
    return found


def place_of(request: HttpRequest) -> str:
    return request.GET.get("in", "timeline")


@page("activities/<uuid:key>/done/", name="activity_done", methods=("POST",))
def done(request: HttpRequest, key: UUID) -> HttpResponse:
    """Complete it and offer what comes next."""
    activity = activity_or_404(request, key)
    return _did(
        request, activity, "complete", lambda: _("Done: %(what)s") % {"what": activity.subject}, offers=True
    )


@page("activities/<uuid:key>/open-again/", name="activity_reopen", methods=("POST",))
def open_again(request: HttpRequest, key: UUID) -> HttpResponse:
    """It is not done after all."""
    activity = activity_or_404(request, key)
    return _did(request, activity, "reopen", lambda: _("Open again: %(what)s") % {"what": activity.subject})


@page("activities/<uuid:key>/reschedule/", name="activity_reschedule", methods=("GET", "POST"))
def other_time(request: HttpRequest, key: UUID) -> HttpResponse:
    """The small form with the next days, and moving it there."""
    activity, user = activity_or_404(request, key), user_of(request)
    draft = Draft.of(activity)
    if request.method != "POST":
        return _moving(request, activity, draft)
    hour = request.POST.get("hour", draft.hour)  # whoever says only a day keeps it
    draft = Draft.read(request.POST, user, PLANS)
    draft.hour = hour.replace("\x00", "")
    if draft.day == TOMORROW:  # of today: the page may have stood open over night
        draft.day = (timezone.localdate() + timedelta(days=1)).isoformat()
    when = draft.read_when(user)
    if draft.errors:
        return _moving(request, activity, draft, status=422)
    return _did(
        request,
        activity,
        "reschedule",
        lambda: _("Rescheduled: %(what)s") % {"what": activity.subject},
        due_at=when,
    )


def _moving(request: HttpRequest, activity: Activity, draft: Draft, *, status: int = 200) -> HttpResponse:
    address = f"{reverse('activity_reschedule', args=[activity.pk])}?{urlencode({'in': place_of(request)})}"
    context = context_for(draft, address) | {"activity": activity, "place": place_of(request)}
    return HttpResponse(render_part(request, PLACES, "moving", context), status=status)


@page("activities/<uuid:key>/next/", name="activity_next", methods=("POST",))
def plan_next(request: HttpRequest, key: UUID) -> HttpResponse:
    """Plan what comes after an activity."""
    activity, user, place = activity_or_404(request, key), user_of(request), place_of(request)
    draft = Draft.read(request.POST, user, PLANS)
    draft.plans_only = True
    saved = draft.save([], user)
    if saved is None:
        context = context_for(draft, request.get_full_path())
        return part(request, NEXT, context | _offer_place(request, activity), status=422)
    planned, set_id = saved
    said, undo = _("Planned: %(what)s") % {"what": planned.subject}, reverse("undo", args=[set_id])
    if request.headers.get("HX-Request") != "true" or place == "page":
        notice(request, said, undo)
        return go_to(request, safe_next(request, planned.get_absolute_url()))
    answer = (
        day_again(request)
        if place in ON_MY_DAY
        else _composer_again(request) or _in_timeline(request, planned)
    )
    notice(answer, said, undo)
    return changed(answer)


def _did(
    request: HttpRequest,
    activity: Activity,
    deed: str,
    label: Callable[[], str],
    *,
    offers: bool = False,
    **values: object,
) -> HttpResponse:
    """Do it and answer in the way of the place where the button stood."""
    user, place = user_of(request), place_of(request)
    deeds = {"complete": complete, "reopen": reopen, "reschedule": reschedule}
    try:
        with change_set(by=user, label=label) as opened:
            activity = deeds[deed](activity, by=user, **values)
    except RuleError as problem:
        answer = day_again(request) if place in ON_MY_DAY else _in_timeline(request, activity)
        notice(answer, problem.sentence, bad=True)
        return answer
    undo = reverse("undo", args=[opened.id])
    if request.headers.get("HX-Request") != "true":
        notice(request, f"{label()}.", undo)
        return go_to(request, safe_next(request, activity.get_absolute_url()))
    offer = _offer(request, activity) if offers else None
    if place in ON_MY_DAY:
        answer = day_again(request, **(offer or {}), offer=offer)
    else:
        answer = _in_timeline(request, activity, offer)
    notice(answer, f"{label()}.", undo)
    return answer if offer or place in ON_MY_DAY else changed(answer)


def _offer(request: HttpRequest, activity: Activity) -> Context | None:
    """The form for what comes next, where somebody took part or it was an appointment."""
    user = user_of(request)
    proposed = follow_up(activity, user)
    if not proposed["records"]:
        return None
    query = urlencode({"in": place_of(request)})
    action = f"{reverse('activity_next', args=[activity.pk])}?{query}"
    return context_for(Draft.following(proposed, user), action) | _offer_place(request, activity)


def _offer_place(request: HttpRequest, activity: Activity) -> Context:
    return offer_place(place_of(request)) | {"key": activity.pk}


def _in_timeline(request: HttpRequest, activity: Activity, offer: Context | None = None) -> HttpResponse:
    shown = load([activity.pk], user_of(request)).get(activity.pk)
    if shown is None:
        return HttpResponse()
    context = {"item": item(shown), "template": TEMPLATE, "offer": offer, **(offer or {})}
    name = "block" if place_of(request) == "block" else "timeline"
    return HttpResponse(render_part(request, PLACES, name, context))


def _composer_again(request: HttpRequest) -> HttpResponse | None:
    """The empty form of the composer from which the next step was planned."""
    kind = type_by_key(request.GET.get("type", ""))
    if place_of(request) != "composer" or kind is None:
        return None
    try:
        record = record_or_404(kind, UUID(request.GET.get("record", "")), user_of(request))
    except ValueError:
        return None
    draft = Draft.about("note", record, user_of(request))
    return part(request, FORM, writing(draft, record))
