"""The pages of duplicates: the check while typing, and the work list."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.kernel.duplicates.check import possible_duplicates
from rapport.kernel.duplicates.comparison import in_words
from rapport.kernel.duplicates.jobs import rebuild_duplicates
from rapport.kernel.duplicates.listing import (
    EVERYBODY,
    MINE,
    PAGE,
    compared_types,
    decide,
    groups_of,
    pairs_of,
    visible_pair,
)
from rapport.kernel.duplicates.models import State
from rapport.kernel.fields.links import parse_id
from rapport.kernel.merge.compare import side_by_side
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.forms import RecordForm
from rapport.kernel.pages.records import safe_next
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import type_seen
from rapport.kernel.records import NotVisible, Refused
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice


@page("<type:kind>/duplicates/", name="duplicates_check", methods=("GET", "HEAD", "POST"))
def check(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """POST: what was typed into the form of a new record; answers the records that are probably the same."""
    if request.method != "POST":
        return go_to(request, f"{reverse('duplicates')}?type={kind.key}")
    user = user_of(request)
    if policy(user, kind.key, "create").reach == "none":
        raise Refused
    form = RecordForm(request, kind, kind.new())
    form.read(request.POST)
    matches = possible_duplicates(kind, form.typed, by=user)
    certain = any(one.is_certain for one in matches)
    return render(
        request, "kernel/duplicates/alike.html", {"kind": kind, "matches": matches, "certain": certain}
    )


@page("duplicates/", name="duplicates")
def duplicates(request: HttpRequest) -> HttpResponse:
    """The work list of one type."""
    user = user_of(request)
    kinds = compared_types(user)
    if not kinds:
        raise Refused
    kind = next((one for one in kinds if one.key == request.GET.get("type")), kinds[0])
    owner = MINE if request.GET.get("owner") == MINE else EVERYBODY
    state = State.DIFFERENT if request.GET.get("state") == State.DIFFERENT else State.OPEN
    rows = list(pairs_of(user, kind, owner=owner, state=state)[: PAGE * 4 + 1])
    groups = groups_of(rows[: PAGE * 4], kind, user)
    shown: dict[str, Any] = {
        "kind": kind,
        "kinds": [(one.key, one.label_plural, _address(one, owner, state)) for one in kinds],
        "groups": groups[:PAGE],
        "has_more": len(rows) > PAGE * 4 or len(groups) > PAGE,
        "owner": owner,
        "state": state,
        "owners": [(key, text, _address(kind, key, state)) for key, text in _owners()],
        "states": [(key, text, _address(kind, owner, key)) for key, text in _states()],
        "here": request.get_full_path(),
        "may_rebuild": user.is_administrator,
    }
    return render(request, "kernel/duplicates/list.html", shown)


def _owners() -> list[tuple[str, str]]:
    return [(EVERYBODY, _("Everybody's")), (MINE, _("Mine"))]


def _states() -> list[tuple[str, str]]:
    return [(State.OPEN.value, _("To be decided")), (State.DIFFERENT.value, _("Different"))]


def _address(kind: RecordType, owner: str, state: str) -> str:
    return f"?type={kind.key}&owner={owner}&state={state}"


@page("duplicates/<uuid:pair_id>/", name="duplicate")
def duplicate(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Both records of a pair side by side."""
    user = user_of(request)
    pair = visible_pair(pair_id, user)
    kind = type_seen(pair.type, user)
    if kind is None:
        raise NotVisible
    rows = kind.visible_to(user).filter(pk__in=[pair.first_id, pair.second_id])
    records = list(rows.select_related(*kind.model.links()).order_by("pk"))
    if len(records) < 2:
        raise NotVisible
    shown = {
        "kind": kind, "pair": pair, "shown": side_by_side(request, kind, records),
        "reasons": in_words(pair.reasons), "group": groups_of([pair], kind, user)[0],
    }  # fmt: skip
    template = "side" if request.headers.get("HX-Request") == "true" else "page"
    return render(request, f"kernel/duplicates/{template}.html", shown)


@page("duplicates/decide/", name="duplicates_decide", methods=("POST",))
def decide_on(request: HttpRequest) -> HttpResponse:
    """Remember of some pairs that they are different, or take that back."""
    user = user_of(request)
    keys = [key for said in request.POST.getlist("pair")[:PAGE] if (key := parse_id(said)) is not None]
    state = State.OPEN if request.POST.get("state") == State.OPEN else State.DIFFERENT
    pairs = [visible_pair(key, user) for key in keys]
    decide(pairs, state, by=user)
    text = _("Different: this will not be proposed again.") if state == State.DIFFERENT else _("Open again.")
    notice(request, text)
    return go_to(request, safe_next(request, reverse("duplicates")))


@page("<type:kind>/duplicates/rebuild/", name="duplicates_rebuild", methods=("POST",))
def rebuild(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Work the whole list out anew, as a job."""
    if not user_of(request).is_administrator:
        raise Refused
    queued = rebuild_duplicates.defer_once(kind.key, type_key=kind.key)
    notice(request, _("The list is being worked out.") if queued else _("This is being done already."))
    return go_to(request, f"{reverse('duplicates')}?type={kind.key}")
