"""The palette and the page of hits."""

import pytest
from django.test import Client
from django.urls import reverse

from rapport.accounts.models import User
from rapport.kernel.registry import types
from rapport.kernel.testing import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["search_palette", "search"])
def test_hits_are_shown_with_their_addresses_and_markup_is_escaped(
    name: str, client: Client, member: User
) -> None:
    kind = types()[0]
    record = make(kind.model, owner=member, **{kind.title: "Zephyrine <b>Bold</b>"})
    client.force_login(member)
    html = client.get(reverse(name), {"q": "zephy"}).content.decode()
    assert record.get_absolute_url() in html
    assert "<b>Bold</b>" not in html and "&lt;b&gt;Bold" in html


def test_strangers_find_nothing_and_anonymous_visitors_sign_in(
    client: Client, member: User, stranger: User
) -> None:
    kind = types()[0]
    make(kind.model, owner=member, **{kind.title: "Zephyrine"})
    assert client.get(reverse("search"), {"q": "zephyrine"}).status_code == 302
    client.force_login(stranger)
    for name in ("search_palette", "search"):
        assert "Zephyrine" not in client.get(reverse(name), {"q": "zephyr"}).content.decode()


@pytest.mark.parametrize(
    "said", ["", "@", "#", "%", "'", "\\", "a & | !", ":*", "\x00", "x" * 10_000, "🦄", "+", "()"]
)
def test_odd_questions_get_an_answer(said: str, client: Client, member: User) -> None:
    client.force_login(member)
    for name in ("search_palette", "search"):
        assert client.get(reverse(name), {"q": said}).status_code == 200
