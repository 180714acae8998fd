"""Trying out, change sets and undo, counts and sums, duplicates and merging: what programs can do beside writing."""

from typing import Any
from uuid import uuid4

import pytest

from rapport.accounts.models import User
from rapport.api.records.test_records import EACH, kind_of
from rapport.api.testing import Program
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.duplicates.comparison import comparison_of
from rapport.kernel.duplicates.pairs import fingerprint_all
from rapport.kernel.registry import RecordType
from rapport.kernel.testing import make
from rapport.kernel.testing.nothing_changed import OF_RECORDS, checksum, said
from rapport.parties.models import Organization, Person
from tests.addresses import HIDDEN, build_world

pytestmark = pytest.mark.django_db
ANNA = {
    "given_name": "Anna",
    "family_name": "Muster",
    "email": "anna@halden.example",
    "phone": "+49309018201",
}


def find() -> None:
    """What the job does."""
    fingerprint_all(comparison_of(kind_of("people")))


# -- trying out ---------------------------------------------------------------------------------------------------
@EACH
def test_what_is_tried_out_is_answered_as_if_it_were_done_and_is_not(kind: RecordType, member: User) -> None:
    record: Any = make(kind.model, owner=member, by=member)
    program, before = Program(member), checksum(*OF_RECORDS)
    answer = program.patch(f"{kind.key}/{record.pk}?dry_run=true", {"fields": {"source": "Fair"}})
    assert (answer.status_code, answer["Dry-Run"]) == (200, "true")
    assert answer.json()["fields"]["source"] == "Fair"
    assert "Change-Set" not in answer
    assert program.delete(f"{kind.key}/{record.pk}?dry_run=true").status_code == 204
    assert program.post(f"{kind.key}/bulk?dry_run=true", {"delete": [str(record.pk)]}).json()["written"] == 1
    assert checksum(*OF_RECORDS) == before


def test_a_trial_is_held_to_the_same_rights_and_rules(member: User, stranger: User) -> None:
    record: Any = make(Person, owner=member, by=member)
    place = f"people/{record.pk}?dry_run=true"
    assert Program(stranger).patch(place, {"fields": {"source": "x"}}).status_code == 404
    assert Program(member, may_write=False).patch(place, {"fields": {"source": "x"}}).status_code == 403
    assert Program(member).patch(place, {"fields": {"nonsense": "x"}}).status_code == 422
    assert Program(member).post("people?dry_run=perhaps", {"fields": {}}).status_code == 422
    assert Program(member).post(f"people/{record.pk}/files?dry_run=true", {}).status_code in (400, 415)


def test_a_trial_under_a_key_does_not_stand_in_for_the_call_itself(member: User) -> None:
    program = Program(member)
    for path, status in (("people?dry_run=true", 201), ("people", 201)):
        assert program.post(path, {"fields": ANNA}, Idempotency_Key="k1").status_code == status
    assert Person.objects.count() == 1


# -- change sets --------------------------------------------------------------------------------------------------
@EACH
def test_each_write_names_its_change_set_by_which_it_is_taken_back(kind: RecordType, member: User) -> None:
    record: Any = make(kind.model, owner=member, by=member)
    program = Program(member, name="Agent")
    answer = program.patch(f"{kind.key}/{record.pk}", {"fields": {"source": "Fair"}})
    place = f"change-sets/{answer['Change-Set']}"
    told = program.get(place).json()
    assert (told["cause"], told["own"], told["undone_at"]) == ("api", True, None)
    assert "Agent" in told["label"]
    [touched] = told["records"]
    assert touched["id"] == str(record.pk) and any(one["new"] == "Fair" for one in touched["changes"])
    assert program.get("change-sets?own=true").json()["data"][0]["id"] == told["id"]
    undone = program.post(f"{place}/undo")
    assert (undone.status_code, undone.json()["records"], undone.json()["kept"]) == (200, 1, 0)
    record.refresh_from_db()
    assert record.source != "Fair"
    assert program.get(place).json()["undone_at"]
    assert program.post(f"{place}/undo").status_code == 422, "it was taken back already"
    assert program.get(f"change-sets/{undone['Change-Set']}").json()["undoes"] == told["id"]


