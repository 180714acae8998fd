"""A calendar file into activities: each UID becomes one activity or series, however often the file comes."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.activities.ics.applying import apply_series, create, series_of, update, was_series
from rapport.activities.ics.reading import Facts, read_file
from rapport.activities.ics.uids import activities_of
from rapport.activities.models import Activity
from rapport.kernel.changes.models import Cause
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records import Conflict, Refused, RuleError


@dataclass
class Result:
    """What became of a file."""

    new: int = 0
    changed: int = 0
    same: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)  # (what, why)
    change_set: UUID | None = None


def import_file(data: bytes, *, by: User, name: str = "") -> Result:
    """Take in what the file says, as one act that can be undone."""
    facts, result = read_file(data), Result()
    if not facts:
        raise RuleError(_("This file has no appointment and no task in it. Choose another file."))
    known = activities_of([one.uid for one in facts], by)
    mine = Activity.objects.visible_to(by).in_bulk(list(known.values()))

    def label() -> str:
        return _("Calendar file: %(name)s") % {"name": name[:100]} if name else _("Calendar file")

    with change_set(by=by, cause=Cause.IMPORT, label=label) as opened:
        for one in facts:
            try:
                with change_set(by=by):
                    _take(one, by, mine.get(known.get(one.uid, UUID(int=0))), one.uid in known, result)
            except (RuleError, Refused, Conflict) as problem:
                result.left.append((one.subject, str(problem)))
        result.change_set = opened.id
    return result


def _take(facts: Facts, by: User, activity: Activity | None, was_here: bool, result: Result) -> None:
    if facts.problem:
        raise RuleError(facts.problem)
    if facts.rule:
        is_new = series_of(facts.uid, by) is None
        if is_new and was_series(facts.uid, by):
            raise RuleError(_("This was here already and has been deleted."))
        _count(result, is_new, apply_series(facts, by))
    elif activity is not None:
        _count(result, False, update(activity, facts, by))
    elif was_here and not _is_ours(facts):
        raise RuleError(_("This was here already and has been deleted."))
    else:
        create(facts, by)
        result.new += 1


def _is_ours(facts: Facts) -> bool:
    """A UID that Rapport has made: of another installation, or of a colleague's activity that he cannot see."""
    return facts.uid.endswith("@rapport")


def _count(result: Result, is_new: bool, changed: bool) -> None:
    if is_new:
        result.new += 1
    elif changed:
        result.changed += 1
    else:
        result.same += 1
