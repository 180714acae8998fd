"""What the tools do that write: each is one change set, which the answer names, or a trial that tells what it does."""

from collections.abc import Mapping
from typing import Any

from rapport.api.endpoint import Call
from rapport.mcp.calls import ask

Json = Any  # Any: JSON
Arguments = Mapping[str, Json]


def _write(
    call: Call, said: Arguments, name: str, method: str, parts: Mapping[str, str], body: Json = None
) -> Json:
    """Make the call; tell what came of it and by which change set it can be taken back."""
    trial = bool(said.get("dry_run", False))
    answer = ask(call, name, method, parts=parts, body=body, trial=trial)
    if trial:
        return {"dry_run": True, "would_change": answer.changes, "result": answer.body}
    if isinstance(answer.body, dict) and "proposal" in answer.body:
        return answer.body  # a person decides about it first
    made = str(answer.change_set) if answer.change_set else None
    return {"change_set": made, "result": answer.body}


def _of(said: Arguments) -> dict[str, str]:
    return {"type_key": said["type"], "record_id": said["id"]}


def _some(said: Arguments, *names: str) -> dict[str, Json]:
    return {name: said[name] for name in names if name in said}


def create_record(call: Call, said: Arguments) -> Json:
    body = _some(said, "fields", "parts", "duplicates")
    return _write(call, said, "api_list", "POST", {"type_key": said["type"]}, body)


def change_record(call: Call, said: Arguments) -> Json:
    return _write(call, said, "api_record", "PATCH", _of(said), _some(said, "fields", "parts", "version"))


def delete_record(call: Call, said: Arguments) -> Json:
    return _write(call, said, "api_record", "DELETE", _of(said))


def restore_record(call: Call, said: Arguments) -> Json:
    return _write(call, said, "api_restore", "POST", _of(said))


def do_action(call: Call, said: Arguments) -> Json:
    parts = _of(said) | {"key": said["action"]}
    return _write(call, said, "api_action", "POST", parts, _some(said, "fields"))


def relate_records(call: Call, said: Arguments) -> Json:
    body = {"type": said["relationship"], **_some(said, "other", "direction", "fields")}
    return _write(call, said, "api_relationships", "POST", _of(said), body)


def end_relationship(call: Call, said: Arguments) -> Json:
    parts = _of(said) | {"edge_id": said["relationship"]}
    return _write(call, said, "api_relationship", "DELETE", parts)


def write_many(call: Call, said: Arguments) -> Json:
    body = _some(said, "create", "update", "delete", "duplicates")
    body["atomic"] = bool(said.get("all_or_nothing", False))
    return _write(call, said, "api_bulk", "POST", {"type_key": said["type"]}, body)


def merge_records(call: Call, said: Arguments) -> Json:
    return _write(call, said, "api_merge", "POST", _of(said), _some(said, "others", "strategy", "fields"))


def undo(call: Call, said: Arguments) -> Json:
    return _write(call, said, "api_undo", "POST", {"set_id": said["change_set"]}, {})
