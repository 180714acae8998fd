"""The list from which somebody came to a record: its name, its address, the neighbors in it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from rapport.accounts.models import User
from rapport.kernel.fields.links import parse_id
from rapport.kernel.lists.neighbors import neighbors
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.show import list_url
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import View


@dataclass
class FromList:
    """Where "back" leads, and the records before and after this one."""

    label: str
    url: str
    query: str = ""
    previous: str = ""
    next: str = ""
    view: str = ""


def came_from(request: HttpRequest, kind: RecordType, record: Record) -> FromList:
    """The list that the address names in `?list=` (its query string), else the list of all."""
    query = request.GET.get("list", "")[:2000]
    found = FromList(kind.label_plural, list_url(kind), query)
    if not query:
        return found
    found.url = f"{found.url}?{_clean(query)}"
    beside = neighbors(kind, context_of(request), query, record)
    found.previous = _address(kind, beside.previous, query)
    found.next = _address(kind, beside.next, query)
    if (view := _view(kind, user_of(request), query)) is not None:
        found.view = view.name
    return found


def _clean(query: str) -> str:
    written = QueryDict(mutable=True)
    for name, value in parse_qsl(query, keep_blank_values=True)[:50]:
        written.appendlist(name, value)
    return written.urlencode()


def _address(kind: RecordType, key: UUID | None, query: str) -> str:
    if key is None:
        return ""
    return f"{reverse('record', args=[kind.key, key])}?{_listed(query)}"


def _listed(query: str) -> str:
    said = QueryDict(mutable=True)
    said["list"] = query
    return said.urlencode()


def _view(kind: RecordType, user: User, query: str) -> View | None:
    """The saved view that the list was seen in, if this user has it."""
    key = parse_id(QueryDict(query).get("view", ""))
    return View.objects.visible_to(user).filter(type=kind.key, pk=key).first() if key else None
