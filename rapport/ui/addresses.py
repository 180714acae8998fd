"""Addresses of pages by their name: worked out once for each kind of address, then only filled in.

A page names hundreds of them, and Django's `reverse` looks through all patterns for each.
"""

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, reverse

# Stand for ids while an address is worked out.
PLACES = [UUID(int=(0xA11 << 100) + number) for number in range(8)]


def address(name: str, *args: object) -> str:
    """As `reverse(name, args=args)`."""
    ids = [str(one) for one in args if isinstance(one, UUID)]
    known = tuple(None if isinstance(one, UUID) else str(one) for one in args)
    first, *rest = _pieces(name, known, settings.ROOT_URLCONF, get_script_prefix())
    return first if not rest else first + "".join(one + piece for one, piece in zip(ids, rest, strict=True))


@lru_cache(maxsize=4096)
def _pieces(name: str, args: tuple[str | None, ...], urlconf: str, _prefix: str) -> list[str]:
    """What stands before, between and behind the ids."""
    places = iter(PLACES)
    used = [next(places) if one is None else one for one in args]
    pieces = [reverse(name, urlconf, args=used)]
    for place in used:
        if isinstance(place, UUID):
            *before, last = pieces
            pieces = [*before, *last.split(str(place))]
    return pieces
