"""Saving, naming, sharing, ordering and deleting views of a list."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.models import Team, User
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import TooExpensive, check_cost
from rapport.kernel.lists.arranged import division_of
from rapport.kernel.lists.page import FIRST_PAGE, remember_columns
from rapport.kernel.lists.state import ListState, read_state
from rapport.kernel.lists.views import state_of
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType
from rapport.kernel.views.counts import counts
from rapport.kernel.views.models import View
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

MOST_OF_ONE = 50
COUNTS_HOLD = 60  # seconds; who goes from list to list is not counted for again and again
LONGEST_NAME = 100
MOST_SHARED = 400  # teams or users


def _own(request: HttpRequest, kind: RecordType, view_id: UUID) -> View:
    """A view that this user may change; any other does not exist for him."""
    user = user_of(request)
    found = View.objects.filter(type=kind.key).visible_to(user).filter(pk=view_id).first()
    if found is None or not found.may_be_changed_by(user):
        raise Http404
    return found


@page("<type:kind>/views/counts/", name="view_counts")
def view_counts(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """How many records the tabs of a list find; asked for once its page is shown."""
    answer = render(request, "kernel/views/counts.html", {"counts": counts(request, kind)})
    answer["Cache-Control"] = f"private, max-age={COUNTS_HOLD}"
    return answer


@page("<type:kind>/views/new/", name="view_new", methods=("GET", "HEAD", "POST"))
def new_view(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Save the list as it is shown under a name."""
    state, user = state_of(request, kind), user_of(request)
    name, error = _named(request)
    error = error or _unfit(state)
    if request.method == "POST" and not error:
        mine = View.objects.filter(type=kind.key, owner=user)
        if mine.count() >= MOST_OF_ONE:
            error = _("You have 50 views of this list already. Delete one first.")
        else:
            view = View.objects.create(
                type=kind.key,
                name=name,
                owner=user,
                is_shared=_shared(request, user),
                position=mine.count(),
                **state.as_view_values(),
            )
            _share(request, view)
            remember_columns(request, kind, view, [])
            notice(request, _("View “%(name)s” saved.") % {"name": name})
            return go_to(request, view.address)
    context = {
        "title": _("Save as view"),
        "verb": _("Save"),
        "name": name,
        "error": error,
        "view": None,
        **_sharing(request, None),
    }
    return _dialog(request, "form", context, status=422 if error and request.method == "POST" else 200)


@page("<type:kind>/views/<uuid:view_id>/edit/", name="view_edit", methods=("GET", "HEAD", "POST"))
def edit_view(request: HttpRequest, kind: RecordType, view_id: UUID) -> HttpResponse:
    """Rename a view, share it with teams and users; administrators also share it with everybody."""
    view, user = _own(request, kind, view_id), user_of(request)
    name, error = _named(request)
    is_given = bool(_shared(request, user) or _chosen(request, "teams") or _chosen(request, "users"))
    if request.method == "POST" and is_given:
        saved = read_state(kind, context_of(request), QueryDict(f"view={view.pk}"), layout=view.layout)
        error = error or _unfit(saved)
    if request.method == "POST" and not error:
        view.name = name
        view.is_shared = _shared(request, user)
        view.save(update_fields=["name", "is_shared"])
        _share(request, view)
        return go_to(request, view.address)
    shown = view.name if request.method != "POST" else name
    context = {
        "title": _("Rename the view"),
        "verb": _("Save"),
        "name": shown,
        "error": error,
        "view": view,
        **_sharing(request, view),
    }
    return _dialog(request, "form", context, status=422 if error and request.method == "POST" else 200)


@page("<type:kind>/views/<uuid:view_id>/save/", name="view_save", methods=("POST",))
@require_POST
def save_view(request: HttpRequest, kind: RecordType, view_id: UUID) -> HttpResponse:
    """Keep filter, order and columns of the shown list in its view."""
    view, state = _own(request, kind, view_id), state_of(request, kind)
    if problem := _unfit(state):
        notice(request, problem, bad=True)
        return go_to(request, state.place + state.address())
    View.objects.filter(pk=view.pk).update(**state.as_view_values())
    remember_columns(request, kind, view, [])
    notice(request, _("View “%(name)s” saved.") % {"name": view.name})
    return go_to(request, view.address)


