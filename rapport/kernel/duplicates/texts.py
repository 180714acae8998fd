"""Words for comparing: without case and accents, how alike two of them are written, how they sound."""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

_SPLIT = re.compile(r"[^a-z0-9]+")
_DIGITS = re.compile(r"[^0-9]+")


@lru_cache(maxsize=200_000)
def plain(said: str) -> str:
    """Lower case, no accents; Müller, Mueller and Muller meet in "muller"."""
    folded = unicodedata.normalize("NFKD", said.casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    bare = bare.replace("ı", "i").replace("ø", "o").replace("æ", "a").replace("ł", "l").replace("đ", "d")
    return bare.replace("ae", "a").replace("oe", "o").replace("ue", "u")


@lru_cache(maxsize=200_000)
def words_of(said: str) -> tuple[str, ...]:
    return tuple(word for word in _SPLIT.split(plain(said)) if word)


def digits_of(number: str) -> str:
    """The digits of a telephone number without leading zeros."""
    return _DIGITS.sub("", number).lstrip("0")


@lru_cache(maxsize=500_000)
def distance(one: str, other: str, most: int = 3) -> int:
    """How many letters must be put in, taken out, changed or swapped with their neighbor; `most` + 1 when more."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > most:
        return most + 1
    one, other = _without_ends(one, other)
    if not one or not other:
        return len(one) + len(other)
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, left in enumerate(one, start=1):
        line = [row]
        for place, right in enumerate(other, start=1):
            cost = min(last[place] + 1, line[place - 1] + 1, last[place - 1] + (left != right))
            if row > 1 and place > 1 and left == other[place - 2] and one[row - 2] == right:
                cost = min(cost, before[place - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return last[-1]


def _without_ends(one: str, other: str) -> tuple[str, str]:
    """Both without what they begin and end with alike: it costs nothing to change that into itself."""
    least, start, end = min(len(one), len(other)), 0, 0
    while start < least and one[start] == other[start]:
        start += 1
    while end < least - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]


def is_misspelled(one: str, other: str) -> bool:
    """Whether one word is probably the other with a slip: one letter in five, none in words of three."""
    shorter = min(len(one), len(other))
    allowed = 0 if shorter < 4 else 1 if shorter < 8 else 2
    if shorter == 3 and len(one) != len(other):
        allowed = 1  # "Reto" and "Reo", but not "Tim" and "Tom"
    return one != other and allowed > 0 and distance(one, other, allowed) <= allowed


def begins_alike(one: str, other: str) -> bool:
    """Whether one is the other cut short: "Alex" and "Alexander"."""
    return (
        len(one) != len(other)
        and min(len(one), len(other)) >= 3
        and (one.startswith(other) or other.startswith(one))
    )


_CODES = {
    **dict.fromkeys("aeijouy", "0"), "b": "1", **dict.fromkeys("fvw", "3"), **dict.fromkeys("gkq", "4"),
    "l": "5", **dict.fromkeys("mn", "6"), "r": "7", **dict.fromkeys("sz", "8"),
}  # fmt: skip


@lru_cache(maxsize=200_000)
def sound_of(word: str) -> str:
    """How a word sounds, after the Cologne phonetics: Meier, Mayr and Maier are "67", Philipp and Filip "351"."""
    word = "".join(char for char in word if "a" <= char <= "z")
    codes = []
    for place, char in enumerate(word):
        before = word[place - 1] if place else ""
        after = word[place + 1] if place + 1 < len(word) else ""
        codes.append(_code(char, before, after, is_first=place == 0))
    text = "".join(codes)
    squeezed = "".join(char for place, char in enumerate(text) if not place or char != text[place - 1])
    return squeezed[:1] + squeezed[1:].replace("0", "")


def _code(char: str, before: str, after: str, *, is_first: bool) -> str:
    if char == "h":
        return ""
    if char == "p":
        return "3" if after == "h" else "1"
    if char in "dt":
        return "8" if after and after in "csz" else "2"
    if char == "x":
        return "8" if before and before in "ckq" else "48"
    if char == "c":
        if is_first:
            return "4" if after and after in "ahkloqrux" else "8"
        hard = after and after in "ahkoqux" and before not in ("s", "z")
        return "4" if hard else "8"
    return _CODES.get(char, "")


def key_of(text: str) -> int:
    """A key as the database keeps it: 63 bits."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
