"""Many rows in one call, calls that are repeated, and records by the keys of other systems."""

import threading
from typing import Any

import pytest
from django.db import connection

from rapport.accounts.models import User
from rapport.api.bulk.keep import forget_old
from rapport.api.bulk.models import Answer
from rapport.api.records.test_records import EACH, kind_of, values_of
from rapport.api.testing import Program
from rapport.kernel.changes.models import Change, ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.external.models import ExternalKey
from rapport.kernel.registry import RecordType
from rapport.kernel.testing import make

pytestmark = pytest.mark.django_db


@EACH
def test_rows_are_made_changed_and_deleted_as_one_change_set(kind: RecordType, member: User) -> None:
    program = Program(member)
    rows = [{"fields": values_of(kind, member, n)} for n in range(60)]
    made = program.post(f"{kind.key}/bulk", {"create": rows})
    assert made.status_code == 200, made.content
    assert {one["status"] for one in made.json()["create"]} == {201}
    ids = [one["id"] for one in made.json()["create"]]
    sets = Change.objects.filter(record_id__in=ids, act="create", part="").values_list(
        "change_set_id", flat=True
    )
    assert {str(one) for one in sets} == {made.json()["change_set"]}
    body = {"update": [{"id": one, "fields": {"source": f"fair {n}"}} for n, one in enumerate(ids)]}
    changed = program.post(f"{kind.key}/bulk", body).json()
    assert (changed["written"], changed["failed"]) == (60, 0)
    assert program.get(f"{kind.key}/{ids[7]}").json()["fields"]["source"] == "fair 7"
    gone = program.post(f"{kind.key}/bulk", {"delete": ids}).json()
    assert gone["written"] == 60
    assert program.get(f"{kind.key}/{ids[0]}").status_code == 404
    revert(ChangeSet.objects.get(pk=gone["change_set"]), by=member)
    revert(ChangeSet.objects.get(pk=changed["change_set"]), by=member)
    assert program.get(f"{kind.key}/{ids[7]}").json()["fields"]["source"] == ""


def test_each_wrong_row_says_why_and_the_others_are_written(member: User, stranger: User) -> None:
    program, kind = Program(member), kind_of("people")
    mine = make(kind.model, owner=member, by=member)
    body = {
        "create": [
            {"fields": {"name": "Ida Storm"}}, {"fields": {"name": 1}}, {"fields": {"nonsense": "x"}}, {"nonsense": 1},
            {"fields": {"name": "Bo", "organization": str(mine.pk)}}, {"fields": {}}, "x",
        ],
        "update": [
            {"id": str(mine.pk), "fields": {"about": "New"}}, {"id": str(mine.pk), "fields": {"about": "Twice"}},
            {"id": "01a202fc-0000-7000-8000-000000000000", "fields": {}}, {"id": "x"},
        ],
        "delete": ["01a202fc-0000-7000-8000-000000000000", 5],
    }  # fmt: skip
    answer = program.post("people/bulk", body)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [one["status"] for one in told["create"]] == [201, 422, 422, 422, 422, 422, 422]
    assert told["create"][1]["errors"][0]["field"] == "name"
    assert told["create"][4]["errors"][0]["field"] == "organization"
    assert [one["status"] for one in told["update"]] == [200, 422, 404, 422]
    assert [one["status"] for one in told["delete"]] == [404, 422]
    assert (told["written"], told["failed"]) == (2, 11)
    assert program.get(f"people/{mine.pk}").json()["fields"]["about"] == "New"
    other = Program(stranger).post(
        "people/bulk", {"update": [{"id": str(mine.pk), "fields": {"about": "x"}}]}
    )
    assert other.json()["update"][0]["status"] == 404


def test_all_or_nothing_writes_nothing_when_a_row_is_wrong(member: User) -> None:
    program = Program(member)
    body = {"create": [{"fields": {"name": "Ida"}}, {"fields": {"name": 1}}], "atomic": True}
    answer = program.post("people/bulk", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "create[1].name"
    assert program.get("people").json()["data"] == []


def test_a_row_of_an_old_version_is_a_conflict_only_about_the_same_field(member: User) -> None:
    program, kind = Program(member), kind_of("people")
    person = make(kind.model, owner=member, by=member)
    program.patch(f"people/{person.pk}", {"fields": {"position": "Head"}})
    row = {"id": str(person.pk), "version": 1}
    told = program.post("people/bulk", {"update": [{**row, "fields": {"position": "Boss"}}]}).json()
    assert told["update"][0]["status"] == 409
    told = program.post("people/bulk", {"update": [{**row, "fields": {"about": "x"}}]}).json()
    assert told["update"][0]["status"] == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"create": {}}, {"create": [{}] * 10_001}, {"upsert": [{"key": "1"}]}, {"nonsense": []},
     {"create": [], "atomic": 1},
     {"create": [{}], "atomic": "x"}, {"upsert": [{"key": "1"}], "source": ""}, {"delete": None}],
)  # fmt: skip
def test_a_call_that_cannot_be_understood_is_refused_as_a_whole(body: Any, member: User) -> None:
    assert Program(member).post("people/bulk", body).status_code == 422


