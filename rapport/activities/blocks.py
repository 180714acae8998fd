"""What the area shows on other records' pages: the next step, the pulse, the open activities."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from rapport.activities.actions import follow_up
from rapport.activities.composer.draft import Draft
from rapport.activities.composer.views import context_for, offer_place
from rapport.activities.models import Activity, Ahead, NextStep, ReminderChoice
from rapport.activities.pulse import TYPES, pulses
from rapport.activities.recurring.words import words_of
from rapport.activities.reminders.sending import ahead_of
from rapport.activities.shown import Shown, load
from rapport.kernel.pages.blocks import Block, Context, add_block
from rapport.kernel.pages.context import user_of
from rapport.kernel.permissions import can, policy
from rapport.kernel.records import Record

MOST = 6


def next_steps(request: HttpRequest, record: Record) -> list[Shown]:
    """The open activities of a record that the user may see, soonest first; loaded once per request and record."""
    known: dict[Any, list[Shown]] = getattr(request, "_next_steps", {})
    if record.pk not in known:
        user = user_of(request)
        seen = Activity.objects.visible_to(user).filter(done_at=None)
        steps = NextStep.objects.filter(record_id=record.pk, activity__in=seen).order_by(
            "due_at", "activity_id"
        )
        ids = list(steps.values_list("activity_id", flat=True)[: MOST + 1])
        loaded = load(ids, user)
        known[record.pk] = [loaded[one] for one in ids if one in loaded]
        request._next_steps = known  # type: ignore[attr-defined]  # a note on the request, read above
    return known[record.pk]


def next_step(request: HttpRequest, record: Record) -> Context:
    steps = next_steps(request, record)
    return {"step": steps[0] if steps else None}


def open_activities(request: HttpRequest, record: Record) -> Context | None:
    steps = next_steps(request, record)
    return {"steps": steps[:MOST], "more_steps": len(steps) > MOST} if steps else None


def pulse_block(request: HttpRequest, record: Record) -> Context:
    weeks = pulses([record.pk], user_of(request))[record.pk]
    return {"weeks": weeks, "contact_at": getattr(record, "last_contact_at", None)}


def what_next(request: HttpRequest, activity: Activity) -> Context | None:
    """On the page of an activity that is done: the form for what comes after it."""
    user = user_of(request)
    if activity.is_open or policy(user, "activities", "create").reach == "none":
        return None
    action = f"{reverse('activity_next', args=[activity.pk])}?in=page"
    draft = Draft.following(follow_up(activity, user), user)
    return context_for(draft, action) | offer_place("page") | {"key": activity.pk}


def on_calendar(request: HttpRequest, activity: Activity) -> Context | None:
    """How it repeats, when it reminds, its calendar file."""
    if activity.due_at is None:
        return None
    user, series = user_of(request), activity.series
    choice = ReminderChoice.objects.filter(user=user).first()
    return {
        "words": words_of(series.rule, series.day, series.hour) if series is not None else "",
        "may_change": series is not None and can(user, "edit", activity),
        "reminds": Ahead(ahead_of(activity, choice)).label,
    }


add_block(Block("what_next", ("activities",), "main", "activities/block_what_next.html", what_next, 50))
add_block(Block("pulse", TYPES, "head", "activities/block_pulse.html", pulse_block, 50, at_a_glance=True))
STEP = "activities/block_next_step.html"
add_block(Block("next_step", ("people", "organizations"), "head", STEP, next_step, 90, at_a_glance=True))
add_block(
    Block("on_calendar", ("activities",), "right", "activities/calendar/block_series.html", on_calendar, 10)
)
add_block(Block("open_activities", TYPES, "right", "activities/block_open.html", open_activities, 20))
