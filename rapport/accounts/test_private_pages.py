"""What a signed-in user saw is kept by no browser and no proxy: after signing out, "back" shows nothing of it."""

import pytest
from django.test import Client

from rapport.accounts.models import User

pytestmark = pytest.mark.django_db


def test_pages_of_who_is_signed_in_are_not_kept(client: Client, member: User) -> None:
    client.force_login(member)
    for address in (
        "/",
        "/people/",
        "/people/figures/",
        "/settings/profile/",
        "/search/?q=a",
        "/nothing/here/",
    ):
        assert client.get(address).headers["Cache-Control"] == "private, no-store", address