def test_what_was_changed_since_stays(member: User) -> None:
    record: Any = make(Person, owner=member, by=member, source="Page")
    program = Program(member)
    first = program.patch(f"people/{record.pk}", {"fields": {"source": "Fair"}})["Change-Set"]
    program.patch(f"people/{record.pk}", {"fields": {"source": "Mail"}})
    undone = program.post(f"change-sets/{first}/undo").json()
    assert (undone["records"], undone["kept"]) == (0, 1)


def test_nobody_reads_or_takes_back_what_others_did(member: User, stranger: User) -> None:
    record: Any = make(Person, owner=member, by=member)
    done = Program(member).patch(f"people/{record.pk}", {"fields": {"source": "Fair"}})["Change-Set"]
    program, before = Program(stranger), checksum(*OF_RECORDS)
    for method, path in (("GET", "change-sets/{}"), ("POST", "change-sets/{}/undo")):
        hidden = program.ask(method, path.format(done), None)
        assert hidden.status_code == 404
        assert said(hidden) == said(program.ask(method, path.format(uuid4()), None))
    assert program.get("change-sets").json()["data"] == []
    assert checksum(*OF_RECORDS) == before


def test_a_narrow_token_takes_back_only_what_it_did_itself(member: User) -> None:
    record: Any = make(Person, owner=member, by=member, name=HIDDEN)
    by_hand = ChangeSet.objects.filter(actor=member).latest("at")
    narrow = Program(member, types={"people": ["source"]})
    assert narrow.post(f"change-sets/{by_hand.pk}/undo").status_code == 404
    own = narrow.patch(f"people/{record.pk}", {"fields": {"source": "Fair"}})["Change-Set"]
    [line] = narrow.get("change-sets").json()["data"]
    assert line["id"] == own
    assert HIDDEN not in said(narrow.get("change-sets")) + said(narrow.get(f"change-sets/{own}"))
    assert narrow.post(f"change-sets/{own}/undo").status_code == 200
    reading = Program(member, may_write=False)
    assert reading.post(f"change-sets/{own}/undo").status_code == 403


# -- figures ------------------------------------------------------------------------------------------------------
def test_counts_and_sums_in_groups(member: User) -> None:
    nord = make(Organization, owner=member, by=member, name="Nord AG", stage="customer")
    kind = kind_of("deals")
    for amount, month in ((100, "01"), (50, "01"), (7, "02")):
        make(
            kind.model,
            owner=member,
            by=member,
            amount=amount,
            expected_on=f"2026-{month}-15",
            organization=nord,
        )
    program = Program(member)
    every = program.get("deals/figures?sum=amount").json()
    assert every["count"] == 3
    assert every["sums"]["amount"] == [{"amount": "157.00", "currency": "EUR"}]
    assert every["worth"]["amount"]["currency"] == "EUR"
    by_month = program.get("deals/figures?sum=amount&group=expected_on.month").json()["groups"]
    assert [(one["value"], one["count"]) for one in by_month] == [("2026-01-01", 2), ("2026-02-01", 1)]
    assert by_month[0]["sums"]["amount"][0]["amount"] == "150.00"
    [one] = program.get("deals/figures?group=organization").json()["groups"]
    assert (one["value"], one["label"], one["count"]) == (str(nord.pk), "Nord AG", 3)
    assert program.get("deals/figures?filter=amount > 60").json()["count"] == 1
    assert program.get("organizations/figures?group=stage").json()["groups"][0]["label"] == "Customer"
    for wrong in ("sum=name", "group=amount", "group=expected_on", "group=expected_on.century", "sum=x"):
        assert program.get(f"deals/figures?{wrong}").status_code == 422, wrong


def test_figures_count_nothing_that_is_hidden(member: User, stranger: User) -> None:
    world = build_world(member)
    program = Program(stranger)
    for key in world.records:
        assert program.get(f"{key}/figures").json()["count"] == 0
    own = make(kind_of("deals").model, owner=stranger, by=stranger)
    kind_of("deals").model.objects.filter(pk=own.pk).update(organization=world.records["organizations"].pk)
    answer = program.get("deals/figures?group=organization")
    assert answer.json() == {"count": 1, "sums": {}, "groups": [], "more": False}
    narrow = Program(member, types={"deals": ["name"]})
    assert narrow.get("deals/figures?sum=amount").status_code == 422
    assert narrow.get("deals/figures?group=stage").status_code == 422


