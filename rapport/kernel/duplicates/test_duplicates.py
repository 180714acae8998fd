"""Finding duplicates: while typing, in the work list, and never for those who may not see them."""

from collections.abc import Callable

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.duplicates.check import IsKnown, demand_new, possible_duplicates
from rapport.kernel.duplicates.jobs import find_duplicates
from rapport.kernel.duplicates.listing import decide, groups_of, pairs_of
from rapport.kernel.duplicates.models import DuplicatePair, Fingerprint, State
from rapport.kernel.duplicates.pairs import rebuild, renew
from rapport.kernel.merge.deed import merge_records
from rapport.kernel.records import NotVisible, delete_record, save_record
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db
ANNA = {"name": "Anna Müller", "email": "anna@halden.example", "phone": "+49 30 1234567"}


@pytest.fixture
def people() -> "object":
    return type_by_key("people")


@pytest.fixture
def anna(member: User) -> Person:
    return make(Person, owner=member, **ANNA)


def _typed(**values: str) -> dict[str, str]:
    return dict(values)


# -- while typing --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("is_listed", [False, True], ids=["before the job", "after the job"])
def test_who_is_typed_in_is_found_with_the_reasons(
    anna: Person, member: User, people: "object", is_listed: bool
) -> None:
    if is_listed:
        find_duplicates()
        assert Fingerprint.objects.filter(pk=anna.pk).exists()
    found = possible_duplicates(people, _typed(name="Anna Muler", phone="+49301234567"), by=member)  # type: ignore[arg-type]
    assert [(one.record, one.words) for one in found] == [
        (anna, ["name spelled almost alike", "same phone number"])
    ]
    assert 60 <= found[0].points < 100


def test_a_stranger_finds_nothing_and_is_not_hindered(
    anna: Person, restricted: User, people: "object"
) -> None:
    find_duplicates()
    typed = _typed(name="Anna Müller", email="anna@halden.example")
    assert possible_duplicates(people, typed, by=restricted) == []  # type: ignore[arg-type]
    assert demand_new(people, typed, by=restricted) == []  # type: ignore[arg-type]


def test_the_same_address_is_refused_and_a_shared_one_is_not(
    anna: Person, member: User, people: "object"
) -> None:
    with pytest.raises(IsKnown) as refused:
        demand_new(people, _typed(name="Anna Müller", email="ANNA@halden.example"), by=member)  # type: ignore[arg-type]
    assert "Anna Müller" in refused.value.fields["email"]
    make(Person, owner=member, name="Eva Lund", email="info@halden.example")
    demand_new(people, _typed(name="Karl Holm", email="info@halden.example"), by=member)  # type: ignore[arg-type]


def test_what_lies_in_the_trash_is_not_found(anna: Person, member: User, people: "object") -> None:
    find_duplicates()
    delete_record(anna, by=member)
    assert possible_duplicates(people, _typed(email="anna@halden.example"), by=member) == []  # type: ignore[arg-type]
    renew([anna.pk])
    assert not Fingerprint.objects.filter(pk=anna.pk).exists()


def test_the_form_shows_who_is_here_and_asks_before_it_creates(
    anna: Person, member: User, client: Client
) -> None:
    client.force_login(member)
    typed = {"name": "Anna Müller", "email": "anna@halden.example"}
    shown = client.post("/people/duplicates/", typed).content.decode()
    assert str(anna.pk) in shown and "same e-mail address" in shown
    answer = client.post("/people/new/", typed)
    assert answer.status_code == 422 and str(anna.pk) in answer.content.decode()
    assert client.post("/people/new/", {**typed, "anyway": "1"}).status_code == 303
    assert Person.objects.filter(name="Anna Müller").count() == 2


def test_the_form_tells_a_stranger_nothing(anna: Person, restricted: User, client: Client) -> None:
    client.force_login(restricted)
    typed = {"name": "Anna Müller", "email": "anna@halden.example"}
    assert str(anna.pk) not in client.post("/people/duplicates/", typed).content.decode()
    assert client.post("/people/new/", typed).status_code == 303


# -- the work list -------------------------------------------------------------------------------------------------
@pytest.fixture
def twice(anna: Person, member: User) -> Callable[[], list[DuplicatePair]]:
    make(Person, owner=member, name="Mueller, Anna", phone="030 1234567")
    make(Person, owner=member, name="Karl Holm", phone="+49 30 7654321")
    return lambda: list(DuplicatePair.objects.filter(state=State.OPEN))


