"""Sets the company up, exactly once."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from rapport.accounts.models import Company, Role, User

_then: list[Callable[[Company], None]] = []


def when_set_up(act: Callable[[Company], None]) -> None:
    """An area calls this in `ready()` for what it does once there is a company: speak its language."""
    if act not in _then:
        _then.append(act)


class AlreadySetUpError(Exception):
    """Somebody else was faster."""


def is_open() -> bool:
    """True while there is neither a company nor a user, so that no stranger can become administrator later."""
    return not Company.objects.exists() and not User.objects.exists()


# Any: values of columns
def set_up(company: dict[str, Any], *, name: str, email: str, password: str) -> User:
    """Create the company and its first user, an administrator. Of two at the same time, one fails."""
    try:
        with transaction.atomic():
            # The second one waits here for the first, then fails.
            made = Company.objects.create(id=1, **company)
            if User.objects.exists():
                raise AlreadySetUpError
            user = User.objects.create_user(email, password, name=name)
            user.set_roles(Role.objects.filter(key="administrator"), by=user)
            for act in _then:
                act(made)
            return user
    except IntegrityError as error:
        raise AlreadySetUpError from error
