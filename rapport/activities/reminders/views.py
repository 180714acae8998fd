"""The page behind a reminder: what is due, doing it, being reminded again; and one's own choice in the settings."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.activities.actions import at_local
from rapport.activities.models import Activity, Ahead, ReminderChoice
from rapport.activities.reminders.sending import USUAL, snooze
from rapport.activities.shown import load
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import safe_next
from rapport.kernel.pages.routing import page
from rapport.kernel.records import NotVisible
from rapport.ui.formats import format_moment, within
from rapport.ui.notices import notice

AGAIN = ("5", "15", "60", "tomorrow")


def _activity(request: HttpRequest, key: UUID) -> Activity:
    found: Activity | None = Activity.objects.visible_to(user_of(request)).filter(pk=key).first()
    if found is None:
        raise NotVisible
    return found


def again_at(said: str) -> datetime:
    """When "in a quarter of an hour" or "tomorrow morning" is."""
    if said == "tomorrow":
        return at_local(timezone.localdate() + timedelta(days=1), time(8))
    return timezone.now() + timedelta(minutes=int(said) if said in AGAIN else 15)


@page("activities/<uuid:key>/reminder/", name="activity_reminder")
def reminder(request: HttpRequest, key: UUID) -> HttpResponse:
    """What is due, with what can be done about it."""
    activity = _activity(request, key)
    shown = load([activity.pk], user_of(request))[activity.pk]
    labels = [_("In 5 minutes"), _("In a quarter of an hour"), _("In an hour"), _("Tomorrow morning")]
    context = {"shown": shown, "again": list(zip(AGAIN, labels, strict=True))}
    return render(request, "activities/reminders/reminder.html", context)


@page("activities/<uuid:key>/reminder/again/", name="activity_snooze", methods=("POST",))
def snooze_it(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remind me again."""
    activity = _activity(request, key)
    if activity.due_at is None or activity.done_at is not None:
        notice(request, _("This is not open any more."), bad=True)
        return redirect(activity.get_absolute_url())
    at = again_at(request.POST.get("at", ""))
    snooze(activity, user_of(request), at)
    said = {"what": activity.subject, "when": within(format_moment(at))}
    notice(request, _("You are reminded of “%(what)s” again %(when)s.") % said)
    return redirect(safe_next(request, reverse("home")))


@page("settings/reminders/", name="reminders", methods=("GET", "HEAD", "POST"))
def reminders(request: HttpRequest) -> HttpResponse:
    """How long before I am reminded where an activity says nothing."""
    user = user_of(request)
    now = ReminderChoice.objects.filter(user=user).first() or ReminderChoice(user=user, **USUAL)
    if request.method == "POST":
        said = {name: request.POST.get(name, "") for name in USUAL}
        if all(one in Ahead.values for one in said.values()):
            ReminderChoice.objects.update_or_create(user=user, defaults=said)
            notice(request, _("Saved."))
            return redirect("reminders")
    context = {"choice": now, "choices": Ahead.choices, "current": "reminders"}
    status = 422 if request.method == "POST" else 200
    return render(request, "activities/reminders/settings.html", context, status=status)
