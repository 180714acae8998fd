"""When we last spoke with the people of a deal, and what is planned next: worked out for the shown deals only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.models import Activity, Kind, NextStep, Participant
from rapport.activities.models import Outcome as HowItWent
from rapport.sales.deals.models import Deal
from rapport.ui.days import day_of

SILENT_DAYS = 14
CONTACTS = (Kind.CALL, Kind.MEETING)
NO_CONTACT = (HowItWent.NOT_REACHED, HowItWent.CANCELED)


@dataclass(frozen=True)
class Step:
    """What happens next: the step written on the deal, else the next planned activity."""

    text: str
    on: date | None
    icon: str

    @property
    def is_late(self) -> bool:
        return self.on is not None and self.on < timezone.localdate()


ICONS = {Kind.TASK: "square-check", Kind.CALL: "phone", Kind.MEETING: "calendar"}


def last_contacts(deals: Sequence[Deal]) -> dict[UUID, datetime]:
    """The newest call or meeting of each deal, or of its contact person (without one: of its organization).

    The deals' person and organization must be loaded. A deal with which nobody ever spoke is not in the answer.
    """
    spoke = contacts().filter(record__in=[deal.pk for deal in deals], activity__done_at__isnull=False)
    found = dict(spoke.order_by().values_list("record_id").annotate(Max("activity__done_at")))
    for deal in deals:
        party = deal.person or deal.organization
        moments = [one for one in (found.get(deal.pk), party and party.last_contact_at) if one]
        if moments:
            found[deal.pk] = max(moments)
    return found


def next_steps(deals: Sequence[Deal], user: User) -> dict[UUID, Step]:
    """The next step of each deal that has one."""
    found = {
        deal.pk: Step(deal.next_step, deal.next_step_on, "arrow-right") for deal in deals if deal.next_step
    }
    rest = [deal.pk for deal in deals if deal.pk not in found]
    planned = NextStep.objects.filter(record__in=rest, activity__in=Activity.objects.visible_to(user))
    rows = (
        planned.select_related("activity")
        .order_by("record_id", "due_at", "activity_id")
        .distinct("record_id")
    )
    for row in rows if rest else ():
        day = day_of(row.due_at) if row.due_at else None
        found[row.record_id] = Step(row.activity.subject, day, ICONS.get(row.activity.type, "square-check"))
    return found


def contacts() -> QuerySet[Participant]:
    """Who took part in calls and meetings; not reached and canceled ones are no contact."""
    return Participant.objects.filter(activity__deleted_at=None, activity__type__in=CONTACTS).exclude(
        activity__outcome__in=NO_CONTACT
    )


def silent() -> Q:
    """SQL for: 14 days old or older, and no contact since then."""
    limit = timezone.now() - timedelta(days=SILENT_DAYS)
    spoke = contacts().filter(record=OuterRef("pk"), activity__done_at__gte=limit)
    person = Q(person__last_contact_at__lt=limit) | Q(person__last_contact_at=None)
    organization = Q(organization__last_contact_at__lt=limit) | Q(organization__last_contact_at=None)
    return (
        Q(created_at__lt=limit)
        & ((Q(person__isnull=False) & person) | (Q(person=None) & organization))
        & ~Q(Exists(spoke))
    )


def without_next_step() -> Q:
    """SQL for: nothing written down, nothing planned."""
    return Q(next_step="") & ~Q(Exists(NextStep.objects.filter(record=OuterRef("pk"))))
