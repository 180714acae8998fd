"""Change sets for programs: what was done as one act, what it touched, and taking it back."""

from typing import Any

from django.http import HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from rapport.api.changes.told import touched_json
from rapport.api.endpoint import Call, answer, read_id
from rapport.api.problems import not_found, wrong_values
from rapport.api.values import Json
from rapport.kernel.changes.listing import Filter, Line, lines_of, read_sets
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.one_set import records_of
from rapport.kernel.changes.reach import FIRST
from rapport.kernel.changes.revert import is_long, may_revert, revert, start_revert
from rapport.kernel.fields.links import parse_id


def list_sets(call: Call) -> HttpResponseBase:
    """What the user has done, newest first; a narrow token hears only of what it did itself."""
    query = call.query("before", "type", "since", "until", "own")
    if query.get("own", "true") not in ("true", "false"):
        raise wrong_values({"own": _("Give true or false.")})
    said = QueryDict(mutable=True)
    said.update({name: query[name] for name in ("before", "type", "since", "until") if name in query})
    lines, more = read_sets(call.user, Filter.read(said))
    own = query.get("own") == "true" or bool(call.scope.types)
    shown = [_line(call, one) for one in lines if not own or is_own(call, one.set)]
    before = QueryDict(more).get("before") if more else None
    return answer({"data": shown, "next": before})


def read_set(call: Call, set_id: str) -> HttpResponseBase:
    """One of them with the records that it touched, and what changed in each, in words."""
    query = call.query("after")
    one = _found(call, set_id)
    after = parse_id(query.get("after", "")) or FIRST
    [line] = lines_of([one], call.user)
    touched, hidden, last = records_of(one, call.user, after)
    return answer({
        **_line(call, line), "records": touched_json(touched, call), "hidden": hidden,
        "next": str(last) if last else None,
    })  # fmt: skip


def undo(call: Call, set_id: str) -> HttpResponseBase:
    """Take it back; what was changed since stays and is counted. Many records are taken back by a job."""
    call.only()
    done = _found(call, set_id)
    if is_long(done):
        run = start_revert(done, by=call.user)
        if run.change_set is not None:
            call.sets.append(run.change_set.pk)
        return answer({"change_set": str(run.change_set_id), "running": True, "records": run.total}, 202)
    with call.acts(lambda: _("Undone: %(what)s") % {"what": done.told}) as opened:
        result = revert(done, by=call.user)
    return answer({
        "change_set": str(opened.id), "running": False, "records": result.records, "kept": result.kept_count,
        "refused": result.refused, "gone": result.gone,
    })  # fmt: skip


def is_own(call: Call, one: ChangeSet) -> bool:
    """Was this done with the token of the call?"""
    facts: dict[str, Any] = one.facts  # Any: JSON
    return facts.get("token") == str(call.token.pk)


def _found(call: Call, said: str) -> ChangeSet:
    """The set of an address: the user's own, with a narrow token only its own."""
    found = ChangeSet.objects.select_related("actor").filter(pk=read_id(said)).first()
    if found is None or not may_revert(call.user, found) or (call.scope.types and not is_own(call, found)):
        raise not_found()
    return found


def _line(call: Call, line: Line) -> Json:
    one, facts = line.set, line.set.facts
    names_records = any(call.scope.types.values())  # what it is called may hold the value of a hidden field
    return {
        "id": str(one.pk), "at": one.at.isoformat(), "label": line.what if names_records else line.label,
        "what": line.what, "cause": one.cause, "own": is_own(call, one), "types": list(one.types),
        "undone_at": one.reverted_at.isoformat() if one.reverted_at else None,
        "undoes": str(one.reverts_id) if one.reverts_id else None,
        "left_out": {name: facts[name] for name in ("kept_count", "refused", "gone", "wrong") if facts.get(name)},
    }  # fmt: skip
