"""Which fields of a type its boards, calendars and groups can be arranged by: answered from the fields alone."""

from rapport.kernel.fields import FieldType
from rapport.kernel.lists.arranged.division import DATES, PERIODS, Division
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import BOARD, CALENDAR, TABLE

LANES = ("choice", "option", "user", "team", "link", "yesno")
LATE = ("user", "team", "link", "yesno")  # what comes behind choices where none is named
NEVER = ("origin",)


def lane_fields(kind: RecordType) -> dict[str, FieldType]:
    """The fields whose values can be lanes and groups; that of the type's own board first, then choices."""
    found = [
        one
        for one in kind.fields.values()
        if one.kind in LANES
        and one.name not in NEVER
        and not one.is_worked_out
        and not (kind.kind and one.name == "kind")
    ]
    found.sort(key=lambda one: (one.name != kind.board, one.kind in LATE, not one.flags.listed))
    return {one.name: one for one in found}


def date_fields(kind: RecordType) -> dict[str, FieldType]:
    """The fields whose values can be days; those that people set before those that the system keeps."""
    every = kind.fields.values()
    found = [one for one in every if one.kind in DATES and (one.is_indexed or not one.is_worked_out)]
    found.sort(key=lambda one: (not one.editable, not one.flags.listed))
    return {one.name: one for one in found}


def division_of(kind: RecordType, said: str) -> Division | None:
    """What "owner" or "expected_on.month" divides records into; None when it divides nothing."""
    name, _dot, period = said.partition(".")
    if not period:
        one = lane_fields(kind).get(name)
        return Division(kind, one) if one is not None else None
    one = date_fields(kind).get(name)
    return Division(kind, one, period) if one is not None and period in PERIODS else None


def layouts_of(kind: RecordType) -> list[str]:
    """In which forms the records of a type can be shown."""
    found = [TABLE]
    found += [BOARD] if lane_fields(kind) else []
    return [*found, CALENDAR] if date_fields(kind) else found


def known_by(kind: RecordType, layout: str, said: str) -> str:
    """What was said if that form can be arranged by it, else what it usually is arranged by ("" for a table)."""
    if layout == BOARD:
        fields = lane_fields(kind)
    elif layout == CALENDAR:
        fields = date_fields(kind)
    else:
        return said if division_of(kind, said) is not None else ""
    return said if said in fields else next(iter(fields), "")
