"""Nothing that somebody is shown ends at a page that is not there for him: every link and button is followed."""

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.urls import resolve

from rapport.accounts.grants import ACTS
from rapport.accounts.models import Role
from rapport.kernel.custom import schema
from rapport.kernel.testing.make import make_user
from tests.addresses import World, build_world
from tests.standing import standing

pytestmark = pytest.mark.django_db

SHOWN = re.compile(
    r'(?:href|hx-get|data-(?:url|peek|cell|edit-url|bulk-url|combo|complete|mentions))="([^"#][^"]*)"'
)
ENDS = {"sign_out", "live"}  # afterwards he is not signed in any more; a stream without an end


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with standing(django_db_blocker, tmp_path_factory.mktemp("files")):
        yield build_world(make_user("Mara Member", role="member", team="North"))


def test_whatever_a_page_shows_can_be_opened(world: World) -> None:
    """Each kind of page once, for one who sees everything and may do nothing."""
    schema.load()
    grants = {"*": dict.fromkeys(ACTS, "none") | {"read": "all"}}
    Role.objects.get_or_create(key="reader", defaults={"name": "Reader", "grants": grants})
    client = Client(raise_request_exception=False)
    client.force_login(make_user("Rita Reader", role="reader", team="North"))
    queue, seen = [("/", "")], set()
    dead = {}
    while queue:
        address, shown_on = queue.pop()
        page = resolve(address.partition("?")[0])
        if (
            of := (page.url_name, getattr(page.kwargs.get("kind"), "key", ""))
        ) in seen or page.url_name in ENDS:
            continue
        seen.add(of)
        answer = client.get(address)
        if answer.status_code >= 400 and answer.status_code != 422:  # 422: no rows are ticked
            dead[address] = (answer.status_code, shown_on)
        elif to := answer.headers.get("Location"):
            queue.append((urljoin(address, to), address))
        elif not answer.streaming and "html" in answer.get("Content-Type", ""):
            shown = (urljoin(address, html.unescape(one)) for one in SHOWN.findall(answer.content.decode()))
            ours = (one.partition("#")[0] for one in shown if one.startswith("/"))
            queue += [(one, address) for one in ours if not one.startswith(("/static/", "//"))]
    assert not dead
    assert len(seen) > 60
