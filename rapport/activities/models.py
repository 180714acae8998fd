"""Activities: tasks, calls, meetings and notes, planned or done, and who takes part."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.activities.caldav.models import CalendarAccount as CalendarAccount
from rapport.activities.caldav.models import CalendarItem as CalendarItem
from rapport.activities.ics.models import Feed as Feed
from rapport.activities.recurring.models import Series as Series
from rapport.activities.reminders.models import Reminder as Reminder
from rapport.activities.reminders.models import ReminderChoice as ReminderChoice
from rapport.kernel import fields as f
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.changes.sets import current_set
from rapport.kernel.records import Record, RuleError, part_type, record_type
from rapport.runtime.ids import uuid7
from rapport.ui.days import day_of, is_whole_day


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


class Ahead(models.TextChoices):
    """How long before it is due its people are reminded."""

    NEVER = "never", _("No reminder")
    AT_ONCE = "0", _("When it begins")
    MINUTES_5 = "5", _("5 minutes before")
    MINUTES_10 = "10", _("10 minutes before")
    MINUTES_15 = "15", _("15 minutes before")
    MINUTES_30 = "30", _("30 minutes before")
    HOUR = "60", _("An hour before")
    HOURS_2 = "120", _("Two hours before")
    DAY = "1440", _("A day before")
    DAYS_2 = "2880", _("Two days before")
    WEEK = "10080", _("A week before")


@record_type("activities", icon="list-checks", title="subject", default_sort="-at")
class Activity(Record):
    """A task, call, meeting or note, planned or done."""

    type = f.Choice(
        _("Kind"), privacy=f.INTERNAL, choices=Kind.choices, default=Kind.TASK, required=True, listed=True,
        hues={"task": "petrol", "call": "green", "meeting": "amber", "note": "grey"},
    )  # fmt: skip
    subject = f.Text(_("Subject"), privacy=f.PERSONAL, required=True, listed=True, searched=True)
    body = f.LongText(_("Text"), privacy=f.PERSONAL, mentions=True)
    due_at = f.DayOrMoment(_("Due"), privacy=f.INTERNAL, listed=True)
    duration = f.Number(_("Duration in minutes"), privacy=f.INTERNAL, lowest=0, highest=100_000)
    place = f.Text(_("Place"), privacy=f.PERSONAL, help=_("A room, an address, or the link of a video call."))
    reminder = f.Choice(
        _("Reminder"), privacy=f.INTERNAL, choices=Ahead.choices, help=_("Empty: as in one's own settings.")
    )  # fmt: skip
    done_at = f.Moment(_("Done"), privacy=f.INTERNAL, listed=True, editable=False)
    outcome = f.Choice(_("Outcome"), privacy=f.INTERNAL, choices=Outcome.choices, listed=True)
    direction = f.Choice(_("Direction"), privacy=f.INTERNAL, choices=Direction.choices, default=Direction.OUT)
    at = f.DayOrMoment(
        _("When"), privacy=f.INTERNAL, editable=False, required=True, logged=False,
        help=_("When it was done, else when it is due, else when it was written."),
    )  # fmt: skip

    # Of which series it is an occurrence, and when that one's rule lets it be; it may have been moved since.
    series = models.ForeignKey(
        Series, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="occurrences",
        db_index=False,
    )  # fmt: skip
    occurs_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Activity")
        verbose_name_plural = _("Activities")
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "due_at", "id"],
                condition=Q(done_at=None, deleted_at=None),
                name="activity_open_owner",
            ),
            models.Index(
                fields=["owner", "-done_at", "id"],
                condition=Q(done_at__isnull=False, deleted_at=None),
                name="activity_done_owner",
            ),
            models.Index(
                fields=["owner", "-id"],
                condition=Q(done_at=None, due_at=None, deleted_at=None),
                name="activity_open_undated",
            ),
            models.Index(fields=["-at", "-id"], condition=Q(deleted_at=None), name="activity_newest"),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(done_at=None, deleted_at=None, due_at__isnull=False),
                name="activity_open_due",
            ),
            models.Index(
                fields=["series", "occurs_at"], condition=Q(series__isnull=False), name="activity_of_series"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_note_is_written_not_planned",
                condition=~Q(type="note") | Q(done_at__isnull=False),
                violation_error_message=_("A note is written down, not planned."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.subject)

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def is_overdue(self) -> bool:
        """Its day is over, or its hour where it has one."""
        if self.done_at is not None or self.due_at is None:
            return False
        if day_of(self.due_at) < timezone.localdate():
            return True
        return self.has_hour and self.due_at < timezone.now()

    @property
    def has_hour(self) -> bool:
        return self.due_at is not None and not is_whole_day(self.due_at)

    def prepare(self, changed: set[str]) -> None:
        """A note is done when it is written; the moment follows. The trigger in timeline.sql does the same."""
        if self.type == Kind.NOTE and self.done_at is None:
            self.done_at = self.created_at if self._state.adding else timezone.now()
        if "due_at" in changed:
            self.due_at = f.DayOrMoment.said(self.due_at, int(self.duration or 0))
        self.at = self.done_at or self.due_at or self.created_at


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
            models.UniqueConstraint(
                fields=["activity", "record"],
                condition=Q(record__isnull=False),
                name="a_record_takes_part_once",
            ),
            models.UniqueConstraint(
                fields=["activity", "user"], condition=Q(user__isnull=False), name="a_user_takes_part_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.record or self.user)

    def prepare(self) -> None:
        """Nobody may attach a record that he cannot see."""
        opened = current_set()
        if self.record_id is None or opened is None or opened.by is None:
            return
        if not AnyRecord.objects.visible_to(opened.by).filter(pk=self.record_id).exists():
            raise RuleError(fields={"participants.record": gettext("This was not found.")})


class NextStep(models.Model):
    """That an open activity lies before a record: soonest first. Kept by triggers (sql/timeline.sql)."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(AnyRecord, on_delete=models.CASCADE, related_name="+", db_index=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "activities_next_step"
        indexes: ClassVar = [
            models.Index(fields=["record", "due_at", "activity"], name="activities_next_step_soonest"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "activity"], name="an_activity_is_a_next_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.activity_id}"