@page("<type:kind>/views/<uuid:view_id>/reset/", name="view_reset")
def reset_view(request: HttpRequest, kind: RecordType, view_id: UUID) -> HttpResponse:
    """Show a view as it was saved, without what this user chose since."""
    view = View.objects.filter(type=kind.key).visible_to(user_of(request)).filter(pk=view_id).first()
    if view is None:
        raise Http404
    remember_columns(request, kind, view, [])
    return go_to(request, view.address)


@page("<type:kind>/views/<uuid:view_id>/delete/", name="view_delete", methods=("GET", "HEAD", "POST"))
def delete_view(request: HttpRequest, kind: RecordType, view_id: UUID) -> HttpResponse:
    view = _own(request, kind, view_id)
    if request.method == "POST":
        view.delete()
        remember_columns(request, kind, view, [])
        notice(request, _("View “%(name)s” deleted.") % {"name": view.name})
        return go_to(request, reverse("list", args=[kind.key]))
    return _dialog(request, "delete", {"view": view, "kind": kind})


@page("<type:kind>/views/<uuid:view_id>/move/", name="view_move", methods=("POST",))
@require_POST
def move_view(request: HttpRequest, kind: RecordType, view_id: UUID) -> HttpResponse:
    """Change places with the neighbor on the left (by=-1) or right (by=1)."""
    view, user = _own(request, kind, view_id), user_of(request)
    mine = [one for one in View.objects.filter(type=kind.key).visible_to(user) if one.may_be_changed_by(user)]
    at = next(place for place, one in enumerate(mine) if one.pk == view.pk)
    to = at + (-1 if request.GET.get("by") == "-1" else 1)
    if 0 <= to < len(mine):
        mine[at], mine[to] = mine[to], mine[at]
        for place, one in enumerate(mine):
            if one.position != place:
                View.objects.filter(pk=one.pk).update(position=place)
    return go_to(request, view.address)


def _unfit(state: ListState) -> str:
    """Why this list should be no view: its filter is wrong, or it would keep the database busy at each look."""
    if state.problems or state.compiled.problems:
        return _("This filter cannot be saved: mend it first.")
    rows = state.source().rows()
    division = division_of(state.kind, state.by)
    try:
        check_cost(rows.order_by(*state.sort.order()).values("pk")[:FIRST_PAGE])
        if division is not None:
            check_cost(rows.order_by().values(part=division.expression()).annotate(n=Count("pk")))
    except TooExpensive as problem:
        return str(problem)
    return ""


def _named(request: HttpRequest) -> tuple[str, str]:
    """The name that was typed, and what is wrong with it."""
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())
    if not name:
        return "", _("Give the view a name.")
    if len(name) > LONGEST_NAME:
        return name, _("A name has up to 100 characters.")
    return name, ""


def _shared(request: HttpRequest, user: User) -> bool:
    return user.is_administrator and bool(request.POST.get("is_shared"))


def _chosen(request: HttpRequest, name: str) -> set[UUID]:
    return {key for said in request.POST.getlist(name)[:MOST_SHARED] if (key := parse_id(said)) is not None}


def _share(request: HttpRequest, view: View) -> None:
    """Give the view to the teams and users that were ticked; each sees in it only what he may see."""
    view.teams.set(Team.objects.filter(pk__in=_chosen(request, "teams")))
    view.users.set(User.objects.filter(is_active=True, pk__in=_chosen(request, "users")))


def _sharing(request: HttpRequest, view: View | None) -> dict[str, object]:
    """With whom a view can be shared, and with whom it is."""
    is_sent = request.method == "POST"
    teams = _chosen(request, "teams") if is_sent else set()
    users = _chosen(request, "users") if is_sent else set()
    if view is not None and not is_sent:
        teams = {one.pk for one in view.teams.all()}
        users = {one.pk for one in view.users.all()}
    others = User.objects.filter(is_active=True).exclude(pk=user_of(request).pk).order_by("name")
    return {
        "sharing": [
            ("teams", _("For teams"), [(one, one.pk in teams) for one in Team.objects.order_by("name")]),
            ("users", _("For users"), [(one, one.pk in users) for one in others[:MOST_SHARED]]),
        ]
    }


def _dialog(
    request: HttpRequest, what: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    said = {"error": ""} if request.method != "POST" else {}
    shown = {**context, **said, "is_administrator": user_of(request).is_administrator}
    return render(request, f"kernel/views/{what}.html", shown, status=status)