def test_a_call_of_two_thousand_rows_is_answered(member: User) -> None:
    program = Program(member)
    rows = [{"fields": {"name": f"Person {n}", "email": f"p{n}@example.com"}} for n in range(2_000)]
    told = program.post("people/bulk", {"create": rows}).json()
    assert told["written"] == 2_000


@EACH
def test_records_are_written_again_under_the_key_of_the_other_system(kind: RecordType, member: User) -> None:
    program = Program(member)
    rows = [{"key": f"K{n}", "fields": values_of(kind, member, n)} for n in range(5)]
    first = program.post(f"{kind.key}/bulk", {"source": "erp", "upsert": rows}).json()
    assert {one["status"] for one in first["upsert"]} == {201}
    again = [{"key": one["key"], "fields": {"source": "second"}} for one in rows]
    second = program.post(f"{kind.key}/bulk", {"source": "erp", "upsert": again}).json()
    assert {one["status"] for one in second["upsert"]} == {200}
    assert [one["id"] for one in second["upsert"]] == [one["id"] for one in first["upsert"]]
    read = program.get(f"{kind.key}/external/erp/K3")
    assert read.json()["fields"]["source"] == "second"
    put = program.ask("PUT", f"{kind.key}/external/erp/K3", {"fields": {"source": "third"}})
    assert (put.status_code, put.json()["id"]) == (200, read.json()["id"])
    new = program.ask("PUT", f"{kind.key}/external/erp/K99", {"fields": values_of(kind, member, 99)})
    assert new.status_code == 201, new.content
    assert program.get(f"{kind.key}/external/other/K3").status_code == 404
    program.delete(f"{kind.key}/{read.json()['id']}")
    told = program.post(f"{kind.key}/bulk", {"source": "erp", "upsert": [{"key": "K3", "fields": {}}]}).json()
    assert told["upsert"][0]["status"] == 409


def test_the_key_of_a_hidden_record_opens_nothing(member: User, stranger: User) -> None:
    Program(member).ask("PUT", "people/external/erp/1", {"fields": {"name": "Quarzblatt"}})
    program = Program(stranger)
    assert program.get("people/external/erp/1").status_code == 404
    taken = program.ask("PUT", "people/external/erp/1", {"fields": {"name": "Mine"}})
    assert taken.status_code == 404
    assert ExternalKey.objects.count() == 1


def test_a_repeated_call_is_done_once(member: User) -> None:
    program, body = Program(member), {"fields": {"name": "Ida Storm"}}
    first = program.post("people", body, Idempotency_Key="abc")
    second = program.post("people", body, Idempotency_Key="abc")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert second["Location"] == first["Location"]
    assert len(program.get("people").json()["data"]) == 1
    other = program.post("people", {"fields": {"name": "Bo"}}, Idempotency_Key="abc")
    assert other.status_code == 422
    assert other.json()["type"].endswith("idempotency-key")
    assert (
        Program(member).post("people", {"fields": {"name": "Bo"}}, Idempotency_Key="abc").status_code == 201
    )
    gone = program.delete(f"people/{first.json()['id']}", Idempotency_Key="def")
    assert (
        gone.status_code
        == program.delete(f"people/{first.json()['id']}", Idempotency_Key="def").status_code
        == 204
    )
    wrong = program.post("people", {"fields": {"name": 1}}, Idempotency_Key="ghi")
    assert wrong.status_code == 422
    assert program.post("people", body, Idempotency_Key="ghi").status_code == 201, "a refusal is not kept"


def test_kept_answers_leave_after_a_day(member: User) -> None:
    program = Program(member)
    program.post("people", {"fields": {"name": "Ida"}}, Idempotency_Key="abc")
    forget_old()
    assert Answer.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("update api_answer set at = at - interval '25 hours'")
    forget_old()
    assert Answer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_makes_one_record(member: User) -> None:
    program, found = Program(member), list[Any]()

    def run() -> None:
        found.append(program.post("people", {"fields": {"name": "Ida"}}, Idempotency_Key="abc").json()["id"])
        connection.close()

    def upsert() -> None:
        program.ask("PUT", "people/external/erp/1", {"fields": {"name": "Bo"}})
        connection.close()

    threads = [threading.Thread(target=one) for one in (run, run, run, run, upsert, upsert, upsert, upsert)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert len(set(found)) == 1
    assert len(program.get("people").json()["data"]) == 2


def test_the_change_set_says_how_many_of_what(member: User) -> None:
    for count, label in ((1, "1 person"), (1_001, "1,001 people")):
        Program(member).post("people/bulk", {"create": [{"fields": {}}] * count})
        assert ChangeSet.objects.latest("id").label.startswith(f"{label}, by the program")
