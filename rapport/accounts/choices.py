"""What a person can choose from: languages, time zones, currencies, countries."""

import zoneinfo
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, gettext
from django.utils.translation.trans_real import parse_accept_lang_header

Choices = list[tuple[str, str]]

# Where a country has several time zones: the one of its largest city or capital.
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CL": "America/Santiago", "CN": "Asia/Shanghai", "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid", "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty", "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York",
}  # fmt: skip
LIKELY_COUNTRIES = {"en": "US", "de": "DE"}


def languages() -> Choices:
    """Return the languages the product speaks, each in its own name."""
    return [(code, _own_name(code, str(name))) for code, name in settings.LANGUAGES]


@lru_cache(maxsize=1)
def time_zones() -> Choices:
    """Return the time zones of places on earth, by name."""
    places = (zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(places))]


def currencies() -> Choices:
    """Return the currencies that are legal tender somewhere today."""
    return _currencies(get_language() or "en")


def countries() -> Choices:
    """Return the countries of the world in the language of the request."""
    return _countries(get_language() or "en")


def likely_country(request: HttpRequest) -> str:
    """Guess the country from the languages that the browser prefers."""
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language, _dash, region = tag.partition("-")
        if len(region) == 2 and region.upper() in dict(countries()):
            return region.upper()
        if language in LIKELY_COUNTRIES:
            return LIKELY_COUNTRIES[language]
    return "DE"


def likely_zone(country: str) -> str:
    """Return the time zone most people of the country live in."""
    known = dict(time_zones())
    zones = [
        zone for zone, place in get_global("zone_territories").items() if place == country and zone in known
    ]
    return MAIN_ZONES.get(country) or min(zones, default="UTC")


def likely_currency(country: str) -> str:
    """Return the currency of the country."""
    return next(iter(get_territory_currencies(country)), "EUR")


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _own_name(code: str, fallback: str) -> str:
    name = _locale(code).get_display_name()
    return name[:1].upper() + name[1:] if name else fallback


@lru_cache(maxsize=8)
def _currencies(language: str) -> Choices:
    names = _locale(language).currencies
    codes = {code for place in _locale("en").territories for code in get_territory_currencies(str(place))}
    label = gettext("%(code)s, %(name)s")
    return [(code, label % {"code": code, "name": names.get(code, code)}) for code in sorted(codes)]


@lru_cache(maxsize=8)
def _countries(language: str) -> Choices:
    names = _locale(language).territories
    real = {place for place in get_global("territory_languages") if len(place) == 2 and place.isalpha()}
    return sorted(((code, names[code]) for code in real if code in names), key=lambda pair: pair[1])
