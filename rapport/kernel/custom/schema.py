"""The custom fields and record types as this process knows them, and how it notices that they have changed.

A web process learns the version with the user of each request, a worker at the start of each job. Reading the
definitions again takes a millisecond and happens only after a change.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.utils.functional import lazy

from rapport.kernel.fields.base import FieldType

if TYPE_CHECKING:
    from rapport.kernel.custom.models import CustomField
    from rapport.kernel.registry import RecordType

    Find = Callable[[str], RecordType | None]

Expression = Callable[[str, Any], Any]  # Any: a path to `custom` and who asks in, a Django expression out


@dataclass(frozen=True)
class OfType:
    """The custom fields of one record type by name, what queries can name, and what new records begin with."""

    fields: Mapping[str, FieldType] = field(default_factory=dict)
    expressions: Mapping[str, Expression] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON
    definitions: "Mapping[str, CustomField]" = field(default_factory=dict)


NONE = OfType()


class Known:
    """What administrators have defined, as of one version. The fields of a type are read when they are first asked for:
    a process does not read 500 types because one of them has changed."""

    def __init__(
        self,
        version: UUID | None = None,
        types: "Mapping[str, RecordType] | None" = None,
        with_fields: Collection[str] = (),
        removed: Collection[str] = (),
    ) -> None:
        self.version = version
        self.types = types or {}
        self.removed = removed
        self.with_fields = with_fields
        self._read: dict[str, OfType] = {}
        self._links: Mapping[str, list[tuple[str, str]]] | None = None

    def of(self, type_key: str) -> OfType:
        """The custom fields of that type."""
        if type_key not in self.with_fields:
            return NONE
        found = self._read.get(type_key)
        if found is None:
            found = self._read[type_key] = _read(type_key, self.find)
        return found

    def links(self) -> Mapping[str, list[tuple[str, str]]]:
        """By type its custom links to records, with the type to which each leads: one statement for all types."""
        if self._links is None:
            self._links = _read_links(self.find) if self.with_fields else {}
        return self._links

    def find(self, type_key: str) -> "RecordType | None":
        """The record type of that key as of this version, built in or custom."""
        from rapport.kernel.registry import built_in

        return built_in(type_key) or self.types.get(type_key)


NOTHING = Known()
_known = NOTHING


def known() -> Known:
    return _known


def of(type_key: str) -> OfType:
    return _known.of(type_key)


def fields_of(type_key: str) -> Mapping[str, FieldType]:
    return _known.of(type_key).fields


def follow(version: UUID | str | None) -> None:
    """Take over the definitions of this version unless they are known."""
    if version is not None and str(version) != str(_known.version):
        load()


def ask() -> None:
    """Look whether the definitions have changed: one row. For jobs and commands, which no user begins."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('kernel_schema') is not null")
        if not cursor.fetchone()[0]:  # before the first migration
            return
        cursor.execute("select version from kernel_schema")
        row = cursor.fetchone()
    if row is not None:
        follow(row[0])


def raise_version(*, field_of: str = "") -> None:
    """Tell every process that definitions have changed, in the transaction that changes them.

    `field_of` names a type when nothing has changed but a field that it has got: this process need not read all types
    again, if it knew the last version.
    """
    global _known
    from rapport.kernel.custom.models import Schema
    from rapport.runtime.ids import uuid7

    before, version = Schema.objects.values_list("version", flat=True).first(), uuid7()
    if not Schema.objects.filter(pk=1).update(version=version):
        Schema.objects.create(pk=1, version=version)
    if field_of and before is not None and before == _known.version:
        _known = Known(version, _known.types, {*_known.with_fields, field_of}, _known.removed)
    else:
        load()


def forget() -> None:
    """Know nothing, as at the start of the process; for tests, whose changes are rolled back."""
    global _known
    _known = NOTHING


def load() -> None:
    """Read what there is. The version is read first: what changes in between is noticed the next time."""
    global _known
    from rapport.kernel.custom.models import CustomField, Schema
    from rapport.kernel.custom.record_types.made import read_types

    version = Schema.objects.values_list("version", flat=True).first()
    with_fields = CustomField.objects.filter(removed_at=None).order_by().values_list("type", flat=True)
    types, removed = read_types()
    _known = Known(version, types, frozenset(with_fields.distinct()), removed)


def _read(type_key: str, find: "Find") -> OfType:
    from rapport.kernel.custom.models import CustomField

    fields: dict[str, FieldType] = {}
    expressions: dict[str, Expression] = {}
    defaults: dict[str, Any] = {}  # Any: JSON
    definitions: dict[str, CustomField] = {}
    for one in CustomField.objects.filter(type=type_key, removed_at=None):
        made = build(one, find)
        if made is None:
            continue
        fields[one.name], definitions[one.name] = made, one
        expressions |= _expressions_of(made)
        defaults.update(one.default or {})
    return OfType(fields, expressions, defaults, definitions)


