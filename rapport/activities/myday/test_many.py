"""Planning the same with several records of a list."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.models import Activity, NextStep
from rapport.activities.myday import many
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person
from rapport.ui.days import day_of

pytestmark = pytest.mark.django_db
DIALOG = {"HX-Request": "true", "Rapport-Dialog": "1"}


@pytest.fixture
def mara() -> User:
    return make_user("Mara Lindholm", role="administrator")


@pytest.fixture
def people(mara: User) -> list[Person]:
    return [make(Person, owner=mara, name=name) for name in ("Ada", "Bea", "Cleo")]


def address(found: list[Person]) -> str:
    return "/people/bulk/plan/?" + urlencode({"ids": ",".join(str(one.pk) for one in found)})


def said(**values: Any) -> dict[str, Any]:
    return {
        "kind": "task",
        "subject": "Send the fleet guide",
        "day": timezone.localdate().isoformat(),
    } | values


def test_each_of_the_selection_gets_its_task_in_one_step(
    client: Client, mara: User, people: list[Person]
) -> None:
    client.force_login(mara)
    form = client.get(address(people[:2]), headers=DIALOG).content.decode()
    assert "One with each of 2 people" in form and 'value="task" checked' in form
    before = ChangeSet.objects.count()
    assert client.post(address(people[:2]), said(), headers=DIALOG).status_code == 204
    assert ChangeSet.objects.count() == before + 1
    assert "Planned 2 times: Send the fleet guide" in client.get("/people/").content.decode()
    assert set(NextStep.objects.values_list("record_id", flat=True)) == {one.pk for one in people[:2]}
    tasks = Activity.objects.all()
    assert {(one.subject, one.owner, day_of(one.due_at)) for one in tasks} == {
        ("Send the fleet guide", mara, timezone.localdate())
    }
    revert(ChangeSet.objects.latest("at"), by=mara)
    assert not Activity.objects.visible_to(mara).exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"subject": " "}, "Write a few words."),
        ({"day": "soon"}, "Choose a day"),
        ({"kind": "note"}, "Choose what"),
    ],
)
def test_a_mistake_is_told_in_the_form_and_plans_nothing(
    client: Client, mara: User, people: list[Person], wrong: dict[str, str], sentence: str
) -> None:
    client.force_login(mara)
    answer = client.post(address(people), said(**wrong), headers=DIALOG)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Activity.objects.exists()


def test_more_than_one_act_plans_is_refused_whole(
    client: Client, mara: User, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "MOST", 2)
    client.force_login(mara)
    answer = client.post(address(people), said(), headers=DIALOG)
    assert answer.status_code == 422 and "At most 200 activities" in answer.content.decode()
    assert not Activity.objects.exists()


def test_who_sees_none_of_them_finds_nothing_and_types_without_activities_have_no_such_deed(
    client: Client, mara: User, people: list[Person]
) -> None:
    stranger = make_user("Stranger", role="restricted", team="Theirs")
    client.force_login(stranger)
    assert client.post(address(people), said(), headers=DIALOG).status_code == 404
    assert "bulk/plan/" not in client.get("/people/").content.decode()
    client.force_login(mara)
    assert "bulk/plan/" in client.get("/people/").content.decode()
    assert "bulk/plan/" not in client.get("/activities/").content.decode()
    assert client.get("/activities/bulk/plan/?all=1", headers=DIALOG).status_code == 404
    assert not Activity.objects.exists()
