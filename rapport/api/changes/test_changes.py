"""What changed since a position: complete, in order, and only what the user may see."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from rapport.accounts.models import Team, User
from rapport.api.records.test_records import EACH, kind_of
from rapport.api.testing import Program
from rapport.kernel.records import delete_record, restore_record, save_record
from rapport.kernel.registry import RecordType
from rapport.kernel.testing import make

pytestmark = pytest.mark.django_db(transaction=True)


def follow(program: Program, since: str, **query: str) -> tuple[list[Any], str]:
    """Everything behind the position."""
    found: list[Any] = []
    more = "".join(f"&{name}={value}" for name, value in query.items())
    while True:
        answer = program.get(f"changes?since={since}{more}")
        assert answer.status_code == 200, answer.content
        found += answer.json()["data"]
        since = answer.json()["next"]
        if not answer.json()["more"]:
            return found, since


@EACH
def test_a_copy_follows_everything_that_happens(kind: RecordType, member: User) -> None:
    program = Program(member)
    since = program.get("changes").json()["next"]
    record: Any = make(kind.model, owner=member, by=member)
    save_record(record, {"source": "fair"}, by=member)
    events, since = follow(program, since, types=kind.key, limit="1")
    events = [one for one in events if one["record_id"] == str(record.pk)]
    assert [one["act"] for one in events][:1] == ["create"]
    assert "source" in events[-1]["changed"]
    assert events[-1]["record"]["fields"]["source"] == "fair"
    assert events[-1]["actor"] == str(member.pk)
    assert follow(program, since)[0] == []
    delete_record(record, by=member)
    [gone], since = follow(program, since)
    assert (gone["act"], gone["record"], gone["record_id"]) == ("delete", None, str(record.pk))
    restore_record(record, by=member)
    [back], since = follow(program, since)
    assert back["act"] == "restore"
    assert back["record"]["id"] == str(record.pk)


def test_nothing_is_told_of_hidden_records(member: User, stranger: User) -> None:
    program = Program(stranger)
    since = program.get("changes").json()["next"]
    record: Any = make(kind_of("people").model, owner=member, by=member, name="Quarzblatt")
    save_record(record, {"about": "Quarzblatt"}, by=member)
    delete_record(record, by=member)
    assert follow(program, since)[0] == []


def test_what_leaves_the_sight_of_a_user_is_a_tombstone_for_him(
    restricted: User, administrator: User
) -> None:
    program = Program(restricted)
    since = program.get("changes").json()["next"]
    record: Any = make(kind_of("people").model, owner=restricted, by=restricted)
    events, since = follow(program, since)
    assert events[0]["record"]["id"] == str(record.pk)
    elsewhere = Team.objects.create(name="Far away")
    save_record(record, {"owner": administrator, "team": elsewhere}, by=administrator)
    events, since = follow(program, since)
    assert [(one["act"], one["record"]) for one in events] == [("delete", None)]
    save_record(record, {"about": "Secret"}, by=administrator)
    assert follow(program, since)[0] == []


def test_a_token_of_some_fields_hears_of_these_only(member: User) -> None:
    program = Program(member, types={"people": ["name"]})
    record: Any = make(kind_of("people").model, owner=member, by=member)
    since = program.get("changes?since=now").json()["next"]
    save_record(record, {"about": "Secret"}, by=member)
    assert follow(program, since)[0] == []
    save_record(record, {"name": "Ida Storm", "about": "More"}, by=member)
    [event], _since = follow(program, since)
    assert event["changed"] == ["name"]
    assert set(event["record"]["fields"]) == {"name"}


def test_a_transaction_that_still_runs_is_waited_for(member: User) -> None:
    program, kind = Program(member), kind_of("people")
    since = program.get("changes").json()["next"]
    began, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            make(kind.model, owner=member, by=member, name="Slow")
            began.set()
            may_end.wait(30)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    began.wait(30)
    make(kind.model, owner=member, by=member, name="Quick")
    before, since = follow(program, since)
    may_end.set()
    thread.join(30)
    after, _since = follow(program, since)
    names = [one["record"]["fields"]["name"] for one in before + after if one["act"] == "create"]
    assert sorted(names) == ["Quick", "Slow"], "each once, none left out"
    assert before == []


def test_a_position_holds_while_the_horizon_steps_back(member: User, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(member)
    since = program.get("changes?since=now").json()["next"]
    behind = int(since.partition("-")[0]) - 5
    monkeypatch.setattr("rapport.kernel.changes.log.HORIZON", f"select {behind}")
    answer = program.get(f"changes?since={since}")
    assert (answer.status_code, answer.json()["next"]) == (200, since), answer.content


@pytest.mark.parametrize("since", ["x", "1", "1-", "-1-1", "9" * 40, "999999999999-0", "١-٢", "now-1"])
def test_a_strange_position_is_refused(since: str, member: User) -> None:
    answer = Program(member).get(f"changes?since={since}")
    assert answer.status_code in (410, 422), answer.content
