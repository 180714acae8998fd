"""What an agent can do: the same as its user by the same token, and nothing more; with the client that agents use."""

import asyncio
import io
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from django.test import Client as Browser
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from rapport.accounts.models import Role, User
from rapport.api.records.test_records import EACH, kind_of
from rapport.api.records.test_strangers import HOSTILE, checksum
from rapport.api.testing import Program
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.custom.record_types import define
from rapport.kernel.registry import RecordType, types
from rapport.kernel.relations.models import RelationshipType
from rapport.kernel.testing import make
from rapport.parties.models import Person
from rapport.runtime.commands.agents import pass_on
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


class Agent(Program):
    """A program that speaks the protocol by hand."""

    def say(self, method: str, params: Any = None, *, key: Any = 1, **headers: str) -> Any:
        body = {"jsonrpc": "2.0", "id": key, "method": method} | (
            {} if params is None else {"params": params}
        )
        return self.send(json.dumps(body).encode(), **headers)

    def send(self, raw: bytes, **headers: str) -> Any:
        named = {"Authorization": f"Bearer {self.secret}"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        return self.client.post(
            "/mcp", raw, content_type=named.pop("Content-Type", "application/json"), headers=named
        )

    def do(self, tool: str, **arguments: Any) -> Any:
        """What the tool says; fails where it refuses."""
        found = self.try_to(tool, **arguments)
        assert not found["isError"], found
        assert json.loads(found["content"][0]["text"]) == found["structuredContent"]
        return found["structuredContent"]

    def try_to(self, tool: str, **arguments: Any) -> Any:
        answer = self.say("tools/call", {"name": tool, "arguments": arguments})
        assert answer.status_code == 200, answer.content
        return answer.json()["result"]

    def refusal(self, tool: str, **arguments: Any) -> str:
        found = self.try_to(tool, **arguments)
        assert found["isError"], found
        text: str = found["content"][0]["text"]
        return text

    def tools(self) -> dict[str, Any]:
        return {one["name"]: one for one in self.say("tools/list").json()["result"]["tools"]}


# -- with the client that agents use ------------------------------------------------------------------------------
Talk = Callable[[Client], Awaitable[None]]


def talk(server: str, secret: str, mode: str, what: Talk) -> None:
    async def run() -> None:
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx2.AsyncClient(headers=headers) as http:
            transport = streamable_http_client(f"{server}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                await what(client)

    asyncio.run(run())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_client_of_agents_finds_writes_and_takes_back(live_server: Any, member: User, mode: str) -> None:
    anna: Any = make(Person, owner=member, by=member, name="Anna Muster", email="anna@halden.example")
    program = Program(member, name="Agent")

    async def work(client: Client) -> None:
        assert client.server_info is not None and client.server_info.name == "rapport"
        assert "people" in (client.instructions or "")
        tools = {one.name: one for one in (await client.list_tools()).tools}
        assert set(tools) > READ_TOOLS
        assert tools["get_record"].annotations.read_only_hint  # type: ignore[union-attr]
        found: Any = await client.call_tool("find_records", {"type": "people", "words": "Muster"})
        assert [one["id"] for one in found.structured_content["data"]] == [str(anna.pk)]
        changed: Any = await client.call_tool(
            "change_record", {"type": "people", "id": str(anna.pk), "fields": {"position": "Boss"}}
        )
        assert changed.structured_content["result"]["fields"]["position"] == "Boss"
        undone: Any = await client.call_tool("undo", {"change_set": changed.structured_content["change_set"]})
        assert undone.structured_content["result"]["records"] == 1
        refused: Any = await client.call_tool("get_record", {"type": "people", "id": str(uuid4())})
        assert refused.is_error and "nothing here" in refused.content[0].text

    talk(live_server.url, program.secret, mode, work)
    anna.refresh_from_db()
    assert anna.position == ""
    assert [one.cause for one in ChangeSet.objects.filter(label__contains="Agent")] == ["api", "api"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_agent_that_speaks_over_standard_output_is_passed_on(live_server: Any, member: User) -> None:
    make(Person, owner=member, by=member, name="Anna Muster")
    program = Program(member)

    async def run() -> None:
        environment = {**os.environ, "MCP_TOKEN": program.secret}
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "rapport", "mcp", f"{live_server.url}/mcp"], env=environment
        )
        async with Client(command) as client:
            found: Any = await client.call_tool("search", {"words": "Muster"})
            assert [one["title"] for one in found.structured_content["data"]] == ["Anna Muster"]
            refused: Any = await client.call_tool("get_record", {"type": "people", "id": str(uuid4())})
            assert refused.is_error

    asyncio.run(run())


def test_what_cannot_be_passed_on_is_told_to_the_agent() -> None:
    out = io.StringIO()
    said = ["", "{", '{"jsonrpc": "2.0", "id": 7, "method": "ping"}', '{"jsonrpc": "2.0", "method": "x"}']
    pass_on(said, out, "http://127.0.0.1:9/mcp", "x")
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["id"] for one in answers] == [None, 7]
    assert "cannot be reached" in answers[1]["error"]["message"]


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
    before = checksum()
    tried = agent.do("change_record", **place, fields={"source": "Mail"}, dry_run=True)
    assert tried["dry_run"] and tried["result"]["fields"]["source"] == "Mail"
    assert [(one["old"], one["new"]) for one in tried["would_change"][0]["changes"]] == [("Fair", "Mail")]
    assert checksum() == before
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
    agent, before = Agent(stranger), checksum()
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
    assert checksum() == before


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


