"""The values that stand in the change log, as text for people: links become titles, one query per kind of link."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord, Change
from rapport.kernel.fields import Amount, LinkBase, Money
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.links import parse_id
from rapport.kernel.registry import types

LONGEST = 80


class Titles:
    """What the ids in a page of the log are called; records that the user may not see have no title."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._wanted: dict[type[Model], set[UUID]] = {}
        self._known: dict[type[Model], dict[UUID, str]] = {}
        self.records: dict[UUID, AnyRecord] = {}

    def want(self, one: LinkBase, value: object) -> None:
        key = parse_id(value)
        if key is not None:
            self._wanted.setdefault(_target(one), set()).add(key)

    def want_record(self, key: UUID) -> None:
        self._wanted.setdefault(AnyRecord, set()).add(key)

    def load(self) -> None:
        """One query for all records, one for each other table."""
        for model, keys in self._wanted.items():
            if model is AnyRecord:
                self.records = AnyRecord.objects.visible_to(self.user).defer("lexemes").in_bulk(keys)
                self._known[model] = {key: row.title for key, row in self.records.items()}
            else:
                found = model._default_manager.in_bulk(keys)
                self._known[model] = {key: str(row) for key, row in found.items()}

    def of(self, one: LinkBase, value: object) -> str:
        key = parse_id(value)
        if key is None:
            return ""
        model = _target(one)
        missing = _("a record you cannot see") if model is AnyRecord else _("something that is gone")
        return self._known.get(model, {}).get(key) or missing

    def is_hidden(self, one: LinkBase, value: object) -> bool:
        """True for a link to a record that the user may not see (or that is gone)."""
        key = parse_id(value)
        return key is not None and _target(one) is AnyRecord and key not in self.records


def _target(one: LinkBase) -> type[Model]:
    """The table that has the title: all records have theirs in one."""
    model: type[Model] = one.related_model
    concrete = model._meta.concrete_model
    is_record = any(kind.model._meta.concrete_model is concrete for kind in types())
    return AnyRecord if is_record else model


def links_in(change: Change, fields: Iterable[FieldType], titles: Titles) -> None:
    """Note the ids that stand in one entry of the log."""
    for one in fields:
        pair = change.diff.get(one.column)
        if isinstance(one, LinkBase) and pair:
            for value in pair:
                titles.want(one, value)


def value_text(one: FieldType, value: Any, titles: Titles, currency: str = "", longest: int = LONGEST) -> str:
    """One old or new value in words; empty when there is none."""
    if value is None or value in ("", []):
        return ""
    if isinstance(one, LinkBase):
        return titles.of(one, value)
    try:
        typed = one.to_python(value)
        if isinstance(one, Money):
            typed = Amount(typed, currency or "EUR")
        text = one.text(typed)
    except (ValidationError, ValueError, TypeError, ArithmeticError):
        text = str(value)  # a value that the field would not take any more
    return Truncator(" ".join(text.split())).chars(longest)
