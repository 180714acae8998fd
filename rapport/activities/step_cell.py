"""The next step in a cell of a list: what is to be done, and when, with the days that one usually means."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.activities.blocks import next_steps
from rapport.activities.composer.draft import Draft, quick_days
from rapport.activities.models import Activity, Kind
from rapport.kernel.changes.sets import change_set
from rapport.kernel.computed import CellEdit
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.context import user_of
from rapport.kernel.permissions import can, policy
from rapport.kernel.records import Conflict, Record, RuleError, save_record
from rapport.ui import formats

ICONS = ("calendar-check", "calendar-plus", "calendar-clock")


def edit_next_step(request: HttpRequest, record: Record) -> CellEdit | None:
    """Change the soonest open activity of a record, or plan one; None when the user may do neither."""
    user = user_of(request)
    step = _step(request, record, user)
    if step is None and policy(user, "activities", "create").reach == "none":
        return None
    draft = Draft.of(step) if step is not None else Draft.about(Kind.TASK, record, user)
    draft.plans_only = True
    if request.method != "POST":
        return _form(step, draft)
    draft.subject = request.POST.get("subject", "").replace("\x00", "").strip()
    draft.day = request.POST.get("day") or request.POST.get("on") or ""
    if step is None and not draft.subject and not draft.day:
        return CellEdit()
    return _changed(request, step, draft, user) if step is not None else _planned(record, draft, user)


def _step(request: HttpRequest, record: Record, user: User) -> Activity | None:
    """What stands in the cell, where the user may change it. A form says which one it was about."""
    asked = parse_id(request.POST.get("step", ""))
    if asked is not None:
        found = Activity.objects.visible_to(user).filter(pk=asked, done_at=None).first()
    else:
        steps = next_steps(request, record) if request.method != "POST" else []
        found = steps[0].activity if steps else None
    return found if found is not None and can(user, "edit", found) else None


def _planned(record: Record, draft: Draft, user: User) -> CellEdit:
    saved = draft.save([record], by=user)
    if saved is None:
        return _form(None, draft, " ".join(draft.errors.values()))
    return CellEdit(saved=_("Next step planned."), change_set=saved[1])


def _changed(request: HttpRequest, step: Activity, draft: Draft, user: User) -> CellEdit:
    values: dict[str, Any] = {"subject": draft.subject, "due_at": draft.read_when(user)}
    if draft.errors:
        return _form(step, draft, " ".join(draft.errors.values()))
    said = request.POST.get("version", "")
    try:
        with change_set(by=user, label=draft.subject[:200]) as opened:
            save_record(step, values, by=user, version=int(said) if said.isdecimal() else None)
    except RuleError as problem:
        return _form(step, draft, problem.sentence)
    except Conflict as problem:
        return _form(step, draft, str(problem), status=409)
    return CellEdit(saved=_("Next step changed."), change_set=opened.id)


def _form(step: Activity | None, draft: Draft, error: str = "", status: int = 422) -> CellEdit:
    days = [(day, word, _hint(day), icon) for (day, word), icon in zip(quick_days(), ICONS, strict=False)]
    shown = {"step": step, "draft": draft, "days": days, "error": error}
    return CellEdit("activities/step_cell.html", shown, status if error else 200)


def _hint(said: str) -> str:
    """Which day that is, beside its word: the weekday of today and tomorrow, the date of others."""
    day = date.fromisoformat(said)
    near = (day - timezone.localdate()).days < 2
    return formats.format_weekday(day) if near else formats.format_day(day)
