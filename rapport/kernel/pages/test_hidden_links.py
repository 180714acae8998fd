"""A record that links to one that its reader may not see tells nothing about that one, on no page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import plan
from rapport.activities.models import Activity
from rapport.kernel.fields import Context
from rapport.kernel.lists.arranged import date_fields, lane_fields
from rapport.kernel.lists.related import related_columns
from rapport.kernel.records import Record
from rapport.kernel.registry import type_of
from rapport.kernel.testing import make
from rapport.kernel.testing.nothing_changed import said
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db

HIDDEN = "Zyxwvut"


@pytest.fixture
def hidden(member: User) -> Organization:
    return make(Organization, owner=member, name=f"{HIDDEN} Works", city="Quillstadt")


@pytest.fixture
def secret_person(member: User) -> Person:
    return make(Person, owner=member, name=f"{HIDDEN}a Person")


@pytest.fixture
def deal(member: User, restricted: User, hidden: Organization, secret_person: Person) -> Deal:
    return make(
        Deal,
        by=member,
        owner=restricted,
        name="Bicycles",
        organization=hidden,
        person=secret_person,
        amount=None,
    )


@pytest.fixture
def person(member: User, restricted: User, hidden: Organization) -> Person:
    return make(Person, by=member, owner=restricted, name="Paula Own", organization=hidden)


@pytest.fixture
def activity(member: User, restricted: User, deal: Deal, person: Person, secret_person: Person) -> Activity:
    due = timezone.now() + timedelta(hours=1)
    return plan(
        [deal], "call", "Talk", by=member, owner=restricted, due_at=due, people=[deal, person, secret_person]
    )


def addresses(record: Record) -> list[str]:
    kind, base = type_of(record), record.get_absolute_url()
    found = ["", "edit/", "peek/", "timeline/", "delete/", "relationships/new/"]
    found += [f"field/{name}/" for name in kind.editable_fields()] + [f"parts/{key}/" for key in kind.parts]
    found += [f"cell/{name}/" for name in kind.editable_fields()] + [f"do/{key}/" for key in kind.actions]
    found += [f"compose/{key}/" for key in ("note", "call", "meeting", "task", "comment")]
    shown = ",".join(kind.fields)
    around = [
        f"/{kind.key}/?columns={shown}", f"/{kind.key}/figures/", f"/{kind.key}/export/file/?fields=all",
        f"/{kind.key}/options/", f"/{kind.key}/options/?q={record}", f"/search/?q={record}",
        f"/search/palette/?q={record}", f"/{kind.key}/bulk/delete/?ids={record.pk}", "/", "/options/",
        f"/activities/people/?q={record}",
    ]  # fmt: skip
    around += [f"/{kind.key}/{form}?by={name}" for name in lane_fields(kind) for form in ("", "board/")]
    around += [f"/{kind.key}/calendar/?by={name}&span=week" for name in date_fields(kind)]
    columns = ",".join(one.key for one in related_columns(kind, Context()))
    around += [f"/{kind.key}/?columns={columns}", f"/{kind.key}/export/file/?columns={columns}"]
    if kind.key == "deals":
        found.append("lose/")
    return [*(base + one for one in found), *around]


def told(client: Any, address: str) -> str:  # Any: its answers have more than Django's stubs know
    headers = [{}, {"HX-Request": "true"}, {"Rapport-Dialog": "1"}]
    return "".join(said(client.get(address, headers=more)) for more in headers)


@pytest.mark.parametrize("what", ["deal", "person", "activity"])
def test_no_page_names_the_hidden_record(
    what: str, request: pytest.FixtureRequest, client: Client, restricted: User, deal: Deal
) -> None:
    record = request.getfixturevalue(what)
    client.force_login(restricted)
    pages = {one: told(client, one) for one in addresses(record)}
    assert [one for one, text in pages.items() if HIDDEN in text or "Quillstadt" in text] == []


def test_a_hidden_link_survives_the_form_and_nobody_can_guess_its_name(
    client: Client, restricted: User, person: Person, hidden: Organization
) -> None:
    client.force_login(restricted)
    address = f"{person.get_absolute_url()}field/organization/"
    for text in ("a record you cannot see", ""):
        assert (
            client.post(address, {"organization": str(hidden.pk), "organization_text": text}).status_code
            == 303
        )
        person.refresh_from_db()
        assert person.organization_id == hidden.pk
    answers = {
        client.post(address, {"organization": str(hidden.pk), "organization_text": text}).status_code
        for text in (hidden.name, "Something else")
    }
    assert answers == {422}
    assert client.post(address, {"organization": "", "organization_text": ""}).status_code == 303
    person.refresh_from_db()
    assert person.organization_id is None


def test_hidden_participants_stay_when_the_others_are_changed(
    client: Client, restricted: User, activity: Activity, secret_person: Person
) -> None:
    client.force_login(restricted)
    address = f"{activity.get_absolute_url()}parts/participants/"
    seen = [str(one.pk) for one in activity.participants.exclude(record_id=secret_person.pk).order_by("pk")]
    shown = [key for key in seen if f'value="{key}"' in client.get(address).text]
    assert shown
    sent = {"participants-count": str(len(shown))}
    for number, key in enumerate(shown):
        sent |= {f"participants-{number}-id": key, f"participants-{number}-remove": "on"}
    assert client.post(address, sent).status_code == 303
    left = set(activity.participants.values_list("record_id", flat=True))
    assert secret_person.pk in left