def _read_links(find: "Find") -> dict[str, list[tuple[str, str]]]:
    from rapport.kernel.custom.models import CustomField

    found: dict[str, list[tuple[str, str]]] = {}
    for one in CustomField.objects.filter(kind="link", removed_at=None).only(
        "type", "key", "kind", "options"
    ):
        target = find(str(one.options.get("to", "")))
        if target is not None:
            found.setdefault(one.type, []).append((one.name, target.key))
    return found


def _expressions_of(made: Any) -> dict[str, Expression]:  # Any: a field type
    """How queries say the field, and what stands beside it."""
    from rapport.kernel.custom.worked import WorkedOut

    if isinstance(made, WorkedOut):
        return {name: _worked(made, name) for name in made.names}
    return {name: _expression(sql, output) for name, (sql, output) in made.expressions().items()}


def _expression(sql: str, output: Any) -> Expression:  # Any: a Django field
    from rapport.kernel.custom.kinds import expression

    return lambda path, _reader: expression(sql, output, path)


def _worked(made: Any, name: str) -> Expression:  # Any: as above
    from rapport.kernel.custom.worked import behind

    def at(path: str, reader: Any) -> Any:
        *links, _custom = path.split("__")
        return behind(made, name, "__".join(links), reader) if links else made.worked(name, reader)

    return at


def build(one: "CustomField", find: "Find | None" = None) -> Any:  # Any: a field type of kinds.py
    """The field type of a definition; None when it leads to a type that there is not (any more)."""
    from rapport.kernel.custom.kinds import CLASSES, WORKED_OUT
    from rapport.kernel.custom.models import IndexState
    from rapport.kernel.custom.worked import build as build_worked

    usual: dict[str, Any] = {
        "label": _said(one.texts.get("label") or one.key), "help": _said(one.texts.get("help") or ""),
        "privacy": one.privacy, "listed": one.is_listed, "group": one.group, "blank": True,
    }  # fmt: skip
    if one.kind in WORKED_OUT:
        made = build_worked(one, **usual)
        if made is not None:
            made.settle(
                one.name, has_default=False, is_indexed=one.is_indexed and one.index_state == IndexState.READY
            )
        return made
    options = _options(one, find or _known.find) if one.kind in CLASSES else None
    if options is None:
        return None
    made = CLASSES[one.kind](
        **usual,
        required=one.required,
        searched=one.is_searched,
        unique=one.unique,
        null=CLASSES[one.kind].null_by_default,
        **options,
    )
    if one.kind == "autonumber":
        made.editable, made.required = False, False
    if one.kind in ("choice", "choices"):
        made.retired = {row["key"]: _said(row.get("label")) for row in one.choices() if row.get("retired")}
    made.settle(
        one.name,
        has_default=one.default is not None,
        is_indexed=one.is_indexed and one.index_state == IndexState.READY,
    )
    return made


def _options(one: "CustomField", find: "Find") -> dict[str, Any] | None:  # Any: what the field types take
    said = one.options
    match one.kind:
        case "text":
            return {"longest": said.get("longest")}
        case "number" | "money" | "percent":
            limits = {
                key: Decimal(str(said[key])) for key in ("lowest", "highest") if said.get(key) is not None
            }
            usual = {"money": 2, "percent": 0, "number": 0}[one.kind]
            return {**limits, "decimal_places": int(said.get("decimals", usual)), "max_digits": 18}
        case "choice" | "choices":
            offered = [row for row in one.choices() if not row.get("retired")]
            pairs = [(row["key"], _said(row.get("label"))) for row in offered]
            hues = {row["key"]: row.get("hue") or "grey" for row in one.choices()}
            return {"choices" if one.kind == "choice" else "among": pairs, "hues": hues}
        case "link":
            target = find(str(said.get("to", "")))
            return None if target is None else {"to": target.model}
        case "user" | "team" | "file" | "picture":
            return {"to": _model(one.kind)}
    return {}


def _model(kind: str) -> Any:  # Any: a model class
    from rapport.accounts.models import Team, User
    from rapport.kernel.files.models import StoredFile

    return {"user": User, "team": Team}.get(kind, StoredFile)


def _now(texts: Any) -> str:  # Any: JSON
    from rapport.kernel.custom.models import spoken

    return spoken(texts)


# Any: JSON in, a lazy text out; made once, which takes a millisecond
_said: Callable[[Any], Any] = lazy(_now, str)
