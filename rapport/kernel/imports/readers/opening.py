"""Recognises what kind of file somebody chose and opens it with the right reader."""

import re
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.readers.cards import CardTable
from rapport.kernel.imports.readers.delimited import DelimitedTable
from rapport.kernel.imports.readers.encodings import ByteFacts, scan
from rapport.kernel.imports.readers.table import Table, UnreadableFile
from rapport.kernel.imports.readers.workbook import WorkbookTable

SIZE_LIMIT = 1 << 30
LINE_LIMIT = 64 << 20  # bytes of one line; it has to be in memory

_NO_TABLE = _(
    "This is not a table but %(kind)s. Save the table as a CSV or Excel file (.xlsx) and choose that."
)
_KNOWN: tuple[tuple[bytes, Promise], ...] = (
    (b"%PDF", _("a PDF document")),
    (b"\x89PNG", _("a picture")),
    (b"\xff\xd8\xff", _("a picture")),
    (b"GIF8", _("a picture")),
    (b"\x1f\x8b", _("a packed file")),
    (b"Rar!", _("a packed file")),
    (b"7z\xbc\xaf", _("a packed file")),
    (b"\x7fELF", _("a program")),
    (b"MZ\x90", _("a program")),
    (b"{\\rtf", _("a text document")),
    (b"SQLite format 3", _("a database")),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_WEB_PAGE = re.compile(rb"^\s*(<!doctype html|<html|<table|<head|<meta)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml")
_CARD = re.compile(r"^\s*BEGIN\s*:\s*VCARD\s*$", re.IGNORECASE | re.MULTILINE)


def open_table(
    path: Path | str, *, sheet: str | None = None, header_line: int | None = None, cards: str = ""
) -> Table:
    """Return the table in the file; UnreadableFile says what to do when there is none.

    `sheet` names the sheet of a workbook (the first filled visible one if not given). `header_line` overrules
    the search for the header: the line on which it stands, 0 for a file without one. `cards` says which contacts of an
    address book are wanted: those of people or of organizations.
    """
    path = Path(path)
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise UnreadableFile(_("This file is empty. Choose another file."))
    if path.stat().st_size > SIZE_LIMIT:
        raise UnreadableFile(_("This file is larger than 1 GB. Split it into smaller files."))
    _refuse_other_kinds(path, head)
    if head.startswith(_ZIP):
        return WorkbookTable(path, sheet=sheet, header_line=header_line)
    found = scan(path, stop_line=LINE_LIMIT)
    _refuse_binary(found)
    from_start = _beginning(found)
    if _CARD.search(from_start[:2000]):
        return CardTable(path, found, cards)
    return DelimitedTable(path, found, header_line=header_line)


def _beginning(found: ByteFacts) -> str:
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8")):
        if found.head.startswith(mark):
            return found.head[len(mark) :].decode(codec, "replace")
    return found.head.replace(b"\0", b"").decode("latin-1")


def _refuse_other_kinds(path: Path, head: bytes) -> None:
    for mark, kind in _KNOWN:
        if head.startswith(mark):
            raise UnreadableFile(_NO_TABLE, kind=kind)
    if head.startswith(_OLE):
        with path.open("rb") as file:
            content = file.read(1 << 20)
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile(
                _("This file is protected by a password. Save it without the password and choose it again.")
            )
        raise UnreadableFile(
            _(
                "This is a file of an old Office version. Open it and save it as an Excel workbook (.xlsx) or CSV."
            )
        )
    if _WEB_PAGE.match(head):
        raise UnreadableFile(
            _(
                "This is a web page, even if its name ends otherwise. Open it in Excel and save it as .xlsx or CSV."
            )
        )
    if _XML.match(head):
        raise UnreadableFile(_NO_TABLE, kind=_("an XML file"))
    if head.startswith(_ZIP):
        _refuse_other_archives(path)


def _refuse_other_archives(path: Path) -> None:
    """Only workbooks are read; other archives get the sentence that fits them."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
        file.seek(max(0, path.stat().st_size - (1 << 16)))
        content = start + file.read()
    if b"xl/" in content or b"[Content_Types].xml" in content[:200]:
        if b"word/" in content or b"ppt/" in content:
            raise UnreadableFile(_NO_TABLE, kind=_("a text document"))
        return
    if b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in content:
        raise UnreadableFile(
            _("This is an OpenDocument table. Save it as an Excel workbook (.xlsx) or CSV and choose that.")
        )
    raise UnreadableFile(_("This is a packed file. Unpack it and choose the table that is inside."))


def _refuse_binary(found: ByteFacts) -> None:
    if found.longest_line > LINE_LIMIT:
        raise UnreadableFile(
            _("A line of this file has more than %(limit)s MB. That is no table; choose another file."),
            limit=LINE_LIMIT >> 20,
        )
    head = max(1, len(found.head))
    has_wide_mark = found.head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if found.controls / head > 0.02 and not has_wide_mark:
        raise UnreadableFile(
            _("This file contains no text. Save the table as a CSV or Excel file (.xlsx) and choose that.")
        )
