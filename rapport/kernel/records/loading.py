"""Writing many checked records at once with COPY: how an import goes through the door."""

import json
from collections.abc import Iterable, Sequence
from itertools import compress
from operator import is_not, itemgetter
from typing import Any, NamedTuple
from zlib import crc32

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.base import ModelState
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.changes.sets import current_set, note_types
from rapport.kernel.custom import conditions
from rapport.kernel.custom.numbering import number_records
from rapport.kernel.custom.unique import check_unique
from rapport.kernel.fields import Email, FieldType, LinkBase, Phone, Text
from rapport.kernel.fields.contact import is_plain_email
from rapport.kernel.permissions import policy
from rapport.kernel.records.base import Record
from rapport.kernel.records.door import Values, check_links, check_names, first_values, validate
from rapport.kernel.records.errors import Refused, RuleError
from rapport.kernel.registry import RecordType
from rapport.runtime.ids import uuid7s

FEW = 50  # rows below which a table of their own does not pay
BINARY = frozenset({"uuid", "text", "boolean", "date"})  # columns that travel as they are: in half the time
EASY = (Text, Phone, Email)  # texts with no check but their length, and that of addresses
_NONE = object()  # no value of any field


class _Step(NamedTuple):
    """What a mold does with one field of each record."""

    name: str
    attname: str
    default: Any  # Any: each field has its own values
    field: FieldType
    is_required: bool
    is_link: bool
    limit: int  # characters of a plain text of which nothing else is to be checked, else 0
    is_email: bool


class Mold:
    """Makes many new records of one type like the door does, in a fraction of the time: the defaults are worked out
    and checked once. Use a new one for each batch, or all records get the same moment of creation.
    """

    def __init__(self, kind: RecordType, **same: str) -> None:
        """`same`: columns that have this value in all records, as if it were their default."""
        kind = kind.whole
        self.kind, self.model = kind, kind.model
        blank = kind.new()
        vars(blank).update(same)
        self.is_origin_known = "origin" in same
        self.defaults = {name: value for name, value in vars(blank).items() if name != "_state"}
        self.mutable = [name for name, value in self.defaults.items() if isinstance(value, list | dict)]
        # What links lead to from the beginning, such as the first stage: looked up once.
        self.linked = {
            one.name: getattr(blank, one.name)
            for one in kind.fields.values()
            if isinstance(one, LinkBase) and not one.is_custom and self.defaults.get(one.attname) is not None
        }
        self.key = str(blank._meta.pk.attname)
        self.custom = frozenset(name for name, one in kind.fields.items() if one.is_custom)
        self.needed = frozenset(name for name in self.custom if kind.fields[name].required)
        self.needed |= conditions.names_with_rules(kind)
        self.checked: set[frozenset[str]] = set()
        self.steps = [
            _Step(
                name,
                one.attname,
                self.defaults[one.attname],
                one,
                one.required,
                isinstance(one, LinkBase),
                one.limit if isinstance(one, Text) and type(one) in EASY and one.is_plain else 0,
                type(one) is Email,
            )
            for name, one in kind.fields.items()
            if not one.is_custom
        ]
        self.plain = {step.name for step in self.steps if type(step.field).write is FieldType.write}
        self.links = {
            step.name: step.attname for step in self.steps if type(step.field).write is LinkBase.write
        }
        self.looked_at = [step for step in self.steps if step.is_required or not step.is_link]
        self.values = itemgetter(*(step.attname for step in self.looked_at))
        self.right = [
            _NONE if step.is_required and step.field.is_empty(step.default) else step.default
            for step in self.looked_at
        ]
        self.ids = uuid7s()

    def record(self, values: Values, *, by: User) -> Record:
        """An unsaved record with these values, checked except for rights and links (`insert_records` does that)."""
        names = frozenset(values)
        if names not in self.checked:
            check_names(self.kind, values, by, in_action=False)
            self.checked.add(names)
        record = self._blank()
        held, fields, plain, links = vars(record), self.kind.fields, self.plain, self.links
        if not self.is_origin_known or "owner" not in values:
            first_values(record, values, by)
        for name, value in values.items():
            if name in plain:
                held[name] = value
            elif name in links and isinstance(value, models.Model):
                held[links[name]] = value.pk
                record._state.fields_cache[name] = value
            else:
                fields[name].write(record, value)
        if "team" not in values:
            owner = values.get("owner")
            if not isinstance(owner, User):
                owner = record.owner
            if owner is not None:
                held["team_id"] = owner.team_id
        record.prepare(set(names))
        if self.needed or not self.custom.isdisjoint(names):
            touched = {step.name for step in self.steps if held[step.attname] != step.default}
            validate(record, self.kind, touched | self.needed | (self.custom & names))
        else:
            self._validate(record, held)
        return record

    def _validate(self, record: Record, held: dict[str, Any]) -> None:  # Any: values of columns
        """What `validate` does, for values that are no defaults: those are right, or the type is wrong."""
        problems: dict[str, str] = {}
        touched = compress(self.looked_at, map(is_not, self.values(held), self.right))
        for name, attname, default, field, is_required, is_link, limit, is_email in touched:
            value = held[attname]
            is_right = is_plain_email if is_email else str.isprintable
            if limit and type(value) is str and 0 < len(value) <= limit and is_right(value):
                continue
            if value == default and not is_required:
                continue
            if field.is_empty(value):
                if is_required:
                    problems[name] = gettext("%(field)s is needed.") % {"field": field.label}
            elif not is_link and value != default:
                try:
                    clean = field.clean(value, record)
                except ValidationError as problem:
                    problems[name] = " ".join(problem.messages)
                else:
                    if clean is not value:
                        setattr(record, attname, clean)
        if problems:
            raise RuleError(fields=problems)
        try:
            record.rules()
        except ValidationError as problem:
            raise RuleError(" ".join(problem.messages)) from problem

    def _blank(self) -> Record:
        record = self.model.__new__(self.model)
        held = vars(record)
        held.update(self.defaults)
        for name in self.mutable:
            held[name] = held[name].copy()
        held[self.key] = next(self.ids)
        held["_state"] = state = ModelState()
        if self.linked:
            state.fields_cache.update(self.linked)
        return record


