"""The list from which somebody came to a record: its name, its address, the neighbors in it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from rapport.kernel.pages.show import list_url
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType


@dataclass
class FromList:
    """Where "back" leads, and the records before and after this one."""

    label: str
    url: str
    query: str = ""
    previous: str = ""
    next: str = ""
    hint: str = ""


def came_from(request: HttpRequest, kind: RecordType, record: Record) -> FromList:
    """The list that the address names in `?list=` (its query string), else the list of all."""
    query = request.GET.get("list", "")[:2000]
    found = FromList(kind.label_plural, list_url(kind), query)
    if not query:
        return found
    found.url = f"{found.url}?{_clean(query)}"
    neighbors = _neighbors(request, kind, record, query)
    if neighbors is not None:
        before, after = neighbors
        found.previous = _address(kind, before, query)
        found.next = _address(kind, after, query)
    return found


def _clean(query: str) -> str:
    written = QueryDict(mutable=True)
    for name, value in parse_qsl(query, keep_blank_values=True)[:50]:
        written.appendlist(name, value)
    return written.urlencode()


def _address(kind: RecordType, key: Any, query: str) -> str:
    if key is None:
        return ""
    return f"{reverse('record', args=[kind.key, key])}?{_listed(query)}"


def _listed(query: str) -> str:
    said = QueryDict(mutable=True)
    said["list"] = query
    return said.urlencode()


def _neighbors(request: HttpRequest, kind: RecordType, record: Record, query: str) -> tuple[Any, Any] | None:
    return None
