"""Who goes quiet: own people with whom there was much contact some weeks ago and none since."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest
from django.utils import timezone

from rapport.activities.myday.panels import Panel, add_panel
from rapport.activities.pulse import pulses
from rapport.kernel.pages.blocks import Context
from rapport.kernel.pages.context import user_of
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import type_of_model
from rapport.parties.models import Person

AFTER: Final = 14  # days without a word
PULSED: Final = 12 * 7  # days that the pulse shows; who is silent for longer is not going quiet any more
LOOKED_AT, SHOWN = 40, 4
LEAST = 2  # contacts in the pulse


def going_quiet(request: HttpRequest) -> Context | None:
    """None when there is nobody, or the user does not see who owns whom or when there was contact."""
    user, now = user_of(request), timezone.now()
    kind = seen_by(type_of_model(Person), user)
    if policy(user, kind.key, "read").reach == "none" or not {"last_contact_at", "owner"} <= set(kind.fields):
        return None
    span = (now - timedelta(days=PULSED), now - timedelta(days=AFTER))
    rows = kind.visible_to(user).filter(owner=user, last_contact_at__range=span)
    people = list(rows.order_by("-last_contact_at", "pk")[:LOOKED_AT])
    weeks = pulses([one.pk for one in people], user)
    contacts = {one.pk: sum(theirs + ours for theirs, ours in weeks[one.pk]) for one in people}
    lively = [one for one in people if contacts[one.pk] >= LEAST]
    lively.sort(key=lambda one: -contacts[one.pk])
    lines = [(one, weeks[one.pk], (now - one.last_contact_at).days) for one in lively[:SHOWN]]
    return {"lines": lines} if lines else None


def register() -> None:
    add_panel(Panel("going_quiet", "activities/myday/quiet.html", going_quiet, 50))
