"""The work list as a user sees it: open pairs of which he sees both sides, joined to groups."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.duplicates.comparison import comparison_of, in_words, label_of
from rapport.kernel.duplicates.models import DuplicatePair, State
from rapport.kernel.duplicates.readable import told
from rapport.kernel.permissions import can
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.records import NotVisible, Record, Refused
from rapport.kernel.registry import RecordType, types
from rapport.kernel.search.query import subtitle

PAGE = 50
MINE, EVERYBODY = "mine", ""


@dataclass
class Side:
    """One record of a group."""

    record: Record
    subtitle: str


@dataclass
class Group:
    """Records that are probably all the same, with the surest pair of them."""

    kind: RecordType
    pairs: list[DuplicatePair]
    sides: list[Side] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    may_decide: bool = False  # that they are different
    may_merge: bool = False

    @property
    def points(self) -> int:
        return max(one.points for one in self.pairs)

    @property
    def label(self) -> str | Promise:
        return label_of(self.points)

    @property
    def ids(self) -> str:
        return ",".join(str(one.record.pk) for one in self.sides)


def compared_types(user: User) -> list[RecordType]:
    """The types of which duplicates are sought and whose records the user may see."""
    from rapport.kernel.permissions import policy

    return [
        seen_by(one, user)
        for one in types()
        if comparison_of(one) is not None and policy(user, one.key, "read").reach != "none"
    ]


def pairs_of(
    user: User, kind: RecordType, *, owner: str = EVERYBODY, state: str = State.OPEN
) -> "models.QuerySet[DuplicatePair]":
    """Pairs of that type of which the user sees both records, surest first."""
    seen = AnyRecord.objects.visible_to(user)
    rows = DuplicatePair.objects.filter(type=kind.key, state=state, first__in=seen, second__in=seen)
    if owner == MINE:
        rows = rows.filter(Q(first__owner_id=user.pk) | Q(second__owner_id=user.pk))
    return rows.order_by("-points", "id")


def groups_of(pairs: Iterable[DuplicatePair], kind: RecordType, user: User) -> list[Group]:
    """Pairs that hang together become one group, in the order of their surest pair."""
    heads: dict[UUID, UUID] = {}

    def head(key: UUID) -> UUID:
        while heads.setdefault(key, key) != key:
            key = heads[key]
        return key

    listed = list(pairs)
    for one in listed:
        heads[head(one.second_id)] = head(one.first_id)
    found: dict[UUID, Group] = {}
    for one in listed:
        found.setdefault(head(one.first_id), Group(kind, [])).pairs.append(one)
    groups = list(found.values())
    _load(groups, kind, user)
    return [one for one in groups if len(one.sides) > 1]


def _load(groups: list[Group], kind: RecordType, user: User) -> None:
    keys = {key for group in groups for one in group.pairs for key in (one.first_id, one.second_id)}
    rows = kind.visible_to(user).filter(pk__in=keys).select_related(*kind.model.links())
    records = {record.pk: record for record in rows}
    for group in groups:
        mine = dict.fromkeys(key for one in group.pairs for key in (one.first_id, one.second_id))
        group.sides = [
            Side(records[key], subtitle(records[key], kind, user)) for key in sorted(mine) if key in records
        ]
        group.may_decide = any(can(user, "edit", side.record) for side in group.sides)
        group.may_merge = group.may_decide and any(can(user, "delete", side.record) for side in group.sides)
        reasons = dict.fromkeys(reason for one in group.pairs for reason in one.reasons)
        group.words = in_words(told(reasons, kind, user))


def visible_pair(pair_id: UUID, user: User) -> DuplicatePair:
    """The pair, if the user sees both of its records; NotVisible otherwise."""
    seen = AnyRecord.objects.visible_to(user)
    found = DuplicatePair.objects.filter(pk=pair_id, first__in=seen, second__in=seen).first()
    if found is None:
        raise NotVisible
    return found


def decide(pairs: Iterable[DuplicatePair], state: str, *, by: User) -> int:
    """Remember that these are different (or open again); needs the right to edit one record of each pair."""
    count = 0
    for one in pairs:
        if not any(can(by, "edit", side.load()) for side in (one.first, one.second)):
            raise Refused
        one.state, one.decided_by, one.decided_at = state, by, timezone.now()
        one.save(update_fields=["state", "decided_by", "decided_at"])
        count += 1
    return count
