"""Custom fields whose values stand on one record only. Their index says no; until it is built, a lock and a look."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext

from rapport.kernel.custom import schema
from rapport.kernel.fields.base import FieldType
from rapport.kernel.records.errors import RuleError

if TYPE_CHECKING:
    from rapport.kernel.registry import RecordType

PREFIX = "custom_unique_"


def index_name(type_key: str, name: str) -> str:
    """The name of the unique index: constraint violations are told by it. Names have up to 63 characters."""
    return f"{PREFIX}{type_key[:20]}_{name}"[:63]


def unique_sentence(constraint: str) -> str:
    """What a person reads when that index said no; empty for other constraints."""
    if not constraint.startswith(PREFIX):
        return ""
    for type_key in schema.known().with_fields:
        for name, one in schema.fields_of(type_key).items():
            if index_name(type_key, name) == constraint:
                return taken(one)
    return gettext("This value is used by another record already.")


def taken(one: FieldType) -> str:
    return gettext("%(field)s: another record has this value already.") % {"field": one.label}


def check_unique(kind: "RecordType", records: Sequence[Any], names: Iterable[str]) -> None:
    """Refuse values that another record has, while the index of the field is not ready. (Any: records of the type.)"""
    problems: dict[str, str] = {}
    for name in names:
        one = kind.fields[name]
        if not (one.is_custom and one.unique) or one.is_indexed:
            continue
        values = [value for record in records if not one.is_empty(value := one.raw(record))]
        if not values:
            continue
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [index_name(kind.key, name)])
        others = kind.model.objects.filter(deleted_at=None, **{f"{name}__in": values})
        if len(set(values)) < len(values) or others.exclude(pk__in=[one.pk for one in records]).exists():
            problems[name] = taken(one)
    if problems:
        raise RuleError(fields=problems)
