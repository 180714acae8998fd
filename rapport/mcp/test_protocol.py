"""The protocol: spoken with the client that agents use, and by hand with whatever somebody may send."""

import asyncio
import io
import json
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from django.test import AsyncRequestFactory
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from rapport.accounts.models import User
from rapport.api.records.test_strangers import HOSTILE
from rapport.api.testing import Program
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.testing import make
from rapport.mcp import endpoint
from rapport.mcp.test_mcp import READ_TOOLS
from rapport.mcp.testing import Agent
from rapport.parties.models import Person
from rapport.runtime.commands.agents import pass_on

pytestmark = pytest.mark.django_db


# -- with the client that agents use ------------------------------------------------------------------------------
Talk = Callable[[Client], Awaitable[None]]


def talk(server: str, secret: str, mode: str, what: Talk) -> None:
    async def run() -> None:
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx2.AsyncClient(headers=headers) as http:
            transport = streamable_http_client(f"{server}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                await what(client)

    in_a_loop(run)


def in_a_loop(run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """In a thread of its own: the browser of other tests runs a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(run())).result(timeout=120)


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

    in_a_loop(run)


def test_what_cannot_be_passed_on_is_told_to_the_agent() -> None:
    out = io.StringIO()
    said = ["", "{", '{"jsonrpc": "2.0", "id": 7, "method": "ping"}', '{"jsonrpc": "2.0", "method": "x"}']
    pass_on(said, out, "http://127.0.0.1:9/mcp", "x")
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["id"] for one in answers] == [None, 7]
    assert "cannot be reached" in answers[1]["error"]["message"]


# -- the protocol -------------------------------------------------------------------------------------------------
def test_requests_of_the_web_server_are_answered_as_well(member: User) -> None:
    """It runs as an ASGI application; the tests above speak WSGI."""
    record: Any = make(Person, owner=member, by=member)
    agent = Agent(member)
    arguments = {"type": "people", "id": str(record.pk), "fields": {"source": "Fair"}}
    for tool, said in (
        ("change_record", arguments),
        ("get_record", {**arguments, "fields": None, "with": ["timeline"]}),
    ):
        said = {name: value for name, value in said.items() if value is not None}
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": tool, "arguments": said},
        }
        headers = {"Authorization": f"Bearer {agent.secret}"}
        request = AsyncRequestFactory().post(
            "/mcp", json.dumps(body), content_type="application/json", headers=headers
        )
        answer: Any = endpoint.mcp(request)
        assert answer.status_code == 200 and not json.loads(answer.content)["result"]["isError"], (
            answer.content
        )
    record.refresh_from_db()
    assert record.source == "Fair"


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
            for value in values[turn % 13 :: 13]:
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
