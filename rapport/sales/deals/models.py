"""A deal: one possible sale, moving through the stages of a pipeline."""

import time
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.kernel import fields as f
from rapport.kernel.records import Record, RuleError, record_type
from rapport.runtime.ids import uuid7
from rapport.sales.pipelines.models import Pipeline, Stage


def on_top() -> float:
    """A position above every card that stands in a lane already: smaller as time goes by, no look at the others."""
    return -time.time()


def first_pipeline() -> UUID | None:
    return Pipeline.objects.filter(is_active=True).values_list("pk", flat=True).first()


def first_stage() -> UUID | None:
    """Where a new deal begins when nobody says it."""
    stages = Stage.objects.filter(pipeline__is_active=True).order_by(
        "pipeline__position", "pipeline", "position"
    )
    return stages.values_list("pk", flat=True).first()


class Outcome(models.TextChoices):
    """How a deal ended, or that it has not."""

    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


@record_type(
    "deals", icon="handshake", board="stage", subtitle=("organization", "stage"), default_sort="expected_on"
)
class Deal(Record):
    """One possible sale, usually to one organization."""

    name = f.Text(_("Name"), privacy=f.BUSINESS, required=True, listed=True, searched=True)
    organization = f.Link(
        _("Organization"), "parties.Organization", privacy=f.BUSINESS, listed=True, searched=True
    )
    person = f.Link(_("Contact person"), "parties.Person", privacy=f.PERSONAL, searched=True)
    pipeline = f.OptionLink(
        _("Pipeline"), "sales.Pipeline", privacy=f.INTERNAL, required=True, default=first_pipeline
    )
    stage = f.OptionLink(
        _("Stage"), "sales.Stage", privacy=f.INTERNAL, required=True, listed=True, default=first_stage
    )
    amount = f.Money(_("Amount"), privacy=f.FINANCIAL, lowest=0, listed=True, dated="closed_on")
    amount_currency: str  # the field above adds the column
    expected_on = f.Date(_("Expected close"), privacy=f.BUSINESS, listed=True)
    chance = f.Percent(
        _("Win chance"), privacy=f.INTERNAL, help=_("Leave it empty to take the chance of the stage.")
    )
    next_step = f.Text(_("Next step"), privacy=f.BUSINESS, listed=True)
    next_step_on = f.Date(_("Next step on"), privacy=f.BUSINESS)
    about = f.LongText(_("About"), privacy=f.BUSINESS)
    outcome = f.Choice(
        _("Outcome"), privacy=f.BUSINESS, choices=Outcome.choices, default=Outcome.OPEN, editable=False, listed=True,
        hues={"open": "sky", "won": "green", "lost": "red"},
    )  # fmt: skip
    closed_on = f.Date(_("Closed on"), privacy=f.BUSINESS, editable=False)
    loss_reason = f.OptionLink(_("Lost because"), "sales.LossReason", privacy=f.BUSINESS, editable=False)
    competitor = f.Text(_("Lost to"), privacy=f.BUSINESS, editable=False)
    loss_note = f.Text(_("More about the loss"), privacy=f.BUSINESS, editable=False, longest=2000)
    stage_since = f.Moment(
        _("In stage since"), privacy=f.INTERNAL, default=timezone.now, editable=False, logged=False
    )
    position = models.FloatField(default=on_top, editable=False)

    class Meta:
        verbose_name = _("Deal")
        verbose_name_plural = _("Deals")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_deal_has_a_closing_date_only_when_closed",
                condition=Q(outcome="open", closed_on=None) | (~Q(outcome="open") & ~Q(closed_on=None)),
                violation_error_message=_("A deal has a closing date exactly when it is won or lost."),
            ),
            models.CheckConstraint(
                name="a_won_deal_has_an_amount",
                condition=~Q(outcome="won") | ~Q(amount=None),
                violation_error_message=_("A won deal needs an amount."),
            ),
            models.CheckConstraint(
                name="a_lost_deal_has_a_reason",
                condition=~Q(outcome="lost") | ~Q(loss_reason=None),
                violation_error_message=_("Say why the deal was lost."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["stage", "position", "id"],
                condition=Q(outcome="open", deleted_at=None),
                name="deal_on_board",
            ),
            models.Index(
                fields=["pipeline", "outcome", "closed_on"],
                condition=~Q(outcome="open") & Q(deleted_at=None),
                name="deal_closed",
            ),
            models.Index(fields=["organization", "-created_at"], name="deal_of_organization"),
            models.Index(fields=["person", "-created_at"], name="deal_of_person"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def customer(self) -> Any:  # Any: a party
        """The organization, without one the person; none that is in the trash."""
        organization = self.organization
        found = organization if organization is not None and organization.deleted_at is None else self.person
        return found if found is not None and found.deleted_at is None else None

    @property
    def is_open(self) -> bool:
        return bool(self.outcome == Outcome.OPEN)

    @property
    def win_chance(self) -> Decimal:
        """In percent: the deal's own, else that of its stage."""
        return Decimal(self.chance if self.chance is not None else self.stage.chance)

    def prepare(self, changed: set[str]) -> None:
        """A new deal begins in the first stage; pipeline and stage go together; a person brings his employer."""
        if self._state.adding or changed & {"pipeline", "stage"}:
            self._prepare_stage(changed)
        if "person" in changed and self.person is not None and self.organization_id is None:
            self.organization_id = self.person.organization_id

    def _prepare_stage(self, changed: set[str]) -> None:
        if not self._state.adding and not self.is_open:
            raise RuleError(_("This deal is closed. Reopen it before you move it."))
        said_both = {"pipeline", "stage"} <= changed and self.stage_id and self.pipeline_id
        if said_both and self.stage.pipeline_id != self.pipeline_id:
            self._settle()
        elif "pipeline" in changed and "stage" not in changed and self.pipeline_id:
            self.stage = self.pipeline.stages.first()
        elif self.stage_id:
            self.pipeline_id = self.stage.pipeline_id
        self.position = on_top()
        if "stage_since" not in changed:
            self.stage_since = timezone.now()

    def _settle(self) -> None:
        """A form that begins with pipeline and stage filled in sends both: what was changed by hand counts."""
        if self.stage_id == first_stage():
            self.stage = self.pipeline.stages.first()
        elif self.pipeline_id == first_pipeline():
            self.pipeline_id = self.stage.pipeline_id

    def rules(self) -> None:
        if self.stage.pipeline_id != self.pipeline_id:
            raise RuleError(fields={"stage": str(_("This stage belongs to another pipeline."))})
        if self.outcome == Outcome.WON and self.amount is None:
            raise RuleError(fields={"amount": str(_("A won deal needs an amount."))})


AMOUNT = Deal._meta.get_field("amount")


class StageMove(models.Model):
    """That a deal came into a stage, or was won, lost or opened again; written by a trigger on deals."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    from_stage = models.ForeignKey("sales.Stage", null=True, on_delete=models.SET_NULL, related_name="+")
    to_stage = models.ForeignKey("sales.Stage", null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.TextField(default="open")
    actor_id = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.outcome}"
