"""vCard files as a table: one row for each card, one column for each kind of entry that occurs."""

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import ImportProblem, Sentence
from rapport.kernel.imports.readers.card_lines import (
    Card,
    Property,
    cards,
    label_of_apple,
    split_value,
    unescaped,
)
from rapport.kernel.imports.readers.encodings import ByteFacts, Encoding, detect
from rapport.kernel.imports.readers.table import CELL_LIMIT, Facts, Row, SpreadSample, Table, UnreadableFile

NO_YEAR = "1604-"  # how Apple writes a birthday of which it does not know the year
GROUP_OF_ALL = "myContacts"  # Google puts everybody into it
PERSON, ORGANIZATION = "person", "organization"  # what a card can be of
MOST_OF_A_KIND = 8  # columns of one kind; what is more stands together in the last
Entries = dict[str, str]

# Column names are fixed and English: the column guesser knows them, and a mapping stays valid in every language.
_ORDER = (
    "Kind", "Name prefix", "First name", "Middle name", "Last name", "Name suffix", "Full name", "Nickname",
    "Organization", "Department", "Job title", "Role", "E-mail", "Phone", "Mobile", "Fax", "Website",
    "Street", "Address line 2", "P.O. box", "Postcode", "City", "State", "Country", "Messenger", "Profile",
    "Birthday", "Day without year", "Anniversary", "Gender", "Language", "Tags", "Notes", "UID",
)  # fmt: skip
_PLACE = {name: place for place, name in enumerate(_ORDER)}
_SIMPLE = {
    "NICKNAME": "Nickname",
    "TITLE": "Job title",
    "ROLE": "Role",
    "NOTE": "Notes",
    "UID": "UID",
    "ANNIVERSARY": "Anniversary",
    "X-ANNIVERSARY": "Anniversary",
    "LANG": "Language",
    "IMPP": "Messenger",
    "X-SKYPE": "Messenger",
    "X-SOCIALPROFILE": "Profile",
    "SOCIALPROFILE": "Profile",
}
_WORK = {"work", "business", "company", "office", "geschäftlich", "arbeit", "büro", "firma", "dienstlich"}
_HOME = {"home", "private", "privat", "zuhause"}
_OTHER = {"other", "sonstige", "andere"}


