"""What activities say of what needs a user: promises that are overdue, and customers with whom nobody has spoken."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.models import User
from rapport.activities.models import NextStep, Participant
from rapport.activities.myday.day import promise_key
from rapport.activities.shown import show, visible
from rapport.kernel.attention.needs import Deed, Need, Source, add_source
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.parties.life_cycle.engine import kinds
from rapport.parties.models import Stage
from rapport.ui import formats

# After so many days without a word a customer of that stage is neglected.
PATIENCE = {Stage.VALUED: 45, Stage.AT_RISK: 60, Stage.WON_BACK: 60, Stage.CUSTOMER: 90}
WORTH = {Stage.VALUED: 20, Stage.AT_RISK: 16, Stage.WON_BACK: 12, Stage.CUSTOMER: 8}
NEGLECTED_AT_LEAST = min(PATIENCE.values())


def promises(user: User, most: int) -> Sequence[Need]:
    """What was promised somebody for an earlier day; the oldest first."""
    if policy(user, "activities", "read").reach == "none":
        return []
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    about = Participant.objects.filter(activity=OuterRef("pk"), record__isnull=False)
    late = visible(user, Q(owner=user, done_at=None, due_at__lt=midnight) & Q(Exists(about)))
    found = []
    for shown in show(list(late.order_by("due_at", "id")[:most]), user):
        due = timezone.localtime(shown.activity.due_at)
        days = (midnight.date() - due.date()).days
        why = ngettext("%(num)s day overdue", "%(num)s days overdue", days) % {"num": days}
        found.append(
            Need(
                promise_key(shown.id), str(shown.activity.subject), f"{shown.names}: {why}" if shown.names else why,
                shown.activity.get_absolute_url(), 60 + min(days, 30) / 2, shown.icon, "bad",
                formats.format_day(due), (
                    Deed(_("Done"), f"{reverse('activity_done', args=[shown.id])}?in=day", post=True, key="done"),
                ),
            )
        )  # fmt: skip
    return found


def neglected(user: User, most: int) -> Sequence[Need]:
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
        rows = kind.visible_to(user).filter(late, ~Q(Exists(planned)), owner=user)
        for party in rows.order_by("-last_contact_at", "pk")[:most]:
            days = (now - party.last_contact_at).days
            said = {"stage": party.get_stage_display(), "num": days}
            why = ngettext(
                "%(stage)s, no contact for %(num)s day", "%(stage)s, no contact for %(num)s days", days
            )
            weight = 24 + WORTH[party.stage] + min(days - NEGLECTED_AT_LEAST, 90) / 10
            plan = Deed(_("Plan"), reverse("my_day_plan", args=[kind.key, party.pk]), dialog=True, key="plan")
            found.append(
                Need(
                    f"neglected-{party.pk}", str(party), why % said, party.get_absolute_url(), weight,
                    "heart-pulse", "warn" if party.stage == Stage.AT_RISK else "", "", (plan,),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: -one.weight)[:most]


def register() -> None:
    add_source(Source("promises", gettext_lazy("Overdue promises"), promises))
    add_source(Source("neglected", gettext_lazy("Neglected customers"), neglected))
