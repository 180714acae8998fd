"""In whose name and with whose habits a page reads and shows values."""

from typing import cast

from django.http import HttpRequest

from rapport.accounts.models import Company, User
from rapport.kernel.fields import Context


def user_of(request: HttpRequest) -> User:
    """The signed-in user of a page that asks for sign-in."""
    return cast(User, request.user)


def context_of(request: HttpRequest) -> Context:
    """The user of the request, and the company's country and currency; worked out once per request."""
    known: Context | None = getattr(request, "_rapport_context", None)
    if known is None:
        company = getattr(request, "company", None) or Company.current()  # the middleware has read it already
        user = user_of(request) if request.user.is_authenticated else None
        known = Context(user, company.country or "DE", company.currency or "EUR")
        request._rapport_context = known  # type: ignore[attr-defined]  # a note on the request, read above
    return known
