"""One's own calendar in the settings: its secret address, and a calendar on another server."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from rapport.accounts.forms import OneLine
from rapport.activities.caldav.client import Dav, DavProblem
from rapport.activities.caldav.jobs import sync_calendar
from rapport.activities.caldav.sync import connect
from rapport.activities.ics.views import feed_address
from rapport.activities.models import CalendarAccount, CalendarItem
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.ui.notices import notice


class AccountForm(forms.Form):
    """Where the calendar is and who signs in there."""

    url = OneLine(label=gettext_lazy("Address of the server"), max_length=900)
    username = OneLine(label=gettext_lazy("Name there"), max_length=200)
    password = forms.CharField(
        label=gettext_lazy("Password there"), max_length=500, strip=False, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


@page("settings/calendar/", name="own_calendar", methods=("GET", "HEAD", "POST"))
@sensitive_post_parameters()
def own_calendar(request: HttpRequest) -> HttpResponse:
    """The address of the feed, and the account on another server: signing in there."""
    user = user_of(request)
    account = CalendarAccount.objects.filter(user=user).first()
    begin = {"url": account.url, "username": account.username} if account else {}
    form = AccountForm(request.POST or None, initial=begin)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        password = said["password"] or (account.password if account else "")
        try:
            made, calendars = connect(user, said["url"], said["username"], password)
        except DavProblem as problem:
            form.add_error("url", problem.sentence)
        else:
            _keep(made, calendars)
            return redirect("own_calendar_choose")
    return _page(request, form, account, status=422 if form.is_bound else 200)


def _page(
    request: HttpRequest, form: forms.Form, account: CalendarAccount | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "account": account,
        "feed": feed_address(request, user_of(request)),
        "count": account.items.filter(is_left=False).count() if account else 0,
        "current": "own_calendar",
    }
    return render(request, "activities/caldav/settings.html", context, status=status)


def _keep(made: CalendarAccount, calendars: list[tuple[str, str]]) -> None:
    """The account with what was typed; another server or name begins anew."""
    old = CalendarAccount.objects.filter(user=made.user).first()
    names = dict(calendars)
    if old is not None and old.calendar in names and (old.url, old.username) == (made.url, made.username):
        old.password, old.problem, old.failures, old.next_at = made.password, "", 0, timezone.now()
        old.save(update_fields=["password", "problem", "failures", "next_at"])
        return
    if old is not None:
        old.delete()
    made.save()


@page("settings/calendar/choose/", name="own_calendar_choose", methods=("GET", "HEAD", "POST"))
def choose(request: HttpRequest) -> HttpResponse:
    """Which calendar of that server."""
    user = user_of(request)
    account = CalendarAccount.objects.filter(user=user).first()
    if account is None:
        return redirect("own_calendar")
    try:
        found = Dav(account.url, account.username, account.password).calendars()
    except DavProblem as problem:
        notice(request, problem.sentence, bad=True)
        return redirect("own_calendar")
    calendars = [(one.address, one.name) for one in found]
    names = dict(calendars)
    chosen = request.POST.get("calendar", "")
    if request.method == "POST" and chosen in names:
        if chosen != account.calendar:
            CalendarItem.objects.filter(account=account).delete()
            account.token = ""
        account.calendar, account.name = chosen, names[chosen][:200]
        account.is_on, account.next_at, account.problem, account.failures = True, timezone.now(), "", 0
        account.save()
        sync_calendar.defer_once(str(user.pk), user_id=str(user.pk))
        notice(request, _("“%(name)s” is kept in step from now on.") % {"name": account.name})
        return redirect("own_calendar")
    context = {"account": account, "calendars": calendars, "current": "own_calendar"}
    status = 422 if request.method == "POST" else 200
    return render(request, "activities/caldav/choose.html", context, status=status)


@page("settings/calendar/now/", name="own_calendar_now", methods=("POST",))
def sync_now(request: HttpRequest) -> HttpResponse:
    """Do not wait for the next turn."""
    user = user_of(request)
    if (
        CalendarAccount.objects.filter(user=user)
        .exclude(calendar="")
        .update(next_at=timezone.now(), is_on=True)
    ):
        sync_calendar.defer_once(str(user.pk), user_id=str(user.pk))
        notice(request, _("Your calendar is being compared."))
    return redirect("own_calendar")


@page("settings/calendar/end/", name="own_calendar_end", methods=("POST",))
def end(request: HttpRequest) -> HttpResponse:
    """No longer keep them in step; everything stays where it is."""
    CalendarAccount.objects.filter(user=user_of(request)).delete()
    notice(request, _("The calendars go their own ways from now on. Nothing was deleted."))
    return redirect("own_calendar")
