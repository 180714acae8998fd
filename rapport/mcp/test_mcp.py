"""What an agent can do: the same as its user by the same token, and nothing more."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from rapport.accounts.models import Role, User
from rapport.api.records.test_records import EACH, kind_of
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.custom.record_types import define
from rapport.kernel.registry import RecordType, types
from rapport.kernel.relations.models import RelationshipType
from rapport.kernel.testing import make
from rapport.kernel.testing.nothing_changed import OF_RECORDS, checksum
from rapport.mcp.testing import Agent
from rapport.parties.models import Person
from tests.addresses import HIDDEN, World, build_world

pytestmark = pytest.mark.django_db
READ_TOOLS = {
    "describe",
    "search",
    "find_records",
    "get_record",
    "count_records",
    "find_duplicates",
    "history",
}


# -- what tools do ------------------------------------------------------------------------------------------------
def test_the_types_and_fields_are_described(member: User) -> None:
    agent = Agent(member)
    overview = agent.do("describe")
    assert [one["key"] for one in overview["types"]] == [one.key for one in types()]
    deals = agent.do("describe", type="deals")
    assert {"win", "lose"} <= {one["key"] for one in deals["actions"]}
    assert "name" in deals["writes"]["properties"]["fields"]["properties"]
    assert set(agent.tools()["find_records"]["inputSchema"]["properties"]["type"]["enum"]) == {
        one.key for one in types()
    }


@EACH
def test_a_record_of_every_type_is_found_read_counted_changed_deleted_and_restored(
    kind: RecordType, member: User
) -> None:
    record: Any = make(kind.model, owner=member, by=member, source="Fair")
    agent, place = Agent(member, name="Agent"), {"type": kind.key, "id": str(record.pk)}
    assert (
        agent.do("find_records", type=kind.key, filter="source is Fair", fields=["source"])["data"][0]["id"]
        == place["id"]
    )
    assert agent.do("count_records", type=kind.key, filter="source is Fair")["count"] == 1
    whole = agent.do(
        "get_record", **place, **{"with": ["timeline", "relationships", "files", "actions", "duplicates"]}
    )
    assert whole["timeline"]["data"] and whole["url"].endswith(f"/{kind.key}/{record.pk}/")
    before = checksum(*OF_RECORDS)
    tried = agent.do("change_record", **place, fields={"source": "Mail"}, dry_run=True)
    assert tried["dry_run"] and tried["result"]["fields"]["source"] == "Mail"
    assert [(one["old"], one["new"]) for one in tried["would_change"][0]["changes"]] == [("Fair", "Mail")]
    assert checksum(*OF_RECORDS) == before
    done = agent.do("change_record", **place, fields={"source": "Mail"})
    told = agent.do("history", id=done["change_set"])
    assert told["cause"] == "api" and told["own"] and told["records"][0]["id"] == place["id"]
    agent.do("delete_record", **place)
    assert "nothing here" in agent.refusal("get_record", **place)
    agent.do("restore_record", **place)
    assert agent.do("get_record", **place)["fields"]["source"] == "Mail"
    assert agent.do("undo", change_set=done["change_set"])["result"]["records"] == 1
    assert agent.do("history", own=True)["data"][0]["undoes"] == done["change_set"]


def test_a_type_that_an_administrator_has_added_is_there_at_once(member: User, administrator: User) -> None:
    agent = Agent(member)
    assert "machines" not in json.dumps(agent.tools())
    words = {"label": {"": "Machine"}, "plural": {"": "Machines"}}
    kind = define.add_type(define.TypeDraft(words), by=administrator)
    assert kind.key in agent.tools()["create_record"]["inputSchema"]["properties"]["type"]["enum"]
    made = agent.do("create_record", type=kind.key, fields={kind.title: "Lathe 4"})
    assert agent.do("find_records", type=kind.key, words="Lathe")["data"][0]["id"] == made["result"]["id"]
    twin = agent.do("create_record", type=kind.key, fields={kind.title: "Lathe 4"})["result"]["id"]
    agent.do("merge_records", type=kind.key, id=made["result"]["id"], others=[twin])
    assert agent.do("count_records", type=kind.key)["count"] == 1
    agent.do("undo", change_set=made["change_set"])
    assert agent.do("count_records", type=kind.key)["count"] == 0


def test_fields_that_a_role_hides_are_hidden_from_its_agents(member: User) -> None:
    role = Role.objects.create(
        key="narrow",
        name="Narrow",
        grants=member.roles.get().grants,
        field_rights={"people": {"about": "hidden"}},
    )
    record: Any = make(Person, owner=member, by=member, name="Ida Storm", about=HIDDEN)
    member.roles.set([role])
    agent, place = Agent(User.objects.get(pk=member.pk)), {"type": "people", "id": str(record.pk)}
    told = [
        agent.do("get_record", **place, **{"with": ["timeline"]}), agent.do("describe", type="people"),
        agent.do("find_records", type="people"), agent.do("find_records", type="people", words=HIDDEN),
        agent.do("change_record", **place, fields={"source": "Fair"}, dry_run=True), agent.do("history"),
    ]  # fmt: skip
    text = json.dumps(told)
    assert HIDDEN not in text and "about" not in json.dumps(told[1]["writes"])
    assert told[3]["data"] == []
    for tool, arguments in (
        ("change_record", place | {"fields": {"about": "x"}}), ("count_records", {"type": "people", "group": "about"}),
        ("find_records", {"type": "people", "filter": f"about contains {HIDDEN}"}),
    ):  # fmt: skip
        assert agent.try_to(tool, **arguments)["isError"], tool


def test_actions_relationships_many_rows_and_merging(member: User) -> None:
    RelationshipType.objects.create(key="knows-of", name="knows of", inverse_name="is known to")
    agent = Agent(member)
    deal: Any = make(kind_of("deals").model, owner=member, by=member, amount=100)
    one, two = (make(Person, owner=member, by=member, name=name) for name in ("Eva Lund", "Ewa Lund"))
    won = agent.do("do_action", type="deals", id=str(deal.pk), action="win")
    assert won["change_set"]
    assert "win" not in [
        each["key"]
        for each in agent.do("get_record", type="deals", id=str(deal.pk), **{"with": ["actions"]})["actions"][
            "data"
        ]
    ]
    related = agent.do(
        "relate_records", type="people", id=str(one.pk), relationship="knows-of", other=str(two.pk)
    )
    agent.do("end_relationship", type="people", id=str(one.pk), relationship=related["result"]["id"])
    rows = [{"fields": {"name": f"Person {n}"}} for n in range(20)]
    many = agent.do("write_many", type="people", create=rows, delete=[str(deal.pk)])
    assert (many["result"]["written"], many["result"]["failed"]) == (20, 1)
    merge = {"type": "people", "id": str(one.pk), "others": [str(two.pk)]}
    assert agent.do("merge_records", **merge, dry_run=True)["would_change"]
    assert Person.objects.filter(deleted_at=None, name__contains="Lund").count() == 2
    agent.do("merge_records", **merge)
    assert agent.do("get_record", type="people", id=str(two.pk))["merged_into"]["id"] == str(one.pk)
    assert [hit["id"] for hit in agent.do("search", words="Lund")["data"]] == [str(one.pk)]
    refused = agent.refusal("create_record", type="people", fields={"name": "Eva Lund", "nonsense": 1})
    assert "nonsense: There is no field" in refused


# -- no further than the token ------------------------------------------------------------------------------------
def attempts(key: str, world: World) -> list[tuple[str, dict[str, Any]]]:
    """Every tool that names a record, on that one."""
    place = {"type": key, "id": str(world.records[key].pk)}
    return [
        ("get_record", place), ("change_record", place | {"fields": {"source": "x"}}), ("delete_record", place),
        ("restore_record", place), ("do_action", place | {"action": "win"}), ("find_duplicates", place),
        ("relate_records", place | {"relationship": "knows-of", "other": str(uuid4())}),
        ("end_relationship", place | {"relationship": str(world.edges[key].pk)}),
        ("merge_records", place | {"others": [str(uuid4())]}),
        ("change_record", place | {"fields": {"source": "x"}, "dry_run": True}),
        ("history", {"id": str(world.sets[key].pk)}), ("undo", {"change_set": str(world.sets[key].pk)}),
    ]  # fmt: skip


@EACH
def test_a_stranger_gets_the_answer_of_what_does_not_exist(
    kind: RecordType, member: User, stranger: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    world = build_world(member)
    agent, before = Agent(stranger), checksum(*OF_RECORDS)
    for tool, arguments in attempts(kind.key, world):
        unknown = {
            k: str(uuid4()) if isinstance(v, str) and len(v) == 36 else v for k, v in arguments.items()
        }
        hidden = agent.try_to(tool, **arguments)
        assert hidden["isError"] and hidden == agent.try_to(tool, **unknown), tool
    many = agent.do("write_many", type=kind.key, delete=[str(world.records[kind.key].pk)])
    assert many["result"]["delete"][0]["status"] == 404
    seen = [
        agent.do("search", words=HIDDEN), agent.do("find_records", type=kind.key, words=HIDDEN, count=True),
        agent.do("count_records", type=kind.key), agent.do("history"),
        agent.do("find_duplicates", type=kind.key, fields={kind.title: HIDDEN}),
    ]  # fmt: skip
    text = json.dumps(seen)
    assert str(world.records[kind.key].pk) not in text and seen[2]["count"] == 0
    ChangeSet.objects.filter(actor=stranger).delete()
    assert checksum(*OF_RECORDS) == before


def test_a_token_that_reads_has_no_tool_that_writes(member: User) -> None:
    record: Any = make(Person, owner=member, by=member)
    agent = Agent(member, may_write=False)
    assert set(agent.tools()) == READ_TOOLS
    refused = agent.refusal("change_record", type="people", id=str(record.pk), fields={"source": "x"})
    assert "no tool “change_record”" in refused


def test_a_narrow_token_sees_and_writes_its_fields_only(member: User) -> None:
    record: Any = make(Person, owner=member, by=member, name="Ida Storm", about=HIDDEN, source="Fair")
    agent = Agent(member, types={"people": ["source"]})
    place = {"type": "people", "id": str(record.pk)}
    assert [one["key"] for one in agent.do("describe")["types"]] == ["people"]
    assert agent.do("get_record", **place)["fields"] == {"source": "Fair"}
    for tool, arguments in (
        ("change_record", place | {"fields": {"about": "x"}}), ("find_records", {"type": "people", "words": "Ida"}),
        ("find_records", {"type": "people", "filter": f"about contains {HIDDEN}"}),
        ("find_records", {"type": "deals"}), ("count_records", {"type": "people", "group": "city"}),
        ("find_duplicates", place), ("merge_records", place | {"others": [str(uuid4())]}),
        ("get_record", place | {"with": ["timeline"]}), ("do_action", place | {"action": "win"}),
    ):  # fmt: skip
        assert agent.try_to(tool, **arguments)["isError"], tool
    assert agent.do("search", words="Ida Storm")["data"] == []
    changed = agent.do("change_record", **place, fields={"source": "Mail"})
    for answer in (changed, agent.do("history"), agent.do("history", id=changed["change_set"])):
        assert HIDDEN not in json.dumps(answer) and "Ida" not in json.dumps(answer)


def test_without_a_working_token_there_is_nothing(member: User) -> None:
    agent = Agent(member)
    agent.secret = "rapport_wrong"
    answer = agent.say("tools/list")
    assert answer.status_code == 401 and "Bearer" in answer["WWW-Authenticate"]
    browser = Browser()
    browser.force_login(member)
    assert browser.post("/mcp", b"{}", content_type="application/json").status_code == 401, (
        "cookies do not count"
    )


def test_a_token_asks_as_often_as_it_may(member: User) -> None:
    agent = Agent(member, per_minute=3)
    codes = [agent.say("ping").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


def test_an_agent_that_may_only_propose_is_told_so(member: User) -> None:
    record: Any = make(Person, owner=member, by=member, source="Fair")
    agent = Agent(member, waits=True)
    assert "proposals" in agent.tools()
    found = agent.do("change_record", type="people", id=str(record.pk), fields={"source": "Mail"})
    assert found["state"] == "open" and "confirms" in found["note"]
    assert agent.do("proposals")["data"][0]["id"] == found["proposal"]
    record.refresh_from_db()
    assert record.source == "Fair"
    begun = agent.say("initialize", {"protocolVersion": "2025-06-18"}).json()["result"]
    assert "waits until" in begun["instructions"]
