"""What rules and territories compare: the fields for which lists have an index, so that few records are found."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

from rapport.accounts.models import Role, Territory
from rapport.kernel.registry import RecordType, type_by_key

MOST: Final = 6  # fields of one type: each index is written with every record
EXACT: Final = ("is", "any")
MANY_VALUES: Final = ("file", "picture", "tags", "choices", "longtext", "address", "yesno")


def asked_fields() -> dict[str, list[str]]:
    """For each record type the columns that are compared with a value, those of most filters first."""
    if not {Role._meta.db_table, Territory._meta.db_table} <= set(connection.introspection.table_names()):
        return {}  # migrations have not come so far
    counts: Counter[tuple[str, str]] = Counter()
    for key, tree in _trees():
        kind = type_by_key(key)
        if kind is not None:
            counts.update(set(_compared(tree, kind.whole)))
    found: dict[str, list[str]] = {}
    for (key, column), _count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        columns = found.setdefault(key, [])
        if len(columns) < MOST:
            columns.append(column)
    return found


def _trees() -> Iterator[tuple[str, Any]]:  # Any: JSON
    for rules in Role.objects.exclude(rules={}).order_by("pk").values_list("rules", flat=True):
        for key, acts in rules.items():
            yield key, acts.get("read")
    for filters in Territory.objects.exclude(filters={}).order_by("pk").values_list("filters", flat=True):
        yield from filters.items()


def _compared(tree: Any, kind: RecordType) -> Iterator[tuple[str, str]]:  # Any: JSON
    """(key of a type, column) of each comparison with a value, also behind links."""
    from rapport.kernel.filters import Condition, FilterError, Group, from_json

    def walk(node: Any) -> Iterator[tuple[str, str]]:  # Any: a node of a filter
        if isinstance(node, Group) and node.join != "not":
            for part in node.parts:
                yield from walk(part)
        elif isinstance(node, Condition) and node.operator in EXACT:
            yield from _column(node.field.split("."), kind)

    try:
        yield from walk(from_json(tree))
    except FilterError:
        return


def _column(path: list[str], kind: RecordType) -> Iterator[tuple[str, str]]:
    from rapport.kernel.filters.relations import target_of

    *steps, name = path
    for step in steps:
        target = target_of(kind.fields.get(step))
        if target is None:
            return
        kind = target.whole
    one = kind.own_fields.get(name)
    if one is not None and one.kind not in MANY_VALUES and name not in ("owner", "team"):
        yield kind.key, str(one.column)
