"""Reads the parts of an Excel workbook as a stream.

Our own reader and not a library: those that are fast hold the rectangle around all cells in memory, so that one
stray cell at the end of a sheet brings the process down. This one keeps a row and the shared texts.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.readers.excel_cells import CellStyle, style_of_format, text_of_cell
from rapport.kernel.imports.readers.table import UnreadableFile

UNPACKED_LIMIT = 800 << 20  # bytes of one part
TEXTS_LIMIT = 200 << 20  # bytes of the part with the shared texts, which is held in memory
SMALL_LIMIT = 20 << 20  # bytes of the parts about sheets and styles
PARTS_LIMIT = 20_000
COLUMNS_LIMIT = 2_000  # further to the right there is no table
CHUNK = 1 << 18

DAMAGED = _("This Excel file is damaged. Open it in Excel, save it anew and choose the new file.")
TOO_BIG = _(
    "This Excel file is too large when unpacked. Save the sheet that you want to import as a CSV file, "
    "or split it into smaller files."
)
PROTECTED = _("This file is protected by a password. Save it without the password and choose it again.")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
Attributes = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet with cells: its name, whether people see it, and the part of the archive it is in."""

    name: str
    is_visible: bool
    part: str


class Workbook:
    """An Excel workbook (.xlsx, .xlsm) that is read from its file each time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._archive() as archive:
            if len(archive.infolist()) > PARTS_LIMIT:
                raise UnreadableFile(TOO_BIG)
            if any(part.flag_bits & 1 for part in archive.infolist()):
                raise UnreadableFile(PROTECTED)
            self._parts = {part.replace("\\", "/").lstrip("/").lower(): part for part in archive.namelist()}
            if "xl/workbook.bin" in self._parts:
                raise UnreadableFile(
                    _(
                        "This is a binary Excel file (.xlsb). Open it and save it as an Excel workbook (.xlsx)."
                    )
                )
            self.has_1904_dates = False
            self.sheets = self._read_sheets(archive)
            self.styles = self._read_styles(archive)
            self.texts = self._read_texts(archive)
        self.share_read = 0.0  # how much of the sheet that is being read has been read
        self.cut_columns = 0  # cells beyond the widest table, which were left out

    def _archive(self) -> "_Archive":
        return _Archive(self.path)

    # -- what the workbook says about itself -----------------------------------------------------------------
    def _read_sheets(self, archive: "_Archive") -> list[Sheet]:
        targets: dict[str, tuple[str, str]] = {}
        named: list[Attributes] = []

        def start_relation(name: str, attributes: Attributes) -> None:
            if _local(name) == "Relationship":
                target = attributes.get("Target", "")
                place = (
                    target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
                )
                targets[attributes.get("Id", "")] = (
                    attributes.get("Type", ""),
                    place.replace("\\", "/").lower(),
                )

        def start(name: str, attributes: Attributes) -> None:
            if _local(name) == "sheet":
                named.append(attributes)
            elif _local(name) == "workbookPr":
                self.has_1904_dates = attributes.get("date1904") in ("1", "true", "on")

        self._parse(archive, "xl/_rels/workbook.xml.rels", SMALL_LIMIT, start=start_relation)
        self._parse(archive, "xl/workbook.xml", SMALL_LIMIT, start=start)
        sheets = []
        for attributes in named:
            relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            kind, part = targets.get(relation, ("", ""))
            if kind.endswith("/worksheet") and part in self._parts:
                is_visible = attributes.get("state", "visible") == "visible"
                sheets.append(Sheet(attributes.get("name", ""), is_visible, part))
        return sheets

    def _read_styles(self, archive: "_Archive") -> list[CellStyle | int]:
        formats: dict[str, str] = {}
        styles: list[CellStyle | int] = []
        inside: list[str] = []

        def start(name: str, attributes: Attributes) -> None:
            local = _local(name)
            if local in ("cellXfs", "cellStyleXfs"):
                inside.append(local)
            elif local == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif local == "xf" and inside and inside[-1] == "cellXfs":
                number = attributes.get("numFmtId", "0")
                styles.append(style_of_format(number, formats.get(number, "")))

        def end(name: str) -> None:
            if inside and _local(name) == inside[-1]:
                inside.pop()

        if "xl/styles.xml" in self._parts:
            self._parse(archive, "xl/styles.xml", SMALL_LIMIT, start=start, end=end)
        return styles

    def _read_texts(self, archive: "_Archive") -> list[str]:
        texts: list[str] = []
        pieces: list[str] = []
        state = {"takes": False, "is_phonetic": False}

        def start(name: str, _attributes: Attributes) -> None:
            local = _local(name)
            if local == "t":
                state["takes"] = not state["is_phonetic"]
            elif local == "rPh":
                state["is_phonetic"] = True

        def end(name: str) -> None:
            local = _local(name)
            if local == "t":
                state["takes"] = False
            elif local == "rPh":
                state["is_phonetic"] = False
            elif local == "si":
                texts.append(_unescaped("".join(pieces)))
                pieces.clear()

        def data(text: str) -> None:
            if state["takes"]:
                pieces.append(text)

        if "xl/sharedstrings.xml" in self._parts:
            self._parse(archive, "xl/sharedstrings.xml", TEXTS_LIMIT, start=start, end=end, data=data)
        return texts

    # -- cells -----------------------------------------------------------------------------------------------
    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
        """Return number and texts of the rows that have cells."""
        ready: list[tuple[int, list[str]]] = []
        notes = _Notes()
        size = 0
        with self._archive() as archive:
            total = max(1, archive.getinfo(self._parts[sheet.part]).file_size)
            parser = _parser(*_row_handlers(self, ready, notes))
            for chunk in self._chunks(archive, sheet.part, UNPACKED_LIMIT):
                _feed(parser, chunk)
                size += len(chunk)
                self.share_read = min(1.0, size / total)
                yield from ready
                ready.clear()
            _feed(parser, b"", is_final=True)
        yield from ready
        self.cut_columns = max(self.cut_columns, notes.cut_cells)

    def _parse(
        self,
        archive: "_Archive",
        part: str,
        limit: int,
        *,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        data: Callable[[str], None] | None = None,
    ) -> None:
        parser = _parser(start, end, data)
        for chunk in self._chunks(archive, part, limit):
            _feed(parser, chunk)
        _feed(parser, b"", is_final=True)

    def _chunks(self, archive: "_Archive", name: str, limit: int) -> Iterator[bytes]:
        """The bytes of a part, up to a limit, whatever size the archive claims."""
        if name not in self._parts:
            raise UnreadableFile(DAMAGED)
        part = archive.getinfo(self._parts[name])
        if part.file_size > limit:
            raise UnreadableFile(TOO_BIG)
        part.file_size = limit + 4 * CHUNK  # read to the true end
        size = 0
        try:
            with archive.open(part) as stream:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise UnreadableFile(TOO_BIG)
                    yield chunk
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error) as error:
            raise UnreadableFile(DAMAGED) from error


class _Archive(zipfile.ZipFile):
    """A ZIP archive whose faults are told in our words."""

    def __init__(self, path: Path) -> None:
        try:
            super().__init__(path)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
            raise UnreadableFile(DAMAGED) from error


@dataclass
class _Notes:
    """What is noted in passing: cells that were left out because they are too far to the right."""

    cut_cells: int = 0


def _row_handlers(
    book: Workbook, ready: list[tuple[int, list[str]]], notes: _Notes
) -> tuple[Callable[[str, Attributes], None], Callable[[str], None], Callable[[str], None]]:
    """Return what to do with the events of a sheet; closures, because it is done for each of millions of cells."""
    text_of = _texts_of_cells(book)
    row: list[str] = []
    number = column = 0
    kind = style = said = ""
    takes = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal row, number, column, kind, style, said, takes
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "v" or name == "t":  # faster than a set
            takes = True
        elif name == "c":
            get = attributes.get
            place = get("r")
            column = _column_of(place.rstrip("0123456789")) if place else column + 1
            kind, style, said = get("t", "n"), get("s", ""), ""
        elif name == "row":
            given = attributes.get("r", "")
            number = max(number + 1, int(given) if given.isdecimal() and len(given) < 9 else 0)
            row, column = [], 0
        else:
            takes = False

    def data(text: str) -> None:
        nonlocal said
        if takes:
            said += text

    def end(name: str) -> None:
        nonlocal row, takes
        takes = False
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            if not said:
                return
            if 1 <= column <= COLUMNS_LIMIT:
                missing = column - len(row) - 1
                if missing:
                    row.extend([""] * missing)
                text = text_of(said, kind, style)
                if missing < 0:
                    row[column - 1] = text
                else:
                    row.append(text)
            else:
                notes.cut_cells += 1
        elif name == "row" and row:
            ready.append((number, row))
            row = []

    return start, end, data


def _texts_of_cells(book: Workbook) -> Callable[[str, str, str], str]:
    texts, styles, is_1904 = book.texts, book.styles, book.has_1904_dates
    by_name = {str(place): style for place, style in enumerate(styles)}

    def text_of(said: str, kind: str, style: str) -> str:
        if kind == "s":
            place = int(said) if said.isdecimal() else len(texts)
            return texts[place] if place < len(texts) else ""
        if kind == "n":
            return text_of_cell(said, by_name.get(style, CellStyle.GENERAL), is_1904=is_1904)
        if kind == "b":
            return "true" if said.strip() == "1" else "false"
        return "" if kind == "e" else _unescaped(said)

    return text_of


@lru_cache(maxsize=4096)
def _column_of(letters: str) -> int:
    number = 0
    for letter in letters[:5].upper():
        if not "A" <= letter <= "Z":
            return 0
        number = number * 26 + ord(letter) - 64
    return number


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _unescaped(text: str) -> str:
    """Excel writes control characters as _x000D_."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n")


def _parser(
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None,
    data: Callable[[str], None] | None,
) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _refuse_definitions
    return parser


def _refuse_definitions(*_said: object) -> None:
    raise UnreadableFile(DAMAGED)  # no workbook has any; they are a way to blow up a parser


def _feed(parser: expat.XMLParserType, chunk: bytes, *, is_final: bool = False) -> None:
    try:
        parser.Parse(chunk, is_final)
    except (expat.ExpatError, ValueError) as error:
        raise error if isinstance(error, UnreadableFile) else UnreadableFile(DAMAGED) from error
