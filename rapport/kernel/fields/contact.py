"""E-mail addresses, phone numbers, web addresses."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from rapport.kernel.fields.base import CONTAINS, IS, IS_NOT, STARTS, Context, Operator
from rapport.kernel.fields.phone_numbers import (
    beginnings_of_phone,
    digits,
    format_phone,
    parse_phone,
    part_of_phone,
)
from rapport.kernel.fields.text import Text, without_nulls

# What most addresses are; whatever fits here also passes Django's own check, which takes ten times as long.
PLAIN = re.compile(
    r"[a-z0-9_]+(?:[.+-][a-z0-9_]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII
)

# comparisons with a part of it, which need not be what the whole has to be
PARTS = (CONTAINS.key, STARTS.key)


@lru_cache(maxsize=20_000)  # an import asks for each address several times
def is_plain_email(text: str) -> bool:
    """Whether this is an address, in lower case, about which there is no doubt."""
    return PLAIN.fullmatch(text) is not None


class Email(Text):
    """An e-mail address, kept in lower case."""

    kind = "email"
    control = "email"
    longest = 254

    def checked(self, text: str) -> str:
        text = super().checked(text).lower()
        if text and not is_plain_email(text):
            try:
                validate_email(text)
            except ValidationError as problem:
                raise ValidationError(
                    _("“%(said)s” is not an e-mail address."), params={"said": text[:60]}
                ) from problem
        return text

    def parse_operand(self, operator: Operator, said: str, context: Context) -> Any:
        if operator.key in PARTS:
            return without_nulls(said).strip()
        return super().parse_operand(operator, said, context)

    def html(self, value: str | None, context: Context) -> Markup:
        return Markup('<a href="mailto:{0}" title="{0}">{0}</a>').format(value) if value else Markup("")

    def schema(self) -> dict[str, Any]:
        return {**super().schema(), "format": "email"}

    def sample(self, number: int) -> str:
        return f"{self.name}{number}@example.com"

    def search_sql(self, row: str) -> str:
        return f'kernel_email_words({row}."{self.column}")'


class Phone(Text):
    """A phone number: in E.164 (+49170...) when it can be read as one, else as it was written."""

    kind = "phone"
    control = "phone"
    longest = 60

    def parse(self, said: Any, context: Context) -> str:
        text = super().parse(said, context)
        number = parse_phone(text, context.country) if text else None
        if number is not None:
            return number.e164
        if text and len(digits(text)) < 3:
            raise ValidationError(_("“%(said)s” is not a phone number."), params={"said": text[:60]})
        return text

    def text(self, value: str | None) -> str:
        return format_phone(value) if value else ""

    def html(self, value: str | None, context: Context) -> Markup:
        return _call(value) if value else Markup("")

    def parse_operand(self, operator: Operator, said: str, context: Context) -> Any:
        if operator.key not in PARTS:
            return super().parse_operand(operator, said, context)
        if not (part := part_of_phone(said)):
            raise ValidationError(_("“%(said)s” is not a phone number."), params={"said": said[:60]})
        return part

    def condition(self, operator: Operator, operand: Any, context: Context) -> Q:
        if operator.key in (IS.key, IS_NOT.key) and (whole := part_of_phone(operand)).startswith(("+", "00")):
            # what cannot be read as a number stands as it was written
            same = Q(**{f"{self.name}__in": [operand, *beginnings_of_phone(whole, context.country)]})
            return same if operator.key == IS.key else ~same
        if operator.key == CONTAINS.key:
            return Q(**{f"{self.name}__contains": digits(operand).lstrip("0")})
        if operator.key == STARTS.key:
            found = Q()
            for begin in beginnings_of_phone(operand, context.country):
                found |= Q(**{f"{self.name}__startswith": begin})
            return found
        return super().condition(operator, operand, context)

    def sample(self, number: int) -> str:
        return f"+4930901820{number % 90 + 10}"

    def search_sql(self, row: str) -> str:
        return f'kernel_phone_words({row}."{self.column}")'


@lru_cache(maxsize=8192)  # a list shows the same numbers again and again, and taking them apart is slow
def _call(number: str) -> Markup:
    return Markup('<a href="tel:{}">{}</a>').format(number.replace(" ", ""), format_phone(number))


class Web(Text):
    """A web address; https:// is added when it is left out."""

    kind = "web"
    control = "web"
    longest = 2000

    def parse(self, said: Any, context: Context) -> str:
        text = " ".join(without_nulls(said if said is not None else "").split())
        return self.checked(f"https://{text}" if text and "://" not in text else text)

    def checked(self, text: str) -> str:
        text = super().checked(text)
        if text:
            try:
                parts = urlsplit(text)
            except ValueError:
                parts = urlsplit("")
            if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or " " in text:
                raise ValidationError(_("“%(said)s” is not a web address."), params={"said": text[:60]})
        return text

    def parse_operand(self, operator: Operator, said: str, context: Context) -> Any:
        if operator.key not in PARTS:
            return super().parse_operand(operator, said, context)
        text = without_nulls(said).strip()
        is_whole = "://" in text or "https://".startswith(text.casefold())
        return text if operator.key == CONTAINS.key or is_whole else f"https://{text}"

    def html(self, value: str | None, context: Context) -> Markup:
        if not value:
            return Markup("")
        shown = value.split("://", 1)[-1].rstrip("/")
        return Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>').format(value, shown)

    def sample(self, number: int) -> str:
        return f"https://example.com/{number}"
