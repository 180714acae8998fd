"""One record: read, change, delete, restore, its actions."""

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.api.endpoint import NOT_MODIFIED, Call, answer, etag_of, is_same, nothing, read_id, version_said
from rapport.api.problems import Problem, not_found, wrong_values
from rapport.api.records.lists import names_said, parts_said, whole
from rapport.api.records.trash import in_trash
from rapport.api.values import Json, Shown, find_link, plain, read_fields, read_parts, read_value
from rapport.kernel.fields import LinkBase
from rapport.kernel.permissions import can
from rapport.kernel.permissions.fields import fillable
from rapport.kernel.records import (
    Conflict,
    Refused,
    available_actions,
    delete_record,
    restore_record,
    save_record,
)
from rapport.kernel.registry import Action, RecordType


def read_record(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """The record with its parts."""
    kind = call.kind(type_key)
    query = call.query("fields", "include")
    record = call.record(kind, record_id)
    parts = call.scope.parts(kind) if "include" not in query else parts_said(call, kind, query["include"])
    body = Shown(call, kind, names_said(call, kind, query.get("fields")), parts).one(record)
    etag = etag_of(record.version, body)
    if is_same(call.request, etag):
        return answer(None, NOT_MODIFIED, {"ETag": etag})
    return answer(body, headers={"ETag": etag})


def change_record(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """Change the given fields and parts; 409 when somebody else has changed the same fields since the version."""
    kind = call.kind(type_key)
    body = call.only("fields", "parts", "version")
    version = version_said(call)
    record = call.record(kind, record_id)
    call.version_seen = record.version
    said = body.get("fields", {})
    values, parts = read_fields(call, kind, said), read_parts(call, kind, body.get("parts"))
    try:
        with call.acts(lambda: _("Changed: %(what)s") % {"what": str(record)[:100]}):
            record = save_record(record, values, by=call.user, version=version, parts=parts)
    except Conflict as problem:
        raise both_values(call, kind, record_id, said, problem) from problem
    return whole(call, kind, record)


def both_values(
    call: Call, kind: RecordType, record_id: str, said: dict[str, Json], problem: Conflict
) -> Problem:
    """409 with the value that was sent and the one that stands there now, for each field that differs."""
    record = call.record(kind, record_id)
    names = [name for name in said if name in call.scope.fields(kind)]
    shown = Shown(call, kind, names)
    now = shown.one(record)["fields"]
    clashing = [name for name in names if kind.fields[name].label in problem.fields] or names
    errors = [
        {"field": name, "reason": _("Somebody has changed this field meanwhile."), "yours": plain(said[name]),
         "theirs": now[name]}
        for name in clashing
    ]  # fmt: skip
    etag = etag_of(record.version, record.version)
    return Problem(409, str(problem), errors=errors, headers={"ETag": etag})


def remove_record(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """Put the record into the trash."""
    kind = call.kind(type_key)
    record = call.record(kind, record_id)
    with call.acts(lambda: _("Deleted: %(what)s") % {"what": str(record)[:100]}):
        delete_record(record, by=call.user)
    return nothing()


def restore(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """Take the record out of the trash."""
    kind = call.kind(type_key)
    record = in_trash(kind, call.user).filter(pk=read_id(record_id)).first()
    if record is None:
        raise not_found()
    with call.acts(lambda: _("Restored: %(what)s") % {"what": str(record)[:100]}):
        restore_record(record, by=call.user)
    return whole(call, kind, record)


def list_actions(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """What can be done to the record now."""
    kind = call.kind(type_key)
    record = call.record(kind, record_id)
    if call.scope.is_narrow(kind) or not call.scope.may_write:
        return answer({"data": []})
    found = available_actions(record, call.user)
    return answer(
        {
            "data": [
                {"key": one.key, "label": str(one.label), "fields": list(fillable(kind, one.form))}
                for one in found
            ]
        }
    )


def run_action(call: Call, type_key: str, record_id: str, key: str) -> HttpResponseBase:
    """Do it: {"fields": {…}} with what the action asks for."""
    kind = call.kind(type_key)
    record = call.record(kind, record_id)
    deed = kind.actions.get(key)
    if deed is None:
        raise not_found()
    if call.scope.is_narrow(kind):
        raise Problem(403, _("This lies outside the scope of your token."), code="scope")
    if not can(call.user, deed.act, record):
        raise Refused
    values = _asked(call, kind, deed)
    with call.acts(lambda: f"{deed.label}: {str(record)[:100]}"):
        done = deed.run(record, by=call.user, **values)
    return whole(call, kind, done)


def _asked(call: Call, kind: RecordType, deed: Action) -> dict[str, Json]:
    said = call.only("fields").get("fields", {})
    if not isinstance(said, dict):
        raise wrong_values({"fields": _("Give an object of fields.")})
    known = fillable(kind, deed.form)
    if unknown := [name for name in said if name not in known]:
        text = _("There is no field “%(name)s”.") % {"name": unknown[0][:60]}
        raise wrong_values({unknown[0][:60]: text})
    values: dict[str, Json] = {}
    for name, one in said.items():
        field = kind.fields[name]
        values |= (
            read_fields(call, kind, {name: one}) if field.editable else _uneditable(call, kind, name, one)
        )
    return {name: value for name, value in values.items() if not kind.fields[name].is_empty(value)}


def _uneditable(call: Call, kind: RecordType, name: str, said: Json) -> dict[str, Json]:
    """Fields that only actions write are read as others are."""
    field = kind.fields[name]
    try:
        value = read_value(field, said, call.context)
        if isinstance(field, LinkBase) and value is not None:
            value = find_link(field, value, call.context)
    except ValidationError as problem:
        raise wrong_values({name: " ".join(problem.messages)}) from problem
    return {name: value}
