"""Merging through the API: what would become of it, and doing it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.api.endpoint import Call, answer, read_id
from rapport.api.problems import Problem, wrong_values
from rapport.api.records.lists import whole
from rapport.api.values import Json, Shown
from rapport.kernel.merge.deed import MOST, STRATEGIES, chosen_from, chosen_values, is_merged, merge_records
from rapport.kernel.merge.limits import leaving
from rapport.kernel.merge.links import moving
from rapport.kernel.permissions import can
from rapport.kernel.records import Record, Refused
from rapport.kernel.registry import RecordType

PREVIEWED = ("others", "strategy")


def preview(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """What merging `others` into this record would do: each value with the record that it is of, and what moves."""
    kind = call.kind(type_key)
    query = call.query(*PREVIEWED)
    others = [one for one in query.get("others", "").split(",") if one]
    records = _records(call, kind, record_id, others)
    strategy = _strategy(query.get("strategy", STRATEGIES[0]))
    _allowed(call, kind, records)
    chosen = chosen_from(kind, records, {}, strategy)
    changed = chosen_values(kind, records, {}, strategy)
    rows = {one.pk: shown for one, shown in zip(records, _shown(call, kind, records), strict=True)}
    fields = {}
    for name, one in kind.fields.items():
        if not is_merged(one) or name not in call.scope.fields(kind):
            continue
        values = [{"id": row["id"], "value": row["fields"][name]} for row in rows.values()]
        if any(each["value"] != values[0]["value"] for each in values):
            fields[name] = {"from": str(chosen[name].pk), "values": values, "changes": name in changed}
    moves = [
        {"label": str(one.label), "count": one.count}
        for one in moving(kind, [one.pk for one in records[1:]], call.user)
    ]
    return answer({
        "survivor": str(records[0].pk), "strategy": strategy, "fields": fields, "moves": moves,
        "relationships_that_leave": leaving(records[0].pk, [one.pk for one in records[1:]], call.user),
    })  # fmt: skip


def merge(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """{"others": [ids], "strategy": "survivor", "fields": {name: id}}: this record stays, the others go."""
    kind = call.kind(type_key)
    body = call.only("others", "strategy", "fields", "versions")
    others = body.get("others")
    if not isinstance(others, list) or not all(isinstance(one, str) for one in others):
        raise wrong_values({"others": _("Give a list of ids.")})
    records = _records(call, kind, record_id, others)
    _allowed(call, kind, records)
    strategy = _strategy(body.get("strategy", STRATEGIES[0]))
    choice, versions = (
        _choice(call, kind, body.get("fields", {}), records),
        _versions(body.get("versions", {})),
    )
    names = ", ".join(str(one)[:60] for one in records)[:150]
    with call.acts(lambda: _("Merged: %(what)s") % {"what": names}):
        done = merge_records(
            kind, records[0].pk, [one.pk for one in records[1:]], by=call.user, choice=choice,
            strategy=strategy, versions=versions,
        )  # fmt: skip
    return whole(call, kind, done.record)


def _records(call: Call, kind: RecordType, survivor: str, others: Sequence[str]) -> list[Record]:
    """All of them, the one that stays in front; one that is hidden is not there."""
    if not 1 <= len(others) < MOST:
        raise wrong_values({"others": _("Name 1 to %(most)s other records.") % {"most": MOST - 1}})
    first = call.record(kind, survivor)
    keys = [read_id(one) for one in others]
    if len({first.pk, *keys}) != len(keys) + 1:
        raise wrong_values({"others": _("A record stands twice in the call.")})
    return [first, *(call.record(kind, one) for one in others)]


def _allowed(call: Call, kind: RecordType, records: Sequence[Record]) -> None:
    if call.scope.is_narrow(kind):
        raise Problem(403, _("This lies outside the scope of your token."), code="scope")
    if not can(call.user, "edit", records[0]) or not all(
        can(call.user, "delete", one) for one in records[1:]
    ):
        raise Refused(_("To merge, you must be allowed to edit what stays and to delete the others."))


def _strategy(said: Any) -> str:  # Any: JSON
    if said not in STRATEGIES:
        raise wrong_values({"strategy": _("Possible: %(names)s.") % {"names": ", ".join(STRATEGIES)}})
    return str(said)


# Any: JSON
def _choice(call: Call, kind: RecordType, said: Any, records: Sequence[Record]) -> dict[str, UUID]:
    """For single fields the record whose value stays."""
    if not isinstance(said, dict):
        raise wrong_values({"fields": _("Give an object of fields.")})
    by_text = {str(one.pk): one.pk for one in records}
    problems = {}
    for name, key in said.items():
        if name not in call.scope.fields(kind) or not is_merged(kind.fields[name]):
            problems[name[:60]] = _("There is no field “%(name)s”.") % {"name": name[:60]}
        elif not isinstance(key, str) or key.lower() not in by_text:
            problems[name] = _("Give the id of the record whose value stays.")
    if problems:
        raise wrong_values(problems)
    return {name: by_text[key.lower()] for name, key in said.items()}


def _versions(said: Any) -> dict[UUID, int]:  # Any: JSON
    if not isinstance(said, dict) or not all(type(one) is int for one in said.values()):
        raise wrong_values({"versions": _("Give an object of ids with their versions.")})
    return {read_id(key): version for key, version in said.items()}


def _shown(call: Call, kind: RecordType, records: Sequence[Record]) -> list[Json]:
    return Shown(call, kind, call.scope.fields(kind)).many(records)
