"""Sharing adds one record to what somebody sees or edits, until its day; nobody else notices."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import Team, User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.permissions import can
from rapport.kernel.records import NotVisible, Refused, RuleError, delete_record, save_record
from rapport.kernel.shares.access import who_sees
from rapport.kernel.shares.actions import end_share, share_record
from rapport.kernel.shares.models import Share
from rapport.kernel.testing import make
from rapport.kernel.testing.make import make_user
from rapport.kernel.testing.nothing_changed import said
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user("Boss", role="administrator")


@pytest.fixture
def ada(boss: User) -> Person:
    return make(Person, owner=boss, name="Ada Hidden")


@pytest.fixture
def seller() -> User:
    return make_user("Seller", role="restricted", team="South")


def again(user: User) -> User:
    """The same user as the next request reads him."""
    return User.objects.get(pk=user.pk)


def sees(client: Client, user: User, record: Person) -> bool:
    """Whether page, list, search and kernel_record show it; all of them say the same."""
    client.force_login(again(user))
    found = {
        client.get(record.get_absolute_url()).status_code == 200,
        record.name in client.get("/people/").text,
        record.name in said(client.get("/search/palette/?q=Hidden")),
        AnyRecord.objects.visible_to(again(user)).filter(pk=record.pk).exists(),
        can(again(user), "read", record),
    }
    assert len(found) == 1
    return found.pop()


def test_a_shared_record_is_seen_by_that_user_alone(
    client: Client, boss: User, ada: Person, seller: User
) -> None:
    other = make_user("Other", role="restricted", team="North")
    assert not sees(client, seller, ada)
    share_record(ada, by=boss, user=seller)
    assert sees(client, seller, ada)
    assert not sees(client, other, ada)
    with pytest.raises(Refused):
        save_record(ada, {"position": "Chair"}, by=again(seller))
    end_share(ada, Share.objects.get(), by=boss)
    assert not sees(client, seller, ada)


def test_with_a_team_it_is_shared_with_its_members(
    client: Client, boss: User, ada: Person, seller: User
) -> None:
    share_record(ada, by=boss, team=Team.objects.get(name="South"), act="edit")
    assert sees(client, seller, ada)
    save_record(Person.objects.get(pk=ada.pk), {"position": "Chair"}, by=again(seller))
    with pytest.raises(Refused):
        delete_record(Person.objects.get(pk=ada.pk), by=again(seller))


def test_a_share_ends_with_its_day(client: Client, boss: User, ada: Person, seller: User) -> None:
    today = timezone.localdate()
    share_record(ada, by=boss, user=seller, until=today)
    assert sees(client, seller, ada)
    Share.objects.update(until=today - timedelta(days=1))
    assert not sees(client, seller, ada)
    with pytest.raises(RuleError):
        share_record(ada, by=boss, user=seller, until=today - timedelta(days=1))


def test_sharing_again_replaces_what_was_said(boss: User, ada: Person, seller: User) -> None:
    share_record(ada, by=boss, user=seller, act="edit")
    share_record(ada, by=boss, user=seller, act="read")
    assert [one.act for one in Share.objects.all()] == ["read"]


def test_a_share_never_opens_a_type_that_the_role_closes(client: Client, boss: User, ada: Person) -> None:
    nobody = make_user("Nobody", role="member")
    nobody.roles.clear()
    share_record(ada, by=boss, user=nobody)
    assert not can(again(nobody), "read", ada)


def test_only_who_may_edit_shares(client: Client, boss: User, ada: Person, seller: User) -> None:
    with pytest.raises(NotVisible):
        share_record(ada, by=seller, user=seller)
    share_record(ada, by=boss, user=seller)
    friend = make_user("Friend", role="restricted", team="North")
    with pytest.raises(Refused):
        share_record(ada, by=again(seller), user=friend)
    client.force_login(again(seller))
    said = {"with": f"user:{friend.pk}", "act": "edit"}
    assert client.post(f"{ada.get_absolute_url()}access/", said).status_code == 403
    assert Share.objects.count() == 1


def test_the_dialog_shares_and_says_who_sees_it_and_why(
    client: Client, boss: User, ada: Person, seller: User
) -> None:
    client.force_login(boss)
    page = f"{ada.get_absolute_url()}access/"
    assert client.post(page, {"with": f"user:{seller.pk}", "act": "read"}).status_code == 303
    html = client.get(page).text
    assert "Shared with this user." in html
    assert "The role Administrator sees all people." in html
    Share.objects.update(until=timezone.localdate().replace(year=2400, month=5, day=6))
    assert "Shared with this user until 6 May 2400." in client.get(page).text
    assert client.post(f"{page}{Share.objects.get().pk}/end/").status_code == 303
    assert "Shared with this user." not in client.get(page).text


@pytest.mark.parametrize(
    "said",
    [
        {"with": ""},
        {"with": "user:x"},
        {"with": "team:"},
        {"act": "delete"},
        {"until": "tomorrow"},
        {"until": "0001-01-01"},
    ],
)
def test_what_makes_no_sense_gets_a_sentence(
    client: Client, boss: User, ada: Person, seller: User, said: dict[str, str]
) -> None:
    client.force_login(boss)
    answer = client.post(
        f"{ada.get_absolute_url()}access/", {"with": f"user:{seller.pk}", "act": "read"} | said
    )
    assert answer.status_code == 422
    assert not Share.objects.exists()


def test_who_sees_agrees_with_the_policy_for_everybody(boss: User, ada: Person, seller: User) -> None:
    firm = make(Organization, owner=seller, name="Own")
    mate = make_user("Mate", role="restricted", team="South")
    share_record(ada, by=boss, user=mate)
    for record in (ada, firm):
        said = {one.user.pk for one in who_sees(record)}
        kind = type(record)
        truth = {
            user.pk
            for user in User.objects.all()
            if kind.objects.visible_to(again(user)).filter(pk=record.pk).exists()
        }
        assert said == truth
        assert all(one.reasons for one in who_sees(record))
