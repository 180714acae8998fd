"""Boards of every type by every choice and link: lanes, sums, moves, and what strangers learn."""

import json
from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import Role, User
from rapport.kernel.boards import lanes
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.custom.define import Draft, change_field
from rapport.kernel.custom.models import CustomField
from rapport.kernel.filters import TooExpensive
from rapport.kernel.lists.arranged import lane_fields
from rapport.kernel.permissions.roles.actions import add_role
from rapport.kernel.permissions.roles.rights import save_rights
from rapport.kernel.registry import type_by_key, types
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.custom_fields import CHOICES, add_custom_field
from rapport.kernel.views.models import View
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db


def move(client: Client, record: Any, by: str, lane: str, **said: Any) -> Any:
    address = f"/{type(record).__name__.lower()}s/".replace("persons", "people")
    body = json.dumps({"stage": lane, **said})
    return client.post(f"{address}{record.pk}/move/?by={by}", body, content_type="application/json")


def test_cards_by_owner_are_moved_with_version_and_undo(client: Client, member: User) -> None:
    other = make_user("Nora North", team="North")
    deal = make(Deal, by=member, owner=member, name="Forty bikes")
    client.force_login(member)
    page = client.get("/deals/board/?by=owner").content.decode()
    assert f'data-stage="{other.pk}"' in page and "Forty bikes" in page and 'data-stage=""' in page
    answer = move(client, deal, "owner", str(other.pk), version=deal.version)
    assert answer.status_code == 200, answer.content
    deal.refresh_from_db()
    assert deal.owner == other
    told = answer.json()
    assert (told["sums"][str(member.pk)]["count"], told["sums"][str(other.pk)]["count"]) == (0, 1)
    assert move(client, deal, "owner", str(member.pk), version=told["version"] - 1).status_code == 409
    last = ChangeSet.objects.order_by("-pk").filter(label__contains="Forty bikes").first()
    assert last is not None
    revert(last, by=member)


def test_a_board_by_a_linked_record_names_only_what_the_user_sees(client: Client, restricted: User) -> None:
    boss = make_user(role="administrator")
    hidden = make(Organization, by=boss, owner=boss, name="Quarzblatt")
    seen = make(Organization, by=boss, owner=restricted, name="Hafenrand")
    for number, organization in enumerate((hidden, seen)):
        make(Deal, by=boss, owner=restricted, name=f"Deal {number}", organization=organization)
    client.force_login(restricted)
    page = client.get("/deals/board/?by=organization").content.decode()
    assert "Quarzblatt" not in page and str(hidden.pk) not in page
    assert f'data-stage="{seen.pk}"' in page and "Deal 0" in page and "Deal 1" in page
    assert client.get(f"/deals/board/more/?by=organization&lane={hidden.pk}").status_code == 404
    none = page.partition('data-stage=""')[2]
    assert "Deal 0" in none.partition("</section>")[0]


def test_retired_choices_have_a_lane_while_they_hold_cards(client: Client, administrator: User) -> None:
    people: Any = type_by_key("people")
    name = add_custom_field(people, "choice", by=administrator, key="color").name
    person = make(Person, by=administrator, owner=administrator, **{name: "red"})
    row, choices = CustomField.objects.get(key="color"), [{**CHOICES[0], "retired": True}, CHOICES[1]]
    change_field(
        row, Draft("choice", {"label": {"": "Color"}}, options={"choices": choices}), by=administrator
    )
    client.force_login(administrator)
    page = client.get(f"/people/board/?by={name}").content.decode()
    assert 'data-stage="red" data-closed' in page and str(person.pk) in page
    assert move(client, person, name, "red").status_code == 422
    assert move(client, person, name, "blue").status_code == 200
    person.refresh_from_db()
    assert people.fields[name].read(person) == "blue"
    assert 'data-stage="red"' not in client.get(f"/people/board/?by={name}").content.decode()


def test_a_board_by_what_nobody_edits_has_no_moves(
    client: Client, restricted: User, administrator: User
) -> None:
    make(Person, by=administrator, owner=administrator)
    client.force_login(administrator)
    assert "data-fixed" not in client.get("/people/board/?by=stage").content.decode()
    kind = next(one for one in types() if one.key == "activities")
    fixed = [name for name, one in lane_fields(kind).items() if not one.editable]
    for name in fixed:
        assert "data-fixed" in client.get(f"/activities/board/?by={name}").content.decode()


def test_a_field_that_a_role_hides_or_locks_is_no_lane_or_stands_still(client: Client, member: User) -> None:
    boss, people = make_user(role="administrator"), type_by_key("people")
    assert people is not None
    role = add_role("Seller", Role.objects.get(key="member"), by=boss)
    member.roles.set([role])
    works = make(Organization, by=boss, owner=member, name="Hafenrand")
    person = make(Person, by=boss, owner=member, organization=works)
    client.force_login(member)
    save_rights(role, people, {"organization": "read"}, "", (), by=boss)
    page = client.get("/people/board/?by=organization").content.decode()
    assert "data-fixed" in page and f'data-stage="{works.pk}"' in page
    assert move(client, person, "organization", "").status_code in (403, 422)
    save_rights(role, people, {"organization": "hidden"}, "", (), by=boss)
    for form in ("", "board/"):
        page = client.get(f"/people/{form}?by=organization").content.decode()
        assert "Hafenrand" not in page and "by=organization" not in page
    move(client, person, "organization", "")
    person.refresh_from_db()
    assert person.organization == works


def test_a_shared_view_keeps_its_form_and_its_lanes(
    client: Client, member: User, administrator: User
) -> None:
    make(Person, by=member, owner=member, name="Ingrid", stage="lead")
    client.force_login(administrator)
    address = "/people/views/new/?layout=board&by=owner&f=stage.any.lead"
    assert client.post(address, {"name": "By owner", "is_shared": "yes"}).status_code in (200, 303)
    view = View.objects.get(name="By owner")
    assert (view.layout, view.by) == ("board", "owner")
    client.force_login(member)
    page = client.get(view.address).content.decode()
    assert view.address.startswith("/people/board/") and "Ingrid" in page
    assert f'data-stage="{member.pk}"' in page


@pytest.mark.parametrize(
    "said", ["by=password", "by=owner__email", "by=%00", "by=owner.month", "by=" + "x" * 5000]
)
def test_what_is_no_field_is_the_usual_board(client: Client, member: User, said: str) -> None:
    client.force_login(member)
    assert client.get(f"/deals/board/?{said}").status_code == 200
    assert client.get(f"/people/board/?{said}").status_code == 200


def test_a_board_that_takes_too_long_says_so(
    client: Client, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_all: Any) -> Any:
        raise TooExpensive

    monkeypatch.setattr(lanes, "read_lanes", slow)
    client.force_login(member)
    page = client.get("/people/board/?by=stage").content.decode()
    assert "takes too long" in page and 'data-stage="lead"' in page