# -- duplicates ---------------------------------------------------------------------------------------------------
def test_whoever_is_here_already_is_told_and_can_be_refused(member: User, stranger: User) -> None:
    anna: Any = make(Person, owner=member, by=member, **ANNA)
    program = Program(member)
    asked = program.post("people/duplicates", {"fields": {"given_name": "Ana", **ANNA}}).json()["data"]
    assert [one["id"] for one in asked] == [str(anna.pk)]
    assert asked[0]["points"] > 90 and "same e-mail address" in asked[0]["words"]
    assert (
        Program(member, may_write=False).post("people/duplicates", {"fields": ANNA}).json()["data"]
        == asked[:1]
    )
    refused = program.post("people", {"fields": ANNA, "duplicates": "refuse"})
    assert refused.status_code == 409 and refused.json()["type"].endswith("duplicate")
    assert refused.json()["possible_duplicates"][0]["id"] == str(anna.pk)
    assert "Anna Muster" in refused.json()["detail"]
    made = program.post("people", {"fields": ANNA, "duplicates": "check"})
    assert made.status_code == 201 and made.json()["possible_duplicates"][0]["id"] == str(anna.pk)
    assert program.post("people", {"fields": ANNA, "duplicates": "maybe"}).status_code == 422
    hidden = Program(stranger).post("people", {"fields": ANNA, "duplicates": "refuse"})
    assert hidden.status_code == 201 and "possible_duplicates" in hidden.json()
    assert hidden.json()["possible_duplicates"] == []
    narrow = Program(member, types={"people": ["name"]})
    assert (
        narrow.post("people", {"fields": {"name": "Anna Muster"}, "duplicates": "check"}).status_code == 403
    )
    assert narrow.post("people/duplicates", {"fields": {"name": "Anna Muster"}}).status_code == 403


def test_the_duplicates_of_a_record(member: User, restricted: User) -> None:
    anna: Any = make(Person, owner=member, by=member, **ANNA)
    twin: Any = make(Person, owner=restricted, by=restricted, **ANNA)
    [found] = Program(member).get(f"people/{anna.pk}/duplicates").json()["data"]
    assert found["id"] == str(twin.pk)
    assert Program(restricted).get(f"people/{twin.pk}/duplicates").json()["data"] == []


def test_rows_of_a_bulk_call_that_are_here_already(member: User) -> None:
    anna: Any = make(Person, owner=member, by=member, **ANNA)
    find()
    rows = [{"fields": ANNA}, {"fields": {"name": "Bo Lund", "email": "bo@lund.example"}},
            {"fields": {"name": "B. Lund", "email": "bo@lund.example"}}]  # fmt: skip
    program = Program(member)
    refused = program.post("people/bulk", {"create": rows, "duplicates": "refuse"}).json()["create"]
    assert [one["status"] for one in refused] == [409, 201, 409]
    assert refused[0]["possible_duplicates"][0]["id"] == str(anna.pk)
    assert refused[2]["possible_duplicates"][0]["row"] == 1
    told = program.post("people/bulk", {"create": rows[:1], "duplicates": "check"}).json()["create"]
    assert told[0]["status"] == 201 and told[0]["possible_duplicates"][0]["id"] == str(anna.pk)


def test_many_rows_are_compared_with_a_few_queries(member: User, django_assert_max_num_queries: Any) -> None:
    make(Person, owner=member, by=member, **ANNA)
    find()
    rows = [{"fields": {"name": f"Person {n}", "email": f"p{n}@x.example"}} for n in range(300)]
    program = Program(member)
    with django_assert_max_num_queries(60):
        answer = program.post("people/bulk", {"create": [*rows, {"fields": ANNA}], "duplicates": "refuse"})
    assert (answer.json()["written"], answer.json()["failed"]) == (300, 1)


