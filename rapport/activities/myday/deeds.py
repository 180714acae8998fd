"""Deeds on lines of My day: planning what comes next with a record, putting a line off with a reason."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.accounts.models import User
from rapport.activities.actions import next_working_day, plan
from rapport.activities.models import Activity, Kind
from rapport.kernel.records import RuleError
from rapport.kernel.records.base import Record
from rapport.ui import formats
from rapport.ui.days import whole_day

KINDS = {
    Kind.TASK: gettext_lazy("Task"),
    Kind.CALL: gettext_lazy("Call"),
    Kind.MEETING: gettext_lazy("Meeting"),
}


def days_to_choose(today: date | None = None) -> list[tuple[str, str]]:
    """The next days that one usually means, with their names."""
    today = today or timezone.localdate()
    tomorrow, soon = next_working_day(today), next_working_day(today + timedelta(days=2))
    week = today + timedelta(days=7)
    found = {
        tomorrow: _("Tomorrow") if tomorrow == today + timedelta(days=1) else formats.format_weekday(tomorrow),
        soon: formats.format_weekday(soon),
        week: _("In a week"),
        today + timedelta(days=30): _("In a month"),
    }  # fmt: skip
    return [(day.isoformat(), label) for day, label in found.items()]


def read_day(said: str) -> date:
    """The day that was chosen; RuleError when it is none to come."""
    try:
        day = date.fromisoformat(said.strip())
    except ValueError:
        day = date.min
    if not timezone.localdate() <= day <= timezone.localdate() + timedelta(days=400):
        raise RuleError(fields={"day": _("Choose a day within the next year.")})
    return day


def plan_with(record: Record, kind: str, subject: str, day: str, *, by: User) -> Activity:
    """Plan a task, call or meeting with that record on that day, without an hour."""
    if kind not in KINDS:
        raise RuleError(fields={"kind": _("Choose what you plan.")})
    return plan([record], kind, subject.strip()[:200], by=by, due_at=whole_day(read_day(day)))
