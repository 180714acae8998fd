"""The dialog "Access" of a record: who sees it and why, with whom it is shared."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.models import Team, User
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.answers import after_dialog
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import can
from rapport.kernel.records import Record, RuleError
from rapport.kernel.registry import RecordType
from rapport.kernel.shares.access import who_sees
from rapport.kernel.shares.actions import end_share, share_record
from rapport.kernel.shares.models import Act, Share

SHOWN = 100


@page("<type:kind>/<uuid:record_id>/access/", name="record_access", methods=("GET", "HEAD", "POST"))
def access(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Who sees the record; POST shares it with one more."""
    record = record_or_404(kind, record_id, user_of(request))
    if request.method != "POST":
        return _dialog(request, kind, record)
    data = request.POST
    try:
        user, team = _with(data.get("with", ""))
        share = share_record(
            record,
            by=user_of(request),
            user=user,
            team=team,
            act=data.get("act", ""),
            until=_day(data.get("until", "")),
        )
    except RuleError as problem:
        return _dialog(request, kind, record, dict(problem.fields), problem.sentence)
    return after_dialog(request, record.get_absolute_url(), _("Shared with %(name)s.") % {"name": share})


@page("<type:kind>/<uuid:record_id>/access/<uuid:share_id>/end/", name="record_unshare", methods=("POST",))
def unshare(request: HttpRequest, kind: RecordType, record_id: UUID, share_id: UUID) -> HttpResponse:
    """Take a share back."""
    record = record_or_404(kind, record_id, user_of(request))
    share = Share.objects.filter(pk=share_id, record_id=record.pk).first()
    if share is None:
        raise Http404
    end_share(record, share, by=user_of(request))
    return after_dialog(
        request, record.get_absolute_url(), _("No longer shared with %(name)s.") % {"name": share}
    )


def _with(said: str) -> tuple[User | None, Team | None]:
    """The user or team that the form names: "user:<id>" or "team:<id>"."""
    what, _colon, key = said.partition(":")
    found = parse_id(key)
    user = User.objects.filter(pk=found, is_active=True).first() if what == "user" and found else None
    team = Team.objects.filter(pk=found).first() if what == "team" and found else None
    return user, team


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said.strip()) if said.strip() else None
    except ValueError as problem:
        raise RuleError(fields={"until": _("This is not a date.")}) from problem


def _dialog(
    request: HttpRequest,
    kind: RecordType,
    record: Record,
    errors: dict[str, str] | None = None,
    sentence: str = "",
) -> HttpResponse:
    seers = who_sees(record)
    users = User.objects.filter(is_active=True).order_by("name").values_list("pk", "name")[:1000]
    teams = Team.objects.values_list("pk", "name")
    context: dict[str, Any] = {  # Any: what the template shows
        "kind": kind, "record": record, "seers": seers[:SHOWN], "more": max(0, len(seers) - SHOWN),
        "shares": Share.objects.filter(record_id=record.pk).valid().select_related("user", "team", "by").order_by("at"),
        "may_share": can(user_of(request), "edit", record), "errors": errors or {},
        "sentence": "" if errors else sentence, "said": request.POST,
        "choices": [(f"team:{key}", _("Team %(name)s") % {"name": name}) for key, name in teams]
        + [(f"user:{key}", name) for key, name in users],
        "acts": Act.choices, "address": reverse("record_access", args=[kind.key, record.pk]),
    }  # fmt: skip
    status = 422 if errors or sentence else 200
    return render(request, "kernel/shares/access.html", context, status=status)
