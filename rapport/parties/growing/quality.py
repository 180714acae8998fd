"""Data quality: what to mend first, by what it brings; counted over whom the user sees."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.custom.formulas.refs import EVERYBODY
from rapport.kernel.duplicates.models import DuplicatePair, State
from rapport.kernel.filters import Condition, Group, bounded, to_pairs
from rapport.kernel.lists.counting import about
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.provenance.disagreements import Shown, open_of, open_rows
from rapport.kernel.provenance.models import ValueMark
from rapport.kernel.provenance.sources import is_of
from rapport.kernel.registry import RecordType
from rapport.parties.growing.models import FieldNeed, QualityFigures
from rapport.parties.growing.needs import RANKS, answering, needs_of, rank_of
from rapport.parties.life_cycle.engine import kinds
from rapport.parties.models import Stage
from rapport.runtime import replica

LIVE: Final = 50_000  # records; more are counted at night
MOST: Final = 40
SHOWN: Final = 12
CAP: Final = 1_000  # so many are counted, then it says "more than"


@dataclass
class Line:
    """One thing to mend: in how many records, what it brings, where to begin."""

    key: str
    label: str
    why: str
    count: int
    benefit: float
    address: str = ""
    one_by_one: str = ""
    icon: str = "list-plus"
    is_capped: bool = False
    share: int = 0  # of the greatest benefit, in percent


def figures_of(kind: RecordType, rows: Any) -> dict[str, dict[str, int]]:  # Any: a query set
    """{field: {stage: how many lack it}} in one pass over the records."""
    needs = needs_of(kind)
    counts = {f"lacks_{number}": Count("pk", filter=_lacks(kind, need)) for number, need in enumerate(needs)}
    found: dict[str, dict[str, int]] = {need.field: {} for need in needs}
    for row in rows.order_by().values("stage").annotate(**counts):
        rank = RANKS.get(row["stage"], 1)
        for number, need in enumerate(needs):
            if rank_of(need) <= rank and row[f"lacks_{number}"]:
                found[need.field][row["stage"]] = row[f"lacks_{number}"]
    return found


def _lacks(kind: RecordType, need: FieldNeed) -> Q:
    found = Q()
    for one in answering(kind.whole, need.field):
        found &= one.empty_condition
    return found


def count_all() -> None:
    """The figures of all records, for who sees them all; by the job at night."""
    for kind in kinds():
        rows = kind.whole.model.objects.get_queryset().read_by(EVERYBODY).filter(deleted_at=None)
        counted = replica.read(partial(figures_of, kind, rows))
        QualityFigures.objects.update_or_create(
            type=kind.key, defaults={"figures": counted, "at": timezone.now()}
        )


def sees_all(user: User, kind: RecordType) -> bool:
    reading = policy(user, kind.key, "read")
    return reading.reach == "all" and not reading.rules


def lines_of(user: User) -> tuple[list[Line], datetime | None]:
    """What to mend, by benefit; and when it was counted, where that was not just now."""
    lines: list[Line] = []
    counted: datetime | None = None
    for kind in (seen_by(one, user) for one in kinds()):
        if policy(user, kind.key, "read").reach == "none" or "stage" not in kind.fields:
            continue
        found, at = _figures(kind, user)
        counted = at or counted
        for need in needs_of(kind):
            if need.field in kind.fields and (by_stage := found.get(need.field)):
                lines.append(_missing(kind, need, by_stage))
        lines += _doubtful(kind, user)
    lines += _duplicates(user)
    lines.sort(key=lambda line: (-line.benefit, line.key))
    most = max([line.benefit for line in lines] + [1.0])
    for line in lines:
        line.share = max(2, round(100 * line.benefit / most))
    return lines[:MOST], counted


def _figures(kind: RecordType, user: User) -> tuple[dict[str, dict[str, int]], datetime | None]:
    rows = kind.visible_to(user)
    if sees_all(user, kind) and about(rows).number > LIVE:
        kept = QualityFigures.objects.filter(type=kind.key).first()
        if kept is not None:
            return kept.figures, kept.at
    with bounded():
        return figures_of(kind, rows), None


def stages_of(need: FieldNeed) -> list[str]:
    return [key for key in Stage.values if RANKS[key] >= rank_of(need)]


def _missing(kind: RecordType, need: FieldNeed, by_stage: dict[str, int]) -> Line:
    one = kind.fields[need.field]
    count = sum(by_stage.values())
    benefit = float(sum(number * RANKS.get(stage, 1) * need.weight for stage, number in by_stage.items()))
    stages = Condition("stage", "any", "|".join(stages_of(need)))
    lacking = [Condition(str(one.name), "empty") for one in answering(kind, need.field)]
    tree = Group("all", (stages, *lacking))
    first = str(Stage(need.from_stage).label)
    why = {
        1: _("Useful from %(stage)s on"), 2: _("Important from %(stage)s on"), 3: _("Essential from %(stage)s on"),
    }[need.weight] % {"stage": first}  # fmt: skip
    said = _("%(field)s is missing: %(kind)s") % {"field": one.label, "kind": kind.label_plural}
    address = f"{reverse('list', args=[kind.key])}?{urlencode(to_pairs(tree))}"
    line = Line(f"{kind.key}-{need.field}", said, why, count, benefit, address)
    if need.field in kind.editable_fields():
        line.one_by_one = f"{reverse('quality_next')}?{urlencode({'type': kind.key, 'field': need.field})}"
    return line


def _doubtful(kind: RecordType, user: User) -> list[Line]:
    """Guesses and doubts, and sources that disagree; counted as far as a person can work through."""
    seen, fields, lines = kind.visible_to(user).order_by().values("pk"), list(kind.fields), []
    guessed = _("Names made of e-mail addresses: confirm or correct them")
    words = {
        ValueMark.Kind.GUESS: (_("Guessed values: %(kind)s"), guessed, 3.0),
        ValueMark.Kind.DOUBT: (_("Doubtful values: %(kind)s"), _("Somebody has marked them: ask again"), 6.0),
    }
    for what, (label, why, worth) in words.items():
        rows = ValueMark.objects.filter(kind=what, field__in=fields, record_id__in=seen)
        if count := rows.order_by()[: CAP + 1].count():
            address = f"{reverse('quality_marks')}?{urlencode({'type': kind.key, 'kind': what.value})}"
            lines.append(_capped(what.value, label, kind, why, count, worth, address, "circle-help"))
    open_now = open_rows([kind.key]).filter(record_id__in=seen, field__in=fields)
    if count := open_now.order_by()[: CAP + 1].count():
        label = _("Sources disagree: %(kind)s")
        why = _("An import or a program has brought another value than a person had typed")
        address = f"{reverse('quality_disagreements')}?{urlencode({'type': kind.key})}"
        lines.append(_capped("disagree", label, kind, why, count, 9.0, address, "scale"))
    return lines


def _capped(
    key: str, label: str, kind: RecordType, why: str, count: int, worth: float, address: str, sign: str
) -> Line:
    number = min(count, CAP)
    said = label % {"kind": kind.label_plural}
    return Line(
        f"{kind.key}-{key}", said, why, number, number * worth, address, icon=sign, is_capped=count > CAP
    )


def _duplicates(user: User) -> list[Line]:
    """Pairs that are probably the same; the work list says which of them the user sees."""
    count = DuplicatePair.objects.filter(state=State.OPEN).order_by()[: CAP + 1].count()
    if not count or not user.is_administrator:
        return []
    said = _("What is here twice is asked, written to and counted twice")
    return [
        Line("duplicates", _("Probable duplicates"), said, min(count, CAP), min(count, CAP) * 8.0,
             reverse("duplicates"), icon="copy", is_capped=count > CAP)
    ]  # fmt: skip


def next_record(kind: RecordType, need: FieldNeed, user: User, after: UUID | None) -> Any:  # Any: a record
    """The next record that lacks the field and that the user may edit."""
    rows = kind.visible_to(user).filter(_lacks(kind, need), stage__in=stages_of(need)).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    editing = policy(user, kind.key, "edit")
    found = list(rows[:50])
    editing.look_at(found)
    return next((one for one in found if editing.allows(one)), None)


def marked(kind: RecordType, what: str, user: User) -> list[tuple[Any, ValueMark, str]]:  # Any: a record
    """Some records with such a mark, with the field's name and the value in words."""
    kind = seen_by(kind, user)
    seen = kind.visible_to(user)
    rows = list(
        ValueMark.objects.filter(kind=what, field__in=list(kind.fields), record_id__in=seen.order_by().values("pk"))
        .order_by("-at", "-pk")[: 5 * SHOWN]
    )  # fmt: skip
    records = seen.in_bulk([one.record_id for one in rows])
    return [
        (records[one.record_id], one, kind.fields[one.field].label)
        for one in rows
        if one.record_id in records and is_of(one, records[one.record_id], kind)
    ]


def disagreeing(kind: RecordType, user: User) -> list[tuple[Any, list[Shown]]]:  # Any: a record
    """Some records of which sources disagree, with what is to be decided."""
    seen = kind.visible_to(user)
    rows = open_rows([kind.key]).filter(
        record_id__in=seen.order_by().values("pk"), field__in=list(kind.fields)
    )
    keys = list(dict.fromkeys(rows.values_list("record_id", flat=True)[: 5 * SHOWN]))
    records = seen.in_bulk(keys)
    found = [(records[key], open_of(records[key], user)) for key in keys if key in records]
    return [one for one in found if one[1]]
