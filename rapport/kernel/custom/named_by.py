"""What else names a field: views, rules and what other areas add; it is told before the field goes or changes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.kernel.custom.uses import Place, of_tree, path
from rapport.kernel.registry import type_by_key


@dataclass(frozen=True)
class Naming:
    """Something with a filter over records of a type; `fields` are what it names besides, as "organization.x_size"."""

    what: str | Promise  # View
    name: str  # Large customers
    type_key: str
    filter: Any  # the JSON form of rapport.kernel.filters
    fields: Iterable[str] = ()

    def places(self) -> Iterator[Place]:
        """All fields that it names; nothing where its type or its filter cannot be read any more."""
        from rapport.kernel.filters import FilterError
        from rapport.kernel.filters.tree import from_json

        kind = type_by_key(self.type_key)
        if kind is None:
            return
        for name in self.fields:
            yield from path(kind, name.split("."))
        try:
            yield from of_tree(from_json(self.filter), kind)
        except FilterError:
            return


Source = Callable[[], Iterable[Naming]]
_sources: list[Source] = []


def add_namings(source: Source) -> None:
    """Let an area say what of it has filters."""
    _sources.append(source)


def filters_by_type(what: str | Promise, name: str, filters: Mapping[str, Any]) -> Iterator[Naming]:
    """The namings of something with a filter for each type."""
    for key, said in filters.items():
        yield Naming(what, name, key, said)


def namers_of(type_key: str, name: str) -> list[tuple[str, str]]:
    """[(what it is, its name)] of everything outside of the fields that names this field, without doubles."""
    found = {
        (str(one.what), one.name): None
        for source in _sources
        for one in source()
        if (type_key, name) in set(one.places())
    }
    return list(found)


def _views() -> Iterator[Naming]:
    from rapport.kernel.views.models import View

    for one in View.objects.order_by("name"):
        shown = [*one.columns, one.sort.lstrip("-"), one.by]
        yield Naming(_("View"), one.name, one.type, one.filter, [field for field in shown if field])


def _rules() -> Iterator[Naming]:
    from rapport.accounts.models import Role, Territory

    for role in Role.objects.order_by("name"):
        for key, acts in role.rules.items():
            for said in acts.values():
                yield Naming(_("Role"), str(role), key, said)
    for territory in Territory.objects.order_by("name"):
        yield from filters_by_type(_("Territory"), territory.name, territory.filters)


def register() -> None:
    """What the kernel itself keeps."""
    add_namings(_views)
    add_namings(_rules)
