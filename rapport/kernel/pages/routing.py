"""Addresses: `@page("deals/board/")` on a view function makes it a page for signed-in users."""

import pkgutil
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, register_converter
from django.views.decorators.http import require_http_methods

import rapport
from rapport.accounts.access import to_sign_in
from rapport.accounts.models import User
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import RecordType, type_by_key

View = Callable[..., HttpResponseBase]
_pages: list[tuple[str, str, View]] = []


class RecordTypeConverter:
    """The key of a record type in an address; anything else does not match (404)."""

    regex = "[a-z][a-z0-9_-]*"

    def to_python(self, value: str) -> RecordType:
        found = type_by_key(value)
        if found is None:
            raise ValueError(value)
        return found

    def to_url(self, value: RecordType | str) -> str:
        return value if isinstance(value, str) else value.key


register_converter(RecordTypeConverter, "type")


def page(
    route: str, *, name: str = "", methods: tuple[str, ...] = ("GET", "HEAD"), login: bool = True
) -> Callable[[View], View]:
    """Decorator: the view answers at `route` under the URL name `name` (else its own name)."""

    def enter(view: View) -> View:
        @wraps(view)
        # Any: parts of the address
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if login and not request.user.is_authenticated:
                return to_sign_in(request)
            kind = kwargs.get("kind")
            if isinstance(kind, RecordType) and isinstance(request.user, User):
                # No page gets to know what its user must not see.
                kwargs["kind"] = seen_by(kind, request.user)
            return view(request, *args, **kwargs)

        shown = require_http_methods(list(methods))(guarded)
        _pages.append((route, name or getattr(view, "__name__", route), shown))
        return shown

    return enter


def urlpatterns() -> list[URLPattern]:
    """All pages of all modules named `views` below the package; fixed addresses before those with a type."""
    for module in pkgutil.walk_packages(rapport.__path__, "rapport."):
        if module.name.rpartition(".")[2] == "views" and not module.ispkg:
            import_module(module.name)
    ordered = sorted(_pages, key=lambda entry: entry[0].startswith("<type"))
    return [path(route, view, name=name) for route, name, view in ordered]
