"""The policy compiler: roles become one SQL condition per user, record type and act."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists, OuterRef, Q

from rapport.accounts.grants import grant, has_rules
from rapport.kernel.permissions.rules import rules_of
from rapport.kernel.registry import type_by_key, type_of, types_of_model

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.shares.models import ShareQuerySet

NOTHING = Q(pk__in=[])
RULE: Final = "rule"


@dataclass(frozen=True)
class Policy:
    """What one user may do in one way with the records of one type.

    `principals` are the index-friendly alternatives (own, team, shared, rules) whose union is `condition`; a list with
    narrow rights reads one ordered index scan for each of them. Empty when everything is allowed. A reach of "rule"
    is that of who would reach nothing but what a rule of his roles says; territories stand among the rules.
    """

    reach: str
    user: "User | None"
    act: str = "read"
    type_key: str = ""

    @property
    def principals(self) -> list[Q]:
        return [*self.people, *self.rules] if self._is_narrow else self.people

    @property
    def people(self) -> list[Q]:
        """The principals that are told by who owns a record and with whom it is shared."""
        if self.reach == "all" or self.user is None:
            return []
        if self.reach == "none":
            return [NOTHING]
        found = [Q(owner_id=self.user.pk)] if self.reach != RULE else []
        found += [Q(team_id=key) for key in self._teams]
        if (shared := _shared(self.user, self.act)) is not None:
            found.append(Q(pk__in=shared.values("record_id")))
        return found

    @property
    def _is_narrow(self) -> bool:
        return self.user is not None and self.reach not in ("all", "none")

    @cached_property
    def rules(self) -> list[Q]:
        """The filters of the user's roles and territories, as conditions on records of the type."""
        return (
            rules_of(self.user, self.type_key, self.act) if self.user is not None and self._is_narrow else []
        )

    @property
    def on_entries(self) -> Q:
        """The condition for the rows of kernel_record, which have no fields to compare."""
        found = Q()
        for principal in self.people:
            found |= principal
        for rule in self.rules:
            found |= Q(Exists(_rows(self.type_key).filter(rule, pk=OuterRef("pk"))))
        return found

    @cached_property
    def _teams(self) -> list[Any]:  # Any: ids
        """The teams whose records the policy reaches."""
        if self.user is None or not self.user.team_id:
            return []
        if self.reach == "tree":
            return list(self.user.team_tree)
        return [self.user.team_id] if self.reach == "team" else []

    @property
    def condition(self) -> Q:
        found = Q()
        for principal in self.principals:
            found |= principal
        return found

    def allows(self, record: Any) -> bool:  # Any: a record or its kernel_record row
        """The same answer as `condition`, for one record in memory."""
        if self.reach == "all":
            return True
        if self.user is None or self.reach == "none":
            return False
        if record.owner_id == self.user.pk and self.reach != RULE:
            return True
        if record.team_id in self._teams:
            return True
        return record.pk in _shared_ids(self.user, self.act) or self._fits_rule(record)

    def _fits_rule(self, record: Any) -> bool:  # Any: as above
        if not (rules := self.rules):
            return False
        looked_at = self._looked_at
        if record.pk in looked_at:
            return looked_at[record.pk]
        return bool(_rows(self.type_key).filter(_any_of(rules), pk=record.pk).exists())

    def look_at(self, records: Iterable[Any]) -> "Policy":  # Any: as above
        """Ask the rules about many records at once, before `allows` is asked about each."""
        if rules := self.rules:
            keys = {record.pk for record in records}
            fitting = set(
                _rows(self.type_key).filter(_any_of(rules), pk__in=keys).values_list("pk", flat=True)
            )
            self._looked_at.update({key: key in fitting for key in keys})
        return self

    @cached_property
    def _looked_at(self) -> dict[Any, bool]:  # Any: ids
        return {}


def policy(user: "User", type_key: str, act: str) -> Policy:
    """Return the policy of that user for that act ("create", "read", "edit", "delete", "export")."""
    reach = grant(user, type_key, act)
    if reach == "none" and has_rules(user) and rules_of(user, type_key, act):
        reach = RULE
    return Policy(reach, user, act, type_key)


def _rows(type_key: str) -> Any:  # Any: a query set of records
    """The records of a type, whoever asks: rules are compiled as the product, so they never ask themselves."""
    found = type_by_key(type_key)
    assert found is not None
    return found.model.objects.get_queryset()


def _any_of(conditions: Iterable[Q]) -> Q:
    found = NOTHING
    for one in conditions:
        found |= one
    return found


def _shared(user: "User", act: str) -> "ShareQuerySet | None":
    """The shares that let the user do that; None when nothing is shared with him, which is asked once per request.

    A share lets see, or see and edit; deleting and taking along stay with roles.
    """
    from rapport.kernel.shares.models import Act, Share

    if act not in Act.values:
        return None
    if user.has_shares is None:
        user.has_shares = Share.objects.valid().to(user).exists()
    if not user.has_shares:
        return None
    found = Share.objects.valid().to(user).order_by()
    return found.filter(act=Act.EDIT) if act == Act.EDIT else found


def condition(user: "User", model: Any, act: str) -> Q:  # Any: a model class
    """Return which rows of the model's table the user may treat so; a table of several types asks each."""
    types = types_of_model(model)
    policies = [policy(user, one.key, act) for one in types]
    if len(types) == 1 or (
        len({one.reach for one in policies}) == 1 and not any(one.rules for one in policies)
    ):
        return policies[0].condition
    found = Q()
    for one, its in zip(types, policies, strict=True):
        found |= Q(kind=one.kind) & its.condition
    return found


def can(user: "User", act: str, record: Any) -> bool:  # Any: any record
    """May this user do that with this record?"""
    return policy(user, type_of(record).key, act).allows(record)


def allowed(user: "User", act: str, records: Iterable[Any]) -> set[Any]:  # Any: any records; their ids
    """The ids of those records with which this user may do that: one question for each type, however many there are."""
    by_type: dict[str, list[Any]] = {}
    for record in records:
        by_type.setdefault(type_of(record).key, []).append(record)
    return {
        record.pk
        for key, mine in by_type.items()
        for acting in [policy(user, key, act).look_at(mine)]
        for record in mine
        if acting.allows(record)
    }


def is_hidden(linked: Any, user: "User | None") -> bool:  # Any: what a field links to
    """Is this a record of which the user may know nothing? Users, teams and options are known to all."""
    from rapport.kernel.changes.models import AnyRecord
    from rapport.kernel.records.base import Record

    if user is None or linked is None:
        return False
    if isinstance(linked, AnyRecord):
        return not policy(user, linked.type, "read").allows(linked)
    return isinstance(linked, Record) and not can(user, "read", linked)


def _shared_ids(user: "User", act: str) -> set[Any]:  # Any: ids
    """The ids of the records that are shared with the user so; read once, for rows of lists."""
    known: dict[str, set[Any]] = user.__dict__.setdefault("_shared_ids", {})
    if act not in known:
        shared = _shared(user, act)
        known[act] = set() if shared is None else set(shared.values_list("record_id", flat=True))
    return known[act]
