"""Calendar files: out of one activity, of a list, into activities; and each user's feed."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, parse_etags
from django.utils.text import slugify
from django.utils.translation import gettext as _

from rapport.accounts.mail import base_of
from rapport.accounts.models import Company, User
from rapport.activities.ics.feed import calendar_for, digest_of, feed_by, renew
from rapport.activities.ics.files import import_file
from rapport.activities.ics.forms import TYPE
from rapport.activities.ics.reading import LARGEST
from rapport.activities.ics.writing import calendar_of, events_of
from rapport.activities.models import Activity, Feed
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.records import NotVisible, Refused, RuleError
from rapport.ui.notices import notice


def _file(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=TYPE)
    called = slugify(name, allow_unicode=True)[:60] or "calendar"
    answer["Content-Disposition"] = content_disposition_header(True, f"{called}.ics") or "attachment"
    return answer


@page("activities/<uuid:key>/calendar.ics", name="activity_ics")
def activity_ics(request: HttpRequest, key: UUID) -> HttpResponse:
    """One activity, or the series that it belongs to, as a calendar file."""
    user = user_of(request)
    activity = Activity.objects.visible_to(user).filter(pk=key).first()
    if activity is None:
        raise NotVisible
    if activity.due_at is None:
        activity.due_at, activity.duration = activity.at, activity.duration
    return _file(calendar_of(events_of([activity], user)), activity.subject)


@page("activities/import-calendar/", name="import_calendar", methods=("GET", "HEAD", "POST"))
def import_calendar(request: HttpRequest) -> HttpResponse:
    """Choosing a calendar file, and what became of it."""
    user = user_of(request)
    if policy(user, "activities", "create").reach == "none":
        raise Refused
    context: dict[str, object] = {"result": None, "problem": "", "undo": ""}
    status = 200
    if request.method == "POST":
        sent = request.FILES.get("file")
        try:
            if sent is None:
                raise RuleError(_("Choose a file."))
            if (sent.size or 0) > LARGEST:
                raise RuleError(_("This file is too large for a calendar."))
            result = import_file(sent.read(), by=user, name=sent.name or "")
            context["result"] = result
            context["undo"] = reverse("undo", args=[result.change_set])
        except RuleError as problem:
            context["problem"], status = problem.sentence, 422
    return render(request, "activities/ics/import.html", context, status=status)


@page("calendar/<str:secret>.ics", name="calendar_feed", login=False)
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed: whoever knows the address reads it, and only what is new is sent again."""
    feed = feed_by(secret)
    if feed is None:
        raise Http404
    data = _calendar_in(feed.user)
    etag = f'"{digest_of(data.decode())[:32]}"'
    if feed.used_at is None or (timezone.now() - feed.used_at).total_seconds() > 600:
        Feed.objects.filter(pk=feed.pk).update(used_at=timezone.now())
    wanted = parse_etags(request.headers.get("If-None-Match", ""))
    answer: HttpResponse
    if etag in [one.removeprefix("W/") for one in wanted] or "*" in wanted:
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(data, content_type=TYPE)
        answer["Content-Disposition"] = 'inline; filename="rapport.ics"'
    answer["ETag"] = etag
    answer["X-Robots-Tag"] = "noindex"
    patch_cache_control(answer, private=True, no_cache=True, max_age=0)
    return answer


def _calendar_in(user: User) -> bytes:
    """The calendar in the language and the time zone of its user."""
    company = Company.current()
    with (
        translation.override(user.language or company.language),
        timezone.override(user.time_zone or company.time_zone),
    ):
        return calendar_for(user)


@page("settings/calendar/feed/", name="calendar_feed_renew", methods=("POST",))
def feed_renew(request: HttpRequest) -> HttpResponse:
    """A new secret address."""
    renew(user_of(request))
    notice(request, _("The calendar has a new address. The old one leads nowhere any more."))
    return redirect("own_calendar")


@page("settings/calendar/feed/end/", name="calendar_feed_end", methods=("POST",))
def feed_end(request: HttpRequest) -> HttpResponse:
    """No address at all."""
    Feed.objects.filter(user=user_of(request)).delete()
    notice(request, _("The address of your calendar leads nowhere any more."))
    return redirect("own_calendar")


def feed_address(request: HttpRequest, user: User) -> str:
    """The user's secret address; "" while he has none."""
    feed = Feed.objects.filter(user=user).first()
    if feed is None or not feed.secret:
        return ""
    return base_of(request).rstrip("/") + reverse("calendar_feed", args=[feed.secret])
