"""What the people find: a filled database, and everybody signed in. Needs Django to be set up."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.test import Client

from bench.generate import generate
from bench.load.people import Prepared, Seat
from rapport.accounts.models import Company, Role, User
from rapport.api.tokens.store import make_token


def prepare(parties: int, users: int, say: Callable[[str], None]) -> Prepared:
    """Fill an empty database; sign everybody in. The database is up meanwhile."""
    settings.ALLOWED_HOSTS = ["*"]
    if not Company.objects.filter(name="Bench").exists():
        say(f"generating {parties:,} parties …")
        generate(parties, lambda _what: None)
    role = Role.objects.get(key="administrator")
    seats = []
    for number in range(users):
        user = User.objects.filter(email=f"load{number}@example.com").first()
        if user is None:
            user = User.objects.create(email=f"load{number}@example.com", name=f"Load {number:02}")
            user.roles.add(role)
        browser = Client()
        browser.force_login(user)
        seats.append(Seat(user.name, {name: one.value for name, one in browser.cookies.items()}))
    token = make_token(User.objects.get(email="load0@example.com"), "Load", may_write=True, per_minute=6000)[
        1
    ]
    connection.close()
    return Prepared(seats, token)
