"""What changed since a position, for programs that keep a copy."""

from django.http import HttpResponseBase

from rapport.api.changes.events import events_of
from rapport.api.changes.log import read_log, read_position
from rapport.api.endpoint import Call, answer
from rapport.api.tokens.scope import readable_types

USUAL, MOST = 200, 1000


def changes(call: Call) -> HttpResponseBase:
    """Events in the order of their transactions; deleted records, and those out of sight, are tombstones."""
    query = call.query("since", "types", "limit")
    after = read_position(query.get("since", "now"))
    limit = call.number("limit", query.get("limit"), USUAL, MOST)
    kinds = {one.key for one in readable_types(call.user)}
    if query.get("types"):
        kinds = {call.kind(key).key for key in query["types"].split(",") if key}
    entries, position, more = read_log(after, kinds, limit)
    return answer({"data": events_of(entries, call), "next": str(position), "more": more})
