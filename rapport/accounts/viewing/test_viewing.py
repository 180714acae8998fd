"""Looking as somebody else: the other's rights, nothing written, for administrators only."""

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.accounts.testing import make_user
from rapport.accounts.viewing.middleware import KEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user("Boss", role="administrator")


@pytest.fixture
def ole() -> User:
    return make_user("Ole", role="restricted")


def look(client: Client, boss: User, seen: User) -> int:
    client.force_login(boss)
    return client.post(f"/settings/users/{seen.pk}/view-as/").status_code


def test_an_administrator_sees_with_the_others_rights_and_is_told_so(
    client: Client, boss: User, ole: User
) -> None:
    assert look(client, boss, ole) == 302
    page = client.get("/people/").text
    assert "You see Rapport as Ole" in page
    assert client.get("/settings/users/").status_code == 404
    client.post("/settings/view-as/stop/")
    assert client.get("/settings/users/").status_code == 200
    assert "You see Rapport as" not in client.get("/people/").text


def test_nothing_is_written_meanwhile(client: Client, boss: User, ole: User) -> None:
    look(client, boss, ole)
    for method in (client.post, client.put, client.patch, client.delete):
        answer = method("/settings/profile/", {"name": "Changed"})
        assert answer.status_code == 403
        assert "nothing was changed" in answer.text
    assert set(User.objects.values_list("name", flat=True)) == {"Boss", "Ole"}


def test_only_administrators_may(client: Client, boss: User, ole: User) -> None:
    member = make_user("Member", role="member")
    assert look(client, member, ole) == 404
    session = client.session
    session[KEY] = str(boss.pk)  # as if it had been taken over
    session.save()
    assert client.get("/settings/users/").status_code == 404
    assert KEY not in client.session


def test_who_is_no_administrator_any_more_is_himself(client: Client, boss: User, ole: User) -> None:
    look(client, boss, ole)
    boss.roles.clear()
    assert "You see Rapport as" not in client.get("/settings/profile/").text


@pytest.mark.parametrize("gone", ["inactive", "deleted", "strange"])
def test_a_user_who_is_gone_is_not_looked_as(client: Client, boss: User, ole: User, gone: str) -> None:
    look(client, boss, ole)
    if gone == "inactive":
        User.objects.filter(pk=ole.pk).update(is_active=False)
    elif gone == "deleted":
        ole.delete()
    else:
        session = client.session
        session[KEY] = "strange"
        session.save()
    assert client.get("/settings/users/").status_code == 200


def test_nobody_looks_as_himself_or_as_nobody(client: Client, boss: User) -> None:
    assert look(client, boss, boss) == 404