class CardTable(Table):
    """A file with vCards; read twice: first to see which columns there are, then for the rows.

    With `wanted` it holds the cards of people or those of organizations only.
    """

    def __init__(self, path: Path, bytes_found: ByteFacts, wanted: str = "") -> None:
        super().__init__(path)
        self.wanted = wanted
        self.encoding = detect(bytes_found)
        self._is_folded_within_letters = not bytes_found.is_utf8 and _is_utf8_when_unfolded(path)
        if self._is_folded_within_letters:
            self.encoding = Encoding("utf-8", "UTF-8")
        self._groups = self._photos = 0
        self._survey()
        if not self.row_count and self.others:
            raise UnreadableFile(
                _("All contacts in this file are organizations. Choose organizations.")
                if wanted == PERSON
                else _("All contacts in this file are people. Choose people.")
            )
        if not self.row_count:
            raise UnreadableFile(_("This file has no contact in it. Choose another file."))
        self.facts = Facts("vcard", _("Contacts (vCard)"), self.encoding.label)
        if self._groups:
            self.remarks.append(Sentence(_("Groups of contacts were left out.")))
        if self._photos:
            self.remarks.append(Sentence(_("Photos of contacts were left out.")))

    def _lines(self) -> Iterator[str]:
        encoding = self.encoding
        if self._is_folded_within_letters:
            yield from (line.decode("utf-8").replace("\0", "") for line in _whole_letters(self.path))
            return
        with self.path.open("rb") as raw:
            raw.seek(encoding.mark)
            with io.TextIOWrapper(raw, encoding=encoding.codec, errors=encoding.errors, newline="") as text:
                for line in text:
                    yield line.replace("\0", "") if "\0" in line else line

    def _holds(self, entries: Entries) -> bool:
        return not self.wanted or self.wanted == kind_of(entries)

    def _survey(self) -> None:
        sample: SpreadSample = SpreadSample()
        found: dict[str, None] = {}
        waiting: list[tuple[int, Entries]] = []
        for card in cards(self._lines()):
            entries = entries_of(card)
            if entries is None:
                self._groups += 1
                continue
            if not self._holds(entries):
                self.others += 1
                continue
            self._photos += any(one.name == "PHOTO" for one in card.properties)
            found.update(dict.fromkeys(entries))
            sample.add(Row(card.line, []))
            waiting.append((card.line, entries))
            if len(waiting) > 4 * sample.size:
                kept = {row.line for row in sample.rows}
                waiting = [one for one in waiting if one[0] in kept]
        self.header = sorted(found, key=_place_of)
        self.header_line = 0
        self.row_count = sample.seen
        kept = {row.line for row in sample.rows}
        columns = self.header
        self.sample = [
            Row(line, [entries.get(column, "") for column in columns])
            for line, entries in waiting
            if line in kept
        ]

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Return a row for each card that begins behind line `after`."""
        columns = self.header
        for card in cards(self._lines()):
            if card.line <= after:
                continue
            entries = entries_of(card)
            if entries is not None and self._holds(entries):
                yield Row(card.line, [entries.get(column, "") for column in columns], _problem(card, entries))


def _whole_letters(path: Path) -> Iterator[bytes]:
    """The lines of a file that careless programs folded after so many bytes, also within a letter of several bytes.

    Such a line is joined with the next one, in whose place an empty one stands: lines keep their numbers.
    """
    held, empty = b"", 0
    with path.open("rb") as raw:
        for line in raw:
            bare = held.rstrip(b"\r\n")
            if line[:1] in (b" ", b"\t") and bare[-1:] >= b"\x80" and b"\x80" <= line[1:2] < b"\xc0":
                held, empty = bare + line[1:], empty + 1
                continue
            if held:
                yield held
            yield from [b"\n"] * empty
            held, empty = line, 0
    yield held


def _is_utf8_when_unfolded(path: Path) -> bool:
    try:
        for line in _whole_letters(path):
            line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _problem(card: Card, entries: Entries) -> ImportProblem | None:
    if not card.is_ended:
        return ImportProblem(
            _("The card is cut off: the line END:VCARD is missing. Export the contact anew.")
        )
    if card.is_too_long or any(len(text) > CELL_LIMIT for text in entries.values()):
        return ImportProblem(
            _("An entry of the card has more than %(limit)s characters. Shorten it."), limit=f"{CELL_LIMIT:,}"
        )
    names = {"Full name", "First name", "Last name", "Organization", "Nickname"}
    if not any(name in names or name.startswith(("E-mail", "Phone", "Mobile")) for name in entries):
        return ImportProblem(_("The card has neither a name nor an e-mail address nor a telephone number."))
    return None


def kind_of(entries: Entries) -> str:
    """Whether a card is that of an organization: it says so, or has the name of one and none of a person."""
    company, last = entries.get("Organization", ""), entries.get("Last name", "")
    if "Kind" in entries:
        return entries["Kind"]
    has_person = "First name" in entries or last not in ("", company)
    is_called_so = entries.get("Full name", company) == company
    return ORGANIZATION if company and is_called_so and not has_person else PERSON


def _place_of(column: str) -> tuple[int, str, int]:
    base, _space, rest = column.partition(" (")
    number = 1
    if base not in _PLACE:  # "Phone 2"
        base, _space, digits = base.rpartition(" ")
        number = int(digits)
    purpose, _bracket, digits = rest.partition(") ")
    return _PLACE[base], purpose.rstrip(")"), int(digits) if digits else number


def entries_of(card: Card) -> Entries | None:
    """Return the entries of a card by column name; None for a group of contacts, which is no party."""
    labels = {
        one.group: label_of_apple(one.value)
        for one in card.properties
        if one.name == "X-ABLABEL" and one.group
    }
    entries: Entries = {}
    used: Counter[str] = Counter()
    for one in card.properties:
        if one.name in ("KIND", "X-ADDRESSBOOKSERVER-KIND"):
            kind = one.value.strip().lower()
            if kind == "group":
                return None
            if kind in ("org", "organization"):
                entries["Kind"] = ORGANIZATION
        elif one.name == "X-ABSHOWAS" and one.value.strip().upper() == "COMPANY":
            entries["Kind"] = ORGANIZATION
        else:
            _enter(entries, used, one, labels.get(one.group, "") if one.group else "")
    if "Full name" in entries and kind_of(entries) == ORGANIZATION:
        entries.setdefault("Organization", entries["Full name"])
    return entries


def _enter(entries: Entries, used: Counter[str], one: Property, label: str) -> None:
    name = one.name
    if name in _SIMPLE:
        _put(entries, used, _SIMPLE[name], unescaped(one.value))
    elif name == "FN":
        _put(entries, used, "Full name", unescaped(one.value), is_single=True)
    elif name == "N":
        parts = [*split_value(one.value, ";"), "", "", "", "", ""]
        columns = ("Last name", "First name", "Middle name", "Name prefix", "Name suffix")
        for column, text in zip(columns, parts, strict=False):
            _put(entries, used, column, text.replace(",", " "), is_single=True)
    elif name == "ORG":
        organization, *units = split_value(one.value, ";")
        _put(entries, used, "Organization", organization)
        _put(entries, used, "Department", ", ".join(unit.strip() for unit in units if unit.strip()))
    elif name in ("EMAIL", "TEL", "URL"):
        _enter_contact_point(entries, used, one, label)
    elif name == "ADR":
        _enter_address(entries, used, one, label)
    elif name == "BDAY":
        day = _iso_day(one.value.strip())
        column = "Day without year" if day.startswith(("--", NO_YEAR)) else "Birthday"
        _put(entries, used, column, day.removeprefix(NO_YEAR), is_single=True)
    elif name == "CATEGORIES":
        tags = [tag.strip() for tag in split_value(one.value, ",") if tag.strip() not in ("", GROUP_OF_ALL)]
        _put(entries, used, "Tags", "; ".join(tags))
    elif name in ("GENDER", "X-GENDER"):
        _put(entries, used, "Gender", one.value.partition(";")[0], is_single=True)


def _enter_contact_point(entries: Entries, used: Counter[str], one: Property, label: str) -> None:
    text = unescaped(one.value).strip()
    if one.name == "URL":
        _put(entries, used, "Website", text)
        return
    if one.name == "EMAIL":
        text = text[7:] if text.lower().startswith("mailto:") else text
        base = "E-mail"
    else:
        text = text[4:].replace(";ext=", " ext. ") if text.lower().startswith("tel:") else text
        types = one.types | {label}
        base = "Fax" if any("fax" in kind for kind in types) else "Phone"
        if base == "Phone" and types & {"cell", "mobile", "iphone", "mobil", "handy"}:
            base = "Mobile"
    _put(entries, used, base + _purpose(one.types, label), text)


def _enter_address(entries: Entries, used: Counter[str], one: Property, label: str) -> None:
    parts = [part.replace("\r\n", "\n").strip() for part in split_value(one.value, ";")]
    box, extra, street, city, state, postcode, country = [*parts, *[""] * 7][:7]
    street, _line, further = street.partition("\n")
    texts = {
        "Street": street,
        "Address line 2": ", ".join(part for part in (extra, further.replace("\n", ", ")) if part),
        "P.O. box": box,
        "Postcode": postcode,
        "City": city,
        "State": state,
        "Country": country,
    }
    if not any(texts.values()):
        return
    purpose = _purpose(one.types, label)
    key = f"ADR{purpose}"
    used[key] += 1
    number = f" {used[key]}" if used[key] > 1 else ""
    if used[key] > MOST_OF_A_KIND:
        return
    for column, text in texts.items():
        if text:
            entries[column + purpose + number] = text


def _purpose(types: frozenset[str], label: str) -> str:
    words = types | {label}
    if words & _WORK:
        return " (work)"
    if words & _HOME:
        return " (home)"
    return " (other)" if words & _OTHER else ""


def _put(entries: Entries, used: Counter[str], column: str, text: str, *, is_single: bool = False) -> None:
    """Enter `text`; a second one of the same column gets a column of its own, very many share the last."""
    text = text.replace("\r\n", "\n").strip()
    if not text or (is_single and column in entries):
        return
    used[column] += 1
    if used[column] > MOST_OF_A_KIND:
        last = f"{column} {MOST_OF_A_KIND}"
        if len(entries[last]) < CELL_LIMIT:
            entries[last] += f"; {text}"
        return
    entries[column if used[column] == 1 else f"{column} {used[column]}"] = text


def _iso_day(text: str) -> str:
    if len(text) == 8 and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    day = text.partition("T")[0]
    return day if len(day) >= 8 else text
