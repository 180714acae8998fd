"""Moving a card: into a lane, between two others."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.boards.positions import place
from rapport.kernel.boards.registry import Board
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields import Context
from rapport.kernel.fields.links import parse_id
from rapport.kernel.records import Record, RuleError, save_record
from rapport.kernel.registry import RecordType

LONGEST = 2000


@dataclass(frozen=True)
class Spot:
    """Where a card was put: its lane and its neighbors there; `version` is the card's that the person saw."""

    lane: str
    above: UUID | None = None
    below: UUID | None = None
    version: int | None = None


def spot_of(request: HttpRequest) -> Spot:
    """Read what the board's script sends; RuleError when it is no such thing."""
    try:
        said = json.loads(request.body[: LONGEST + 1])  # cut off, it is no JSON any more
        lane, version = str(said["stage"]).replace("\0", ""), said.get("version")
        above, below = parse_id(said.get("before")), parse_id(said.get("after"))
        return Spot(lane, above, below, int(version) if version is not None else None)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as problem:
        raise RuleError(gettext("Say into which lane the card goes.")) from problem


def move_card(record: Record, spot: Spot, kind: RecordType, board: Board, *, by: User) -> Record:
    """Move the card and return it as it now stands. A type that has its own way of moving does it itself."""
    if board.move is not None:
        moved: Record = board.move(record, spot, by)
        return moved
    division = board.division(kind)
    source = division.field
    with change_set(by=by, label=lambda: gettext("Moved: %(what)s") % {"what": str(record)[:150]}):
        value = source.parse(spot.lane, Context(user=by))
        record = save_record(record, {source.name: value}, by=by, version=spot.version)
        if board.is_ordered(kind):
            lane = kind.model.objects.filter(**{division.column: spot.lane}, deleted_at=None)
            lane = lane.filter(board.condition).exclude(pk=record.pk)
            position = place(lane, spot.above, spot.below, top=-(2.0**40))
            kind.model.objects.filter(pk=record.pk).update(position=position)
            record.refresh_from_db(fields=["version", "changed_at"])
    return record
