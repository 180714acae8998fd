"""Columns that the area adds to lists: the pulse, and who takes part in an activity."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from rapport.accounts.models import User
from rapport.activities.participants import participants_of
from rapport.activities.pulse import TYPES, pulses
from rapport.activities.shown import names
from rapport.kernel.computed import ComputedColumn, add_column
from rapport.ui import components


def pulse_column(records: Sequence[Any], user: User) -> dict[UUID, Markup]:  # Any: records of one type
    return {key: components.pulse(weeks) for key, weeks in pulses([one.pk for one in records], user).items()}


def people_column(records: Sequence[Any], user: User) -> dict[UUID, Markup]:  # Any: activities
    """Who takes part in the activities of a list."""
    found = participants_of([one.pk for one in records], user)
    return {key: Markup("{}").format(names(people)) for key, people in found.items()}


def register() -> None:
    add_column(ComputedColumn("pulse", _("Pulse"), TYPES, pulse_column, after="last_contact_at"))
    add_column(ComputedColumn("people", _("With"), ("activities",), people_column, after="subject"))