# -- the protocol -------------------------------------------------------------------------------------------------
def test_only_messages_are_taken(member: User) -> None:
    agent = Agent(member)
    assert agent.client.get("/mcp", headers={"Authorization": f"Bearer {agent.secret}"}).status_code == 405
    assert agent.send(b"{}", Content_Type="text/plain").status_code == 415
    assert agent.say("ping", Origin="https://evil.example").status_code == 403
    rest = '"method": "ping"}'
    nothing: list[bytes] = [
        b"{",
        b"[]",
        b"null",
        b"[" * 5000,
        b"\xff",
        b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}',
    ]
    nothing += [f'{{"jsonrpc": "2.0", {one}'.encode() for one in (
        f'"id": 1, "x": "\\u0000", {rest}', f'"id": {{}}, {rest}', '"id": 1, "method": 7}', f'"id": true, {rest}',
    )]  # fmt: skip
    for raw in nothing:
        answer = agent.send(raw)
        assert answer.status_code == 400 and answer.json()["error"]["code"] in (-32700, -32600), raw
    assert agent.send(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}').status_code == 202
    assert agent.say("resources/list").json()["error"]["code"] == -32601
    assert agent.say("ping", MCP_Protocol_Version="1999-01-01").json()["error"]["code"] == -32022
    begun = agent.say("initialize", {"protocolVersion": "1999-01-01", "capabilities": {}, "clientInfo": {}})
    assert begun.json()["result"]["protocolVersion"] == "2025-11-25"
    meta = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}
    assert agent.say("tools/list", meta, MCP_Protocol_Version="2025-11-25").status_code == 400
    for params in ([], {"name": 7}, {"name": "describe", "arguments": [1]}):
        assert agent.say("tools/call", params).json()["error"]["code"] == -32602


def test_whatever_is_sent_to_a_tool_nothing_breaks(member: User) -> None:
    agent = Agent(member, per_minute=1_000_000)
    record: Any = make(Person, owner=member, by=member)
    good: dict[str, Any] = {"type": "people", "id": str(record.pk)}
    values, turn = [*HOSTILE[1:], "x" * 30_000, {"a": {"b": []}}, "../../etc", "%00", "people"], 0
    for tool, one in agent.tools().items():
        names = one["inputSchema"]["properties"]
        for turn, name in enumerate(names, turn + 1):  # noqa: B020  # each goes on where the last one stopped
            for value in values[turn % 7 :: 7]:
                said = {key: value for key, value in good.items() if key in names} | {name: value}
                answer = agent.say("tools/call", {"name": tool, "arguments": said})
                assert answer.status_code in (200, 400), (tool, name, value, answer.content)
                body = answer.json()
                assert "error" not in body or body["error"]["code"] == -32600
    assert Person.objects.filter(pk=record.pk).exists()
    long = agent.say("tools/call", {"name": "describe", "arguments": {"type": HOSTILE[0]}})
    assert long.status_code == 413
    assert "at most" in agent.refusal("write_many", type="people", delete=[str(uuid4())] * 501)
    assert "is needed" in agent.refusal("find_records")
    assert "There is no argument “kind”" in agent.refusal("describe", kind="people")


def test_an_answer_that_no_agent_could_read_is_refused(member: User, monkeypatch: Any) -> None:
    make(Person, owner=member, by=member)
    monkeypatch.setattr("rapport.mcp.protocol.LONGEST_ANSWER", 100)
    assert "too much" in Agent(member).refusal("find_records", type="people")


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
