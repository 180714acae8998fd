"""Columns that the area adds to lists: the pulse, and who takes part in an activity."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from rapport.accounts.models import User
from rapport.activities.models import Kind
from rapport.activities.next_steps import next_steps
from rapport.activities.participants import participants_of
from rapport.activities.pulse import TYPES, pulses
from rapport.activities.seen import only_seen
from rapport.activities.shown import names
from rapport.activities.step_cell import edit_next_step
from rapport.kernel.computed import ComputedColumn, Sign, add_column, add_sign
from rapport.ui import components, formats
from rapport.ui.days import day_of


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
        day = Markup() if due_at is None else _day(day_of(due_at), today, language)
        found[record] = components.cut(subject, day)
    if len(found) < len(records):
        nothing = Markup('<span class="t3">{}</span>').format(_("No next step"))
        found = {one.pk: found.get(one.pk, nothing) for one in records}
    return found


@lru_cache(maxsize=4096)  # a list shows the same few days again and again
def _day(day: date, today: date, _language: str) -> Markup:
    mood = "bad" if day < today else "warn" if day == today else "t3"
    return Markup(' <span class="small {} num nowrap push">{}</span>').format(mood, formats.format_day(day))


CHANNELS = {Kind.CALL: "phone", Kind.MEETING: "calendar", Kind.NOTE: "notebook-pen", Kind.TASK: "check-check"}


def channel_sign(records: Sequence[Any], user: User) -> dict[UUID, Markup]:  # Any: records of one type
    """By which channel the last contact was: the activity at that very moment, where the user may see it."""
    last = [(one.pk, one.last_contact_at) for one in records if one.last_contact_at is not None]
    limits, params = only_seen(user)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select t.record_id, min(a.type) from unnest(%s::uuid[], %s::timestamptz[]) last (record_id, at)
            join kernel_timeline t on t.record_id = last.record_id and t.at = last.at and t.kind = 'activity'
            join activities_activity a on a.id = t.item_id
            where activities_is_contact(a){limits} group by 1
            """,  # noqa: S608 - Django's own SQL of the condition
            [[key for key, _at in last], [at for _key, at in last], *params],
        )
        found = cursor.fetchall()
    signs = {one.value: components.icon(CHANNELS[one], "sm t3", str(one.label)) for one in CHANNELS}
    return {record: signs[type_] for record, type_ in found if type_ in signs}


def register() -> None:
    add_sign(Sign("last_contact_at", ("people", "organizations"), channel_sign))
    add_column(
        ComputedColumn(
            "next_step",
            _("Next step"),
            ("people", "organizations"),
            next_step_column,
            after="last_contact_at",
            is_wide=True,
            icon="list-checks",
            edit=edit_next_step,
        )
    )
    add_column(ComputedColumn("pulse", _("Pulse, 12 wk"), TYPES, pulse_column, after="stage"))
    add_column(
        ComputedColumn(
            "people", _("With"), ("activities",), people_column, after="subject", is_wide=True, icon="users"
        )
    )
