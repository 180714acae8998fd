"""Pins stand in the sidebar of whoever pinned them, as long as he sees what they lead to."""

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.pins.models import Pin
from rapport.kernel.pins.pinned import MOST
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make
from rapport.kernel.views.models import View

pytestmark = pytest.mark.django_db


def side(client: Client) -> str:
    page = client.get("/organizations/").content.decode()
    return page[page.index('<nav class="side"') : page.index("<main")]


def test_records_and_views_are_pinned_and_unpinned(client: Client, member: User, stranger: User) -> None:
    kind = type_by_key("people")
    assert kind is not None
    ada = make(kind.model, owner=member, name="Ada <Pinned>")
    view = View.objects.create(type="people", name="Mine to keep", owner=member)
    client.force_login(member)
    places = [f"/people/{ada.pk}/pin/", f"/people/views/{view.pk}/pin/"]
    for place in places * 2:
        assert client.post(place).status_code == 303
    assert Pin.objects.filter(user=member).count() == 2
    shown = side(client)
    assert "Ada &lt;Pinned&gt;" in shown
    assert "Mine to keep" in shown
    assert 'aria-pressed="true"' in client.get(f"/people/{ada.pk}/").content.decode()
    assert "Unpin" in client.get(view.address).content.decode()
    for place in places:
        client.post(place, {"off": "1"})
    assert "Ada" not in side(client)
    client.force_login(stranger)
    assert client.post(places[1]).status_code == 404


def test_what_a_user_no_longer_sees_is_not_in_his_sidebar(
    client: Client, administrator: User, restricted: User
) -> None:
    kind = type_by_key("people")
    assert kind is not None
    hers = make(kind.model, owner=restricted, name="Soon of others")
    view = View.objects.create(type="people", name="Soon alone", owner=administrator, is_shared=True)
    Pin.objects.create(user=restricted, record_id=hers.pk)
    Pin.objects.create(user=restricted, view=view)
    client.force_login(restricted)
    assert "Soon of others" in side(client)
    assert "Soon alone" in side(client)
    kind.model.objects.filter(pk=hers.pk).update(owner=administrator, team=None)
    View.objects.filter(pk=view.pk).update(is_shared=False)
    assert "Soon" not in side(client)


def test_the_sidebar_holds_so_many(client: Client, member: User) -> None:
    views = [View.objects.create(type="people", name=f"V{one}", owner=member) for one in range(MOST + 1)]
    client.force_login(member)
    for view in views:
        client.post(f"/people/views/{view.pk}/pin/")
    assert Pin.objects.filter(user=member).count() == MOST
