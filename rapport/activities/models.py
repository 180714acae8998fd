"""Activities: tasks, calls, meetings and notes, planned or done, and who takes part."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.kernel import fields as f
from rapport.kernel.records import Record, RuleError, part_type, record_type
from rapport.runtime.ids import uuid7


class Kind(models.TextChoices):
    """What kind of activity."""

    TASK = "task", _("Task")
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    NOTE = "note", _("Note")


class Outcome(models.TextChoices):
    """How it went."""

    REACHED = "reached", _("Reached")
    NOT_REACHED = "not_reached", _("Not reached")
    MESSAGE_LEFT = "message_left", _("Message left")
    HELD = "held", _("Took place")
    CANCELED = "canceled", _("Canceled")
    DONE = "done", _("Done")


class Direction(models.TextChoices):
    """Who reached out to whom."""

    OUT = "out", _("From us")
    IN = "in", _("From them")


@record_type("activities", icon="list-checks", title="subject", default_sort="-at")
class Activity(Record):
    """A task, call, meeting or note, planned or done."""

    type = f.Choice(
        _("Kind"), privacy=f.INTERNAL, choices=Kind.choices, default=Kind.TASK, required=True, listed=True,
        hues={"task": "petrol", "call": "green", "meeting": "amber", "note": "grey"},
    )  # fmt: skip
    subject = f.Text(_("Subject"), privacy=f.PERSONAL, required=True, listed=True, searched=True)
    body = f.LongText(_("Text"), privacy=f.PERSONAL)
    due_at = f.Moment(_("Due"), privacy=f.INTERNAL, listed=True)
    duration = f.Number(_("Duration in minutes"), privacy=f.INTERNAL, lowest=0, highest=100_000)
    done_at = f.Moment(_("Done"), privacy=f.INTERNAL, listed=True, editable=False)
    outcome = f.Choice(_("Outcome"), privacy=f.INTERNAL, choices=Outcome.choices, listed=True)
    direction = f.Choice(_("Direction"), privacy=f.INTERNAL, choices=Direction.choices, default=Direction.OUT)
    at = f.Moment(
        _("When"), privacy=f.INTERNAL, editable=False, required=True, logged=False,
        help=_("When it was done, else when it is due, else when it was written."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("Activity")
        verbose_name_plural = _("Activities")
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "due_at", "id"],
                condition=Q(done_at=None, deleted_at=None),
                name="activity_open_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    def prepare(self, changed: set[str]) -> None:
        self.at = self.done_at or self.due_at or self.created_at

    def rules(self) -> None:
        if self.type == Kind.NOTE and self.done_at is None:
            raise RuleError(_("A note is written down, not planned."))


@part_type("participants", link="activity")
class Participant(models.Model):
    """Somebody or something that an activity is about: a record, or one of our users."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="participants")
    record = f.LinkBase(_("Record"), "kernel.AnyRecord", privacy=f.PERSONAL, on_delete=models.CASCADE)
    user = f.UserLink(_("User"), privacy=f.INTERNAL, on_delete=models.CASCADE)

    class Meta:
        verbose_name = _("Participant")
        verbose_name_plural = _("Participants")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_participant_is_a_record_or_a_user",
                condition=Q(record=None) ^ Q(user=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.record or self.user)
