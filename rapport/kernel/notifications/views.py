"""What is new: the panel behind the bell, the page with everything, and everybody's own choices."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.live.news import tell
from rapport.kernel.notifications.following import follow as follow_it
from rapport.kernel.notifications.following import unfollow
from rapport.kernel.notifications.kinds import kinds
from rapport.kernel.notifications.models import Mail, Notification, NotificationChoice
from rapport.kernel.notifications.reader import Told, in_page, shown, unread_count
from rapport.kernel.notifications.telling import due_at
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to, page_or_part
from rapport.ui.notices import notice

IN_PANEL = 12
ON_PAGE = 40


def _read(user: User, most: int, before: datetime | None = None, *, only_new: bool = False) -> list[Told]:
    rows = in_page(user)
    if only_new:
        rows = rows.filter(read_at=None)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return shown(rows.select_related("record", "by")[:most])


@page("notifications/", name="notifications")
def notifications(request: HttpRequest) -> HttpResponse:
    """Everything that the user was told, newest first."""
    user, only_new = user_of(request), request.GET.get("new") == "1"
    told = _read(user, ON_PAGE, _moment(request.GET.get("before", "")), only_new=only_new)
    more = told[-1].row.at.isoformat() if len(told) == ON_PAGE else ""
    context = {"told": told, "more": more, "only_new": only_new, "unread": unread_count(user)}
    part = "items" if request.GET.get("before") else "list"
    return page_or_part(request, "kernel/notifications/page.html", context, part)


@page("notifications/panel/", name="notifications_panel")
def panel(request: HttpRequest) -> HttpResponse:
    """What the bell shows."""
    user = user_of(request)
    context = {"told": _read(user, IN_PANEL), "unread": unread_count(user)}
    return render(request, "kernel/notifications/panel.html", context)


@page("notifications/count/", name="notifications_count")
def count(request: HttpRequest) -> JsonResponse:
    """How many are unread; for the bell."""
    return JsonResponse({"unread": unread_count(user_of(request))})


@page("notifications/<uuid:notification_id>/", name="notification", methods=("POST",))
def follow(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Mark it as read and go where it leads."""
    row = in_page(user_of(request)).select_related("record", "by").filter(pk=notification_id).first()
    if row is None:
        raise Http404
    _mark(user_of(request), [row.pk], timezone.now())
    return go_to(request, shown([row])[0].address or reverse("notifications"))


@page("notifications/<uuid:notification_id>/mark/", name="notification_mark", methods=("POST",))
def mark(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Mark one as read, or as unread again."""
    user = user_of(request)
    row = in_page(user).filter(pk=notification_id).first()
    if row is None:
        raise Http404
    _mark(user, [row.pk], timezone.now() if row.read_at is None else None)
    return go_to(request, reverse("notifications"))


@page("notifications/read/", name="notifications_read", methods=("POST",))
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    user = user_of(request)
    _mark(user, list(in_page(user).filter(read_at=None).values_list("pk", flat=True)), timezone.now())
    return go_to(request, reverse("notifications"))


@transaction.atomic
def _mark(user: User, ids: list[UUID], moment: datetime | None) -> None:
    """His other tabs and devices learn it, too."""
    if Notification.objects.filter(pk__in=ids, user=user).update(read_at=moment):
        tell(("notifications", None, user.pk))


@page("<type:kind>/<uuid:record_id>/follow/", name="record_follow", methods=("POST",))
def follow_record(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Follow the record, or not any more."""
    record, user = record_or_404(kind, record_id, user_of(request)), user_of(request)
    if request.POST.get("off"):
        unfollow(record.pk, user)
        notice(request, _("You are not told any more what happens with %(what)s.") % {"what": record})
    else:
        follow_it(record.pk, user)
        notice(request, _("You are told what happens with %(what)s.") % {"what": record})
    return go_to(request, record.get_absolute_url())


@page("settings/notifications/", name="notification_choices", methods=("GET", "HEAD", "POST"))
def choices(request: HttpRequest) -> HttpResponse:
    """How the user wants to be told, for each kind."""
    user = user_of(request)
    if request.method == "POST":
        _choose(user, request)
        notice(request, _("Saved."))
        return go_to(request, reverse("notification_choices"))
    chosen = {one.kind: one for one in NotificationChoice.objects.filter(user=user)}
    lines = [
        (one, chosen[one.key].in_page, chosen[one.key].mail)
        if one.key in chosen
        else (one, one.in_page, one.mail)
        for one in kinds()
    ]
    context = {"lines": lines, "ways": Mail.choices, "current": "notifications"}
    return render(request, "kernel/notifications/choices.html", context)


@transaction.atomic
def _choose(user: User, request: HttpRequest) -> None:
    """What waits for a mail heeds it, too."""
    for one in kinds():
        mail = request.POST.get(f"mail_{one.key}", "")
        if mail in Mail.values:
            said = {"in_page": f"page_{one.key}" in request.POST, "mail": mail}
            NotificationChoice.objects.update_or_create(said, user=user, kind=one.key)
            waiting = Notification.objects.filter(user=user, kind=one.key, mail_due_at__isnull=False)
            waiting.update(mail_due_at=due_at(mail, user))


def _moment(said: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo is not None else None
