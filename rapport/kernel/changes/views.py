"""The pages of change sets: their list, one of them, and taking it back; the address behind every "Undo"."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.changes import past_views  # noqa: F401  # enters its pages
from rapport.kernel.changes.listing import Filter, read_sets, title_of
from rapport.kernel.changes.models import AnyRecord, Cause, Change, ChangeSet, Run
from rapport.kernel.changes.one_set import counts_of, is_hidden_from, label_of_column, records_of
from rapport.kernel.changes.preview import left_of, preview_of
from rapport.kernel.changes.reach import FIRST
from rapport.kernel.changes.revert import (
    Reverted,
    is_being_reverted,
    is_long,
    may_revert,
    revert,
    start_revert,
)
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.pages.show import list_url
from rapport.kernel.permissions.fields import type_seen
from rapport.kernel.records import NotVisible
from rapport.kernel.registry import type_by_key, types
from rapport.ui.answers import go_to, page_or_part
from rapport.ui.notices import notice

METHODS = ("GET", "HEAD", "POST")
FACTS = ("kept_count", "refused", "gone", "wrong")  # what an act on many records has left out


@page("settings/changes/", name="changes")
def changes(request: HttpRequest) -> HttpResponse:
    """What was done, newest first: administrators see all of it, everybody else what he did himself."""
    user, chosen = user_of(request), Filter.read(request.GET)
    lines, more = read_sets(user, chosen)
    users = User.objects.order_by("name")[:500] if user.is_administrator else []
    shown = {
        "lines": lines,
        "more": more,
        "chosen": chosen,
        "users": users,
        "causes": Cause.choices,
        "types": [(one.key, one.label_plural) for one in types()],
        "current": "changes",
    }
    return page_or_part(request, "kernel/changes/sets.html", shown, "rows" if chosen.before else "list")


@page("changes/<uuid:set_id>/", name="change_set")
def change_set(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """One set: what it touched, with old and new values, and what became of it."""
    user, one = user_of(request), _set_or_404(request, set_id)
    after = parse_id(request.GET.get("after", "")) or FIRST
    touched, hidden, last = records_of(one, user, after)
    run = Run.objects.filter(change_set=one).first()
    shown = {
        "one": one,
        "title": title_of(one, is_hidden_from(one, user)),
        "took_back": title_of(one.reverts, is_hidden_from(one.reverts, user)) if one.reverts else "",
        "touched": touched,
        "hidden": hidden,
        "last": last,
        "run": run,
        "is_running": run is not None and run.state == Run.State.RUNNING,
        "is_progress": request.GET.get("part") == "progress",
        "taken_back_by": ChangeSet.objects.filter(reverts=one).select_related("actor").first(),
        "may_take_back": one.reverted_at is None and bool(one.types) and not is_being_reverted(one),
        "current": "changes",
    }
    if shown["is_progress"]:
        return page_or_part(request, "kernel/changes/set.html", shown, "progress")
    if after == FIRST:
        shown |= {
            "counts": counts_of(one, user_of(request)),
            "left": left_of(one, user),
            "facts": dict.fromkeys(FACTS, 0) | one.facts,
        }
    return page_or_part(request, "kernel/changes/set.html", shown, "records" if after != FIRST else "main")


def _set_or_404(request: HttpRequest, set_id: UUID) -> ChangeSet:
    one = ChangeSet.objects.select_related("actor", "reverts").filter(pk=set_id).first()
    if one is None or not may_revert(user_of(request), one):
        raise Http404
    return one


@page("changes/<uuid:set_id>/take-back/", name="take_back", methods=METHODS)
def take_back(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """GET says what would be put back and what would stay, POST does it."""
    user, one = user_of(request), _set_or_404(request, set_id)
    if request.method == "POST":
        if is_long(one):
            return go_to(request, reverse("change_set", args=[start_revert(one, by=user).change_set_id]))
        result = revert(one, by=user)
        notice(request, said_of(result, user), bad=bool(result.kept_count))
        return go_to(request, reverse("change_set", args=[result.change_set.pk]))
    shown = {
        "one": one,
        "title": title_of(one, is_hidden_from(one, user)),
        "preview": preview_of(one, user) if one.reverted_at is None else None,
        "current": "changes",
    }
    return render(request, "kernel/changes/take_back.html", shown)


@page("undo/<uuid:set_id>/", name="undo", methods=("POST",))
def undo(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """Take a change set back; only the one who did it and administrators can."""
    user = user_of(request)
    done = ChangeSet.objects.filter(pk=set_id).first()
    if done is None or not may_revert(user, done):
        raise NotVisible
    if is_long(done):
        run = start_revert(done, by=user)
        answer = JsonResponse({"records": 0, "kept": 0})
        answer["HX-Redirect"] = reverse("change_set", args=[run.change_set_id])
        return answer
    result = revert(done, by=user)
    notice(
        request,
        said_of(result, user),
        bad=bool(result.kept_count),
        link=reverse("change_set", args=[result.change_set.pk])
        if result.kept_count or result.refused
        else "",
        link_text=_("Show what stayed"),
    )
    answer = JsonResponse({"records": result.records, "kept": result.kept_count})
    home = _gone(request, done)
    answer["HX-Redirect" if home else "HX-Refresh"] = home or "true"
    return answer


def said_of(result: Reverted, user: User) -> str:
    """What was put back, and what was kept because somebody changed it since."""
    told = result.change_set.told
    label = told.partition(": ")[2] or told
    back = _("Taken back: %(what)s.") % {"what": label}
    # A relationship touches the records at both ends; what the person changed is one of them.
    own = Change.objects.filter(change_set_id=result.change_set.pk, part="")
    count = own.values("record_id").distinct().count()
    if count > 1:
        back = ngettext("%(count)s record put back.", "%(count)s records put back.", count) % {"count": count}
    if result.refused:
        count = result.refused
        left = ngettext(
            "%(count)s record stays: you may not edit it.",
            "%(count)s records stay: you may not edit them.",
            count,
        )
        back = f"{back} {left % {'count': count}}"
    if not result.kept_count:
        return back
    names = AnyRecord.objects.visible_to(user).in_bulk([key for key, _field in result.kept[:20]])
    kept = list(dict.fromkeys(_field_of(names.get(key), field, user) for key, field in result.kept[:20]))
    rest = _("Kept, because it was changed since: %(what)s.") % {"what": ", ".join(kept[:4])}
    return f"{back} {rest}" if result.records else rest


def _field_of(row: AnyRecord | None, column: str, user: User) -> str:
    """ "Stage of Acme"; only the field where the record is not visible."""
    if not column:
        return row.title if row is not None else _("a record you cannot see")
    label = label_of_column(type_seen(row.type, user) if row is not None else None, column)
    return _("%(field)s of %(title)s") % {"field": label, "title": row.title} if row is not None else label


def _gone(request: HttpRequest, done: ChangeSet) -> str:
    """Where to go when the page on which Undo was pressed is that of a record that this has taken away."""
    made = Change.objects.filter(change_set_id=done.pk, act="create", part="").values_list(
        "record_id", "type"
    )
    from_page = request.headers.get("Referer", "")
    for key, type_key in made[:20]:
        if str(key) in from_page:
            kind = type_by_key(type_key)
            return list_url(kind) if kind is not None else "/"
    return ""
