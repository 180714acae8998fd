"""Somebody leaves: counted first, handed over as one act, taken back, let in again."""

import html
import re
from typing import Any

import pytest
from django.utils import timezone

from rapport.accounts.models import Session, User
from rapport.activities.models import Activity
from rapport.api.tokens.store import find_token, make_token
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.leaving import deeds, jobs
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.known import client_of
from rapport.kernel.views.models import View
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("Ada")


@pytest.fixture
def bob() -> User:
    return make_user("Bob")


def belongings(owner: User) -> dict[str, Any]:
    return {
        "person": make(Person, owner=owner, by=owner, name="Ingrid"),
        "open": make(Activity, owner=owner, by=owner, subject="Call"),
        "done": make(Activity, owner=owner, by=owner, subject="Called", done_at=timezone.now()),
        "shared": View.objects.create(type="people", name="All mine", owner=owner, is_shared=True),
        "private": View.objects.create(type="people", name="Private", owner=owner),
    }


def owner_of(one: Any) -> User | None:
    found: User | None = type(one).objects.get(pk=one.pk).owner
    return found


def test_a_colleague_gets_what_is_open_and_one_undo_takes_it_back(
    administrator: User, ada: User, bob: User
) -> None:
    things, boss, hers = belongings(ada), client_of(administrator), client_of(ada)
    _token, secret = make_token(ada, "ERP")
    page = boss.get(f"/settings/users/{ada.pk}/leave/").text
    assert "2 records belong to Ada" in page
    assert boss.post(f"/settings/users/{ada.pk}/leave/", {"receiver": str(bob.pk)}).status_code == 302
    assert {name: owner_of(one) for name, one in things.items()} == {
        "person": bob, "open": bob, "done": ada, "shared": bob, "private": ada,
    }  # fmt: skip
    assert not User.objects.get(pk=ada.pk).is_active
    assert hers.get("/people/").status_code == 302
    assert not Session.objects.filter(user=ada).exists()
    assert find_token(secret) is None
    done = ChangeSet.objects.get(label__contains="handed over to")
    assert done.actor == administrator
    boss.post(f"/undo/{done.pk}/")
    assert (owner_of(things["person"]), owner_of(things["open"])) == (ada, ada)
    boss.post(f"/settings/users/{ada.pk}/reactivate/")
    assert User.objects.get(pk=ada.pk).is_active
    assert find_token(secret) is None, "tokens stay revoked"


def test_records_may_stay_and_be_handed_over_later(administrator: User, ada: User, bob: User) -> None:
    things, boss = belongings(ada), client_of(administrator)
    boss.post(f"/settings/users/{ada.pk}/leave/", {"receiver": ""})
    assert owner_of(things["person"]) == ada
    assert not User.objects.get(pk=ada.pk).is_active
    boss.post(f"/settings/users/{ada.pk}/leave/", {"receiver": str(bob.pk)})
    assert owner_of(things["person"]) == bob


def test_each_type_may_go_to_somebody_else(administrator: User, ada: User, bob: User) -> None:
    things, boss, cleo = belongings(ada), client_of(administrator), make_user("Cleo")
    page = boss.get(f"/settings/users/{ada.pk}/leave/").text
    [address] = re.findall(r'href="(/people/\?[^"]*)"', page)
    assert "Ingrid" in boss.get(html.unescape(address)).text
    said = {"receiver": str(bob.pk), "to_people": str(cleo.pk), "to_views": "nobody"}
    boss.post(f"/settings/users/{ada.pk}/leave/", said)
    assert {name: owner_of(one) for name, one in things.items()} == {
        "person": cleo, "open": bob, "done": ada, "shared": ada, "private": ada,
    }  # fmt: skip
    assert ChangeSet.objects.get(label="Records of Ada handed over to Cleo, Bob")


def test_very_many_records_are_handed_over_by_a_job(
    administrator: User, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapport.kernel.leaving.views.AT_MOST", 1)
    monkeypatch.setattr(deeds, "AT_ONCE", 1)
    things = belongings(ada)
    cleo, said = make_user("Cleo"), {"to_people": str(bob.pk), "to_views": "nobody"}
    client_of(administrator).post(f"/settings/users/{ada.pk}/leave/", said | {"receiver": str(cleo.pk)})
    assert owner_of(things["person"]) == ada
    told = {"user_id": str(ada.pk), "receiver_id": str(cleo.pk), "by_id": str(administrator.pk)}
    for _again in range(2):
        jobs.hand_over_later(**told, others={"people": str(bob.pk), "views": ""})
        assert [owner_of(things[name]) for name in ("person", "open", "shared")] == [bob, cleo, ada]


def test_only_administrators_send_others_away_and_nobody_himself(
    administrator: User, ada: User, bob: User
) -> None:
    assert client_of(bob).get(f"/settings/users/{ada.pk}/leave/").status_code == 404
    assert client_of(bob).post(f"/settings/users/{ada.pk}/leave/").status_code == 404
    assert client_of(administrator).post(f"/settings/users/{administrator.pk}/leave/").status_code == 404
    gone = make_user("Gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    answer = client_of(administrator).post(f"/settings/users/{ada.pk}/leave/", {"receiver": str(gone.pk)})
    assert answer.status_code == 422
    assert User.objects.get(pk=ada.pk).is_active
