"""The Model Context Protocol: JSON-RPC messages in, answers out. What is sent where is not known here.

Two generations are spoken: those that begin with `initialize` (2025-03-26 to 2025-11-25), and the one in which each
message says its version itself (2026-07-28). Nothing is kept between messages in either.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from rapport.api.endpoint import Call
from rapport.api.problems import Problem
from rapport.api.reading import check_depth
from rapport.api.tokens.scope import readable_types
from rapport.mcp.schemas import TooWrong
from rapport.mcp.tools import run_tool, tools_of
from rapport.runtime.version import VERSION

Json = Any  # Any: JSON
WITH_HANDSHAKE: Final = ("2025-03-26", "2025-06-18", "2025-11-25")
WITHOUT: Final = ("2026-07-28",)
VERSION_KEY: Final = "io.modelcontextprotocol/protocolVersion"
UNREADABLE, NO_REQUEST, NO_METHOD, NO_ARGUMENTS = -32700, -32600, -32601, -32602
HEADERS_DIFFER, OTHER_VERSION = -32020, -32022
STATUS: Final = {UNREADABLE: 400, NO_REQUEST: 400, HEADERS_DIFFER: 400, OTHER_VERSION: 400}
LONGEST_ANSWER: Final = 400_000  # characters: more than an agent can read
KEPT_FOR: Final = 60_000  # milliseconds for which an agent may keep the list of tools


class Wrong(Exception):
    """A message that is answered with an error of the protocol."""

    def __init__(self, code: int, message: str, data: Json = None) -> None:
        self.code, self.message, self.data = code, message, data
        super().__init__(message)

    def json(self) -> Json:
        found: dict[str, Json] = {"code": self.code, "message": self.message}
        return found if self.data is None else {**found, "data": self.data}


def read_message(raw: bytes) -> dict[str, Json]:
    """One request or notification."""
    try:
        said = json.loads(raw.decode("utf-8"))
        check_depth(said)
    except (ValueError, RecursionError) as problem:
        raise Wrong(UNREADABLE, _("The message is not JSON.")) from problem
    except Problem as problem:
        raise Wrong(NO_REQUEST, problem.detail) from problem
    if not isinstance(said, dict) or said.get("jsonrpc") != "2.0":
        raise Wrong(NO_REQUEST, _("Send one JSON-RPC 2.0 message; several at once are not taken."))
    return said


def answer(
    said: Mapping[str, Json], call: Call, headers: Mapping[str, str] | None = None
) -> tuple[Json, int]:
    """The answer to a message with its HTTP status; (None, 202) where none is expected."""
    key = said.get("id")
    try:
        method = said.get("method")
        if not isinstance(method, str) or isinstance(key, bool) or not isinstance(key, str | int | None):
            if "id" in said and ("result" in said or "error" in said):
                return None, 202  # an answer of the agent: we have asked for nothing
            raise Wrong(NO_REQUEST, _("A request has a method and an id."))
        if "id" not in said:
            return None, 202
        result = _answered(method, said, call, headers)
    except Wrong as problem:
        status = 404 if problem.code == NO_METHOD and _is_new(said) else STATUS.get(problem.code, 200)
        return {
            "jsonrpc": "2.0",
            "id": key if isinstance(key, str | int) else None,
            "error": problem.json(),
        }, status
    return {"jsonrpc": "2.0", "id": key, "result": result}, 200


def _is_new(said: Mapping[str, Json]) -> bool:
    """Does the message say its version itself?"""
    params = said.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    return isinstance(meta, dict) and VERSION_KEY in meta


def _answered(method: str, said: Mapping[str, Json], call: Call, headers: Mapping[str, str] | None) -> Json:
    params = said.get("params", {})
    if not isinstance(params, dict):
        raise Wrong(NO_ARGUMENTS, _("“params” must be an object."))
    is_new = _is_new(said)
    _check_version(method, params, headers, is_new)
    deed = METHODS.get(method)
    if deed is None:
        raise Wrong(NO_METHOD, _("There is no method “%(name)s”.") % {"name": method[:60]})
    found = deed(params, call)
    return {**found, "resultType": "complete"} if is_new else found


def _check_version(
    method: str, params: Mapping[str, Json], headers: Mapping[str, str] | None, is_new: bool
) -> None:
    """The version that a message names must be known, and be the one of its headers."""
    said = headers.get("MCP-Protocol-Version") if headers is not None else None
    if is_new:
        named = params["_meta"][VERSION_KEY]
        if headers is not None and (
            said != named or headers.get("Mcp-Method", method) != method
            or (method == "tools/call" and headers.get("Mcp-Name", params.get("name")) != params.get("name"))
        ):  # fmt: skip
            raise Wrong(HEADERS_DIFFER, _("The headers of the request say something else than its body."))
        said = named
    known = (*WITH_HANDSHAKE, *WITHOUT)
    if method != "initialize" and said is not None and said not in (WITHOUT if is_new else known):
        text = _("This version of the protocol is not spoken here.")
        raise Wrong(OTHER_VERSION, text, {"supported": list(known), "requested": str(said)[:40]})


def _initialize(params: Mapping[str, Json], call: Call) -> Json:
    asked = params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in WITH_HANDSHAKE else WITH_HANDSHAKE[-1],
        "capabilities": {"tools": {"listChanged": False}}, "serverInfo": _server(),
        "instructions": instructions(call),
    }  # fmt: skip


def _discover(_params: Mapping[str, Json], call: Call) -> Json:
    return {
        "supportedVersions": [*WITHOUT, *reversed(WITH_HANDSHAKE)], "capabilities": {"tools": {}},
        "instructions": instructions(call), "ttlMs": KEPT_FOR, "cacheScope": "private",
        "_meta": {"io.modelcontextprotocol/serverInfo": _server()},
    }  # fmt: skip


def _server() -> Json:
    return {"name": "rapport", "title": "Rapport", "version": VERSION}


def instructions(call: Call) -> str:
    """What an agent should know before it begins, with the types of this company."""
    names = ", ".join(f"{one.label_plural} ({one.key})" for one in readable_types(call.user)[:60])
    found = _(
        "Rapport is the customer relationship management of “%(company)s”. You act as %(user)s and see and do what "
        "this user may, as far as your token goes. Record types: %(names)s. Ask “describe” for the fields of a type "
        "before you filter or write. Records are named by type and id; give people the address of a record, not its id."
    ) % {"company": call.user.company or "Rapport", "user": call.user.name, "names": names or "–"}
    if call.scope.may_write:
        found += " " + _(
            "Every write is one change set and can be taken back with “undo”. With “dry_run” a write only says what it "
            "would change: use it before you change much, and ask people before you delete or merge."
        )
    if call.token.waits:
        text = _("What you change waits until %(user)s confirms it; “proposals” says what was decided.")
        found += " " + text % {"user": call.user.name}
    return found


def _list_tools(_params: Mapping[str, Json], call: Call) -> Json:
    return {
        "tools": [one.json() for one in tools_of(call).values()],
        "ttlMs": KEPT_FOR,
        "cacheScope": "private",
    }


def _call_tool(params: Mapping[str, Json], call: Call) -> Json:
    name, arguments = params.get("name"), params.get("arguments") or {}
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise Wrong(NO_ARGUMENTS, _("Give the name of a tool and an object of arguments."))
    try:
        found = run_tool(call, name, arguments)
    except TooWrong as problem:
        return _refused(str(problem))
    except Problem as problem:
        return _refused(sentence_of(problem), problem.json())
    text = json.dumps(found, ensure_ascii=False)
    if len(text) > LONGEST_ANSWER:
        return _refused(_("This is too much to answer at once. Ask for fewer records or fewer fields."))
    return {"content": [{"type": "text", "text": text}], "structuredContent": found, "isError": False}


def sentence_of(problem: Problem) -> str:
    """What is wrong, with the field of each reason."""
    if not problem.errors:
        return problem.detail or problem.code
    told = [f"{one['field']}: {one['reason']}" if one["field"] else one["reason"] for one in problem.errors]
    is_all = problem.detail == " ".join(one["reason"] for one in problem.errors)
    return " ".join(told if is_all else [problem.detail, *told])


def _refused(sentence: str, data: Json = None) -> Json:
    found: dict[str, Json] = {"content": [{"type": "text", "text": sentence}], "isError": True}
    return found if data is None else {**found, "structuredContent": data}


METHODS: dict[str, Callable[[Mapping[str, Json], Call], Json]] = {
    "initialize": _initialize, "server/discover": _discover, "ping": lambda _params, _call: {},
    "tools/list": _list_tools, "tools/call": _call_tool,
}  # fmt: skip
