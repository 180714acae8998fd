"""Short marks of values: what a person saw is compared with what stands there now, without keeping the value."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rapport.kernel.fields.base import FieldType


def mark_of(one: FieldType, value: Any) -> str:  # Any: the field's value
    """Two values have the same mark when they are the same."""
    return hashlib.sha256(json.dumps(one.json(value), sort_keys=True, default=str).encode()).hexdigest()[:12]


# Any: a record, or a row of a part
def marks_of(fields: Mapping[str, FieldType], row: Any) -> dict[str, str]:
    return {name: mark_of(one, one.read(row)) for name, one in fields.items()}


def read_marks(said: str, fields: Mapping[str, FieldType]) -> dict[str, str]:
    """The marks as a form carried them; what is not from our form is left out."""
    try:
        marks = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(marks, dict):
        return {}
    return {name: str(mark) for name, mark in marks.items() if name in fields}
