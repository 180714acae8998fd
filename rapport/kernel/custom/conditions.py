"""When a custom field is shown and when it is needed: conditions in the one filter language on the record's own fields.

They are answered by the compiler of the lists and by nothing else, for records that may not be written yet: the
statement reads rows that it was given as JSON under the name of the table. The same values give the same answer, so
answers are kept for a while; an import asks once for each combination that occurs.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import BooleanField, Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext

from rapport.kernel.custom import schema
from rapport.kernel.fields.base import MINE, MY_TEAM, Context, FieldType
from rapport.kernel.records.errors import RuleError

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.custom.models import CustomField
    from rapport.kernel.filters import Group
    from rapport.kernel.registry import RecordType

VISIBLE: Final = "visible"
REQUIRED: Final = "required"
WHATS: Final = (VISIBLE, REQUIRED)
ABOUT_THE_READER: Final = (MINE.key, MY_TEAM.key)
KEPT: Final = 4_096  # answers
Names = frozenset[str]
NONE: Final[Names] = frozenset()


@dataclass(frozen=True)
class State:
    """What the conditions say about one record: fields that are not shown, and fields that are needed."""

    hidden: Names = NONE
    needed: Names = NONE


AS_USUAL: Final = State()


# -- definitions ----------------------------------------------------------------------------------------------------
# Any: text that was typed, or JSON
def read(said: Any, kind: "RecordType", name: str, context: Context) -> dict[str, Any] | None:
    """The condition as it is kept; None for none. RuleError says what is wrong and where."""
    from rapport.kernel.filters import FilterError, from_json, to_json
    from rapport.kernel.filters.text import parse_text

    if not said or (isinstance(said, str) and not said.strip()):
        return None
    try:
        tree = parse_text(said, kind.whole, context) if isinstance(said, str) else from_json(said)
        check(tree, kind, name)
    except FilterError as problem:
        raise RuleError(str(problem)) from problem
    return to_json(tree)


def sentence(said: Any, kind: "RecordType", context: Context) -> str:  # Any: JSON
    """The condition in words; "" for none."""
    from rapport.kernel.filters import sentence_of

    tree = _tree(said)
    return sentence_of(tree, kind.whole, context) if tree else ""


def check(tree: "Group", kind: "RecordType", name: str) -> None:
    """FilterError unless the condition is about other fields of the record itself, whoever looks at it."""
    from rapport.kernel.filters import FilterError, compile_filter, refused

    if problems := compile_filter(tree, kind.whole, Context()).problems:
        raise FilterError(" ".join(problems))
    if problem := refused(tree, partial(refusal, kind=kind, name=name)):
        raise FilterError(problem)


def refusal(part: Any, kind: "RecordType", name: str) -> str:  # Any: a condition or related records
    """What keeps this part out of a condition of the field of that name; "" for nothing."""
    from rapport.kernel.filters import Condition
    from rapport.kernel.filters.operators import OF_LOG

    if not isinstance(part, Condition) or "." in part.field:
        return gettext("Such a condition speaks of the record's own fields only.")
    if part.field == name:
        return gettext("A field cannot depend on itself.")
    if part.operator in (*OF_LOG, *ABOUT_THE_READER):
        return gettext("Such a condition speaks of the record, not of who looks or of its past.")
    one = kind.whole.fields.get(part.field)
    if one is not None and one.is_worked_out:
        return gettext("What is worked out from other fields cannot be a condition here.")
    return ""


def _leaves(node: Any) -> Iterator[Any]:  # Any: nodes of a filter
    from rapport.kernel.filters import Group

    for part in node.parts if isinstance(node, Group) else [node]:
        yield from _leaves(part) if isinstance(part, Group) else [part]


def _tree(said: Any) -> "Group | None":  # Any: JSON
    from rapport.kernel.filters import FilterError, from_json

    try:
        return from_json(said) if said else None
    except FilterError:
        return None


def fields_of(said: Any) -> Names:  # Any: JSON
    """The names of the fields that a condition reads."""
    tree = _tree(said)
    return frozenset(str(one.field) for one in _leaves(tree) if hasattr(one, "field")) if tree else NONE


# -- what holds ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Rule:
    """One condition of one field."""

    name: str
    what: str
    tree: "Group"
    reads: Names


def rules_of(kind: "RecordType") -> tuple[Rule, ...]:
    """The conditions of all custom fields of the type. One that names what is no more is none: the field is shown."""
    return _rules(schema.known().version, kind.key) if has_rules(kind) else ()


@lru_cache(maxsize=512)
def _rules(version: UUID | None, type_key: str) -> tuple[Rule, ...]:
    """The same, read once for each version: an import asks for every record."""
    from rapport.kernel.registry import type_by_key

    kind = type_by_key(type_key)
    assert kind is not None
    found = []
    for name, one in schema.of(type_key).definitions.items():
        for what in WHATS:
            if said := one.conditions.get(what):
                tree, reads = _tree(said), fields_of(said)
                if tree and reads <= kind.whole.fields.keys():
                    found.append(Rule(name, what, tree, reads))
    return tuple(found)


def has_rules(kind: "RecordType") -> bool:
    return any(one.conditions for one in schema.of(kind.key).definitions.values())


def state_of(kind: "RecordType", record: Any) -> State:  # Any: a record, perhaps unsaved
    """What is not shown and what is needed, for the record as it stands in memory."""
    if not has_rules(kind) or not (rules := rules_of(kind)):
        return AS_USUAL
    reads = {name for rule in rules for name in rule.reads}
    has_clock = any(kind.whole.fields[name].kind == "moment" for name in reads)
    row = json.dumps(_row(kind, record, reads), cls=DjangoJSONEncoder, sort_keys=True)
    clock = timezone.now().isoformat() if has_clock else ""
    holding = _holding(schema.known().version, kind.key, str(timezone.localdate()), row, clock)
    hidden = frozenset(
        rule.name for rule in rules if rule.what == VISIBLE and (VISIBLE, rule.name) not in holding
    )
    return State(hidden, frozenset(name for what, name in holding if what == REQUIRED) - hidden)


def _row(kind: "RecordType", record: Any, reads: Iterable[str]) -> dict[str, Any]:  # Any: a record; JSON
    row: dict[str, Any] = {"kind": kind.kind} if kind.kind else {}
    custom: dict[str, Any] = {}
    for name in reads:
        one = kind.whole.fields[name]
        if one.is_custom:
            custom[name] = record.custom.get(name)
        else:
            row[one.column] = getattr(record, one.attname)
    return {**row, "custom": custom}


@lru_cache(maxsize=KEPT)
def _holding(
    version: UUID | None, type_key: str, day: str, row: str, clock: str
) -> frozenset[tuple[str, str]]:
    """Which conditions hold for that row: (what, name of the field). All that the answer depends on is named."""
    from rapport.kernel.registry import type_by_key

    kind = type_by_key(type_key)
    assert kind is not None
    asked = {f"rule_{number}": rule for number, rule in enumerate(rules_of(kind))}
    conditions = {key: _condition(rule, kind) for key, rule in asked.items()}
    known = {key: one for key, one in conditions.items() if one is not None}
    answers = _answers(kind, known, row) if known else {}
    return frozenset(
        (rule.what, rule.name) for key, rule in asked.items() if answers.get(key, rule.what == VISIBLE)
    )


def _condition(rule: Rule, kind: "RecordType") -> Q | None:
    from rapport.kernel.filters import compile_filter

    compiled = compile_filter(rule.tree, kind.whole, Context())
    return compiled.condition if not compiled.problems and compiled.condition else None


def _answers(kind: "RecordType", conditions: Mapping[str, Q], row: str) -> dict[str, bool]:
    """The conditions for one row that is given as JSON and stands for the table in this statement."""
    cases = {
        key: Case(When(one, then=Value(True)), default=Value(False), output_field=BooleanField())
        for key, one in conditions.items()
    }
    rows = kind.model.objects.get_queryset().order_by().annotate(**cases).values_list(*cases)
    sql, parameters = rows.query.sql_with_params()
    table = kind.table
    with connection.cursor() as cursor:
        cursor.execute(
            f'with "{table}" as (select said.* from jsonb_populate_record(null::"{table}", %s::jsonb) as said) {sql}',  # noqa: S608 - names of ours
            [row, *parameters],
        )
        found = cursor.fetchone()
    return dict(zip(cases, found, strict=True)) if found else {}


# -- the door --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Asked:
    """What a write has to look at: the state of the record, and the fields whose conditions a change touches."""

    state: State = AS_USUAL
    also: Names = NONE

    def needs(self, one: FieldType) -> bool:
        return (one.required or one.name in self.state.needed) and one.name not in self.state.hidden


def asked(kind: "RecordType", record: Any, changed: "set[str] | None") -> Asked:  # Any: as above
    """What must be there in a record that is about to be written; nothing is read where no condition is touched."""
    if not has_rules(kind):
        return Asked()
    also = frozenset(one.name for one in rules_of(kind) if changed is None or one.reads & changed)
    if changed is not None and not also and not any(one.name in changed for one in rules_of(kind)):
        return Asked()
    return Asked(state_of(kind, record), also)


def names_with_rules(kind: "RecordType") -> Names:
    return frozenset(one.name for one in rules_of(kind)) if has_rules(kind) else NONE


def needed_sentence(kind: "RecordType", one: FieldType) -> str:
    """ "Serial number is needed when Stage is Customer."; without the reason for who must not know it."""
    from rapport.kernel.changes.sets import current_set

    opened = current_set()
    reason = words(kind, one.name, REQUIRED, opened.by if opened is not None else None)
    if not reason:
        return gettext("%(field)s is needed.") % {"field": one.label}
    return gettext("%(field)s is needed when %(condition)s.") % {"field": one.label, "condition": reason}


def words(kind: "RecordType", name: str, what: str, user: "User | None") -> str:
    """A condition as a sentence, for who may see all fields in it."""
    from rapport.kernel.permissions.fields import hidden_fields

    definition: CustomField | None = schema.of(kind.key).definitions.get(name)
    said = definition.conditions.get(what) if definition is not None else None
    return "" if fields_of(said) & hidden_fields(kind, user) else sentence(said, kind, Context(user))
