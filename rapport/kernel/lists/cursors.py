"""Cursors: where in a list the next page begins. Signed, bound to type and order; a strange one means page one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, UUIDField, Value
from django.db.models.sql.compiler import SQLCompiler

from rapport.kernel.lists.sorting import FILLED, Sort, sort_expression
from rapport.kernel.registry import RecordType

SALT = "rapport.lists.cursor"


@dataclass(frozen=True)
class Cursor:
    """The last row that was read: its segment, the value it is ordered by, its id."""

    segment: str
    value: Any  # Any: as the field has it
    id: UUID


def write_cursor(kind: RecordType, sort: Sort, cursor: Cursor) -> str:
    value = cursor.value.isoformat() if isinstance(cursor.value, date | datetime) else cursor.value
    plain = value if value is None or isinstance(value, bool) else str(value)
    return signing.dumps([kind.key, sort.key, cursor.segment, plain, cursor.id.hex], salt=SALT)


def read_cursor(kind: RecordType, sort: Sort, said: str) -> Cursor | None:
    """Return the cursor when it is ours and of this list, else None."""
    if not said or len(said) > 2_000:
        return None
    try:
        type_key, sort_key, segment, plain, key = signing.loads(said, salt=SALT)
        if type_key != kind.key or sort_key != sort.key or segment not in sort.segments:
            return None
        value = sort.value_field.to_python(plain)
        return Cursor(segment, value, UUID(key))
    except (signing.BadSignature, ValidationError, ValueError, TypeError):
        return None


class RowAfter(Func):
    """`(a, id) > (x, y)`, or `<`: the row comparison that an index over (a, id) answers at any depth."""

    conditional = True

    def __init__(self, *expressions: Any, down: bool, **extra: Any) -> None:  # Any: Django's signature
        self.down = down
        extra.setdefault("output_field", BooleanField())
        super().__init__(*expressions, **extra)

    # Any: Django's
    def as_sql(self, compiler: SQLCompiler, connection: Any, *_how: Any, **_extra: Any) -> Any:
        parts: list[str] = []
        parameters: list[Any] = []  # Any: values for the database
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            parameters.extend(values)
        half = len(parts) // 2
        sign = "<" if self.down else ">"
        return f"({', '.join(parts[:half])}) {sign} ({', '.join(parts[half:])})", parameters


def after(sort: Sort, cursor: Cursor) -> RowAfter:
    """What holds for the rows behind the cursor in its own segment."""
    own, place = Value(cursor.id, UUIDField()), F("pk")
    if cursor.segment != FILLED:
        return RowAfter(place, own, down=sort.runs_down)
    value = Value(cursor.value, sort.value_field)
    return RowAfter(sort_expression(sort.field), place, value, own, down=sort.runs_down)
