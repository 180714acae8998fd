"""The board of deals: one pipeline at a time, cards with their next step, marks on those that have gone silent."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.activities.pulse import pulses
from rapport.kernel.boards import Board, add_board
from rapport.kernel.boards.lanes import Lane
from rapport.kernel.boards.moves import Spot
from rapport.kernel.boards.registry import Drop, Part, QuickFilter
from rapport.kernel.fields import Context
from rapport.kernel.permissions import allowed
from rapport.sales.deals.actions import move
from rapport.sales.deals.contacts import SILENT_DAYS, last_contacts, next_steps, silent, without_next_step
from rapport.sales.deals.forecast import forecast
from rapport.sales.deals.models import Deal, Outcome
from rapport.sales.deals.weights import CHANCE
from rapport.sales.pipelines.models import Pipeline, Stage


def parts() -> list[Part]:
    """The pipelines in use."""
    return [Part(str(one.pk), one.name) for one in Pipeline.objects.filter(is_active=True)]


def lanes(pipeline: str) -> list[Lane]:
    stages = Stage.objects.filter(pipeline_id=pipeline) if pipeline else Stage.objects.none()
    return [Lane(str(one.pk), one.name, one.hue, one.chance) for one in stages]


def load(deals: Sequence[Deal], user: User) -> dict[UUID, dict[str, Any]]:  # Any: what the card shows
    """Next step, silence and visible customer of the shown cards."""
    contacts, steps = last_contacts(deals), next_steps(deals, user)
    weeks = pulses([_whose(deal) for deal in deals], user)
    now, today = timezone.now(), timezone.localdate()
    customers = [one for deal in deals if (one := deal.customer) is not None]
    seen = allowed(user, "read", customers)
    found = {}
    for deal in deals:
        days = (now - max(contacts.get(deal.pk, deal.created_at), deal.created_at)).days
        customer = deal.customer
        found[deal.pk] = {
            "customer": customer if customer is not None and customer.pk in seen else None,
            "step": steps.get(deal.pk),
            "pulse": weeks.get(_whose(deal)),
            "silent_days": days,
            "is_silent": days >= SILENT_DAYS,
            "is_late": deal.expected_on is not None and deal.expected_on < today,
        }
    return found


def _whose(deal: Deal) -> UUID:
    """Whose pulse the card shows: the customer's, without one the deal's own."""
    return deal.organization_id or deal.person_id or deal.pk


def move_to(deal: Deal, spot: Spot, by: User) -> Deal:
    stage = Deal._meta.get_field("stage").parse(spot.lane, Context(user=by))
    return move(deal, by=by, stage=stage, before=spot.above, after=spot.below, version=spot.version)


def register() -> None:
    """Enter the board; called when the application starts."""
    add_board(
        Board(
            "deals",
            card_template="sales/deals/card.html",
            money="amount",
            weight=CHANCE,
            condition=Q(outcome=Outcome.OPEN),
            links=("organization", "person", "stage"),
            load=load,
            parts=parts,
            part_field="pipeline",
            lanes=lanes,
            move=move_to,
            head=forecast,
            head_template="sales/deals/forecast.html",
            quick=(
                QuickFilter("mine", _("My deals"), lambda user: Q(owner=user)),
                QuickFilter("silent", _("Silent for 14 days"), lambda user: silent()),
                QuickFilter("no_step", _("No next step"), lambda user: without_next_step()),
                QuickFilter(
                    "late", _("Close date has passed"), lambda user: Q(expected_on__lt=timezone.localdate())
                ),
            ),
            drops=(
                Drop("win", _("Won"), _("they said yes"), "trophy", "deal_win"),
                Drop("lose", _("Lost"), _("asks for a reason"), "circle-slash", "deal_lose"),
                Drop("open", _("Later"), _("pick a day"), "alarm-clock", "my_day_plan", ("deals",)),
                Drop("open", _("Other pipeline"), "", "route", "deal_elsewhere", among_parts=True),
            ),
        )
    )
