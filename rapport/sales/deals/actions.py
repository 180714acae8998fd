"""What can be done to a deal: move it, win it, lose it, reopen it. The only ways in which its outcome changes."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.boards.positions import place
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.permissions import can
from rapport.kernel.records import RuleError, action, save_record
from rapport.parties.life_cycle.history import leave_to_rules
from rapport.parties.models import Party
from rapport.parties.models import Stage as LifeCycle
from rapport.sales.deals.models import Deal, Outcome, on_top
from rapport.sales.pipelines.models import LossReason, Stage

BELOW_CUSTOMER = (LifeCycle.SUSPECT, LifeCycle.PROSPECT, LifeCycle.LEAD)


def is_open(deal: Deal) -> bool:
    return deal.is_open


def is_closed(deal: Deal) -> bool:
    return not deal.is_open


@action(Deal, _("Move"), when=is_open, icon="move-right", event="deal.moved", form=("stage",))
def move(
    deal: Deal, *, by: User, stage: Stage | None = None, before: UUID | None = None, after: UUID | None = None,
    version: int | None = None,
) -> Deal:  # fmt: skip
    """Put the deal into a stage: below the card `before`, above the card `after`, else on top of the lane.

    With `version` (what the person had before his eyes) a stage that somebody else changed since is a Conflict.
    """
    if stage is None:
        raise RuleError(fields={"stage": gettext("Say into which stage.")})
    deal = save_record(deal, {"stage": stage}, by=by, version=version)
    lane = Deal.objects.filter(stage=stage, outcome=Outcome.OPEN, deleted_at=None).exclude(pk=deal.pk)
    position = place(lane, before, after, top=on_top())
    Deal.objects.filter(pk=deal.pk).update(position=position)
    deal.refresh_from_db(fields=["position", "version", "changed_at"])
    return deal


@action(Deal, _("Win"), when=is_open, icon="trophy", event="deal.won")
def win(deal: Deal, *, by: User, amount: Amount | None = None) -> Deal:
    """The customer said yes. A won deal has an amount, and who bought is a customer."""
    values: dict[str, Any] = {
        "outcome": Outcome.WON,
        "closed_on": timezone.localdate(),
    }  # Any: values of fields
    if amount is not None:
        values["amount"] = amount
    elif deal.amount is None:
        raise RuleError(fields={"amount": gettext("Give the deal its amount before you win it.")})
    deal = save_record(deal, values, by=by)
    _becomes_customer(deal, by)
    return deal


def _becomes_customer(deal: Deal, by: User) -> None:
    """Raise the life cycle of who bought: the organization, without one the person.

    Left alone when this user may not edit that record: selling must not fail because of it.
    """
    link = Deal._meta.get_field("organization" if deal.organization_id else "person")
    key = deal.organization_id or deal.person_id
    model = link.related_model
    if key is None or not isinstance(model, type) or not issubclass(model, Party):
        return
    buyer = model.objects.visible_to(by).filter(pk=key).first()
    if buyer is None or not can(by, "edit", buyer):
        return
    if buyer.stage in BELOW_CUSTOMER:
        save_record(buyer, {"stage": LifeCycle.CUSTOMER}, by=by)
    elif buyer.stage == LifeCycle.LOST:
        save_record(buyer, {"stage": LifeCycle.WON_BACK}, by=by)
    else:
        return
    leave_to_rules(buyer)  # it follows from the deal; nobody has decided the stage


@action(
    Deal, _("Lose"), when=is_open, icon="circle-slash", event="deal.lost",
    form=("loss_reason", "competitor", "loss_note"),
)  # fmt: skip
def lose(
    deal: Deal, *, by: User, loss_reason: LossReason | None = None, competitor: str = "", loss_note: str = ""
) -> Deal:
    """The customer said no, or nothing. Always with a reason, so that we learn from it."""
    competitor, loss_note = (competitor or "").strip(), (loss_note or "").strip()
    problems = {}
    if loss_reason is None:
        problems["loss_reason"] = gettext("Say why the deal was lost.")
    elif loss_reason.asks_competitor and not competitor:
        problems["competitor"] = gettext("Say to whom it was lost.")
    elif loss_reason.asks_note and not loss_note:
        problems["loss_note"] = gettext("Say in a few words why.")
    if problems:
        raise RuleError(fields=problems)
    values = {
        "outcome": Outcome.LOST, "closed_on": timezone.localdate(), "loss_reason": loss_reason,
        "competitor": competitor, "loss_note": loss_note,
    }  # fmt: skip
    return save_record(deal, values, by=by)


@action(Deal, _("Reopen"), when=is_closed, icon="rotate-ccw", event="deal.reopened")
def reopen(deal: Deal, *, by: User) -> Deal:
    """Take the deal back into its stage; what was written when it was closed is cleared."""
    values = {
        "outcome": Outcome.OPEN, "closed_on": None, "loss_reason": None, "competitor": "", "loss_note": "",
    }  # fmt: skip
    deal = save_record(deal, values, by=by)
    Deal.objects.filter(pk=deal.pk).update(position=on_top())
    deal.refresh_from_db(fields=["position", "version", "changed_at"])
    return deal
