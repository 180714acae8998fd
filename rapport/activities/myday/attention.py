"""What activities say of what needs a user: promises that are overdue, and customers with whom nobody has spoken."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.models import User
from rapport.activities.models import NextStep, Participant
from rapport.activities.myday.day import overdue_since, promise_key
from rapport.activities.shown import show, visible
from rapport.kernel.attention.needs import Deed, Hint, Need, Source, add_source
from rapport.kernel.filters.days import before_day
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.parties.life_cycle.engine import kinds
from rapport.parties.models import Stage
from rapport.ui import formats
from rapport.ui.days import day_of

# After so many days without a word a customer of that stage is neglected.
PATIENCE = {Stage.VALUED: 45, Stage.AT_RISK: 60, Stage.WON_BACK: 60, Stage.CUSTOMER: 90}
WORTH = {Stage.VALUED: 20, Stage.AT_RISK: 16, Stage.WON_BACK: 12, Stage.CUSTOMER: 8}
NEGLECTED_AT_LEAST = min(PATIENCE.values())


def find_promises(user: User, most: int) -> Sequence[Hint]:
    """What was promised somebody for an earlier day; the oldest first."""
    if policy(user, "activities", "read").reach == "none":
        return []
    today = timezone.localdate()
    about = Participant.objects.filter(activity=OuterRef("pk"), record__isnull=False)
    late = visible(user, before_day("due_at", today) & Q(Exists(about), owner=user, done_at=None))
    found = []
    for key, due_at in late.order_by("due_at", "id").values_list("pk", "due_at")[:most]:
        days = (today - day_of(due_at)).days
        weight = 60 + min(days, 30) / 2
        found.append(Hint(promise_key(key), weight, (key, days), overdue_since(due_at)))
    return found


def tell_promises(user: User, hints: Sequence[Hint]) -> Sequence[Need]:
    """Who waits for it, and since when."""
    by_key = {hint.of[0]: hint for hint in hints}
    found = []
    for shown in show(list(visible(user, Q(pk__in=by_key))), user):
        hint = by_key[shown.id]
        why = ngettext("%(num)s day overdue", "%(num)s days overdue", hint.of[1]) % {"num": hint.of[1]}
        found.append(
            Need(
                hint.key, str(shown.activity.subject), f"{shown.names}: {why}" if shown.names else why,
                shown.activity.get_absolute_url(), hint.weight, shown.icon, "bad",
                formats.format_day(shown.activity.due_at), (
                    Deed(_("Done"), f"{reverse('activity_done', args=[shown.id])}?in=day", post=True, key="done"),
                ),
                f"{reverse('activity_reschedule', args=[shown.id])}?in=day",
            )
        )  # fmt: skip
    return found


def find_neglected(user: User, most: int) -> Sequence[Hint]:
    """Own customers with whom nobody has spoken for longer than their stage allows, and nothing is planned."""
    now, found = timezone.now(), []
    for kind in (seen_by(one, user) for one in kinds()):
        needed = {"stage", "last_contact_at", "owner"}
        if policy(user, kind.key, "read").reach == "none" or not needed <= set(kind.fields):
            continue
        late = Q()
        for stage, days in PATIENCE.items():
            late |= Q(stage=stage, last_contact_at__lt=now - timedelta(days=days))
        planned = NextStep.objects.filter(record=OuterRef("pk"))
        rows = kind.visible_to(user).filter(late, ~Q(Exists(planned)), owner=user, stage__in=[*PATIENCE])
        latest = rows.order_by("-last_contact_at", "pk").values_list("pk", "stage", "last_contact_at")
        for key, stage, last in latest[:most]:
            days = (now - last).days
            weight = 24 + WORTH[stage] + min(days - NEGLECTED_AT_LEAST, 90) / 10
            found.append(Hint(f"neglected-{key}", weight, (key, kind.key, days)))
    return sorted(found, key=lambda one: -one.weight)[:most]


def tell_neglected(user: User, hints: Sequence[Hint]) -> Sequence[Need]:
    """What the customer is to us, and for how long nobody has spoken with him."""
    parties: dict[UUID, Any] = {}  # Any: people and organizations
    for kind in kinds():
        parties |= kind.visible_to(user).in_bulk([hint.of[0] for hint in hints if hint.of[1] == kind.key])
    found = []
    for hint in hints:
        key, kind, days = hint.of
        if (party := parties.get(key)) is None:
            continue
        said = {"stage": party.get_stage_display(), "num": days}
        why = ngettext(
            "%(stage)s, no contact for %(num)s day", "%(stage)s, no contact for %(num)s days", days
        )
        plan = Deed(_("Plan"), reverse("my_day_plan", args=[kind, key]), dialog=True, key="plan")
        found.append(
            Need(
                hint.key, str(party), why % said, party.get_absolute_url(), hint.weight,
                "heart-pulse", "warn" if party.stage == Stage.AT_RISK else "", "", (plan,),
            )
        )  # fmt: skip
    return found


def register() -> None:
    add_source(Source("promises", gettext_lazy("Overdue promises"), find_promises, tell_promises))
    add_source(Source("neglected", gettext_lazy("Neglected customers"), find_neglected, tell_neglected))
