"""The trash: one page over all types; restoring, deleting for good, and how long it keeps what it has."""

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.answers import undo_url
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.records import NotVisible, Refused, restore_records
from rapport.kernel.registry import type_by_key, types
from rapport.kernel.trash.emptying import begin_emptying, hanging_on, purge_rows
from rapport.kernel.trash.models import TrashRule
from rapport.kernel.trash.reader import Filter, read_trash, rows_of
from rapport.ui.answers import go_to, page_or_part
from rapport.ui.formats import format_number
from rapport.ui.notices import notice

METHODS = ("GET", "HEAD", "POST")
LONGEST_DAYS = 3650
AT_ONCE = 200  # records deleted for good while the person waits; more are a job
TYPED_FROM = 2


@page("settings/trash/", name="trash")
def trash(request: HttpRequest) -> HttpResponse:
    """What was deleted and can come back."""
    user, chosen = user_of(request), Filter.read(request.GET)
    lines, more = read_trash(user, chosen)
    shown = {
        "lines": lines,
        "more": more,
        "chosen": chosen,
        "types": [(one.key, one.label_plural) for one in types()],
        "days": TrashRule.kept_days(),
        "is_administrator": user.is_administrator,
        "current": "trash",
    }
    return page_or_part(request, "kernel/trash/trash.html", shown, "rows" if chosen.before else "list")


@page("settings/trash/keep/", name="trash_keep", methods=("POST",))
def keep(request: HttpRequest) -> HttpResponse:
    """After how many days what was deleted goes for good."""
    if not user_of(request).is_administrator:
        raise Http404
    said = request.POST.get("days", "").strip()
    if not (said.isascii() and said.isdigit()) or int(said[:6]) > LONGEST_DAYS:
        text = _("Give a number of days up to %(most)s; 0 keeps everything.") % {"most": LONGEST_DAYS}
        notice(request, text, bad=True)
    else:
        TrashRule.objects.update_or_create(pk=1, defaults={"days": int(said)})
        notice(request, _("Saved."))
    return go_to(request, reverse("trash"))


@page("settings/trash/restore/", name="trash_restore", methods=("POST",))
def restore(request: HttpRequest) -> HttpResponse:
    """Take the ticked records out of the trash, as one change set."""
    user, rows = user_of(request), _ticked(request, request.POST.getlist("ids"))

    def what() -> str:
        return rows[0].title if len(rows) == 1 else _counted(len(rows))

    with change_set(by=user, label=lambda: _("Restored: %(what)s") % {"what": what()}) as opened:
        for key in sorted({row.type for row in rows}):
            kind = type_by_key(key)
            if kind is not None:
                restore_records(kind, [row.pk for row in rows if row.type == key], by=user)
    notice(request, _("Restored: %(what)s.") % {"what": what()}, undo_url(opened.id))
    home = rows[0].get_absolute_url() if request.POST.get("then") == "record" else reverse("trash")
    return go_to(request, home)


def _ticked(request: HttpRequest, said: list[str]) -> list[AnyRecord]:
    """The records of these ids; all must be in the trash and visible to the user."""
    ids = {key for one in said[:1_000] if (key := parse_id(one)) is not None}
    rows = list(AnyRecord.objects.in_trash_visible_to(user_of(request)).filter(pk__in=ids).defer("lexemes"))
    if not ids or len(rows) != len(ids):
        raise NotVisible
    return rows


def _counted(count: int) -> str:
    return ngettext("%(count)s record", "%(count)s records", count) % {"count": format_number(count)}


@page("settings/trash/purge/", name="trash_purge", methods=METHODS)
def purge(request: HttpRequest) -> HttpResponse:
    """Asks, then deletes for good: the ticked records, or with `?all=1` everything that the filter finds."""
    user = user_of(request)
    if not user.is_administrator:
        raise Http404
    rows, count = _chosen(request, user)
    error = ""
    if request.method == "POST":
        typed = "".join(letter for letter in request.POST.get("typed", "") if letter.isdigit())
        if count < TYPED_FROM or typed == str(count):
            return _purge(request, user, rows, count)
        error = _("Type the number of records to delete them.")
    shown = {
        "count": count,
        "names": [row.title for row in rows[:4]],
        "along": hanging_on([row.pk for row in rows]),
        "must_type": count >= TYPED_FROM,
        "error": error,
        "title": rows[0].title if count == 1 else _counted(count),
        "current": "trash",
    }
    return render(request, "kernel/trash/purge.html", shown, status=422 if error else 200)


def _chosen(request: HttpRequest, user: User) -> tuple[list[AnyRecord], int]:
    if not request.GET.get("all"):
        rows = _ticked(request, request.GET.get("ids", "").split(","))
        return rows, len(rows)
    found = rows_of(user, Filter.read(request.GET)).defer("lexemes").order_by("-deleted_at", "-id")
    rows = list(found[: AT_ONCE + 1])
    if not rows:
        raise NotVisible
    return rows, len(rows) if len(rows) <= AT_ONCE else found.count()


def _purge(request: HttpRequest, user: User, rows: list[AnyRecord], count: int) -> HttpResponse:
    if count > AT_ONCE:
        chosen = Filter.read(request.GET)
        keys = rows_of(user, chosen).order_by("-deleted_at", "-id").values_list("pk", flat=True)
        ids: list[UUID] = list(keys[:count])
        run = begin_emptying(ids, by=user)
        return go_to(request, reverse("change_set", args=[run.change_set_id]))
    with transaction.atomic():
        done = purge_rows(
            rows, by=user, label=lambda: _("Deleted for good: %(what)s") % {"what": _counted(count)}
        )
    text = _("Deleted for good: %(what)s.") % {"what": _counted(done.records)}
    if done.held:
        held = ngettext(
            "%(count)s stays, because something that is needed leads to it.",
            "%(count)s stay, because something that is needed leads to them.",
            done.held,
        )
        text = f"{text} {held % {'count': done.held}}"
    notice(request, text, bad=bool(done.held))
    return go_to(request, reverse("trash"))


def in_trash(request: HttpRequest, type_key: str, record_id: UUID) -> HttpResponse | None:
    """The page of a record that lies in the trash, for who may see it; None where there is none."""
    from rapport.kernel.trash.reader import dressed

    user = user_of(request)
    row = AnyRecord.objects.in_trash_visible_to(user).filter(pk=record_id, type=type_key).first()
    if row is None:
        return None
    if request.method not in ("GET", "HEAD"):
        raise Refused
    shown = {"line": dressed([row], user)[0], "days": TrashRule.kept_days()}
    return render(request, "kernel/trash/gone.html", shown, status=410)
