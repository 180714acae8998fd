"""Where the columns of a file can go: the editable fields of the type and what its area adds."""

from collections.abc import Collection
from dataclasses import replace

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from rapport.kernel.custom.conditions import names_with_rules
from rapport.kernel.fields import FieldType
from rapport.kernel.imports.extensions import Extension, Slot
from rapport.kernel.imports.guess import Target
from rapport.kernel.registry import RecordType, type_by_key

KEY = "external_key"
NEVER = frozenset({"file", "picture"})  # nothing that a table holds
ICONS = {
    "email": "mail", "phone": "phone", "web": "globe", "date": "calendar", "moment": "calendar-clock", "tags": "tag",
    "user": "user-round-cog", "team": "users-round", "link": "link", "choice": "list", "choices": "list",
    "money": "banknote", "number": "hash", "percent": "percent", "country": "map-pin", "language": "languages",
    "address": "map-pin", "yesno": "square-check", "longtext": "notebook-pen", "name": "user-round",
    "company": "building-2",
}  # fmt: skip


def slots_of(kind: RecordType, extension: Extension) -> dict[str, Slot]:
    """All targets by key, the area's first."""
    fields, parts = kind.editable_fields(), kind.editable_parts()
    kept = {name for name in kind.whole.editable_fields() if name not in fields}
    found = {
        slot.target.key: slot
        for slot in extension.slots()
        if slot.target.key not in kept and (not slot.part or slot.part in parts)
    }
    for name, one in fields.items():
        if name not in found and name not in extension.hidden and one.kind not in NEVER:
            found[name] = Slot(_target(name, one), kind.label, ICONS.get(one.kind, "pencil"))
    # No name of a column proposes it: "ID" is the number of the line as often. Known programs and people do.
    key = Target(KEY, _("Key in the other program"), "text", concept="-")
    found.setdefault(KEY, Slot(key, kind.label, "hash", True))
    if (title := found.get(kind.title)) is not None:
        target = replace(title.target, synonyms=(*title.target.synonyms, *_labels(kind)))
        found[kind.title] = replace(title, target=target)
    return found


def _labels(kind: RecordType) -> list[str]:
    """What a record is called in all our languages: a column of that name holds what the records are called."""
    labels = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            labels.append(str(kind.label))
    return labels


def is_own_link(kind: RecordType, one: FieldType) -> bool:
    """Whether the field leads to records of its own type."""
    return one.kind == "link" and one.related_model is kind.model


def may_wait(kind: RecordType, one: FieldType, makes: Collection[str] = ()) -> bool:
    """Whether the link may lead to a row of the same file, or to what the file makes besides its rows.

    One that is needed must be there before its record.
    """
    is_made = one.kind == "link" and any(
        is_own_link(other, one) for key in makes if (other := type_by_key(key))
    )
    return (is_made or is_own_link(kind, one)) and may_come_later(kind, one)


def may_come_later(kind: RecordType, one: FieldType) -> bool:
    """Whether a record can begin without the link: no rule asks for it."""
    return not one.required and one.name not in names_with_rules(kind.whole)


def _target(name: str, one: FieldType) -> Target:
    return Target(
        name,
        one.label,
        one.kind,
        many=one.kind in ("tags", "longtext"),
        options=choices_of(one) if one.kind in ("choice", "choices") else {},
    )


def choices_of(one: FieldType) -> dict[str, str]:
    """Keys and labels of a choice in all our languages, in lower case -> key."""
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for value, label in one.options():
                found.setdefault(str(label).lower(), value)
                found.setdefault(str(value).lower(), value)
    return found
