"""Lists of records, and new records."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.db.models import Q
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.grants import has_rules
from rapport.api.endpoint import Call, answer, etag_of
from rapport.api.problems import Problem, wrong_values
from rapport.api.records.duplicates import REFUSE, alike_to, manner_said, match_json, refuse_known
from rapport.api.records.filters import read_filter
from rapport.api.related import related_known
from rapport.api.values import Json, Shown, read_fields, read_parts
from rapport.kernel.duplicates.check import Match
from rapport.kernel.filters.limits import bounded
from rapport.kernel.lists.counting import count_rows
from rapport.kernel.lists.cursors import read_cursor
from rapport.kernel.lists.reader import Source, read_page
from rapport.kernel.lists.search import text_condition
from rapport.kernel.lists.sorting import Sort, read_sort, sortable_fields
from rapport.kernel.records import Record, save_record
from rapport.kernel.registry import RecordType

ASKED = ("filter", "f", "q", "fields", "include", "sort", "cursor", "limit", "count")
USUAL, MOST = 100, 500


def list_records(call: Call, type_key: str) -> HttpResponseBase:
    """A page of records: filter, search, fields to return, sort, cursor."""
    kind = call.kind(type_key)
    query = call.query(*ASKED)
    shown = Shown(
        call, kind, names_said(call, kind, query.get("fields")), parts_said(call, kind, query.get("include"))
    )
    sort = sort_said(call, kind, query.get("sort"))
    limit = call.number("limit", query.get("limit"), USUAL, MOST)
    cursor = query.get("cursor", "")
    if cursor and read_cursor(kind, sort, cursor) is None:
        raise wrong_values({"cursor": _("This cursor is not of this list.")})
    condition = read_filter(call, kind, call.request.GET) & search_said(call, kind, query.get("q", ""))
    source = Source(kind, call.user, condition, sort)
    with bounded() if condition or shown.related or has_rules(call.user) else nullcontext():
        page = read_page(source, shape(shown), cursor, limit)
        body: dict[str, Json] = {"data": shown.many(page.rows), "next": page.next_cursor or None}
        if query.get("count") == "true":
            count = count_rows(source.rows())
            body["count"] = {"number": count.number, "exact": count.is_exact}
    return answer(body)


def shape(shown: Shown) -> Callable[[Any], Any]:  # Any: a query set
    """What the reader must deliver: only the columns that are shown."""
    return lambda rows: rows.only(*shown.columns())


def names_said(call: Call, kind: RecordType, said: str | None) -> list[str]:
    """The fields to return, also of related records; all its own that the token may see when none are named."""
    known = call.scope.fields(kind)
    if said is None:
        return list(known)
    names = [one for one in said.split(",") if one]
    if unknown := [one for one in names if one not in known and related_known(call, kind, one) is None]:
        raise wrong_values({"fields": _("There is no field “%(name)s”.") % {"name": unknown[0][:60]}})
    return list(dict.fromkeys(names))


def parts_said(call: Call, kind: RecordType, said: str | None) -> list[str]:
    names = list(dict.fromkeys(one for one in (said or "").split(",") if one))
    for one in names:
        if one not in call.scope.parts(kind):
            sentence = _("There is nothing called “%(name)s” here.") % {"name": one[:60]}
            raise wrong_values({"include": sentence})
    return names


def sort_said(call: Call, kind: RecordType, said: str | None) -> Sort:
    """The order; one field of those that have an index, with a minus for the other direction."""
    known = [name for name in sortable_fields(kind) if call.scope.allows(kind, name)]
    if said is None:
        usual = read_sort("", kind)
        return usual if usual.field.name in known else read_sort("-created_at", kind)
    if said.removeprefix("-") not in known:
        text = _("Records of this type can be sorted by: %(names)s.") % {"names": ", ".join(known)}
        raise wrong_values({"sort": text})
    return read_sort(said, kind)


def search_said(call: Call, kind: RecordType, said: str) -> Q:
    """The text to search for. It looks into all searched fields, so a token that must not see all cannot search."""
    text = " ".join(said.split())[:200]
    if not text:
        return Q()
    if call.scope.is_narrow(kind):
        raise Problem(403, _("This lies outside the scope of your token."), code="scope")
    return text_condition(kind, text, call.user)


def create_record(call: Call, type_key: str) -> HttpResponseBase:
    """A new record: {"fields": {…}, "parts": {…}}."""
    kind = call.kind(type_key)
    body = call.only("fields", "parts", "duplicates")
    manner = manner_said(call, kind, body.get("duplicates"))
    values, parts = read_fields(call, kind, body.get("fields", {})), read_parts(call, kind, body.get("parts"))
    alike = alike_to(call, kind, {**values, **parts})
    if manner == REFUSE:
        refuse_known(alike, kind)
    what = str(values.get(kind.title) or kind.label)[:100]
    with call.acts(lambda: _("New: %(what)s") % {"what": what}):
        record = save_record(new_record(call, kind), values, by=call.user, parts=parts)
    more = {"possible_duplicates": [match_json(one, kind) for one in alike]} if manner else {}
    answered = whole(call, kind, record, 201, more)
    if alike:
        answered["Link"] = ", ".join(_duplicate_link(kind, one) for one in alike)
    return answered


def _duplicate_link(kind: RecordType, one: Match) -> str:
    """What was made is possibly here already: where, how sure that is, and for which reasons."""
    place, reasons = reverse("api_record", args=[kind.key, one.record.pk]), " ".join(one.reasons)
    return f'<{place}>; rel="possible-duplicate"; points={one.points}; reasons="{reasons}"'


def new_record(call: Call, kind: RecordType) -> Record:
    """An unsaved record that says through which program it came."""
    record = kind.new()
    if "origin_detail" in kind.fields:
        kind.fields["origin_detail"].write(record, call.token.name)
    return record


def whole(
    call: Call, kind: RecordType, record: Record, status: int = 200, more: dict[str, Json] | None = None
) -> HttpResponseBase:
    """The record as it stands, if the token's user may see it (else only that it was written)."""
    found = kind.visible_to(call.user).filter(pk=record.pk).first()
    place = reverse("api_record", args=[kind.key, record.pk])
    headers = {"Location": place} if status == 201 else {}
    if found is None:
        return answer({"id": str(record.pk), "type": kind.key} | (more or {}), status, headers)
    body = Shown(call, kind, call.scope.fields(kind), call.scope.parts(kind)).one(found)
    return answer(body | (more or {}), status, headers | {"ETag": etag_of(found.version, body)})
