"""Bulk calls: up to 10,000 rows, a result for each; and single records by the key of another system."""

from contextlib import suppress
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.api.bulk.rows import Row, read_row
from rapport.api.bulk.work import Bulk
from rapport.api.endpoint import Call, answer
from rapport.api.problems import Problem, not_found, wrong_values
from rapport.api.records.duplicates import manner_said
from rapport.api.records.lists import whole
from rapport.api.values import Json
from rapport.kernel.external.models import LONGEST_SOURCE
from rapport.kernel.external.store import records_of
from rapport.kernel.records.bulk import counted
from rapport.kernel.registry import RecordType

MOST = 10_000
LISTS = {
    "create": ("fields",),
    "update": ("id", "version", "fields"),
    "upsert": ("key", "fields"),
    "delete": ("id",),
}


class Undone(Exception):
    """Raised to take everything of the call back: it was to be all or nothing."""


def bulk(call: Call, type_key: str) -> HttpResponseBase:
    """{"create": […], "update": […], "upsert": […], "delete": […], "source": "erp", "atomic": false}."""
    kind = call.kind(type_key)
    body = call.only(*LISTS, "source", "atomic", "duplicates")
    rows = rows_said(call, kind, body)
    atomic = body.get("atomic", False)
    if not isinstance(atomic, bool):
        raise wrong_values({"atomic": _("Give true or false.")})
    duplicates = manner_said(call, kind, body.get("duplicates"))
    source = source_said(body.get("source")) if rows["upsert"] or "source" in body else ""
    count = sum(len(one) for one in rows.values())
    set_id = None
    with (
        suppress(Undone),
        call.acts(lambda: _("%(count)s %(what)s") % counted(kind, count)) as opened,
    ):
        work = Bulk(call, kind, duplicates)
        work.create(rows["create"])
        work.update(rows["update"])
        if rows["upsert"]:
            work.upsert(source, rows["upsert"])
        work.delete(rows["delete"])
        if atomic and any(row.status >= 400 for one in rows.values() for row in one):
            raise Undone
        set_id = opened.id
    failed = sum(row.status >= 400 for one in rows.values() for row in one)
    results: dict[str, Json] = {name: [row.json() for row in one] for name, one in rows.items() if one}
    if set_id is None:
        raise Problem(422, _("Nothing was written, because some rows are wrong."), errors=_errors(rows))
    told = {"change_set": str(set_id), "written": count - failed, "failed": failed}
    return answer({**told, **results})


def rows_said(call: Call, kind: RecordType, body: dict[str, Json]) -> dict[str, list[Row]]:
    """The rows of each list, read; Problem when there are too many."""
    count = 0
    for name in LISTS:
        said = body.get(name, [])
        if not isinstance(said, list):
            raise wrong_values({name: _("Give a list.")})
        count += len(said)
    if not 0 < count <= MOST:
        raise Problem(422, _("Give 1 to %(most)s rows.") % {"most": MOST})
    found = {}
    for name, names in LISTS.items():
        said = body.get(name, [])
        if name == "delete":
            said = [{"id": one} if isinstance(one, str) else one for one in said]
        found[name] = [read_row(call, kind, place, one, names) for place, one in enumerate(said)]
    return found


def source_said(said: Any) -> str:  # Any: JSON
    if not isinstance(said, str) or not 0 < len(said.strip()) <= LONGEST_SOURCE:
        raise wrong_values({"source": _("Say which system the keys are of, in up to 60 characters.")})
    return said.strip()


def _errors(rows: dict[str, list[Row]]) -> list[dict[str, Json]]:
    """All errors with the place of their row: {"field": "create[3].name", "reason": …}."""
    found = []
    for name, one in rows.items():
        for row in one:
            if row.problem is not None:
                errors = row.problem.errors or [{"field": "", "reason": row.problem.detail}]
                place = f"{name}[{row.place}]"
                found += [
                    {"field": f"{place}.{error['field']}".rstrip("."), "reason": error["reason"]}
                    for error in errors
                ]
    return found[:1000]


# -- one record by the key of another system ------------------------------------------------------------------------
def read_external(call: Call, type_key: str, source: str, key: str) -> HttpResponseBase:
    """The record that the other system knows by this key."""
    kind = call.kind(type_key)
    call.query()
    found = records_of(kind, source, [key]).get(key)
    if found is None:
        raise not_found()
    return whole(call, kind, call.record(kind, str(found)))


def write_external(call: Call, type_key: str, source: str, key: str) -> HttpResponseBase:
    """Change that record, or make it when the key is not known: {"fields": {…}}."""
    kind = call.kind(type_key)
    row = read_row(call, kind, 0, {"key": key, **call.only("fields")}, ("key", "fields"))
    if row.problem is not None:
        raise row.problem
    with call.acts(lambda: _("%(source)s %(key)s") % {"source": source_said(source), "key": key}):
        Bulk(call, kind).upsert(source_said(source), [row])
        if row.problem is not None:
            raise row.problem
    return whole(call, kind, call.record(kind, str(row.id)), row.status)
