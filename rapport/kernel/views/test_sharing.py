"""A view is seen by those it is shared with; it shows each of them only what he may see, and stays its owner's."""

from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import Team, User
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user
from rapport.kernel.views.models import View

pytestmark = pytest.mark.django_db


def shared(client: Client, owner: User, **said: Any) -> View:
    client.force_login(owner)
    answer = client.post("/people/views/new/?f=stage.any.lead", {"name": "Leads of ours", **said})
    assert answer.status_code in (200, 303)
    return View.objects.get(name="Leads of ours")


def sees(view: View, user: User) -> bool:
    return View.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=view.pk).exists()


def test_a_view_is_shared_with_a_team_and_with_users(
    client: Client, member: User, stranger: User, restricted: User
) -> None:
    colleague = make_user("Nora North", team="North")
    view = shared(client, member, teams=[str(member.team_id)], users=[str(stranger.pk)])
    assert sees(view, member)
    assert sees(view, colleague)
    assert sees(view, stranger)
    assert not sees(view, restricted)
    client.force_login(stranger)
    assert "Leads of ours" in client.get("/people/").content.decode()
    for part in ("edit", "delete", "save"):
        assert client.post(f"/people/views/{view.pk}/{part}/", {"name": "Mine"}).status_code == 404
    client.force_login(member)
    html = client.get(f"/people/views/{view.pk}/edit/").content.decode()
    assert f'value="{stranger.pk}" checked' in html
    assert client.post(f"/people/views/{view.pk}/edit/", {"name": "Alone", "users": ["x"]}).status_code in (
        200,
        303,
    )
    assert not sees(view, stranger)
    assert not sees(view, colleague)


def test_it_shows_each_only_what_he_may_see(client: Client, member: User, stranger: User) -> None:
    people: Any = type_by_key("people")
    make(people.model, owner=member, name="Kim Hidden", stage="lead")
    make(people.model, owner=stranger, by=member, name="Tom Own", stage="lead")
    view = shared(client, member, users=[str(stranger.pk)])
    client.force_login(stranger)
    html = client.get(f"/people/?view={view.pk}").content.decode()
    assert "Tom Own" in html
    assert "Kim Hidden" not in html


def test_a_team_that_goes_takes_no_view_along(client: Client, member: User) -> None:
    team = Team.objects.create(name="Gone")
    view = shared(client, member, teams=[str(team.pk)])
    team.delete()
    assert View.objects.filter(pk=view.pk).exists()


def saved(field: str, value: str) -> dict[str, Any]:
    return {"all": [{"field": field, "is": "any", "value": value}]}


def test_tabs_say_how_many_records_of_a_view_each_user_sees(
    client: Client, administrator: User, restricted: User
) -> None:
    kind = type_by_key("people")
    assert kind is not None
    for owner in (administrator, administrator, restricted):
        make(kind.model, owner=owner, name="One", stage="lead")
    views = [
        View.objects.create(type="people", name=stage, is_shared=True, filter=saved("stage", stage))
        for stage in ("lead", "customer")
    ]
    broken = View.objects.create(type="people", name="Gone", is_shared=True, filter=saved("gone", "1"))
    for user, number in ((administrator, 3), (restricted, 1)):
        client.force_login(user)
        page = client.get("/people/").content.decode()
        told = client.get("/people/views/counts/").content.decode()
        assert f'id="count-{broken.pk}"' not in told
        for view, count in zip(views, (number, 0), strict=True):
            assert f'id="count-{view.pk}"></span>' in page
            assert f'id="count-{view.pk}" hx-swap-oob="true">{count}</span>' in told