def test_the_whole_list_and_the_log_find_the_same(
    twice: Callable[[], list[DuplicatePair]], member: User, people: "object"
) -> None:
    rebuild(people)  # type: ignore[arg-type]
    whole = [(one.first_id, one.second_id, one.points) for one in twice()]
    assert len(whole) == 1
    DuplicatePair.objects.all().delete()
    Fingerprint.objects.all().delete()
    renew(list(Person.objects.values_list("pk", flat=True)))
    assert [(one.first_id, one.second_id, one.points) for one in twice()] == whole


def test_a_pair_leaves_the_list_when_it_is_none_any_more(
    twice: Callable[[], list[DuplicatePair]], anna: Person, member: User, people: "object"
) -> None:
    rebuild(people)  # type: ignore[arg-type]
    save_record(anna, {"given_name": "Walter", "family_name": "Krug", "phone": "", "email": ""}, by=member)
    renew([anna.pk])
    assert twice() == []


def test_what_was_called_different_is_never_proposed_again(
    twice: Callable[[], list[DuplicatePair]], member: User, people: "object"
) -> None:
    rebuild(people)  # type: ignore[arg-type]
    decide(twice(), State.DIFFERENT, by=member)
    rebuild(people)  # type: ignore[arg-type]
    assert twice() == []
    assert len(pairs_of(member, people, state=State.DIFFERENT)) == 1  # type: ignore[arg-type]


def test_the_list_shows_groups_and_nothing_to_a_stranger(
    twice: Callable[[], list[DuplicatePair]], member: User, people: "object", client: Client
) -> None:
    make(Person, owner=member, name="Anna Müler", phone="+49301234567")
    rebuild(people)  # type: ignore[arg-type]
    groups = groups_of(pairs_of(member, people), people, member)  # type: ignore[arg-type]
    assert [len(one.sides) for one in groups] == [3]
    client.force_login(member)
    html = client.get("/duplicates/?type=people").content.decode()
    assert "same phone number" in html and groups[0].ids in html
    pair = groups[0].pairs[0]
    alone = client.get(f"/duplicates/{pair.pk}/").content.decode()
    assert "Anna" in alone
    # What can be done stands there, too.
    assert f"/people/merge/?ids={pair.first_id},{pair.second_id}" in alone
    stranger = make_user(role="restricted", team="Theirs")
    assert not pairs_of(stranger, people)  # type: ignore[arg-type]
    client.force_login(stranger)
    assert "Anna" not in client.get("/duplicates/?type=people").content.decode()
    assert client.get(f"/duplicates/{pair.pk}/").status_code == 404
    assert client.post("/duplicates/decide/", {"pair": str(pair.pk)}).status_code == 404


def test_the_record_says_that_it_is_here_twice(
    twice: Callable[[], list[DuplicatePair]], anna: Person, member: User, people: "object", client: Client
) -> None:
    rebuild(people)  # type: ignore[arg-type]
    client.force_login(member)
    assert "Probably the same as" in client.get(anna.get_absolute_url()).content.decode()


def test_who_is_different_from_a_merged_record_is_different_from_the_survivor(
    twice: Callable[[], list[DuplicatePair]], anna: Person, member: User, people: "object"
) -> None:
    rebuild(people)  # type: ignore[arg-type]
    decide(twice(), State.DIFFERENT, by=member)
    boss = make_user(role="administrator")
    third = make(Person, owner=member, name="Anna Müller", email="a.mueller@other.example")
    merge_records(people, third.pk, [anna.pk], by=boss)  # type: ignore[arg-type]
    pairs = DuplicatePair.objects.filter(state=State.DIFFERENT)
    assert sum(third.pk in (one.first_id, one.second_id) for one in pairs) == 1


def test_organizations_are_found_by_domain_and_name(member: User) -> None:
    kind = type_by_key("organizations")
    assert kind is not None
    known = make(Organization, owner=member, name="Halden Cycles GmbH", website="https://halden.example")
    found = possible_duplicates(kind, {"name": "Halden-Cycles", "email": "info@halden.example"}, by=member)
    assert [one.record for one in found] == [known] and "same web domain" in found[0].words


def test_a_pair_of_strangers_cannot_be_decided(
    twice: Callable[[], list[DuplicatePair]], restricted: User, people: "object"
) -> None:
    from rapport.kernel.duplicates.listing import visible_pair

    rebuild(people)  # type: ignore[arg-type]
    with pytest.raises(NotVisible):
        visible_pair(twice()[0].pk, restricted)
