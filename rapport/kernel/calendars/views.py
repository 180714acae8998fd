"""The pages of a calendar: the calendar itself, and moving an entry to another day or hour."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.kernel.boards.views import refused
from rapport.kernel.calendars.hours import WHOLE, empty_hours, is_whole, read_hours
from rapport.kernel.calendars.reader import empty_days, moved_to, read_days
from rapport.kernel.calendars.registry import CalendarRules, Moved, rules_of
from rapport.kernel.calendars.running import add_running
from rapport.kernel.calendars.shown import Shown
from rapport.kernel.calendars.spans import read_span
from rapport.kernel.calendars.whose import read_whose
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields import FieldType
from rapport.kernel.filters import TooExpensive, bounded
from rapport.kernel.lists.arranged import date_fields
from rapport.kernel.lists.arranged.fields import known_by
from rapport.kernel.lists.views import frame_of, state_of
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.records import Conflict, NotVisible, Record, Refused, RuleError, save_record
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import CALENDAR, View
from rapport.ui.days import clock_of
from rapport.ui.formats import format_duration
from rapport.ui.notices import notice

LONGEST = 500
LONGEST_MINUTES = 100_000
WHICH = ("one", "following", "all")


@page("<type:kind>/calendar/", name="calendar")
def calendar(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The records of a type on the days of one of its dates; by a moment a week and a day have hours."""
    views = list(View.objects.filter(type=kind.key).visible_to(user_of(request)))
    state = state_of(request, kind, views=views, layout=CALENDAR)
    if not state.by:
        raise Http404
    span = read_span(request.GET.get("span", ""), request.GET.get("on", ""))
    rules, whose = rules_of(kind, state.by), read_whose(request.GET.get("who", ""), user_of(request))
    shown = Shown(state, span, rules, whose)
    wanted = whose.condition(rules)
    try:
        with bounded():
            if shown.has_hours:
                shown.hours = read_hours(state, span, rules, wanted)
            else:
                shown.days = read_days(state, span, rules, wanted)
                add_running(state, span, rules, wanted, shown.days)
    except TooExpensive as problem:
        state.refuse(problem)
        shown.days, shown.hours = empty_days(span), empty_hours(span)
    context = {"kind": kind, "shown": shown, **frame_of(request, state, views)}
    return render(request, "kernel/calendars/calendar.html", context)


@page("<type:kind>/<uuid:pk>/on-day/", name="calendar_move", methods=("POST",))
def calendar_move(request: HttpRequest, kind: RecordType, pk: UUID) -> JsonResponse:
    """Put a record onto another day; answers its new version, or the sentence why not."""
    record, one = _found(request, kind, pk)

    def deed() -> Record:
        said = _said(request)
        value = moved_to(one.read(record), _day(said), one)
        return save_record(record, {one.name: value}, by=user_of(request), version=_version(said))

    return _moving(request, record, deed, lambda: _moved(record))


@page("<type:kind>/<uuid:pk>/at/", name="calendar_time", methods=("POST",))
def calendar_time(request: HttpRequest, kind: RecordType, pk: UUID) -> JsonResponse:
    """Put a record onto another hour, or let it take another time; of a series one, those from there on, or all."""
    record, one = _found(request, kind, pk)
    if one.kind != "moment":
        raise Http404
    rules = rules_of(kind, one.name)
    try:
        said = _said(request)
        moved = Moved(_moment(said), _minutes(said), _which(said), _version(said))
    except RuleError as problem:
        return refused(str(problem), 422)

    def deed() -> Record:
        if rules.move is not None:
            result: Record = rules.move(record, moved, user_of(request))
            return result
        return save_record(record, _values(one, rules, moved), by=user_of(request), version=moved.version)

    def label() -> str:
        return _stretched(record, one, rules, moved) or _moved(record)

    return _moving(request, record, deed, label, is_told=True)


def _moved(record: Record) -> str:
    return _("Moved: %(what)s") % {"what": str(record)[:150]}


