"""Why a record is in a list, or is not: the filter for this one record, with what was found there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Case, Count, Q, Value, When
from django.utils.translation import gettext

from rapport.kernel.custom.worked import work_out
from rapport.kernel.fields import Context, FieldType
from rapport.kernel.filters.compiler import condition_of, read_condition, related_condition, walk
from rapport.kernel.filters.operators import OF_LOG
from rapport.kernel.filters.related import aggregate_of, currency_of, read_related
from rapport.kernel.filters.relations import rows_of, split_path
from rapport.kernel.filters.tree import HAS, HAS_NO, Condition, Group, Node, Related
from rapport.kernel.filters.words import sentence_of
from rapport.kernel.permissions import is_hidden
from rapport.kernel.registry import RecordType


@dataclass
class Reason:
    """One node of the filter for one record: whether it holds, in words, and what stands in the record."""

    node: Node
    words: str
    holds: bool = False
    found: str = ""
    problem: str = ""
    parts: list["Reason"] = field(default_factory=list)

    @property
    def join(self) -> str:
        return self.node.join if isinstance(self.node, Group) else ""

    def leaves(self) -> Iterator["Reason"]:
        if not isinstance(self.node, Group):
            yield self
        for part in self.parts:
            yield from part.leaves()

    def decisive(self) -> list["Reason"]:
        """The conditions that make it so: those that hold for a record that is in, else those that fail."""
        if not isinstance(self.node, Group):
            return [self]
        # all and none need every part; any needs one. What fails is the other way round.
        wanted = self.holds if self.join != "not" else not self.holds
        return [leaf for part in self.parts if part.holds == wanted for leaf in part.decisive()]


def explain_record(tree: Node, record: Any, kind: RecordType, context: Context) -> Reason:  # Any: a record
    """Return the filter with its answer for this record, worked out in one query; the values are what the user sees."""
    reason = _reason(tree, kind, context)
    leaves = list(reason.leaves())
    conditions: dict[str, Q] = {}
    for number, leaf in enumerate(leaves):
        try:
            conditions[f"leaf_{number}"] = _condition(leaf.node, kind, context)
            leaf.found = _found(leaf.node, record, kind, context)
        except ValidationError as problem:
            leaf.problem = " ".join(problem.messages)
    answers = _answers(conditions, record, kind, context)
    for number, leaf in enumerate(leaves):
        leaf.holds = answers.get(f"leaf_{number}", False)
    _decide(reason)
    return reason


def _reason(node: Node, kind: RecordType, context: Context) -> Reason:
    parts = [_reason(part, kind, context) for part in node.parts] if isinstance(node, Group) else []
    return Reason(node, sentence_of(node, kind, context), parts=parts)


def _condition(node: Node, kind: RecordType, context: Context) -> Q:
    if isinstance(node, Related):
        return related_condition(node, kind, context)
    assert isinstance(node, Condition)
    return condition_of(node, kind, context)


# Any: as above
def _answers(conditions: dict[str, Q], record: Any, kind: RecordType, context: Context) -> dict[str, bool]:
    asked = {
        name: Case(When(one, then=Value(True)), default=Value(False), output_field=BooleanField())
        for name, one in conditions.items()
        if one
    }
    found = (
        rows_of(kind, context.reader).filter(pk=record.pk).annotate(**asked).values(*asked).first()
        if asked
        else {}
    )
    return {name: True for name in conditions if name not in asked} | dict(found or {})


def _decide(reason: Reason) -> None:
    if not isinstance(reason.node, Group):
        return
    for part in reason.parts:
        _decide(part)
    answers = [part.holds for part in reason.parts]
    if reason.join == "all" or not answers:
        reason.holds = all(answers)
    else:
        reason.holds = any(answers) == (reason.join == "any")


def _found(node: Node, record: Any, kind: RecordType, context: Context) -> str:  # Any: as above
    if isinstance(node, Related):
        return _found_related(node, record, kind, context)
    assert isinstance(node, Condition)
    read = read_condition(node, kind, context)
    if read.operator.key in OF_LOG:
        return ""
    end = _end([link for link, _kind in read.steps], record, context)
    if end is None:
        return gettext("nothing")
    if read.field.is_worked_out:
        work_out(read.kind, [end], context.reader, [read.field.name])
    value = read.field.read(end)
    is_there = not is_hidden(value, context.reader) and getattr(value, "deleted_at", None) is None
    return (read.field.text(value) if is_there else "") or gettext("nothing")


# Any: a record, or None where nothing is linked
def _end(links: list[FieldType], record: Any, context: Context) -> Any:
    for link in links:
        record = link.read(record)
        if (
            record is None
            or is_hidden(record, context.reader)
            or getattr(record, "deleted_at", None) is not None
        ):
            return None
    return record


def _found_related(node: Related, record: Any, kind: RecordType, context: Context) -> str:  # Any: as above
    names, key = split_path(node.relation)
    steps, near = walk(names, kind, context)
    read = read_related(node, key, near, context)
    end = _end([link for link, _kind in steps], record, context)
    if end is None:
        return gettext("nothing")
    value: Any = Count if node.take in (HAS, HAS_NO) else aggregate_of(node)  # Any: makes an expression
    rows = read.relation.grouped(read.where, context.reader, value, read.of, outer=False)
    taken = next(iter(rows.filter(near=end.pk).values_list("taken", flat=True)[:1]), None)
    if read.taken is None or read.taken.kind == "number" or node.take == "count":
        return str(taken or 0)
    if taken is None:
        return gettext("nothing")
    from rapport.kernel.filters.words import plain

    currency = currency_of(read.taken, node.said, context) if read.taken.kind == "money" else ""
    return plain(read.taken, taken, currency)


def why_words(reason: Reason) -> str:
    """The answer as one sentence: "In, because …" or "Out, because …"."""
    decisive = reason.decisive()
    if not decisive:
        return gettext("In, because the list has no filter.")
    said = [one.words if one.holds else _not_so(one) for one in decisive]
    reasons = gettext(" and ").join(said)
    if reason.holds:
        return gettext("In, because %(reasons)s.") % {"reasons": reasons}
    return gettext("Out, because %(reasons)s.") % {"reasons": reasons}


def _not_so(reason: Reason) -> str:
    if not reason.found:
        return gettext("it is not so that %(condition)s") % {"condition": reason.words}
    return gettext("it is not so that %(condition)s (here: %(value)s)") % {
        "condition": reason.words,
        "value": reason.found,
    }
