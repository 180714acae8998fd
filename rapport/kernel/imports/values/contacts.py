"""Cells with ways to reach somebody: e-mail addresses, telephone numbers, web addresses; often several in one."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from rapport.kernel.fields.contact import is_plain_email
from rapport.kernel.fields.phone_numbers import PhoneNumber, parse_phone
from rapport.kernel.imports.problems import ImportProblem, shortened

CELL_LIMIT = 5_000  # characters of one cell with addresses
MOST = 50  # addresses or numbers in one cell
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_AT = re.compile(r"\s*(?:\(at\)|\[at\]|\{at\}|＠|\s+at\s+(?=\S+\.\w))\s*", re.IGNORECASE)
_NAMED = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^<>;,]*?))\s*<\s*(?:mailto:)?([^<>\s]+)\s*>""")
_LOCAL = r"[A-Za-z0-9\u00c0-\u024f!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9\u00c0-\u024f!#$%&'*+/=?^_`{|}~-]+)*\.?"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+(?:[^\W\d_]{{2,24}}|xn--[a-z0-9-]{{2,58}})")
_SEPARATORS = re.compile(r"[;,|\n\r\t]+|\s+:::\s+|\s+/\s+|\s+(?:oder|or|und|and|u\.)\s+|\s+", re.IGNORECASE)
_PHONE_SEPARATORS = re.compile(
    r"[;|\n\r\t]+|\s*:::\s*|,(?=\s*[+(0A-Za-z])|\s+/\s+|/(?=\s*(?:\+|00))|\s+(?:oder|or|und|and|u\.)\s+",
    re.IGNORECASE,
)
_AREA_CODE = re.compile(r"\s*\(?0[1-9]\d{1,4}\)?\s+/\s+[\d\s-]+$")  # "030 / 123 45 67" is one number
_HOST = re.compile(
    rf"(?:{_LABEL}\.)+(?:[^\W\d_]{{2,24}}|xn--[a-z0-9-]{{2,58}})(?::\d{{2,5}})?", re.IGNORECASE
)


class EmailAddress(NamedTuple):
    """An address in lower case and the name that stood with it."""

    address: str
    name: str = ""


@lru_cache(maxsize=20_000)
def parse_email(text: str) -> str:
    """Return one e-mail address in lower case."""
    found = parse_emails(text)
    if len(found) != 1:
        raise ImportProblem(
            _("“%(text)s” contains several e-mail addresses, but only one fits here."), text=shortened(text)
        )
    return found[0].address


def parse_emails(text: str) -> list[EmailAddress]:
    """Return the addresses of a cell, each once; the first that is none raises."""
    plain = text.strip()
    if len(plain) <= 254 and plain.isascii():
        lower = plain.lower()
        if is_plain_email(lower) or _ADDRESS.fullmatch(plain):
            return [EmailAddress(lower)]
    if len(plain) > CELL_LIMIT:
        raise ImportProblem(_("The cell is too long for e-mail addresses. Keep only the addresses."))
    plain = _AT.sub("@", _INVISIBLE.sub("", plain).replace("\u00a0", " "))
    found: dict[str, EmailAddress] = {}
    rest = plain
    if "<" in plain:
        for double, single, bare, address in _NAMED.findall(plain):
            name = " ".join((double or single or bare).split())
            one = EmailAddress(_checked(address), "" if "@" in name else name)
            found.setdefault(one.address, one)
        rest = _NAMED.sub(" ", plain)
    for part in _SEPARATORS.split(rest):
        part = _bare(part)
        if part:
            address = _checked(part)
            found.setdefault(address, EmailAddress(address))
    if not found:
        raise _not_an_email(text)
    return list(found.values())[:MOST]


def _bare(part: str) -> str:
    part = part.strip("()[]{}<>\"'.,:; ")
    lower = part.lower()
    for prefix in ("mailto:", "e-mail:", "email:", "mail:"):
        if lower.startswith(prefix):
            return part[len(prefix) :].partition("?")[0]
    return "" if lower in ("mailto", "e-mail", "email", "mail") else part


def _checked(part: str) -> str:
    part = _bare(part)
    if len(part) > 254 or not _ADDRESS.fullmatch(part):
        raise _not_an_email(part)
    return _finished(part)


