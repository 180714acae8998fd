"""Recognises what a column is about from its name alone."""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapport.kernel.imports.guess.synonyms import MOBILE, ORGANIZATION_OWNERS, OWNERS, PURPOSES, SYNONYMS
from rapport.kernel.imports.words import words

_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ][a-zäöüß])|(?<=[a-zäöü])(?=[A-Z]{2,}\b)")
_NO_WORD = re.compile(r"[^0-9a-z%]+")
_DIGIT_EDGE = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
_TYPE_COLUMN = re.compile(r"\b(type|label|typ|primary|art)$")
_OF_BOTH = words(
    "email phone mobile fax website street address_line_2 po_box postcode city state country address notes tags"
)  # what a person and the organization have, each of their own
FUZZY = 0.86


@dataclass(frozen=True)
class HeaderMatch:
    """What a column name means: the concept, how sure that is, and for which purpose and which of several."""

    concept: str
    score: float
    purpose: str = ""
    number: int = 0
    is_loose: bool = False  # similar, not the same


@lru_cache(maxsize=20_000)
def normal(text: str) -> str:
    """Return a name without case, accents, punctuation, umlauts (ä, ae, a are one) and joined words."""
    text = _CAMEL.sub(" ", text[:200]).casefold()
    folded = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    plain = plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    words = _DIGIT_EDGE.sub(" ", _NO_WORD.sub(" ", plain)).split()
    return " ".join(words)


_FILLERS = frozenset({normal("value"), normal("wert")})
_OWNERS = frozenset(map(normal, OWNERS))


@lru_cache(maxsize=1)
def _concepts() -> dict[str, str]:
    found: dict[str, str] = {}
    for concept, names in SYNONYMS.items():
        found.setdefault(normal(concept), concept)
        for name in names.split("|"):
            found.setdefault(normal(name), concept)
    return found


@lru_cache(maxsize=1)
def _joined() -> dict[str, str]:
    """The same without spaces: "zipcode" is "zip code"."""
    found: dict[str, str] = {}
    for name, concept in _concepts().items():
        found.setdefault(name.replace(" ", ""), concept)
    return found


def match_header(header: str) -> HeaderMatch | None:
    """Return what the name of a column means, None if it is not known."""
    plain = normal(header)
    if not plain:
        return None
    words = plain.split()
    if is_type_column(header):
        return None
    if concept := _lookup(plain):
        return _match(concept, 0.97, words)
    bare = [word for word in words if not word.isdigit() and word not in _FILLERS]
    if concept := _lookup(" ".join(bare)):
        return _match(concept, 0.95, words)
    unpurposed = [word for word in bare if word not in PURPOSES]
    if concept := _lookup(" ".join(unpurposed)):
        return _match(concept, 0.93, words)
    if concept := _of_owner(bare) or _of_owner(unpurposed):
        return _match(concept, 0.88, words)
    return _loosely(plain, " ".join(unpurposed), words)


def is_type_column(header: str) -> bool:
    """Whether a column only says of which kind another is: "E-mail 1 - Type" in exports of Google."""
    plain = normal(header)
    return bool(_TYPE_COLUMN.search(plain)) and any(word.isdigit() for word in plain.split())


def _lookup(name: str) -> str | None:
    return _concepts().get(name) or (_joined().get(name.replace(" ", "")) if len(name) > 3 else None)


def _match(concept: str, score: float, words: list[str], *, is_loose: bool = False) -> HeaderMatch:
    """The match with purpose and number; only what a party may have several of has a purpose."""
    if concept == "phone" and not MOBILE.isdisjoint(words):
        concept = "mobile"
    purpose = ""
    if concept.removeprefix("organization_") in _OF_BOTH:
        purpose = next((PURPOSES[word] for word in words if word in PURPOSES), "")
    numbers = [int(word) for word in words if word.isdigit() and len(word) <= 2]
    if concept.endswith("address_line_2") and 2 in numbers:
        numbers.remove(2)  # of the line, not of the address
    number = numbers[0] if numbers else 0
    return HeaderMatch(concept, score, purpose, number, is_loose)


def _of_owner(words: list[str]) -> str | None:
    """Take "Person -", "Kontakt", "Company" off the front or the end."""
    for rest, owner in ((words[1:], words[:1]), (words[:-1], words[-1:])):
        if not rest or not owner:
            continue
        if owner[0] in ORGANIZATION_OWNERS:
            concept = _lookup(" ".join(rest))
            if concept == "name":
                return "organization"
            return f"organization_{concept}" if concept in _OF_BOTH else concept
        if owner[0] in _OWNERS:
            concept = _lookup(" ".join(rest))
            if concept:
                return "full_name" if concept == "name" else concept
    return None


def _loosely(plain: str, bare: str, words: list[str]) -> HeaderMatch | None:
    known = _concepts()
    for name in (plain, bare):
        if len(name) >= 5 and (near := difflib.get_close_matches(name, known, n=1, cutoff=FUZZY)):
            ratio = difflib.SequenceMatcher(None, name, near[0]).ratio()
            return _match(known[near[0]], 0.8 * ratio, words, is_loose=True)
    best: tuple[int, str] = (0, "")
    spaced = f" {plain} "
    for name, concept in known.items():
        if len(name) >= 4 and f" {name} " in spaced and len(name) > best[0]:
            best = (len(name), concept)
    share = best[0] / max(1, len(plain))
    return _match(best[1], 0.45 + 0.3 * share, words, is_loose=True) if best[0] else None
