"""Kinds of relationships: administrators add them, limits hold on both sides, strangers find nothing."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.records import RuleError
from rapport.kernel.relations.kinds.actions import Said, save_kind
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.testing import make
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user(role="administrator")


def organization(name: str, by: User) -> Organization:
    return make(Organization, by=by, name=name)


def kind_said(**said: Any) -> Said:  # Any: what is typed into the form
    return Said(**({"name": "is the mother of", "inverse_name": "is a daughter of"} | said))


def relate(
    kind: RelationshipType, one: Organization, other: Organization, by: User, **values: Any
) -> Relationship:
    return save_relationship(Relationship(type=kind, source=one.entry, target=other.entry), values, by=by)


def test_an_administrator_adds_a_kind_and_it_is_offered_on_records(client: Client, boss: User) -> None:
    client.force_login(boss)
    said = {
        "name": "is the mother of", "inverse_name": "is a daughter of",
        "source_types": ["organizations"], "target_types": ["organizations"], "most_sources": "1",
    }  # fmt: skip
    answer = client.post("/settings/relationships/new/", said)
    assert answer.status_code == 303
    kind = RelationshipType.objects.get(key="is_the_mother_of")
    assert (kind.most_targets, kind.most_sources) == (None, 1)
    assert "is a daughter of" in client.get("/settings/relationships/").content.decode()
    record = organization("Halden", boss)
    form = client.get(f"/organizations/{record.pk}/relationships/new/").content.decode()
    assert "is the mother of" in form and "is a daughter of" in form


def test_two_kinds_of_the_same_name_have_different_keys(boss: User) -> None:
    keys = {save_kind(RelationshipType(), kind_said(), by=boss).key for _time in range(3)}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"source_types": ["nothing"]}, "source_types"),
        ({"most_targets": "0"}, "most_targets"),
        ({"most_sources": "many"}, "most_sources"),
        ({"most_sources": "9" * 40}, "most_sources"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(boss: User, said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleError) as refused:
        save_kind(RelationshipType(), kind_said(**said), by=boss)
    assert refused.value.fields[field]
    assert not RelationshipType.objects.filter(is_built_in=False).exists()


def test_a_limit_holds_on_the_days_on_which_two_would_hold(boss: User) -> None:
    kind = save_kind(RelationshipType(), kind_said(most_sources="1"), by=boss)
    child, first, second = (organization(name, boss) for name in ("Child", "First", "Second"))
    relate(kind, first, child, boss, valid_from=date(2020, 1, 1), valid_until=date(2022, 12, 31))
    with pytest.raises(RuleError):
        relate(kind, second, child, boss, valid_from=date(2022, 12, 31))
    relate(kind, second, child, boss, valid_from=date(2023, 1, 1))
    with pytest.raises(RuleError):
        relate(kind, first, child, boss)
    assert Relationship.objects.filter(type=kind).count() == 2


def test_two_at_a_time_are_two_on_each_day(boss: User) -> None:
    kind = save_kind(RelationshipType(), kind_said(most_targets="2"), by=boss)
    mother, *children = (organization(name, boss) for name in ("Mother", "A", "B", "C"))
    relate(kind, mother, children[0], boss, valid_until=date(2021, 6, 30))
    relate(kind, mother, children[1], boss, valid_from=date(2021, 7, 1))
    # It meets each of the two, but never both on one day.
    relate(kind, mother, children[2], boss, valid_from=date(2021, 1, 1), valid_until=date(2021, 12, 31))


def test_a_kind_in_use_is_neither_removed_nor_narrowed_away_from_what_is_there(
    client: Client, boss: User
) -> None:
    kind = save_kind(RelationshipType(), kind_said(), by=boss)
    relate(kind, organization("One", boss), organization("Two", boss), boss)
    client.force_login(boss)
    assert client.post(f"/settings/relationships/{kind.key}/remove/").status_code == 422
    with pytest.raises(RuleError):
        save_kind(kind, kind_said(source_types=["people"]), by=boss)
    Relationship.objects.filter(type=kind).delete()
    assert client.post(f"/settings/relationships/{kind.key}/remove/").status_code == 303
    assert not RelationshipType.objects.filter(pk=kind.pk).exists()


def test_built_in_kinds_stay_as_they_are(client: Client, boss: User) -> None:
    kind = RelationshipType.objects.filter(is_built_in=True).first()
    assert kind is not None
    client.force_login(boss)
    client.post(f"/settings/relationships/{kind.key}/", {"name": "changed"})
    assert client.post(f"/settings/relationships/{kind.key}/remove/").status_code == 422
    kind.refresh_from_db()
    assert kind.name != "changed"


def test_for_others_the_page_does_not_exist(client: Client) -> None:
    client.force_login(make_user(role="member"))
    assert client.get("/settings/relationships/").status_code == 404
    assert client.post("/settings/relationships/new/", {"name": "x"}).status_code == 404