def _stretched(record: Any, one: FieldType, rules: CalendarRules, moved: Moved) -> str:  # Any: as it is now
    """What is told of an entry that stays where it is and takes another time; nothing of one that moves."""
    begins = one.read(record)
    if not rules.length or moved.minutes is None or getattr(record, rules.length) == moved.minutes:
        return ""
    if begins is None or clock_of(begins) != clock_of(moved.at):
        return ""
    days = moved.minutes // WHOLE if is_whole(begins, moved.minutes) else 0
    time = (
        ngettext("%(num)s day", "%(num)s days", days) % {"num": days}
        if days
        else format_duration(moved.minutes)
    )
    values = {"what": str(record)[:150], "time": time.replace(" ", "\u00a0")}  # in one line
    return _("%(what)s now takes %(time)s") % values


def _values(one: FieldType, rules: CalendarRules, moved: Moved) -> dict[str, Any]:  # Any: values of fields
    values: dict[str, Any] = {one.name: moved.at}
    return values | ({rules.length: moved.minutes} if rules.length else {})


def _found(request: HttpRequest, kind: RecordType, pk: UUID) -> tuple[Record, FieldType]:
    record = kind.visible_to(user_of(request)).filter(pk=pk).first()
    one = date_fields(kind).get(request.GET.get("by", known_by(kind, CALENDAR, "")))
    if record is None or one is None:
        raise Http404
    return record, one


def _moving(
    request: HttpRequest,
    record: Record,
    deed: Callable[[], Record],
    label: Callable[[], str],
    *,
    is_told: bool = False,
) -> JsonResponse:
    """Do it as one act; with `is_told` the answer carries the notice with which it is undone."""
    try:
        with change_set(by=user_of(request), label=label) as opened:
            moved = deed()
    except NotVisible as problem:
        raise Http404 from problem
    except ValidationError as problem:
        return refused(" ".join(problem.messages), 422)
    except (RuleError, Conflict, Refused) as problem:
        return refused(str(problem), {RuleError: 422, Conflict: 409, Refused: 403}[type(problem)])
    answer = JsonResponse({"version": moved.version})
    if is_told:
        notice(answer, f"{opened.row.told}.", reverse("undo", args=[opened.id]))
    return answer


Said = dict[str, Any]  # Any: JSON of a browser, or of anybody


def _said(request: HttpRequest) -> Said:
    """What the person said; RuleError when it is no such thing."""
    try:
        said = json.loads(request.body[: LONGEST + 1])  # cut off, it is no JSON any more
    except ValueError as problem:
        raise RuleError(_("Say onto which day it goes.")) from problem
    if not isinstance(said, dict):
        raise RuleError(_("Say onto which day it goes."))
    return said


def _day(said: Said) -> date:
    try:
        return date.fromisoformat(str(said["day"]))
    except (ValueError, KeyError) as problem:
        raise RuleError(_("Say onto which day it goes.")) from problem


def _moment(said: Said) -> datetime:
    """The local day and hour as a moment of the user's time zone."""
    try:
        local = datetime.fromisoformat(str(said["start"])[:16])
        if not 1800 <= local.year <= 2500:
            raise ValueError
        return timezone.make_aware(local.replace(tzinfo=None))
    except (ValueError, KeyError, OverflowError) as problem:
        raise RuleError(_("Say onto which day it goes.")) from problem


def _minutes(said: Said) -> int | None:
    minutes = said.get("minutes")
    if minutes is None:
        return None
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 < minutes <= LONGEST_MINUTES:
        raise RuleError(_("Say how many minutes it takes."))
    return minutes


def _which(said: Said) -> str:
    which = said.get("which", "one")
    return which if which in WHICH else "one"


def _version(said: Said) -> int | None:
    version = said.get("version")
    try:
        return int(version) if version is not None else None
    except (ValueError, TypeError, OverflowError) as problem:
        raise RuleError(_("Say onto which day it goes.")) from problem
