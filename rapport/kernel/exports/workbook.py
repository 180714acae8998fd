"""XLSX written as a stream: a zip archive whose sheets are written row by row, so a million rows need no memory.

Libraries collect a workbook in files first and send it when it is complete; the download would begin minutes late.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

ROWS_OF_A_SHEET = 1_048_576
LONGEST = 32_767  # characters in a cell
CHUNK = 64_000
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the day zero of spreadsheets has no time zone
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Pipe:
    """A file that only can be written to; what was written is taken out and forgotten."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return taken


def write_workbook(title: str, headings: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """Yield the workbook piece by piece (Any: plain values); beyond a million rows it has further sheets."""
    pipe = Pipe()
    sheets = 0
    remaining = iter(rows)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:  # type: ignore[call-overload]  # a stream is enough
        is_complete = False
        while not is_complete:
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                is_complete = True
                for number, line in enumerate(_sheet(headings, remaining)):
                    sheet.write(line.encode())
                    if pipe.size > CHUNK:
                        yield pipe.take()
                    if number >= ROWS_OF_A_SHEET:
                        is_complete = False
                        break
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _frame(title, sheets):
            archive.writestr(name, text)
    yield pipe.take()


def _sheet(headings: list[str], rows: Iterator[list[Any]]) -> Iterator[str]:
    panes = (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
        ' state="frozen"/></sheetView></sheetViews>'
    )
    yield f'{HEAD}<worksheet xmlns="{MAIN}">{panes}<sheetData>'
    bold = ' s="3"'
    yield f"<row>{''.join(_text(one, bold) for one in headings)}</row>"
    for row in rows:
        yield f"<row>{''.join(map(_cell, row))}</row>"


def _cell(value: Any) -> str:  # Any: a plain value
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float | Decimal):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime):
        return _day(value, 2)
    if isinstance(value, date):
        return _day(datetime(value.year, value.month, value.day), 1)  # noqa: DTZ001 - a day has no time zone
    return _text(str(value))


def _day(value: datetime, style: int) -> str:
    """A day as spreadsheets count it; before 1900 they cannot, so it is text."""
    if value.year < 1901:
        return _text(value.isoformat(sep=" ") if style == 2 else value.date().isoformat())
    since = value - EPOCH
    number = since.days + (since.seconds / 86_400)
    return f'<c s="{style}"><v>{number:.10f}</v></c>' if style == 2 else f'<c s="1"><v>{since.days}</v></c>'


def _text(text: str, style: str = "") -> str:
    """Text that is marked as text: a spreadsheet never takes it for a formula."""
    clean = escape(NOT_XML.sub("", text[:LONGEST]))
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{clean}</t></is></c>'


def _frame(title: str, sheets: int) -> Iterator[tuple[str, str]]:
    """The small files around the sheets; written last, because only then their number is known."""
    clean = NOT_XML.sub("", re.sub(r"[\[\]:*?/\\']", " ", title))[:25].strip() or "Rapport"
    every = range(1, sheets + 1)
    names = "".join(
        f'<sheet name="{escape(clean, {chr(34): "&quot;"})}{"" if n == 1 else f" {n}"}" sheetId="{n}" r:id="r{n}"/>'
        for n in every
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in every
    )
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SHEET_TYPE}.worksheet+xml"/>'
        for n in every
    )
    yield "xl/styles.xml", STYLES
    yield (
        "xl/workbook.xml",
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>',
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{HEAD}<Relationships xmlns="{RELATIONS}">{links}'
        f'<Relationship Id="rs" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
    yield (
        "_rels/.rels",
        f'{HEAD}<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
    )
    yield (
        "[Content_Types].xml",
        f'{HEAD}<Types xmlns="{TYPES}"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{SHEET_TYPE}.styles+xml"/>{parts}</Types>',
    )