# -- merging ------------------------------------------------------------------------------------------------------
@EACH
def test_two_become_one_and_come_back(kind: RecordType, member: User) -> None:
    one: Any = make(kind.model, owner=member, by=member, source="Fair")
    two: Any = make(kind.model, owner=member, by=member, source="Mail")
    program, place = Program(member), f"{kind.key}/{one.pk}/merge"
    seen = program.get(f"{place}?others={two.pk}").json()
    assert seen["fields"]["source"]["from"] == str(one.pk)
    assert {each["value"] for each in seen["fields"]["source"]["values"]} == {"Fair", "Mail"}
    body = {"others": [str(two.pk)], "fields": {"source": str(two.pk)}}
    before = checksum(*OF_RECORDS)
    tried = program.post(f"{place}?dry_run=true", body)
    assert tried.json()["fields"]["source"] == "Mail" and checksum(*OF_RECORDS) == before
    merged = program.post(place, body)
    assert (merged.status_code, merged.json()["fields"]["source"]) == (200, "Mail")
    moved = program.get(f"{kind.key}/{two.pk}")
    assert (moved.status_code, moved["Location"]) == (308, f"/api/v1/{kind.key}/{one.pk}")
    assert moved.json()["merged_into"] == {"type": kind.key, "id": str(one.pk)}
    written = program.patch(f"{kind.key}/{two.pk}", {"fields": {"source": "x"}})
    assert (written.status_code, written.json()["merged_into"]["id"]) == (409, str(one.pk))
    assert program.post(f"change-sets/{merged['Change-Set']}/undo").status_code == 200
    assert program.get(f"{kind.key}/{two.pk}").json()["fields"]["source"] == "Mail"


def test_merging_is_refused_where_something_is_wrong(member: User, restricted: User, stranger: User) -> None:
    one, two = (make(Person, owner=member, by=member) for _ in range(2))
    place, program = f"people/{one.pk}/merge", Program(member)
    before = checksum(*OF_RECORDS)
    for wrong, status in (
        ({}, 422), ({"others": []}, 422), ({"others": [str(one.pk)]}, 422), ({"others": ["x"]}, 404),
        ({"others": [str(uuid4())]}, 404), ({"others": [str(two.pk)], "strategy": "best"}, 422),
        ({"others": [str(two.pk)], "fields": {"name": str(uuid4())}}, 422),
        ({"others": [str(two.pk)], "fields": {"nonsense": str(two.pk)}}, 422),
        ({"others": [str(two.pk)], "versions": {str(two.pk): 99}}, 409), ({"others": [str(two.pk)] * 40}, 422),
    ):  # fmt: skip
        assert program.post(place, wrong).status_code == status, wrong
    assert Program(stranger).post(place, {"others": [str(two.pk)]}).status_code == 404
    own: Any = make(Person, owner=restricted, by=restricted)
    with_hidden = Program(restricted).post(f"people/{own.pk}/merge", {"others": [str(two.pk)]})
    unknown = Program(restricted).post(f"people/{own.pk}/merge", {"others": [str(uuid4())]})
    assert said(with_hidden) == said(unknown) and with_hidden.status_code == 404
    narrow = Program(member, types={"people": ["name"]})
    assert narrow.post(place, {"others": [str(two.pk)]}).status_code == 403
    assert Program(member, may_write=False).post(place, {"others": [str(two.pk)]}).status_code == 403
    own.delete_row() if hasattr(own, "delete_row") else None
    assert Person.objects.filter(deleted_at=None, pk__in=[one.pk, two.pk]).count() == 2 and before


def test_where_a_merged_record_went_is_told_to_those_who_may_see_it(member: User, stranger: User) -> None:
    one, two = (make(Person, owner=member, by=member) for _ in range(2))
    Program(member).post(f"people/{one.pk}/merge", {"others": [str(two.pk)]})
    for method in ("GET", "PATCH"):
        hidden = Program(stranger).ask(
            method, f"people/{two.pk}", {"fields": {}} if method == "PATCH" else None
        )
        assert hidden.status_code == 404 and str(one.pk) not in said(hidden)
