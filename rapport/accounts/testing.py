"""For tests: users that need nothing said about them."""

from itertools import count

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from rapport.accounts.models import Company, Role, Team, User

PASSWORD = "a-bicycle-in-the-rain"  # noqa: S105 - of tests
_numbers = count(1)


class QuickHasher(Argon2PasswordHasher):
    """The real thing, without the work that makes guessing slow."""

    time_cost, memory_cost, parallelism = 1, 8, 1


def make_user(
    name: str = "",
    *,
    role: str | None = "member",
    team: Team | None = None,
    password: str = "",
    is_active: bool = True,
) -> User:
    """Return a new user with the role of that key; without a password nobody can sign in as him."""
    number = next(_numbers)
    user = User.objects.create_user(
        f"user{number}@example.com",
        password or None,
        name=name or f"User {number}",
        team=team,
        is_active=is_active,
    )
    if role:
        user.roles.set([Role.objects.get(key=role)])
    return user


def make_company(**values: str) -> Company:
    """Return the company, set up."""
    company: Company = Company.objects.create(id=1, **({"name": "Halden Cycles", "language": "en"} | values))
    return company


def signed_in(user: User) -> dict[str, str]:
    """The cookies of a browser in which that user is signed in."""
    client = Client()
    client.force_login(user)
    return {"sessionid": client.cookies["sessionid"].value}
