"""Columns that the area adds to lists: the pulse, and who takes part in an activity."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from rapport.accounts.models import User
from rapport.activities.next_steps import next_steps
from rapport.activities.participants import participants_of
from rapport.activities.pulse import TYPES, pulses
from rapport.activities.shown import names
from rapport.kernel.computed import ComputedColumn, add_column
from rapport.ui import components, formats


def pulse_column(records: Sequence[Any], user: User) -> dict[UUID, Markup]:  # Any: records of one type
    return {key: components.pulse(weeks) for key, weeks in pulses([one.pk for one in records], user).items()}


def people_column(records: Sequence[Any], user: User) -> dict[UUID, Markup]:  # Any: activities
    """Who takes part in the activities of a list."""
    found = participants_of([one.pk for one in records], user)
    return {key: Markup("{}").format(names(people)) for key, people in found.items()}


def next_step_column(records: Sequence[Any], user: User) -> dict[UUID, Markup]:  # Any: records of one type
    """The soonest open activity that the user may see, with its day; overdue and today's stand out."""
    today, language = timezone.localdate(), get_language() or "en"
    found = {}
    for record, subject, due_at in next_steps([one.pk for one in records], user):
        day = Markup() if due_at is None else _day(timezone.localtime(due_at).date(), today, language)
        found[record] = components.cut(subject, day)
    return found


@lru_cache(maxsize=4096)  # a list shows the same few days again and again
def _day(day: date, today: date, _language: str) -> Markup:
    mood = "bad" if day < today else "warn" if day == today else "t3"
    return Markup(' <span class="small {} num nowrap push">{}</span>').format(mood, formats.format_day(day))


def register() -> None:
    add_column(
        ComputedColumn(
            "next_step",
            _("Next step"),
            ("people", "organizations"),
            next_step_column,
            after="last_contact_at",
            is_wide=True,
        )
    )
    add_column(ComputedColumn("pulse", _("Pulse"), TYPES, pulse_column, after="last_contact_at"))
    add_column(
        ComputedColumn("people", _("With"), ("activities",), people_column, after="subject", is_wide=True)
    )
