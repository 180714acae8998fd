"""Countries, languages, postal addresses."""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar
from urllib.parse import quote

from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup, escape

from rapport.kernel.fields.base import CONTAINS, EMPTY, FILLED, Context, FieldType, Operator
from rapport.kernel.fields.choices import Choice
from rapport.kernel.fields.text import without_nulls
from rapport.ui import components


@cache
def country_names(language: str) -> dict[str, str]:
    """ISO 3166 code -> name in that language, for all present-day countries."""
    names = Locale.parse(language.replace("-", "_")).territories
    return {
        code: name
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_ONE
    }


_NOT_ONE = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AC", "CP", "DG", "EA", "IC", "TA"})


@cache
def language_names(language: str) -> dict[str, str]:
    """ISO 639-1 code -> name in that language."""
    names = Locale.parse(language.replace("-", "_")).languages
    return {code: name for code, name in names.items() if len(code) == 2}


@cache
def _codes(names: Callable[[str], dict[str, str]], language: str) -> dict[str, str]:
    """Return what people write, folded, -> code: the names in that language and the codes themselves."""
    known = names(language)
    return {name.casefold(): code for code, name in known.items()} | {code.casefold(): code for code in known}


class Named(Choice):
    """A choice whose list comes from the locale data instead of from us."""

    @staticmethod
    def names(language: str) -> dict[str, str]:
        raise NotImplementedError

    def options(self) -> list[tuple[str, str]]:
        return sorted(self.names(get_language() or "en").items(), key=lambda pair: pair[1])

    def parse(self, said: Any, context: Context) -> str:
        word = str(said if said is not None else "").strip().casefold()
        for language in (get_language() or "en", "en", "de"):
            if code := _codes(self.names, language).get(word):
                return code
        return super().parse(said, context)

    def text(self, value: str | None) -> str:
        return self.names(get_language() or "en").get(value or "", value or "")

    def html(self, value: str | None, context: Context) -> Markup:
        return escape(self.text(value))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 2}


class Country(Named):
    """A country by its ISO 3166 code."""

    kind: ClassVar[str] = "country"
    control: ClassVar[str] = "country"

    @staticmethod
    def names(language: str) -> dict[str, str]:
        return country_names(language)

    def sample(self, number: int) -> str:
        return ("DE", "AT", "CH", "FR")[number % 4]


class Language(Named):
    """A language by its ISO 639-1 code."""

    kind: ClassVar[str] = "language"
    control: ClassVar[str] = "language"

    @staticmethod
    def names(language: str) -> dict[str, str]:
        return language_names(language)

    def sample(self, number: int) -> str:
        return ("de", "en", "fr")[number % 3]


class Address(FieldType, models.JSONField):
    """A postal address: a dict with street, postcode, city, region and country, all text, or None."""

    kind: ClassVar[str] = "address"
    control: ClassVar[str] = "address"
    operators: ClassVar[tuple[Operator, ...]] = (CONTAINS, EMPTY, FILLED)
    sortable = False
    plain = models.JSONField
    parts: ClassVar = ("street", "postcode", "city", "region", "country")

    def parse(self, said: Any, context: Context) -> dict[str, str] | None:
        if said is None or said == "":
            return None
        if isinstance(said, str):
            said = {"street": said}
        if not isinstance(said, dict) or set(said) - set(self.parts):
            raise ValidationError(_("An address has a street, postcode, city, region and country."))
        address = {part: without_nulls(said.get(part) or "").strip() for part in self.parts}
        if any(len(text) > 250 for text in address.values()):
            raise ValidationError(_("A line of this address is too long."))
        if address["country"]:
            address["country"] = Country(privacy=None).parse(address["country"], context)
        return address if any(address.values()) else None

    def lines(self, value: dict[str, str] | None) -> list[str]:
        """The address as it stands on an envelope, without the recipient."""
        if not value:
            return []
        place = " ".join(part for part in (value.get("postcode"), value.get("city")) if part)
        country = country_names(get_language() or "en").get(value.get("country") or "", "")
        return [
            line
            for line in (*(value.get("street") or "").split("\n"), place, value.get("region"), country)
            if line
        ]

    def text(self, value: dict[str, str] | None) -> str:
        return ", ".join(self.lines(value))

    def html(self, value: dict[str, str] | None, context: Context) -> Markup:
        return Markup("<br>").join([*self.lines(value), *self.map_link(value)])

    def map_link(self, value: dict[str, str] | None) -> list[Markup]:
        """Where the address is; nothing leaves before somebody follows it."""
        if not value or not settings.MAP_URL:
            return []
        href = settings.MAP_URL.replace("{address}", quote(self.text(value), safe=""))
        link = Markup('<a class="maplink" href="{}" target="_blank" rel="noopener noreferrer">{}{}</a>')
        return [link.format(href, components.icon("map-pin", "xs"), gettext("Map"))]

    def condition(self, operator: Operator, operand: Any, context: Context) -> Q:
        if operator.key == "contains":
            found = Q()  # each word somewhere: "10115 Berlin" stands in two parts
            for word in (operand or {}).get("street", "").replace(",", " ").split():
                found &= self._has(word)
            return found
        return super().condition(operator, operand, context)

    def _has(self, word: str) -> Q:
        named = country_names(get_language() or "en").items()
        codes = [code for code, name in named if word.casefold() in name.casefold()]
        found = Q(**{f"{self.name}__country__in": codes}) if codes else Q()
        for part in ("street", "postcode", "city", "region"):
            found |= Q(**{f"{self.name}__{part}__icontains": word})
        return found

    def schema(self) -> dict[str, Any]:
        return {"type": ["object", "null"], "properties": {part: {"type": "string"} for part in self.parts}}

    def sample(self, number: int) -> dict[str, str]:
        return {
            "street": f"Werkstraße {number}",
            "postcode": "10115",
            "city": "Berlin",
            "region": "",
            "country": "DE",
        }

    def search_sql(self, row: str) -> str:
        return f"kernel_words(concat_ws(' ', {row}.\"{self.column}\"->>'street', {row}.\"{self.column}\"->>'city'))"
