"""Record types some at a time: settings pages that say something of each stay small, however many types there are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest

from rapport.kernel.registry import RecordType, types

PAGE: Final = 12


@dataclass(frozen=True)
class TypesPage:
    """Some record types, which of how many, and the way to the others."""

    types: list[RecordType]
    words: str
    count: int
    first: int
    asked: dict[str, str]

    @property
    def last(self) -> int:
        return self.first + len(self.types)

    @property
    def is_whole(self) -> bool:
        """Are there no types but these?"""
        return self.count <= len(self.types) and not self.words

    @property
    def before(self) -> str:
        return self._place(max(self.first - PAGE, 0)) if self.first else ""

    @property
    def after(self) -> str:
        return self._place(self.last) if self.last < self.count else ""

    def _place(self, first: int) -> str:
        said = {**self.asked, "q": self.words, "from": str(first) if first else ""}
        return "?" + urlencode({name: value for name, value in said.items() if value})

    @property
    def here(self) -> str:
        return self._place(self.first)


def types_page(
    request: HttpRequest, comes_first: Callable[[RecordType], bool], keep: Iterable[str] = ()
) -> TypesPage:
    """The types that the address asks for: `q` finds them by name or key, `from` says where the page begins.

    Those of which something is said come first. Parameters named in `keep` stay in the addresses of other pages.
    """
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
    wanted = words.casefold()
    found = [one for one in types() if wanted in one.label_plural.casefold() or wanted in one.key]
    found.sort(key=lambda one: not comes_first(one))  # stable: otherwise in the order of the registry
    said = request.GET.get("from", "")
    first = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
    first = min(first - first % PAGE, max(len(found) - 1, 0) // PAGE * PAGE)
    asked = {name: request.GET.get(name, "")[:100] for name in keep}
    return TypesPage(found[first : first + PAGE], words, len(found), first, asked)
