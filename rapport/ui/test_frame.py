"""The frame is drawn once for everything that it shows, and never shows one user what another one sees."""

import re
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation

from rapport.ui import navigation
from rapport.ui.frame import drawn
from rapport.ui.shell import Shell

pytestmark = pytest.mark.django_db


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_user(email=f"{name}@example.org", name=name))
    return client


def frame_for(rf, name: str, path: str = "/gallery/"):
    request = rf.get(path)
    request.user, request.company = get_user_model()(name=name), SimpleNamespace(name="Nordwind")
    return Shell(request).frame


def test_each_user_sees_his_own_name_however_often_pages_are_drawn():
    anna, bert = signed_in("Anna"), signed_in("Bert")
    for _again in range(3):
        pages = [client.get("/gallery/").content.decode() for client in (anna, bert)]
        sides = [page[page.index('<nav class="side"') : page.index("<main")] for page in pages]
        assert [("Anna" in side, "Bert" in side) for side in sides] == [(True, False), (False, True)]


def test_the_same_frame_is_drawn_once(rf):
    first = frame_for(rf, "Anna")
    before = drawn.cache_info().misses
    assert frame_for(rf, "Anna") is first
    assert drawn.cache_info().misses == before


def test_what_the_frame_shows_makes_another_frame(rf, monkeypatch):
    seen = [frame_for(rf, "Anna"), frame_for(rf, "Anna <b>"), frame_for(rf, "Anna", "/settings/")]
    with translation.override("de"):
        seen.append(frame_for(rf, "Anna"))
    monkeypatch.setitem(navigation._providers, "pins", lambda request: [navigation.Pin("Mine", "/people/?a")])
    seen.append(frame_for(rf, "Anna"))
    assert len(set(seen)) == len(seen)
    assert "Anna &lt;b&gt;" in seen[1].side
    assert "Mine" in seen[-1].side


def test_nothing_that_belongs_to_one_request_is_kept(rf):
    client = signed_in("Anna")
    page = client.get("/gallery/").content.decode()
    tokens = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
    assert tokens
    kept = "".join(frame_for(rf, "Anna"))
    assert "csrfmiddlewaretoken" not in kept
    assert not any(token in kept for token in tokens)


def test_signing_out_from_the_menu_sends_the_form_of_the_page():
    client = signed_in("Anna")
    page = client.get("/gallery/").content.decode()
    assert 'form="sign-out"' in page
    [(action, _rest)] = re.findall(r'<form id="sign-out" method="post" action="([^"]+)"(.*?)</form>', page)
    assert client.post(action).status_code == 302
    assert client.get("/people/").status_code in (302, 303)