def insert_records(kind: RecordType, records: Sequence[Record], names: Iterable[str], *, by: User) -> None:
    """Write new records that a `Mold` made; `names` are the fields that were given. Inside a change set only."""
    _demand_set()
    if policy(by, kind.key, "create").reach == "none":
        raise Refused
    check_links(kind, records, names, by)
    check_unique(kind, records, names)
    number_records(kind, records)
    note_types(kind.key)
    _insert(records)


def _insert(records: Sequence[Record]) -> None:
    """One statement for all rows: only the columns in which they differ travel row by row."""
    if len(records) < FEW:
        copy_rows(records)
        return
    model = records[0]._meta.concrete_model
    assert model is not None
    rows, table = [vars(one) for one in records], model._meta.db_table
    first = rows[0]
    differing: list[Any] = []  # Any: Django's fields
    same: list[Any] = []
    for one in model._meta.concrete_fields:
        value, values = first[one.attname], list(map(itemgetter(one.attname), rows))
        (same if values[-1] == value and values.count(value) == len(values) else differing).append(one)
    listed = ", ".join(f'"{one.column}"' for one in differing)
    names = ", ".join(f'"{one.column}"' for one in [*differing, *same])
    constants = "".join(f", %s::{one.db_type(connection)}" for one in same)
    given = [
        _dump(first[one.attname]) if isinstance(one, models.JSONField) else first[one.attname] for one in same
    ]
    staging = f"loading_{crc32(f'{table} {listed}'.encode()):08x}"
    with connection.cursor() as cursor:
        cursor.execute(
            f'create temporary table if not exists "{staging}" on commit delete rows'  # noqa: S608  # names of ours
            f' as select {listed} from "{table}" with no data'
        )
        cursor.execute(f'truncate pg_temp."{staging}"')
        _copy(cursor, staging, differing, records)
        cursor.execute(
            f'insert into "{table}" ({names}) select {listed}{constants} from pg_temp."{staging}"',  # noqa: S608  # names of ours
            given,
        )


