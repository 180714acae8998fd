"""The lines of vCards 2.1, 3.0 and 4.0: unfolded, decoded and forgiving."""

import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rapport.kernel.imports.words import words

IGNORED = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "X-ABCROP-RECTANGLE", "X-EVOLUTION-FILE-AS"})
_PROPERTY = re.compile(r"^\s*(?:[A-Za-z0-9_-]+\.)?[A-Za-z][A-Za-z0-9-]*\s*[;:]")
_KNOWN_TYPES = words(
    "work home cell mobile fax pager voice pref internet other main iphone company private business"
)
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")
LOGICAL_LIMIT = 2_000_000  # characters of one value


@dataclass
class Property:
    """One line of a card: what it is, of which types, and its still escaped value."""

    name: str
    types: frozenset[str]
    value: str
    group: str = ""


@dataclass
class Card:
    """The properties of one card and the line on which it begins."""

    line: int
    properties: list[Property] = field(default_factory=list)
    is_ended: bool = False
    is_too_long: bool = False


def cards(lines: Iterable[str]) -> Iterator[Card]:
    """Return the cards of a file one after the other; a card without an end is marked."""
    card: Card | None = None
    depth = 0
    for number, text in _unfolded(lines):
        word = text.strip().upper().replace(" ", "")
        if word == "BEGIN:VCARD":
            if card is not None and depth == 1 and not _is_inside_agent(card):
                yield card
                depth = 0
            depth += 1
            if depth == 1:
                card = Card(number)
        elif card is None:
            continue
        elif word == "END:VCARD":
            depth -= 1
            if depth == 0:
                card.is_ended = True
                yield card
                card = None
        elif depth == 1:
            if len(text) > LOGICAL_LIMIT:
                card.is_too_long = True
            elif found := read_property(text):
                card.properties.append(found)
    if card is not None:
        yield card


def _is_inside_agent(card: Card) -> bool:
    return bool(card.properties) and card.properties[-1].name == "AGENT" and not card.properties[-1].value


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Join folded lines, soft breaks of quoted-printable, and lines that are no property at all.

    Of what nobody reads only the head is left.
    """
    start, parts, size = 0, [""], 0
    is_quoted = is_ignored = False
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        if is_quoted and parts[-1].endswith("="):
            parts[-1] = parts[-1][:-1]
            parts.append(line.lstrip(" \t"))
            continue
        if line[:1] in (" ", "\t") and start:
            if not is_ignored and size <= LOGICAL_LIMIT:
                parts.append(line[1:])
                size += len(line)
            continue
        if not _PROPERTY.match(line):
            if line.strip() and start and not is_ignored and size <= LOGICAL_LIMIT:
                parts.append("\\n" + line)  # a text with real line ends, as careless programs write it
                size += len(line)
            continue
        if start:
            yield start, "".join(parts)
        head = line.partition(":")[0].upper()
        is_ignored = head.partition(";")[0].rpartition(".")[2] in IGNORED
        is_quoted = "QUOTED-PRINTABLE" in head
        start, parts, size = number, [f"{head}:" if is_ignored else line], len(line)
    if start:
        yield start, "".join(parts)


def read_property(text: str) -> Property | None:
    """Return the property of an unfolded line, its value decoded; None when it is none."""
    head, value = _split_head(text)
    if not head:
        return None
    name, *parameters = _split_outside_quotes(head, ";")
    group, _dot, name = name.strip().upper().rpartition(".")
    types: set[str] = set()
    encoding = charset = ""
    for parameter in parameters:
        key, equals, said = parameter.partition("=")
        key = key.strip().lower()
        if not equals:
            said, key = key, "encoding" if key in ("quoted-printable", "base64", "b", "8bit") else "type"
        said = said.strip().strip('"')
        if key == "type":
            types.update(one.strip().strip('"').lower() for one in said.split(","))
        elif key == "encoding":
            encoding = said.lower()
        elif key == "charset":
            charset = said
        elif key in ("pref", "label") or (key == "x-service-type"):
            types.add(said.lower() if key != "pref" else "pref")
    return Property(name, frozenset(types), decoded(value, encoding, charset), group)


def _split_head(text: str) -> tuple[str, str]:
    """Split at the first colon that is not between quotation marks."""
    head, colon, value = text.partition(":")
    if head.count('"') % 2 == 0:
        return (head, value) if colon else ("", "")
    is_quoted = False
    for place, char in enumerate(text):
        if char == '"':
            is_quoted = not is_quoted
        elif char == ":" and not is_quoted:
            return text[:place], text[place + 1 :]
    return head, value


def _split_outside_quotes(text: str, mark: str) -> list[str]:
    if '"' not in text:
        return text.split(mark)
    parts, is_quoted = [""], False
    for char in text:
        if char == '"':
            is_quoted = not is_quoted
        if char == mark and not is_quoted:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def decoded(value: str, encoding: str, charset: str) -> str:
    """Undo quoted-printable and base64; anything else is text already."""
    if encoding == "quoted-printable":
        raw = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
    elif encoding in ("base64", "b"):
        try:
            raw = binascii.a2b_base64(value)
        except binascii.Error:
            return ""
    else:
        return value
    for codec in filter(None, (charset, "utf-8", "cp1252")):
        try:
            return raw.decode(codec)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1")


def split_value(value: str, mark: str) -> list[str]:
    """Split a compound value at `mark` where it is not escaped, and take the escapes off the parts."""
    if "\\" not in value:
        return value.split(mark)
    parts, place = [""], 0
    while place < len(value):
        char = value[place]
        if char == "\\" and place + 1 < len(value):
            parts[-1] += value[place : place + 2]
            place += 2
            continue
        if char == mark:
            parts.append("")
        else:
            parts[-1] += char
        place += 1
    return [unescaped(part) for part in parts]


def unescaped(value: str) -> str:
    """Take the escapes off a simple value."""
    if "\\" not in value:
        return value
    return re.sub(
        r"\\(.)", lambda found: "\n" if found.group(1) in "nN" else found.group(1), value, flags=re.DOTALL
    )


def label_of_apple(value: str) -> str:
    """Return the word inside Apple's `_$!<HomePage>!$_`, or the label as the person wrote it."""
    found = _APPLE_LABEL.search(value)
    return (found.group(1) if found else value).strip().lower()
