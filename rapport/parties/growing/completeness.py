"""How complete a party is for its stage, and the one question whose answer helps most."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.fields.base import FieldType
from rapport.kernel.pages.blocks import Block, Context, add_block
from rapport.kernel.pages.context import user_of
from rapport.kernel.permissions import can
from rapport.kernel.permissions.fields import type_of_seen
from rapport.kernel.provenance.disagreements import Shown, open_of
from rapport.kernel.provenance.models import ValueMark
from rapport.kernel.provenance.sources import marks_of
from rapport.parties.growing.needs import answering, needed_in, needs_of
from rapport.parties.models import Party, Stage


@dataclass(frozen=True)
class Gap:
    """A value that is missing or doubtful; the weight says how much its answer helps."""

    one: FieldType
    weight: int
    mark: ValueMark | None = None

    @property
    def name(self) -> str:
        return str(self.one.name)

    @property
    def label(self) -> str:
        return self.one.label


@dataclass
class Completeness:
    """What the stage of a party needs and what of it is there."""

    percent: int
    stage: str
    gaps: list[Gap] = field(default_factory=list)
    disagreements: list[Shown] = field(default_factory=list)

    @property
    def question(self) -> Gap | None:
        """The missing or doubtful value whose answer helps most."""
        return self.gaps[0] if self.gaps else None

    @property
    def to_check(self) -> int:
        return len([one for one in self.gaps if one.mark]) + len(self.disagreements)

    @property
    def words(self) -> str:
        if self.percent == 100:
            return _("Complete for %(stage)s") % {"stage": self.stage}
        return _("%(percent)s %% of what %(stage)s needs") % {"percent": self.percent, "stage": self.stage}

    @property
    def meter(self) -> str:
        return "good" if self.percent >= 80 else "warn" if self.percent >= 40 else "bad"


def completeness(party: Party, user: User) -> Completeness:
    """Work it out with the fields that the user sees; doubtful values are asked like missing ones of less weight."""
    kind = type_of_seen(party, user)
    needs = [one for one in needed_in(needs_of(kind), party.stage) if one.field in kind.fields]
    total, filled = sum(one.weight for one in needs), 0
    gaps: list[Gap] = []
    editable = kind.editable_fields()
    for need in needs:
        one: Any = kind.fields[need.field]  # Any: a field type
        if all(each.is_empty(each.raw(party)) for each in answering(kind, need.field)):
            if need.field in editable or kind.editable_parts():
                gaps.append(Gap(one, need.weight))
        else:
            filled += need.weight
    weights = {one.field: one.weight for one in needs}
    for name, mark in marks_of(party, kind).items():
        if mark.kind != ValueMark.Kind.CONFIRMED:
            gaps.append(Gap(kind.fields[name], weights.get(name, 1), mark))
    gaps.sort(key=lambda one: (-one.weight, one.mark is not None))
    percent = round(100 * filled / total) if total else 100
    return Completeness(percent, str(Stage(party.stage).label), gaps, open_of(party, user))


def box(request: HttpRequest, party: Party) -> Context | None:
    """The meter in words, the most useful question with a field to answer it, what is to be decided."""
    user = user_of(request)
    kind = type_of_seen(party, user)
    if "stage" not in kind.fields:
        return None
    found = completeness(party, user)
    asks = found.question
    can_answer = asks is not None and can(user, "edit", party)
    return {
        "found": found, "kind": kind, "asks": asks if can_answer else None,
        "in_place": asks is not None and asks.name in kind.editable_fields(), "can_edit": can(user, "edit", party),
        "part": "" if asks is None else _part_of(kind, asks.name),
    }  # fmt: skip


def _part_of(kind: Any, name: str) -> str:  # Any: a record type
    """The parts from which the field follows, e.g. the addresses for the city; there it is answered."""
    return next((key for key, part in kind.editable_parts().items() if name in part.keeps), "")


def register() -> None:
    parties = ("people", "organizations")
    add_block(Block("completeness", parties, "left", "parties/growing/box.html", box, order=10))
