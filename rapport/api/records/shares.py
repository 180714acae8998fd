"""Sharing one record: with whom it is shared, sharing it with a user or a team, ending that."""

from datetime import date

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.accounts.models import Team, User
from rapport.api.endpoint import Call, answer, nothing, read_id
from rapport.api.problems import Problem, not_found, wrong_values
from rapport.api.values import Json
from rapport.kernel.fields.links import parse_id
from rapport.kernel.records import Record
from rapport.kernel.shares.actions import end_share, share_record
from rapport.kernel.shares.models import Act, Share


def list_shares(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """With whom the record is shared now."""
    call.query()
    record = _record(call, type_key, record_id)
    rows = (
        Share.objects.filter(record_id=record.pk).valid().select_related("user", "team").order_by("at", "pk")
    )
    return answer({"data": [_shown(one) for one in rows]})


def add_share(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """Share the record with a user or a team, until a day or without end; once more replaces what was said."""
    record = _record(call, type_key, record_id)
    call.only("user", "team", "act", "until")
    said = {name: call.body.get(name) for name in ("user", "team", "until")}
    wrong = [name for name, one in said.items() if one is not None and not isinstance(one, str)]
    if wrong:
        raise wrong_values({name: _("Give a text.") for name in wrong})
    keys = {name: parse_id(one or "") for name, one in said.items()}
    user = User.objects.filter(pk=keys["user"], is_active=True).first() if keys["user"] else None
    team = Team.objects.filter(pk=keys["team"]).first() if keys["team"] else None
    for name, found in (("user", user), ("team", team)):
        if said[name] and found is None:
            raise wrong_values({name: _("One of these is not known here.")})
    act = call.body.get("act", Act.READ)
    if not isinstance(act, str) or act not in Act.values:
        raise wrong_values({"act": _("Choose from the list.")})
    made = share_record(record, by=call.user, user=user, team=team, act=act, until=_day(said["until"]))
    return answer(_shown(made), 201)


def drop_share(call: Call, type_key: str, record_id: str, share_id: str) -> HttpResponseBase:
    """End a share."""
    record = _record(call, type_key, record_id)
    share = Share.objects.filter(pk=read_id(share_id), record_id=record.pk).first()
    if share is None:
        raise not_found()
    end_share(record, share, by=call.user)
    return nothing()


def _record(call: Call, type_key: str, record_id: str) -> Record:
    kind = call.kind(type_key)
    if call.scope.is_narrow(kind):
        raise Problem(403, _("This lies outside the scope of your token."), code="scope")
    return call.record(kind, record_id)


def _day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as problem:
        raise wrong_values({"until": _("This is not a date.")}) from problem


def _shown(one: Share) -> dict[str, Json]:
    return {
        "id": str(one.pk), "user": str(one.user_id) if one.user_id else None,
        "team": str(one.team_id) if one.team_id else None, "name": str(one), "act": one.act,
        "until": one.until.isoformat() if one.until else None,
    }  # fmt: skip
