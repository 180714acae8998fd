"""Lists of activities as calendar files."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.activities.ics.writing import calendar_of, events_of
from rapport.kernel.exports.forms import FileForm, add_file_form
from rapport.kernel.registry import RecordType

TYPE = "text/calendar; charset=utf-8"
MOST = 5_000


def write(rows: Any, kind: RecordType, user: User) -> Iterator[bytes]:  # Any: a query set of activities
    """Those that have a date, series as a whole."""
    found = list(rows.filter(due_at__isnull=False).order_by("due_at", "pk")[:MOST])
    yield calendar_of(events_of(found, user))


def register() -> None:
    add_file_form(FileForm("ics", ("activities",), _("Calendar (iCalendar)"), TYPE, write, "calendar"))
