"""What administrators type on the settings page, read into typed values."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext

from rapport.kernel.records import RuleError
from rapport.sales.pipelines.models import LossReason, Stage
from rapport.ui.formats import HUES, parse_number

LONGEST = 100


@dataclass(frozen=True)
class Act:
    """Which button sent the form: ("up", row), ("down", row), ("add", None), ("order", None) or ("save", None)."""

    name: str
    row: UUID | None = None

    @classmethod
    def read(cls, said: str) -> "Act":
        name, _colon, key = said.partition(":")
        try:
            return cls(name, UUID(key)) if key else cls(name or "save")
        except ValueError:
            return cls("save")


def name_of(said: str) -> str:
    name = " ".join(said.replace("\0", "").split())
    if not name or len(name) > LONGEST:
        raise RuleError(gettext("A name has 1 to %(most)s characters.") % {"most": LONGEST})
    return name


def stage_values(data: QueryDict, key: str) -> dict[str, Any]:  # Any: each column has its own values
    """The values of one stage; `key` is its id, or "new"."""
    return {
        "name": name_of(data.get(f"name-{key}", "")),
        "chance": _chance(data.get(f"chance-{key}", "")),
        "expected_days": _days(data.get(f"days-{key}", "")),
        "hue": data.get(f"hue-{key}") if data.get(f"hue-{key}") in HUES else "sky",
    }


def reason_values(data: QueryDict, key: str) -> dict[str, Any]:  # Any: as above
    return {
        "name": name_of(data.get(f"name-{key}", "")),
        "asks_competitor": bool(data.get(f"competitor-{key}")),
        "asks_note": bool(data.get(f"note-{key}")),
        "is_active": bool(data.get(f"active-{key}")),
    }


def _chance(said: str) -> Decimal:
    try:
        chance = parse_number(said.replace("%", "")).quantize(Decimal("0.01"))
    except (ValueError, ArithmeticError) as problem:
        raise RuleError(gettext("The win chance is a number from 0 to 100.")) from problem
    if not 0 <= chance <= 100:
        raise RuleError(gettext("The win chance is a number from 0 to 100."))
    return chance


def _days(said: str) -> int | None:
    said = said.strip()
    if not said:
        return None
    if not said.isdecimal() or not 0 < int(said[:6]) <= 3650:
        raise RuleError(gettext("The usual days are a whole number from 1 to 3650, or nothing."))
    return int(said)


def rows_said(data: QueryDict, rows: list[Stage] | list[LossReason], read: Any) -> dict[UUID, dict[str, Any]]:
    """The values of all rows whose name was sent, by id."""
    return {row.pk: read(data, str(row.pk)) for row in rows if f"name-{row.pk}" in data}


def in_order(data: QueryDict, rows: list[Any]) -> list[Any]:  # Any: stages or reasons
    """The rows in the order in which the form has them (dragging changes it); unknown ids do not count."""
    said = {key: number for number, key in enumerate(data.getlist("order"))}
    return sorted(rows, key=lambda row: (said.get(str(row.pk), len(said)), row.position))
