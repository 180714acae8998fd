"""Whether a menu has an entry for somebody: not when the page behind it would refuse him."""

from collections.abc import Callable

from django.http import HttpRequest

from rapport.accounts.models import User
from rapport.kernel.permissions import policy


def may(type_key: str, act: str) -> Callable[[HttpRequest], bool]:
    """For who may do that with some records of the type."""

    def allowed(request: HttpRequest) -> bool:
        return isinstance(request.user, User) and policy(request.user, type_key, act).reach != "none"

    return allowed


def imports(request: HttpRequest) -> bool:
    """For who may bring in records of any type."""
    from rapport.kernel.imports.deeds import types_for  # it needs the models

    return isinstance(request.user, User) and bool(types_for(request.user))