def update_records_each(
    kind: RecordType, records: Sequence[Record], names: Iterable[str], *, by: User
) -> None:
    """Write records that were read and locked in this transaction and changed by `fill`, each with values of its own.

    The caller has asked whether the user may change them. Values of all columns that any of them changed are
    written; as the rows are locked, the others write what is there.
    """
    _demand_set()
    if not records:
        return
    check_names(kind, names := list(names), by, in_action=False)
    note_types(kind.key)
    check_links(kind, records, names, by)
    check_unique(kind, records, names)
    model = kind.model._meta.concrete_model
    assert model is not None
    quiet = {"id", "version", "created_at", "changed_at", "kind", "deleted_at"}
    columns = [one for one in model._meta.concrete_fields if one.name not in quiet]
    table, staging = kind.table, f"loading_{kind.table}"
    listed = ", ".join(f'"{one.column}"' for one in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'drop table if exists pg_temp."{staging}"')
        made = f'create temporary table "{staging}" on commit drop'
        cursor.execute(f'{made} as select id, {listed} from "{table}" with no data')  # noqa: S608  # names of ours
        _copy(cursor, staging, [model._meta.pk, *columns], records)
        assigned = ", ".join(f'"{one.column}" = s."{one.column}"' for one in columns)
        cursor.execute(f'update "{table}" t set {assigned} from pg_temp."{staging}" s where s.id = t.id')  # noqa: S608  # names of ours


def update_columns(kind: RecordType, records: Sequence[Record], attnames: Iterable[str]) -> None:
    """Write these columns of records that were read and locked in this transaction, in one statement."""
    _demand_set()
    model = kind.model._meta.concrete_model
    assert model is not None
    wanted = set(attnames)
    columns = [one for one in model._meta.concrete_fields if one.attname in wanted and not one.primary_key]
    if not records or not columns:
        return
    note_types(kind.key)
    table, staging = kind.table, f"editing_{kind.table}"
    listed = ", ".join(f'"{one.column}"' for one in columns)
    assigned = ", ".join(f'"{one.column}" = s."{one.column}"' for one in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'drop table if exists pg_temp."{staging}"')
        made = f'create temporary table "{staging}" on commit drop'
        cursor.execute(f'{made} as select id, {listed} from "{table}" with no data')  # noqa: S608  # names of ours
        _copy(cursor, staging, [model._meta.pk, *columns], records)
        cursor.execute(f'analyze pg_temp."{staging}"')
        cursor.execute(f'update "{table}" t set {assigned} from pg_temp."{staging}" s where s.id = t.id')  # noqa: S608  # names of ours


def copy_rows(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model; triggers see them as one statement."""
    if not rows:
        return
    model = rows[0]._meta.concrete_model
    assert model is not None
    with connection.cursor() as cursor:
        _copy(cursor, model._meta.db_table, list(model._meta.concrete_fields), rows)


def _demand_set() -> None:
    if current_set() is None:
        raise RuntimeError("records are written inside a change set")


def _copy(cursor: Any, table: str, fields: Sequence[Any], rows: Iterable[Any]) -> None:  # Any: Django's own
    columns = ", ".join(f'"{one.column}"' for one in fields)
    names = [one.attname for one in fields]
    pick: Any = itemgetter(*names) if len(names) > 1 else lambda held: (held[names[0]],)
    dumped = [(place, _dump) for place, one in enumerate(fields) if isinstance(one, models.JSONField)]
    types = [str(one.db_type(connection)) for one in fields]
    how = "(format binary)" if BINARY.issuperset(types) else ""
    # Django wraps the errors of `execute` only; those of COPY must be the same to whoever catches them.
    with connection.wrap_database_errors, cursor.copy(f'copy "{table}" ({columns}) from stdin {how}') as copy:
        if how:
            copy.set_types(types)
        write = copy.write_row
        for row in rows:
            values = pick(vars(row))
            if dumped:
                values = list(values)
                for place, dump in dumped:
                    values[place] = dump(values[place])
            write(values)


def _dump(value: Any) -> str | None:  # Any: JSON
    return None if value is None else json.dumps(value, cls=DjangoJSONEncoder)
