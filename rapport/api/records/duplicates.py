"""Is it here already? What programs are told of records that are probably the same, and what they want then."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.api.endpoint import Call, answer
from rapport.api.problems import Problem, wrong_values
from rapport.api.values import Json, read_fields, read_parts
from rapport.kernel.duplicates.check import Match, matches_of, possible_duplicates
from rapport.kernel.duplicates.comparison import LISTED, comparison_of
from rapport.kernel.registry import RecordType

CHECK, REFUSE = "check", "refuse"
MANNERS = (CHECK, REFUSE)
MOST = 10


def manner_said(call: Call, kind: RecordType, said: Any) -> str:  # Any: JSON
    """What `duplicates` says; "" when nothing."""
    if said is None:
        return ""
    if said not in MANNERS:
        raise wrong_values({"duplicates": _("Possible: %(names)s.") % {"names": ", ".join(MANNERS)}})
    _whole(call, kind)
    return str(said)


def _whole(call: Call, kind: RecordType) -> None:
    """What is compared are all fields; a token that must not see all of them is told nothing of it."""
    if call.scope.is_narrow(kind):
        raise Problem(403, _("This lies outside the scope of your token."), code="scope")


def match_json(one: Match, kind: RecordType) -> Json:
    return {
        "type": kind.key, "id": str(one.record.pk), "title": str(one.record), "points": one.points,
        "certainty": str(one.label), "reasons": list(one.reasons), "words": one.words,
    }  # fmt: skip


def refuse_known(alike: Sequence[Match], kind: RecordType) -> None:
    """Raise 409 with the records when some are probably the same."""
    if problem := known_problem(alike, kind):
        raise problem


def known_problem(alike: Sequence[Match], kind: RecordType) -> Problem | None:
    sure = [one for one in alike if one.points >= LISTED]
    if not sure:
        return None
    sentence = _("This is probably here already: “%(title)s” (%(points)s of 100: %(reasons)s).") % {
        "title": sure[0].record, "points": sure[0].points, "reasons": ", ".join(sure[0].words),
    }  # fmt: skip
    return Problem(
        409, sentence, code="duplicate", more={"possible_duplicates": [match_json(one, kind) for one in sure]}
    )


def of_record(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """The records that are probably the same as this one, with how sure that is and why."""
    kind = call.kind(type_key)
    call.query()
    record = call.record(kind, record_id)
    _whole(call, kind)
    comparison = comparison_of(kind)
    if comparison is None:
        return answer({"data": []})
    facts = comparison.facts_of([record.pk]).get(record.pk, {})
    found = matches_of(comparison, facts, by=call.user, without=[record.pk], most=MOST) if facts else []
    return answer({"data": [match_json(one, kind) for one in found]})


def ask(call: Call, type_key: str) -> HttpResponseBase:
    """{"fields": {…}, "parts": {…}}: would these be here already? Nothing is written."""
    kind = call.kind(type_key)
    body = call.only("fields", "parts")
    _whole(call, kind)
    values = {**read_fields(call, kind, body.get("fields", {})), **read_parts(call, kind, body.get("parts"))}
    return answer({"data": [match_json(one, kind) for one in alike_to(call, kind, values, MOST)]})


def alike_to(call: Call, kind: RecordType, values: Mapping[str, Any], most: int = 5) -> list[Match]:
    """What would be the same as a record with these values; nothing for tokens that do not see all of them."""
    if call.scope.is_narrow(kind):
        return []
    return possible_duplicates(kind, values, by=call.user, most=most)
