"""What deals put on record pages: the deal's own head and buttons, and deals on the pages of parties."""

from typing import Any

from django.db.models import Case, F, IntegerField, Value, When
from django.http import HttpRequest

from rapport.accounts.grants import grant
from rapport.accounts.models import User
from rapport.activities.participants import also_about
from rapport.kernel.currencies.totals import totals, totals_of
from rapport.kernel.currencies.worth import in_main
from rapport.kernel.pages.blocks import Block, Context, add_block
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.forms import RecordForm
from rapport.kernel.permissions import can, policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.permissions.veil import tells
from rapport.kernel.registry import type_of_model
from rapport.parties.models import Party
from rapport.sales.deals.contacts import next_steps
from rapport.sales.deals.models import AMOUNT, Deal, Outcome
from rapport.sales.deals.track import opened, track
from rapport.sales.takes_part.people import TAKES_PART

SHOWN = 8
NO_SUMS = {"open": None, "won": None}


def head(request: HttpRequest, deal: Deal) -> Context:
    """The way of a deal through its stages."""
    user = user_of(request)
    return {"deal": deal, "track": track(deal), "may_move": deal.is_open and can(user, "edit", deal)}


def age(_request: HttpRequest, deal: Deal) -> Context | None:
    """How old it is, under its name."""
    said = opened(deal)
    return {"said": said} if said else None


def buttons(request: HttpRequest, deal: Deal) -> Context:
    """What the deal is worth; Won and Lost, or Reopen."""
    main = context_of(request).currency
    return {
        "deal": deal, "may_edit": can(user_of(request), "edit", deal), "main": main,
        "worth": in_main(deal, AMOUNT, main) if deal.amount_currency != main else None,
    }  # fmt: skip


def next_step(request: HttpRequest, deal: Deal) -> Context | None:
    """What happens next, with its date."""
    if not deal.is_open:
        return None
    user = user_of(request)
    may_edit = can(user, "edit", deal)
    form = next_step_form(request, deal) if may_edit else None
    return {"deal": deal, "step": next_steps([deal], user).get(deal.pk), "may_edit": may_edit, "form": form}


def next_step_form(request: HttpRequest, deal: Deal) -> RecordForm:
    """Both of them, with what stood there when they were shown."""
    kind = seen_by(type_of_model(Deal), user_of(request))
    return RecordForm(request, kind, deal, names=("next_step", "next_step_on"), part_keys=())


def loss(request: HttpRequest, deal: Deal) -> Context | None:
    """Why it was lost."""
    return {"deal": deal} if deal.outcome == Outcome.LOST else None


def ordered(rows: Any) -> Any:  # Any: a queryset of deals
    """Open ones first, the one that closes next on top, then the closed ones, the newest first."""
    rank = Case(When(outcome=Outcome.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(rank=rank).order_by(
        "rank", F("expected_on").asc(nulls_last=True), F("closed_on").desc(nulls_last=True), "-id"
    )


def deals_of(party: Party, user: User) -> Any:  # Any: a queryset of deals
    """The deals of that organization or person, also those in which the person only takes part."""
    # Each way by its own index: as one condition the database would look at every deal.
    deals = Deal.objects.order_by().values("pk")
    mine: list[Any] = [deals.filter(organization_id=party.pk), deals.filter(person_id=party.pk)]
    if party.kind == "person":
        from rapport.kernel.relations.models import Relationship

        edges = Relationship.objects.filter(source_id=party.pk, type__key=TAKES_PART).order_by()
        mine.append(edges.values("target_id"))
    return Deal.objects.visible_to(user).filter(pk__in=mine[0].union(*mine[1:]))


def sums(found: list[Deal], rows: Any, currency: str) -> dict[str, Any]:  # Any: a queryset of deals; numbers
    """What is open and what was won (a `Total` each), of the rows; where these are what was found, of that."""
    by_outcome = totals_of(found, AMOUNT, currency, "outcome") if len(found) <= SHOWN else None
    if by_outcome is None:
        counted = rows.exclude(outcome=Outcome.LOST)
        by_outcome = dict(totals(counted, AMOUNT, currency, {"ended": F("outcome")}))
    return {str(outcome): by_outcome.get(outcome) for outcome in (Outcome.OPEN, Outcome.WON)}


def party_deals(request: HttpRequest, party: Party) -> Context | None:
    """The deals of a person or organization."""
    user, main = user_of(request), context_of(request).currency
    if policy(user, "deals", "read").reach == "none":
        return None
    rows = deals_of(party, user)
    found = list(ordered(rows).select_related("stage", "owner")[: SHOWN + 1])
    link = "person" if party.kind == "person" else "organization"
    return {
        "party": party, "deals": found[:SHOWN], "has_more": len(found) > SHOWN, "main": main, "link": link,
        "sums": sums(found, rows, main) if tells(type_of_model(Deal), user, "amount", "outcome") else NO_SUMS,
        "may_create": grant(user, "deals", "create") != "none",
    }  # fmt: skip


def siblings(request: HttpRequest, deal: Deal) -> Context | None:
    """Other deals of the same organization (or, without one, person)."""
    party_link = (
        {"organization_id": deal.organization_id} if deal.organization_id else {"person_id": deal.person_id}
    )
    if not any(party_link.values()):
        return None
    rows = Deal.objects.visible_to(user_of(request)).filter(**party_link).exclude(pk=deal.pk)
    found = list(ordered(rows).select_related("stage", "owner")[: SHOWN + 1])
    return {"deals": found[:SHOWN], "has_more": len(found) > SHOWN} if found else None


def register() -> None:
    """Enter the blocks; called when the application starts."""
    deal = ("deals",)
    also_about("deals", lambda one: (one.organization, one.person))
    add_block(Block("deal_buttons", deal, "actions", "sales/deals/buttons.html", buttons, order=10))
    add_block(Block("deal_age", deal, "subtitle", "sales/deals/age.html", age, order=10))
    add_block(Block("deal_head", deal, "head", "sales/deals/head.html", head, order=10))
    add_block(Block("deal_loss", deal, "right", "sales/deals/loss.html", loss, order=5))
    add_block(Block("deal_next_step", deal, "right", "sales/deals/next_step.html", next_step, order=10))
    add_block(Block("deal_siblings", deal, "right", "sales/deals/siblings.html", siblings, order=40))
    parties = ("people", "organizations")
    add_block(Block("party_deals", parties, "right", "sales/deals/of_party.html", party_deals, order=20))
