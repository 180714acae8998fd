"""The pages of a calendar: the calendar itself, and moving an entry to another day."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from rapport.kernel.boards.views import refused
from rapport.kernel.calendars.reader import Day, empty_days, moved_to, read_days
from rapport.kernel.calendars.spans import MONTH, WEEK, Span, read_span
from rapport.kernel.changes.sets import change_set
from rapport.kernel.filters import Condition, Group, TooExpensive, bounded
from rapport.kernel.lists.arranged import date_fields
from rapport.kernel.lists.arranged.fields import known_by
from rapport.kernel.lists.state import ListState
from rapport.kernel.lists.views import frame_of, state_of
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.records import Conflict, NotVisible, Record, Refused, RuleError, save_record
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import CALENDAR, TABLE, View, place_of

LONGEST = 500


class Shown:
    """What the template of a calendar asks for."""

    def __init__(self, state: ListState, span: Span, days: list[Day]) -> None:
        self.state, self.span, self.days = state, span, days
        user = state.context.user
        assert user is not None
        may_edit = policy(user, state.kind.key, "edit").reach != "none"
        self.is_fixed = not may_edit or state.by not in state.kind.editable_fields()
        self.may_create = policy(user, state.kind.key, "create").reach != "none" and not self.is_fixed

    @property
    def weeks(self) -> list[list[Day]]:
        return [self.days[at : at + 7] for at in range(0, len(self.days), 7)]

    def address(self, on: date | None = None, kind: str = "") -> str:
        """Another span of the same calendar."""
        kind = kind or self.span.kind
        besides = [("on", on.isoformat())] if on is not None else []
        besides += [("span", kind)] if kind != MONTH else []
        return self.state.address(besides=besides)

    @property
    def spans(self) -> list[tuple[str, str, str]]:
        return [
            (MONTH, _("Month"), self.address(self.span.on, MONTH)),
            (WEEK, _("Week"), self.address(self.span.on, WEEK)),
        ]

    def table_of(self, operator: str, said: str = "") -> str:
        """The table with the records of a day, or with those that have none."""
        state = self.state
        parts = state.filter.parts if state.filter.join == "all" else (state.filter,)
        tree = Group("all", (*parts, Condition(state.by, operator, said)))
        pairs = [one for one in state.pairs(filter=tree, besides=[]) if one[0] not in ("by", "sort")]
        return f"{place_of(state.kind.key, TABLE)}?{urlencode(pairs)}"

    def new_address(self, day: date) -> str:
        said = (
            f"{day.isoformat()}T09:00"
            if self.state.kind.fields[self.state.by].kind == "moment"
            else day.isoformat()
        )
        return reverse("record_new", args=[self.state.kind.key]) + "?" + urlencode({self.state.by: said})

    def move_address(self, record: Record) -> str:
        place = reverse("calendar_move", args=[self.state.kind.key, record.pk])
        return f"{place}?{urlencode({'by': self.state.by})}"


@page("<type:kind>/calendar/", name="calendar")
def calendar(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The records of a type on the days of one of its dates."""
    views = list(View.objects.filter(type=kind.key).visible_to(user_of(request)))
    state = state_of(request, kind, views=views, layout=CALENDAR)
    if not state.by:
        raise Http404
    span = read_span(request.GET.get("span", ""), request.GET.get("on", ""))
    try:
        with bounded():
            days = read_days(state, span)
    except TooExpensive as problem:
        state.refuse(problem)
        days = empty_days(span)
    shown = Shown(state, span, days)
    context = {"kind": kind, "shown": shown, **frame_of(request, state, views)}
    return render(request, "kernel/calendars/calendar.html", context)


@page("<type:kind>/<uuid:pk>/on-day/", name="calendar_move", methods=("POST",))
def calendar_move(request: HttpRequest, kind: RecordType, pk: UUID) -> JsonResponse:
    """Put a record onto another day; answers its new version, or the sentence why not."""
    user = user_of(request)
    record = kind.visible_to(user).filter(pk=pk).first()
    one = date_fields(kind).get(request.GET.get("by", known_by(kind, CALENDAR, "")))
    if record is None or one is None:
        raise Http404
    try:
        day, version = _said(request)
        value = moved_to(one.read(record), day, one)
        with change_set(by=user, label=_("Moved: %(what)s") % {"what": str(record)[:150]}):
            moved = save_record(record, {one.name: value}, by=user, version=version)
    except NotVisible as problem:
        raise Http404 from problem
    except ValidationError as problem:
        return refused(" ".join(problem.messages), 422)
    except (RuleError, Conflict, Refused) as problem:
        return refused(str(problem), {RuleError: 422, Conflict: 409, Refused: 403}[type(problem)])
    return JsonResponse({"version": moved.version})


def _said(request: HttpRequest) -> tuple[date, int | None]:
    """The day and the version that the person saw; RuleError when it is no such thing."""
    try:
        said: Any = json.loads(request.body[: LONGEST + 1])  # cut off, it is no JSON any more
        version = said.get("version")
        return date.fromisoformat(str(said["day"])), int(version) if version is not None else None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as problem:
        raise RuleError(_("Say onto which day it goes.")) from problem
