"""Adding, changing and removing kinds of relationships: what may be related to what, and how it is called."""

import re
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import type_by_key
from rapport.kernel.relations.models import Relationship, RelationshipType

LONGEST = 100
MOST = 10_000


@dataclass
class Said:
    """What an administrator typed about one kind."""

    name: str = ""
    inverse_name: str = ""
    source_types: list[str] = field(default_factory=list)
    target_types: list[str] = field(default_factory=list)
    most_targets: str = ""
    most_sources: str = ""


def save_kind(kind: RelationshipType, said: Said, *, by: User) -> RelationshipType:
    """Add or change a kind; RuleError says what is wrong. Built-in kinds keep their names and types."""
    only_administrators(by)
    problems: dict[str, str] = {}
    if not kind.is_built_in:
        kind.name = _name(said.name, "name", problems)
        kind.inverse_name = _name(said.inverse_name or said.name, "inverse_name", problems)
        kind.source_types = _types(said.source_types, "source_types", problems)
        kind.target_types = _types(said.target_types, "target_types", problems)
        kind.most_targets = _most(said.most_targets, "most_targets", problems)
        kind.most_sources = _most(said.most_sources, "most_sources", problems)
    if problems:
        raise RuleError(fields=problems)
    if not kind.key:
        kind.key = _free_key(kind.name)
    with transaction.atomic():
        _keeps_what_is_there(kind)
        kind.save()
    return kind


def remove_kind(kind: RelationshipType, *, by: User) -> None:
    """Remove a kind that nothing uses."""
    only_administrators(by)
    if kind.is_built_in:
        raise RuleError(_("Rapport itself needs this kind of relationship."))
    try:
        with transaction.atomic():
            if Relationship.objects.filter(type=kind).exists():
                raise RuleError(_("There are relationships of this kind; remove them first."))
            kind.delete()
    except IntegrityError as problem:
        raise RuleError(_("There are relationships of this kind; remove them first.")) from problem


def _name(said: str, name: str, problems: dict[str, str]) -> str:
    text = " ".join(said.replace("\0", "").split())
    if not text or len(text) > LONGEST:
        problems[name] = _("A name has 1 to %(most)s characters.") % {"most": LONGEST}
    return text


def _types(said: list[str], name: str, problems: dict[str, str]) -> list[str]:
    if any(type_by_key(key) is None for key in said):
        problems[name] = _("Choose from the list.")
    return list(dict.fromkeys(said))


def _most(said: str, name: str, problems: dict[str, str]) -> int | None:
    text = said.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= MOST:
        problems[name] = _("A number from 1 to %(most)s, or nothing for any number.") % {"most": f"{MOST:,}"}
        return None
    return int(text)


def _free_key(name: str) -> str:
    begin = re.sub(r"[^a-z0-9]+", "_", slugify(name))[:40].strip("_") or "relationship"
    taken = set(RelationshipType.objects.filter(key__startswith=begin).values_list("key", flat=True))
    return next(
        key for number in range(1, 1000) if (key := f"{begin}_{number}" if number > 1 else begin) not in taken
    )


def _keeps_what_is_there(kind: RelationshipType) -> None:
    """Relationships that exist must still fit the narrower types."""
    if kind._state.adding:
        return
    edges = Relationship.objects.filter(type=kind)
    for types, end in ((kind.source_types, "source"), (kind.target_types, "target")):
        if types and edges.exclude(**{f"{end}__type__in": types}).exists():
            raise RuleError(
                fields={
                    f"{end}_types": _("There are relationships of this kind with records of other types.")
                }
            )
