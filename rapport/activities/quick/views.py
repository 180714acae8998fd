"""A task in plain words, from every page."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.activities.actions import plan
from rapport.activities.composer.views import changed
from rapport.activities.models import Activity
from rapport.activities.myday.answers import day_again
from rapport.activities.quick.mentions import mentioned
from rapport.activities.quick.plain_words import read
from rapport.activities.shown import Shown
from rapport.kernel.changes.sets import change_set
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.records import RuleError
from rapport.ui.answers import go_to, render_part
from rapport.ui.formats import within
from rapport.ui.notices import notice

FORM = "activities/quick/quick.html"


@page("activities/quick/", name="quick_task", methods=("GET", "POST"))
def quick_task(request: HttpRequest) -> HttpResponse:
    """The field for one line, and planning what it says."""
    if request.method != "POST":
        return HttpResponse(render_part(request, FORM, "form", {"said": "", "error": ""}))
    user, said = user_of(request), request.POST.get("said", "")
    on_my_day = request.GET.get("in") == "day"
    try:
        with change_set(by=user, label=said.replace("\x00", "")[:200]) as opened:
            activity = plan_said(said, user)
    except RuleError as problem:
        if on_my_day:
            answer = day_again(request)
            notice(answer, problem.sentence, bad=True)
            return answer
        context = {"said": said, "error": problem.sentence}
        return HttpResponse(render_part(request, FORM, "form", context), status=422)
    undo = reverse("undo", args=[opened.id])
    if request.headers.get("HX-Request") != "true":
        notice(request, sentence(activity), undo)
        return go_to(request, reverse("home"))
    answer = day_again(request) if on_my_day else HttpResponse()
    notice(answer, sentence(activity), undo)
    return changed(answer, "quick-added", "close-dialog", "record-changed")


def plan_said(said: str, user: User) -> Activity:
    """Plan what was said; whoever is named and known takes part."""
    if not said.replace("\x00", "").strip():
        raise RuleError(_("Write a few words."))
    found = read(said)
    people = mentioned(found.subject, user)
    return plan(
        [], found.type, found.subject, by=user, due_at=found.due_at, duration=found.duration, people=people
    )


def sentence(activity: Activity) -> str:
    """Says what was understood, so that a mistake is seen at once."""
    what = {"what": activity.subject, "when": within(Shown(activity).when)}
    return (
        _("Planned: %(what)s, %(when)s.") % what
        if activity.due_at
        else _("Planned without a date: %(what)s.") % what
    )
