"""Adding, changing and removing record types: only administrators, and every process knows at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.translation import gettext

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.kernel.custom import schema
from rapport.kernel.custom.define import LONGEST, key_of, label_of, lock
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.record_types import tables
from rapport.kernel.custom.record_types.made import entry
from rapport.kernel.custom.record_types.models import CustomType
from rapport.kernel.records.errors import RuleError
from rapport.kernel.records.purge import purge_type
from rapport.kernel.registry import RecordType, built_in, types
from rapport.ui.formats import HUES

MOST = 1_000  # record types of an installation
LONGEST_KEY = 30
KEPT = timedelta(days=30)
ICONS = (
    "box", "boxes", "building-2", "users", "handshake", "activity", "cog", "wrench", "truck", "car", "factory", "home",
    "warehouse", "package", "server", "monitor", "smartphone", "file-text", "book-open", "graduation-cap", "briefcase",
    "calendar", "map-pin", "globe", "tag", "star", "heart", "shield", "key", "leaf", "flask-conical", "stethoscope",
)  # fmt: skip
_reserved: set[str] = set()


@dataclass
class TypeDraft:
    """What an administrator says about a record type."""

    texts: dict[str, dict[str, str]]
    key: str = ""
    icon: str = "box"
    hue: str = "petrol"
    board: str = ""
    subtitle: list[str] = field(default_factory=list)
    in_menu: bool = True


def reserve(*words: str) -> None:
    """Declare words that stand where the keys of record types stand in addresses."""
    _reserved.update(words)


def is_reserved(key: str) -> bool:
    """Whether an address begins so, or a type is called so, that is part of Rapport."""
    return key in _reserved or built_in(key) is not None or key in set(_first_words())


def _first_words() -> Iterable[str]:
    for one in get_resolver().url_patterns:
        if isinstance(one, URLPattern | URLResolver):
            word = re.match(r"\^?([a-z0-9_-]+)/", str(one.pattern))
            if word:
                yield word.group(1).replace("-", "_")


def add_type(draft: TypeDraft, *, by: User) -> RecordType:
    """Add a record type; it is in the menu, in search, imports, rights and the API at once. RuleError says why not."""
    only_administrators(by)
    with transaction.atomic():
        lock()
        if CustomType.objects.count() >= MOST:
            raise RuleError(gettext("There are up to %(most)s record types.") % {"most": MOST})
        last = CustomType.objects.aggregate(last=Max("position"))["last"]
        one = CustomType(position=(last or 0) + 1)
        taken = set(CustomType.objects.values_list("key", flat=True))
        _fill(one, draft)
        one.key = _key(draft, taken)
        one.save(force_insert=True)
        kind = entry(one)
        tables.create(kind)
        schema.raise_version()
    return kind


def _key(draft: TypeDraft, taken: set[str]) -> str:
    """The word in addresses: the plural as it was written, another one where that is taken."""
    said = draft.key or label_of({"label": draft.texts.get("plural", {})}) or label_of(draft.texts)
    word = key_of(said)[: LONGEST_KEY - 4].rstrip("_")
    return next(
        key
        for number in range(1, 10_000)
        if (key := word if number == 1 else f"{word}_{number}") not in taken
        and not is_reserved(key)
        and tables.is_free(key)
    )


def change_type(one: CustomType, draft: TypeDraft, *, by: User) -> CustomType:
    """Change everything but the key."""
    only_administrators(by)
    with transaction.atomic():
        lock()
        locked = CustomType.objects.select_for_update().get(pk=one.pk)
        _fill(locked, draft)
        locked.save()
        schema.raise_version()
    return locked


def remove_type(one: CustomType, *, by: User) -> None:
    """Hide the type and its records everywhere. They stay for 30 days, in which they can be taken back."""
    only_administrators(by)
    with transaction.atomic():
        lock()
        CustomType.objects.filter(pk=one.pk, removed_at=None).update(removed_at=timezone.now())
        schema.raise_version()


def restore_type(one: CustomType, *, by: User) -> None:
    """Take a removed type back with all its records."""
    only_administrators(by)
    with transaction.atomic():
        lock()
        CustomType.objects.filter(pk=one.pk).update(removed_at=None)
        schema.raise_version()


def forget_type(one: CustomType) -> None:
    """Take a type away for good that was removed long ago: its table, its fields, what search knows of its records."""
    kind = entry(one)
    purge_type(kind, label=lambda: gettext("Removed record type: %(type)s") % {"type": one})
    with transaction.atomic():
        lock()
        tables.drop(kind.table)
        CustomField.objects.filter(type=one.key).delete()
        one.delete()
        schema.raise_version()


def fields_for_boards(kind: RecordType) -> list[tuple[str, str]]:
    """(name, label) of the fields whose values can be the lanes of the type's board."""
    return [
        (name, str(one.label)) for name, one in kind.fields.items() if one.kind == "choice" and one.editable
    ]


def links_to(kind: RecordType) -> list[tuple[str, str]]:
    """(type, field) of the custom fields that lead to records of that type."""
    found = CustomField.objects.filter(kind="link", removed_at=None, options__to=kind.key)
    named = {one.key: one.label_plural for one in types()}
    return [(named[one.type], one.label) for one in found if one.type in named and one.type != kind.key]


def _fill(one: CustomType, draft: TypeDraft) -> None:
    problems = {}
    for what in ("label", "plural"):
        words = draft.texts.get(what, {})
        if not label_of({"label": words}) or any(len(text) > LONGEST for text in words.values()):
            problems[what] = gettext("A name has 1 to %(most)s characters.") % {"most": LONGEST}
    if any(len(text) > LONGEST for text in draft.texts.get("title", {}).values()):
        problems["title"] = gettext("A name has 1 to %(most)s characters.") % {"most": LONGEST}
    if problems:
        raise RuleError(fields=problems)
    one.texts = draft.texts
    one.icon = draft.icon if draft.icon in ICONS else ICONS[0]
    one.hue = draft.hue if draft.hue in HUES else "petrol"
    one.in_menu = draft.in_menu
    kind = schema.known().types.get(one.key)
    fields = kind.fields if kind is not None else {}
    boards = dict(fields_for_boards(kind)) if kind is not None else {}
    one.board = draft.board if draft.board in boards else ""
    one.subtitle = [name for name in draft.subtitle if name in fields][:4]
