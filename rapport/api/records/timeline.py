"""The timeline of a record, in words and with the records that its items are."""

import nh3
from django.http import HttpResponseBase
from django.template.loader import render_to_string

from rapport.api.endpoint import Call, answer
from rapport.api.problems import wrong_values
from rapport.api.values import Json
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.timeline.reader import read_timeline, tabs
from rapport.kernel.timeline.sources import Item

ASIDE = {"button", "time", "svg", "form", "script", "style", "summary"}


def timeline(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """What happened, the newest first; what is planned stands in a list of its own."""
    kind = call.kind(type_key)
    query = call.query("tab", "cursor")
    record = call.record(kind, record_id)
    call.needs(kind, "timeline")
    tab = query.get("tab", "")
    if tab and tab not in dict(tabs()):
        raise wrong_values({"tab": ", ".join(dict(tabs()))})
    part = read_timeline(record, kind, call.user, tab=tab, place=query.get("cursor", ""))
    items = [item for _day, found in part.days for item in found]
    shown = _records([*part.planned, *items], call)
    return answer({
        "planned": [_shown(item, shown, call) for item in part.planned],
        "data": [_shown(item, shown, call) for item in items],
        "next": part.next or None,
    })  # fmt: skip


def _records(items: list[Item], call: Call) -> dict[object, AnyRecord]:
    seen = AnyRecord.objects.visible_to(call.user).defer("lexemes")
    return dict(seen.in_bulk([item.id for item in items]))


def _shown(item: Item, records: dict[object, AnyRecord], call: Call) -> Json:
    found = records.get(item.id)
    return {
        "id": str(item.id), "at": item.at.isoformat(), "kind": item.kind, "planned": item.is_planned,
        "text": text_of(item, call), "record": {"type": found.type, "id": str(found.pk)} if found else None,
    }  # fmt: skip


def text_of(item: Item, call: Call) -> str:
    """The item as its own template says it, without markup and buttons."""
    html = render_to_string("api/records/item.html", {"item": item}, call.request)
    spaced = html.replace("<", " <")
    clean = nh3.clean(spaced, tags=set(), clean_content_tags=ASIDE - {"summary"})
    plain = clean.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(plain.split())[:5000]
