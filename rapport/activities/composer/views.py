"""The composer on record pages: notes, calls, meetings and tasks, and the step after them."""

import json
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from rapport.accounts.models import User
from rapport.activities.actions import follow_up
from rapport.activities.composer.draft import DURATIONS, Draft, quick_days
from rapport.activities.models import Activity, Kind
from rapport.activities.participants import people_of
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.pages.blocks import Composer, Context, Fill, add_composer
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType, type_of
from rapport.kernel.search.query import find
from rapport.ui import components
from rapport.ui.addresses import address
from rapport.ui.answers import go_to, render_part
from rapport.ui.notices import notice

FORM = "activities/composer/form.html"
COMPOSER = "#composer-body"
PLANS = [Kind.TASK, Kind.CALL, Kind.MEETING]
SAID = {
    Kind.NOTE: gettext_lazy("Note saved."),
    Kind.CALL: gettext_lazy("Call saved."),
    Kind.MEETING: gettext_lazy("Meeting saved."),
    Kind.TASK: gettext_lazy("Task added."),
}


def context_for(draft: Draft, action: str) -> Context:
    return {"draft": draft, "action": action, "days": quick_days(), "durations": DURATIONS}


def tab(kind: str) -> Fill:
    """What the composer's tab of that kind needs on the page of a record."""

    def fill(request: HttpRequest, record: Record) -> Context | None:
        user = user_of(request)
        if isinstance(record, Activity) or policy(user, "activities", "create").reach == "none":
            return None
        draft = Draft(kind, records=list(_people(request, record, user)), owner=user)
        return writing(draft, record)

    return fill


def _people(request: HttpRequest, record: Record, user: User) -> list[AnyRecord]:
    """Whom all the tabs of a page are about: asked once."""
    known: dict[UUID, list[AnyRecord]] = request.__dict__.setdefault("_composer_people", {})
    if record.pk not in known:
        known[record.pk] = people_of([record], user)
    return known[record.pk]


def writing(draft: Draft, record: Record) -> Context:
    """What the form on a record's page needs; who sees the record can be named in it."""
    mentions = address("mentionable", type_of(record).key, record.pk)
    return context_for(draft, write_address(record)) | {"mentions": mentions}


def write_address(record: Record) -> str:
    return address("activity_write", type_of(record).key, record.pk)


for key, label, icon, order, shortcut in (
    (Kind.NOTE, gettext_lazy("Note"), "notebook-pen", 10, "n"),
    (Kind.CALL, gettext_lazy("Call"), "phone", 20, "Shift+c"),
    (Kind.MEETING, gettext_lazy("Meeting"), "calendar", 30, "Shift+m"),
    (Kind.TASK, gettext_lazy("Task"), "check-check", 40, "t"),
):
    add_composer(Composer(key.value, label, icon, FORM, tab(key.value), order, shortcut))


@page("activities/write/<type:kind>/<uuid:record_id>/", name="activity_write", methods=("POST",))
def write(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Write it down; answer the empty form again, or the form for the next step."""
    user = user_of(request)
    record = record_or_404(kind, record_id, user)
    draft = Draft.read(request.POST, user)
    saved = draft.save([record], user)
    if saved is None:
        return part(request, FORM, writing(draft, record), status=422)
    activity, set_id = saved
    if request.headers.get("HX-Request") != "true":
        notice(request, SAID[Kind(draft.kind)], reverse("undo", args=[set_id]))
        return go_to(request, record.get_absolute_url())
    if draft.then_next:
        answer = part(request, "activities/composer/next.html", next_context(activity, user, record))
    else:
        fresh = Draft.about(draft.kind, record, user)
        answer = part(request, FORM, writing(fresh, record))
    notice(answer, SAID[Kind(draft.kind)], reverse("undo", args=[set_id]))
    return changed(answer)


def next_context(activity: Activity, user: User, record: Record) -> Context:
    """The form for the step after an activity that was just written on the page of a record."""
    kind = type_of(record).key
    draft = Draft.following(follow_up(activity, user), user)
    query = urlencode({"in": "composer", "type": kind, "record": record.pk})
    action = f"{reverse('activity_next', args=[activity.pk])}?{query}"
    nothing = reverse("record_composer", args=[kind, record.pk, activity.type])
    return context_for(draft, action) | offer_place("composer") | {"nothing": nothing, "key": activity.pk}


def offer_place(place: str) -> Context:
    """Where the answer to the form for what comes next goes, and what "Nothing" takes away, by where it stands."""
    places = {
        "composer": (COMPOSER, "innerHTML", ""),
        "page": ("this", "outerHTML", ".offer"),
        "day": ("#day", "outerHTML", ".offer"),
        "agenda": ("#day", "outerHTML", ".offer"),
    }
    target, swap, drop = places.get(place, ("closest li", "outerHTML", "li"))
    return {"target": target, "swap": swap, "drop": drop, "nothing": ""}


@page("activities/people/", name="activity_people")
def people(request: HttpRequest) -> HttpResponse:
    """Who can take part, for what was typed: people and organizations, then colleagues."""
    user, said = user_of(request), request.GET.get("q", "")
    rows: list[dict[str, object]] = [
        {"value": hit.record.pk, "text": str(hit.record), "hint": hit.subtitle, "icon": hit.kind.icon}
        for hit in find(said, user, types=("people", "organizations"), limit=7).hits
    ]
    return _options(request, rows + _colleagues(said))


@page("activities/colleagues/", name="activity_colleagues")
def colleagues(request: HttpRequest) -> HttpResponse:
    """Who can do it, for what was typed."""
    return _options(request, _colleagues(request.GET.get("q", "")))


def _colleagues(said: str) -> list[dict[str, object]]:
    found = User.objects.filter(is_active=True, name__icontains=said.replace("\x00", "").strip()[:100])[:7]
    return [{"value": one.pk, "text": one.name, "html": components.avatar(one.name, "s18")} for one in found]


def _options(request: HttpRequest, rows: list[dict[str, object]]) -> HttpResponse:
    shown = [{"html": "", "hint": "", "icon": ""} | row for row in rows]
    return HttpResponse(render_part(request, "activities/composer/options.html", "options", {"rows": shown}))


def part(request: HttpRequest, template: str, context: Context, *, status: int = 200) -> HttpResponse:
    """Answer with the form of that template."""
    return HttpResponse(render_part(request, template, "form", context), status=status)


def changed(answer: HttpResponse, *names: str) -> HttpResponse:
    """Tell the page that activities have changed, so that its timeline and blocks renew themselves."""
    told = names or ("record-changed",)
    answer.headers["HX-Trigger"] = json.dumps(dict.fromkeys(told, True))
    return answer
