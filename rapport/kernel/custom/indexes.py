"""The indexes of custom fields: built at once on small tables, by a job that locks nothing on large ones."""

import hashlib
import logging
import re

from django.db import connection

from rapport.kernel.custom import schema, unique
from rapport.kernel.custom.models import CustomField, IndexState
from rapport.kernel.custom.worked import WorkedOut
from rapport.kernel.fields import Choices
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.text import Text
from rapport.kernel.lists.sorting import is_sortable, sort_expression_sql
from rapport.kernel.registry import RecordType, type_by_key

PREFIX = "custom_"
BIG = 20_000  # rows from which on an index is built by a job
WITHOUT = (
    "longtext",
    "web",
    "address",
    "file",
    "picture",
)  # too long, or nothing that anybody looks for by value
log = logging.getLogger(__name__)


def wanted(one: CustomField) -> dict[str, str]:
    """{name: definition behind "create index ... name"} of all indexes that the field needs."""
    kind = type_by_key(one.type)
    made = schema.build(one)
    if kind is None or made is None or one.is_removed:
        return {}
    condition = "deleted_at is null" + (f" and kind = '{kind.kind}'" if kind.kind else "")
    found = {}
    if is_indexable(one, made):
        for method, columns in _columns(made):
            definition = f'on "{kind.table}" using {method} ({columns}) where {condition}'
            found[_name(kind, one, definition)] = definition
    if one.unique:
        filled = f"{made.value_sql} <> ''" if isinstance(made, Text) else f"{made.value_sql} is not null"
        definition = f'on "{kind.table}" ({made.value_sql}) where {condition} and {filled}'
        found[unique.index_name(one.type, one.name)] = definition
    return found


def is_indexable(one: CustomField, made: FieldType) -> bool:
    """Can an index hold the values? Not those that depend on other records, on the day or on who looks."""
    own = not isinstance(made, WorkedOut) or made.reads_only_its_row
    return one.is_indexed and one.kind not in WITHOUT and own


def _columns(made: FieldType) -> list[tuple[str, str]]:
    """(method, columns): one for the order, one for what is compared where that is something else."""
    if isinstance(made, Choices):
        return [("gin", made.value_sql)]
    found = [("btree", f"{made.value_sql}, id")]
    if isinstance(made, Text) and is_sortable(made):
        found.append(("btree", f"{sort_expression_sql(made)}, id"))
    return found


def _name(kind: RecordType, one: CustomField, definition: str) -> str:
    digest = hashlib.sha256(definition.encode()).hexdigest()[:10]
    return f"{PREFIX}{one.pk.hex[-12:]}_{digest}"


def present(one: CustomField) -> dict[str, bool]:
    """{name: whether it is whole} of the indexes that the field has."""
    names = (f"{PREFIX}{one.pk.hex[-12:]}_%".replace("_", r"\_"), unique.index_name(one.type, one.name))
    kind = type_by_key(one.type)
    if kind is None:  # its type was removed; with it go all indexes
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, i.indisvalid from pg_class c join pg_index i on i.indexrelid = c.oid"
            " where i.indrelid = %s::regclass and (c.relname like %s or c.relname = %s)",
            [kind.table, *names],
        )
        return dict(cursor.fetchall())


def follow(one: CustomField) -> None:
    """After a change, in its transaction: give the field the indexes that it needs, now or by a job."""
    from rapport.kernel.custom import jobs

    needed, there = wanted(one), present(one)
    missing = {name for name in needed if not there.get(name)}
    surplus = set(there) - set(needed)
    if not missing and not surplus:
        state = IndexState.READY if needed else IndexState.NONE
    elif is_big(one):
        state = IndexState.PREPARING if missing else IndexState.NONE
        jobs.prepare_indexes.defer(field_id=str(one.pk))
    else:
        build(one, concurrently=False)
        state = IndexState.READY if needed else IndexState.NONE
    if state != one.index_state:
        one.index_state = state
        CustomField.objects.filter(pk=one.pk).update(index_state=state)


def build(one: CustomField, *, concurrently: bool) -> None:
    """Create what is missing and drop what is needed no more; what a killed attempt has left is made anew."""
    how = "concurrently " if concurrently else ""
    _estimate(one)
    there, needed = present(one), wanted(one)
    with connection.cursor() as cursor:
        if connection.in_atomic_block:  # a table with open checks of foreign keys takes no index
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
        for name, is_whole in there.items():
            if name not in needed or not is_whole or name.startswith(unique.PREFIX):
                cursor.execute(f'drop index {how}if exists "{name}"')
        for name, definition in needed.items():
            if not there.get(name) or name.startswith(unique.PREFIX):
                kind = "unique index" if name.startswith(unique.PREFIX) else "index"
                cursor.execute(f'create {kind} {how}if not exists "{name}" {definition}')


def _estimate(one: CustomField) -> None:
    """Let the planner know the values: it takes no statistics from an index over a part of the table."""
    kind, made, prefix = type_by_key(one.type), schema.build(one), f"{PREFIX}{one.pk.hex[-12:]}_"
    wanted_name = sql = ""
    if kind is not None and made is not None and is_indexable(one, made) and not one.is_removed:
        is_column = isinstance(made, WorkedOut) and re.fullmatch(r'\("\w+"\)', made.value_sql)
        wanted_name = (
            "" if is_column else f"{prefix}s{hashlib.sha256(made.value_sql.encode()).hexdigest()[:8]}"
        )
        sql = f'create statistics if not exists "{wanted_name}" on {made.value_sql} from "{kind.table}"'
    with connection.cursor() as cursor:
        cursor.execute(
            "select stxname from pg_statistic_ext where stxrelid = to_regclass(%s) and stxname like %s",
            [kind.table if kind is not None else "", prefix.replace("_", r"\_") + "%"],
        )
        for (name,) in cursor.fetchall():
            if name != wanted_name:
                cursor.execute(f'drop statistics if exists "{name}"')
        if wanted_name:
            cursor.execute(sql)


def is_big(one: CustomField) -> bool:
    kind = type_by_key(one.type)
    if kind is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("select reltuples from pg_class where oid = %s::regclass", [kind.table])
        return bool(cursor.fetchone()[0] > BIG)
