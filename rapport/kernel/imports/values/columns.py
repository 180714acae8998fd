"""The parser of a column: made once for its kind and format, then called for every cell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import ImportProblem
from rapport.kernel.imports.values.addresses import parse_address, parse_postcode
from rapport.kernel.imports.values.contacts import parse_emails, parse_phones, parse_web, split_list
from rapport.kernel.imports.values.dates import parse_date, parse_moment
from rapport.kernel.imports.values.numbers import parse_money, parse_number, parse_percent
from rapport.kernel.imports.values.words import (
    is_blank,
    parse_choice,
    parse_country,
    parse_language,
    parse_yes_no,
)

TEXT_LIMIT = 100_000


@dataclass(frozen=True)
class ColumnFormat:
    """How a column writes its values. Plain strings, so that it can be kept with the mapping as JSON."""

    date_order: str = "dmy"
    decimal: str = ""
    is_share: bool = False  # percentages written as 0.19
    separator: str = ""  # of several entries in one cell
    region: str = ""  # ISO 3166 country of telephone numbers without country code, of postcodes without zeros
    currency: str = "EUR"
    options: Mapping[str, str] = field(default_factory=dict)  # choices: lower-case label or key -> key


Value: TypeAlias = object
Parser: TypeAlias = Callable[[str], Value]


def parser_for(kind: str, how: ColumnFormat) -> Parser:
    """Return the function that turns a cell of this kind of field into its value.

    It returns None for a cell that says nothing and raises ImportProblem for one that cannot be read. E-mails
    and phones come as lists (of EmailAddress and PhoneNumber), tags and several choices as lists of text.
    """
    read = _reader(kind, how)
    if kind in ("text", "longtext", "name", "link", "user"):
        return lambda text: read(text) if text and not text.isspace() else None
    return lambda text: None if is_blank(text) else read(text)


def _reader(kind: str, how: ColumnFormat) -> Parser:  # one line for each kind
    order, decimal, region = how.date_order, how.decimal, how.region
    readers: dict[str, Parser] = {
        "number": lambda text: parse_number(text, decimal),
        "money": lambda text: parse_money(text, decimal, how.currency),
        "percent": lambda text: parse_percent(text, decimal, how.is_share),
        "date": lambda text: parse_date(text, order),
        "moment": lambda text: parse_moment(text, order),
        "yesno": parse_yes_no,
        "choice": lambda text: parse_choice(text, how.options),
        "choices": lambda text: [parse_choice(part, how.options) for part in split_list(text, how.separator)],
        "email": parse_emails,
        "phone": lambda text: parse_phones(text, region),
        "web": parse_web,
        "address": parse_address,
        "postcode": lambda text: parse_postcode(text, region),
        "country": parse_country,
        "language": parse_language,
        "tags": lambda text: split_list(text, how.separator),
        "longtext": parse_long_text,
    }
    return readers.get(kind, parse_text)


def parse_text(text: str) -> str:
    """Return one line of text, without the spaces around and between."""
    if len(text) > TEXT_LIMIT:
        raise ImportProblem(
            _("The text has more than %(limit)s characters. Shorten it."), limit=f"{TEXT_LIMIT:,}"
        )
    return " ".join(text.split())


def parse_long_text(text: str) -> str:
    """Return text with its line ends, all of one kind."""
    if len(text) > TEXT_LIMIT:
        raise ImportProblem(
            _("The text has more than %(limit)s characters. Shorten it."), limit=f"{TEXT_LIMIT:,}"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
