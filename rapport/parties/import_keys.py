"""How the import compares names and numbers with those that are here."""

import unicodedata
from functools import lru_cache


def plain(name: str) -> str:
    """A name for comparing: no case, accents, order of the words."""
    if not name.isascii():
        folded = unicodedata.normalize("NFKD", name.casefold())
        name = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(sorted(name.casefold().replace(",", " ").split()))


@lru_cache(maxsize=50_000)
def key_of(name: str) -> str:
    """The name of an organization for comparing."""
    return " ".join(unicodedata.normalize("NFC", name[:100]).casefold().split())


def digits_of(number: str) -> str:
    """As `parties_normalized` writes a number."""
    digits = number[1:] if number[:1] == "+" else number
    if not (digits.isascii() and digits.isdigit()):
        digits = "".join(char for char in number if char in "0123456789")
    return digits.lstrip("0")
