"""Sets the company up, exactly once."""

from typing import Any

from django.db import IntegrityError, transaction

from rapport.accounts.models import Company, Role, User


class AlreadySetUpError(Exception):
    """Somebody else was faster."""


def is_open() -> bool:
    """True while there is neither a company nor a user, so that no stranger can become administrator later."""
    return not Company.objects.exists() and not User.objects.exists()


def set_up(
    company: dict[str, Any], *, name: str, email: str, password: str
) -> User:  # Any: values of columns
    """Create the company and its first user, an administrator. Of two at the same time, one fails."""
    try:
        with transaction.atomic():
            Company.objects.create(id=1, **company)  # the second one waits here for the first, then fails
            if User.objects.exists():
                raise AlreadySetUpError
            user = User.objects.create_user(email, password, name=name)
            user.roles.set(Role.objects.filter(key="administrator"))
            return user
    except IntegrityError as error:
        raise AlreadySetUpError from error