def _finished(address: str) -> str:
    local, _at, host = address.rpartition("@")
    return f"{local}@{host}".lower()


def _not_an_email(text: str) -> ImportProblem:
    said = shortened(text)
    if "@" not in text:
        return ImportProblem(_("“%(text)s” is not an e-mail address: the @ is missing."), text=said)
    if text.count("@") > 1:
        return ImportProblem(
            _("“%(text)s” has more than one @. Separate several e-mail addresses by semicolons."), text=said
        )
    host = text.rpartition("@")[2]
    if "." not in host:
        return ImportProblem(
            _("“%(text)s” is not an e-mail address: behind the @ there has to be a domain like example.com."),
            text=said,
        )
    return ImportProblem(_("“%(text)s” is not an e-mail address. Write it like name@example.com."), text=said)


def parse_phones(text: str, region: str = "") -> list[PhoneNumber]:
    """Return the telephone numbers of a cell, each once; the first that is none raises."""
    one = parse_phone(text, region)
    if one is not None and (not _has_several(text) or _AREA_CODE.match(text)):
        return [one]
    if len(text) > CELL_LIMIT:
        raise ImportProblem(_("The cell is too long for telephone numbers. Keep only the numbers."))
    found: dict[str, PhoneNumber] = {}
    for part in _PHONE_SEPARATORS.split(text):
        part = part.strip(" ,;/")
        if not part:
            continue
        number = parse_phone(part, region)
        if number is None:
            raise _not_a_phone(part, region)
        found.setdefault(number.e164, number)
    if not found:
        raise _not_a_phone(text, region)
    return list(found.values())[:MOST]


def _has_several(text: str) -> bool:
    if ";" in text or "|" in text or "\n" in text or "," in text:
        return True
    return "/" in text and (" / " in text or "/+" in text or "/00" in text)


def _not_a_phone(text: str, region: str) -> ImportProblem:
    said = shortened(text)
    count = sum(char.isdigit() for char in text)
    if count < 3:
        return ImportProblem(_("“%(text)s” is not a telephone number."), text=said)
    if re.search(r"\d[.,]?\d*E\+?\d", text, re.IGNORECASE):
        return ImportProblem(
            _(
                "“%(text)s” was shortened by a spreadsheet. Format the column as text and enter the number anew."
            ),
            text=said,
        )
    if not region and not text.strip().startswith(("+", "00")):
        return ImportProblem(
            _(
                "“%(text)s” has no country code. Write it like +49 30 123456 or choose a country for the file."
            ),
            text=said,
        )
    return ImportProblem(
        _("“%(text)s” is not a telephone number. Write it with its area code, like +49 30 123456."), text=said
    )


@lru_cache(maxsize=20_000)
def parse_web(text: str) -> str:
    """Return a web address with its scheme, the host in lower case."""
    plain = _INVISIBLE.sub("", text).strip().strip("<>\"' ")
    if not re.match(r"[a-z][a-z0-9+.-]*://", plain, re.IGNORECASE):
        plain = f"https://{plain}"
    try:
        parts = urlsplit(plain)
    except ValueError as error:
        raise _not_a_web_address(text) from error
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or "@" in parts.netloc or any(char.isspace() for char in plain):
        raise _not_a_web_address(text)
    if len(plain) > 2000 or not _HOST.fullmatch(parts.netloc):
        raise _not_a_web_address(text)
    rest = (
        parts.path
        + (f"?{parts.query}" if parts.query else "")
        + (f"#{parts.fragment}" if parts.fragment else "")
    )
    return f"{scheme}://{parts.netloc.lower()}{'' if rest == '/' else rest}"


def _not_a_web_address(text: str) -> ImportProblem:
    return ImportProblem(
        _("“%(text)s” is not a web address. Write it like https://www.example.com."), text=shortened(text)
    )


def split_list(text: str, separator: str = "") -> list[str]:
    """Return the entries of a cell with several, each once, in their order."""
    if not separator:
        separator = next((mark for mark in (" ::: ", "\n", ";", "|", ",") if mark in text), ";")
    parts = (" ".join(part.split()) for part in text.split(separator))
    return list(dict.fromkeys(part.removeprefix("* ") for part in parts if part and part != "*"))
