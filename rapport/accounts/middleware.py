"""Makes every request speak the language and the time of the person who sent it."""

import zoneinfo
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from rapport.accounts.models import Company, User


class Preferences(MiddlewareMixin):
    """Language and time zone: the user's own, else the company's, else the browser's.

    `request.company` is the company, read with the user, or when a stranger's page first asks for it. Pages of
    signed-in users are kept nowhere.
    """

    def process_request(self, request: HttpRequest) -> None:
        user = request.user if isinstance(request.user, User) else User()
        company = user.company or cast(Company, SimpleLazyObject(Company.current))
        request.company = company  # type: ignore[attr-defined]  # added here for everybody
        translation.activate(_language(request, user, company))
        timezone.activate(zone(user.time_zone) or zone(company.time_zone) or zoneinfo.ZoneInfo("UTC"))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.user.is_authenticated:
            # Else "back" after signing out would show what the browser has kept.
            response.headers.setdefault("Cache-Control", "private, no-store")
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            response.headers.setdefault(
                "Content-Language", translation.get_language() or settings.LANGUAGE_CODE
            )
        return response


def zone(name: str) -> zoneinfo.ZoneInfo | None:
    """Return the time zone of that name, None when there is none."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # a path, a directory
        return None


def _language(request: HttpRequest, user: User, company: Company) -> str:
    spoken = dict(settings.LANGUAGES)
    if user.language in spoken:
        return user.language
    if company.pk and company.language in spoken:
        return company.language
    return translation.get_language_from_request(request)
