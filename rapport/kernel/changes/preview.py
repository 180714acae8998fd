"""What taking a change set back would do, before anybody does it; and afterwards what was left out."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord, ChangeSet
from rapport.kernel.changes.one_set import column_field, label_of_column, part_label
from rapport.kernel.changes.reach import BATCH, Kept, batches, reach_of
from rapport.kernel.changes.values import Titles, value_text
from rapport.kernel.fields import LinkBase
from rapport.kernel.fields.base import FieldType
from rapport.kernel.permissions.fields import type_seen

TOLD = 100
MOST = 20_000  # records that are looked at before


@dataclass
class LeftLine:
    """One value or record that stays as it is, and why. Without a row: of a record that the reader may not see."""

    row: AnyRecord | None
    what: str
    why: str
    old: str = ""
    now: str = ""


@dataclass
class Preview:
    """How many records would be put back, and what would stay."""

    back: int = 0
    kept: int = 0
    busy: int = 0
    refused: int = 0
    lines: list[LeftLine] = field(default_factory=list)
    hidden: int = 0  # of what stays, so much belongs to records that the reader may not see
    looked_at: int = 0
    is_all: bool = True


def preview_of(done: ChangeSet, by: User) -> Preview:
    """Read what would happen; bounded in memory, and in time by MOST records."""
    found, told = Preview(), list[tuple[Kept, str]]()
    for ids in batches(done):
        reach = reach_of(done, ids, by)
        busy = set(reach.busy)
        found.looked_at += len(ids)
        found.back += len(reach.back)
        found.busy += len(busy)
        found.kept += len(reach.kept) - len(busy)
        found.refused += len(reach.refused)
        left = [(one, "busy" if one.record_id in busy and not one.field else "changed") for one in reach.kept]
        left += [(Kept(one, reach.types[one], ""), "refused") for one in reach.refused]
        told += left[: TOLD - len(told)]
        if found.looked_at >= MOST:
            found.is_all = len(ids) < BATCH
            break
    found.lines = left_lines(told, by)
    found.hidden = sum(1 for line in found.lines if line.row is None)
    return found


def left_of(reverting: ChangeSet, by: User) -> list[LeftLine]:
    """What a set that took another one back has left out."""
    notes: list[dict[str, Any]] = reverting.facts.get("left", [])[:TOLD]  # Any: JSON
    told = [
        (
            Kept(UUID(one["record_id"]), one["type"], one["field"], one["part"]),
            str(one.get("said") or one["why"]),
        )
        for one in notes
    ]
    return left_lines(told, by)


def why_said(why: str) -> str:
    return {
        "changed": _("Changed since"),
        "busy": _("Others have worked with it since"),
        "refused": _("You may not edit it"),
        "gone": _("What it leads to is gone"),
        "taken": _("Another record has this value now"),
        "rule": _("A rule says no"),
    }.get(why, why)


def left_lines(told: list[tuple[Kept, str]], by: User) -> list[LeftLine]:
    """In words, with links to the records that the reader may see; two queries and one for each kind of link."""
    rows = (
        AnyRecord.objects.readable_by(by)
        .defer("lexemes")
        .in_bulk([one.record_id for one, _why in told if one.record_id])
    )
    titles = Titles(by)
    for one, _why in told:
        named = _field_of(one, by)
        if isinstance(named, LinkBase):
            for value in (one.old, one.now):
                titles.want(named, value)
    titles.load()
    lines = []
    for one, why in told:
        row = rows.get(one.record_id)
        if row is None:
            lines.append(LeftLine(None, "", why_said(why)))
            continue
        kind, named = type_seen(one.type or row.type, by), _field_of(one, by)
        what = label_of_column(kind, one.field) if one.field and not one.part else ""
        if one.part:
            what = part_label(kind, one.part)
        old = value_text(named, one.old, titles) if named is not None else ""
        now = value_text(named, one.now, titles) if named is not None else ""
        lines.append(LeftLine(row, what, why_said(why), old, now))
    return lines


def _field_of(one: Kept, by: User) -> FieldType | None:
    kind = type_seen(one.type, by)
    if one.part:
        part = kind.parts.get(one.part) if kind is not None else None
        return (
            next((each for each in part.fields.values() if each.column == one.field), None) if part else None
        )
    return column_field(kind, one.field) if one.field else None
