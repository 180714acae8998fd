"""What the template of a calendar asks for."""

from datetime import date, datetime
from functools import cached_property
from urllib.parse import quote

from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from rapport.kernel.calendars.hours import Hours
from rapport.kernel.calendars.reader import Day
from rapport.kernel.calendars.registry import CalendarRules
from rapport.kernel.calendars.spans import DAY, LIST, MONTH, WEEK, Span
from rapport.kernel.calendars.whose import EVERYBODY, Whose, choices
from rapport.kernel.filters import Condition, Group
from rapport.kernel.lists.state import ListState
from rapport.kernel.permissions import policy
from rapport.kernel.records import Record
from rapport.kernel.views.models import TABLE, place_of
from rapport.ui.addresses import address as address_of


class Shown:
    """One page of a calendar."""

    def __init__(self, state: ListState, span: Span, rules: CalendarRules, whose: Whose) -> None:
        self.state, self.span, self.rules, self.whose = state, span, rules, whose
        self.days: list[Day] = []
        self.hours = Hours([])
        user = state.context.user
        assert user is not None
        self.user = user
        self.is_moment = state.kind.fields[state.by].kind == "moment"
        may_edit = policy(user, state.kind.key, "edit").reach != "none"
        self.is_fixed = not may_edit or state.by not in state.kind.editable_fields()
        self.may_create = policy(user, state.kind.key, "create").reach != "none" and not self.is_fixed

    @property
    def has_hours(self) -> bool:
        """A week and a day by a moment are shown by their hours; a date has none."""
        return self.is_moment and self.span.kind in (WEEK, DAY)

    @property
    def may_stretch(self) -> bool:
        """Can an entry be made longer and shorter here?"""
        return bool(self.rules.length) and not self.is_fixed

    @property
    def count(self) -> int:
        return sum(day.count for day in (self.hours.days if self.has_hours else self.days))

    @property
    def weeks(self) -> list[list[Day]]:
        return [self.days[at : at + 7] for at in range(0, len(self.days), 7)]

    def address(self, on: date | None = None, kind: str = "", who: str | None = None) -> str:
        """Another span of the same calendar, or that of somebody else."""
        kind = kind or self.span.kind
        who = self.whose.key if who is None else who
        besides = [("on", on.isoformat())] if on is not None else []
        besides += [("span", kind)] if kind != MONTH else []
        besides += [("who", who)] if who not in (EVERYBODY, "all") else []
        return self.state.address(besides=besides)

    @property
    def spans(self) -> list[tuple[str, str, str]]:
        named = [(MONTH, _("Month")), (WEEK, _("Week"))]
        named += [(DAY, _("Day"))] if self.is_moment else []
        named.append((LIST, _("List")))
        return [(key, label, self.address(self._on(key), key)) for key, label in named]

    def _on(self, kind: str) -> date:
        """Where the other span begins: today where the one that is shown holds it."""
        today = timezone.localdate()
        if kind in (DAY, LIST) and self.span.kind in (MONTH, WEEK):
            if self.span.first <= today < self.span.end and self.span.holds(today):
                return today
            return self.span.on.replace(day=1) if self.span.kind == MONTH else self.span.first
        return self.span.on

    @property
    def zone(self) -> str:
        """The time zone of the hours, as people call it."""
        return timezone.get_current_timezone_name().rpartition("/")[2].replace("_", " ")

    @cached_property
    def people(self) -> list[tuple[str, str, str]]:
        """(label, address, key) of the calendars of others."""
        return [(label, self.address(self.span.on, who=key), key) for key, label in choices(self.user)]

    def table_of(self, operator: str, said: str = "") -> str:
        """The table with the records of a day, or with those that have none."""
        state = self.state
        parts = state.filter.parts if state.filter.join == "all" else (state.filter,)
        tree = Group("all", (*parts, Condition(state.by, operator, said)))
        pairs = [one for one in state.pairs(filter=tree, besides=[]) if one[0] not in ("by", "sort")]
        return f"{place_of(state.kind.key, TABLE)}?{urlencode(pairs)}"

    def new_address(self, day: date | datetime) -> str:
        """The form for a new record on that day."""
        if self.rules.new is not None:
            return self.rules.new(day, self.whose.key)
        said = f"{day.isoformat()}T09:00" if self.is_moment else day.isoformat()
        return self._new + quote(said)

    @cached_property
    def _new(self) -> str:
        """The address of the form up to the value of its day: a month has 42 of them."""
        return f"{address_of('record_new', self.state.kind.key)}?{urlencode({self.state.by: ''})}"

    def move_address(self, record: Record) -> str:
        name = "calendar_time" if self.has_hours else "calendar_move"
        return address_of(name, self.state.kind.key, record.pk) + self._by

    @cached_property
    def _by(self) -> str:
        return f"?{urlencode({'by': self.state.by})}"
