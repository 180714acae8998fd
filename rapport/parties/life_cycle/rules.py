"""What administrators do to the rules of the life cycle: add, change, order, switch, remove, try out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.kernel.custom.named_by import Naming
from rapport.kernel.filters import (
    EVERYTHING,
    Condition,
    FilterError,
    Group,
    Related,
    TooExpensive,
    bounded,
    check_cost,
    compile_filter,
    from_json,
    refused,
    sentence_of,
    to_json,
    to_pairs,
)
from rapport.kernel.filters.explain import explain_record
from rapport.kernel.filters.tree import normal_group
from rapport.kernel.lists.counting import Count, count_rows
from rapport.kernel.records import RuleError
from rapport.kernel.registry import RecordType
from rapport.parties.life_cycle.engine import BrokenRule, fitting, free, kind_of, kinds, rule_context
from rapport.parties.life_cycle.models import LifeCycle, LifeCycleRule, RuleWait
from rapport.parties.models import Stage

SAMPLE: Final = 10
OF_A_USER: Final = ("me", "my_team")


@dataclass
class Said:
    """A rule as its form has it. `unread` says why what was typed as its condition is none."""

    name: str = ""
    type: str = ""
    where: Group = EVERYTHING
    unread: str = ""
    from_stages: list[str] = field(default_factory=list)
    to_stage: str = ""
    after_days: str = ""


@dataclass
class Trial:
    """What a rule would do now: how many would move, some of them with the reason, and how many are left alone."""

    count: Count | None = None
    pinned: Count | None = None
    sample: list[tuple[Any, list[str]]] = field(default_factory=list)  # Any: a party
    problem: str = ""
    address: str = ""


def said_of(rule: LifeCycleRule) -> Said:
    """The rule as its form shows it."""
    days = str(rule.after_days) if rule.after_days else ""
    name = _(rule.name) if rule.name else ""
    try:
        where = from_json(rule.where)
    except FilterError:
        where = EVERYTHING
    return Said(name, rule.type, where, "", list(rule.from_stages), rule.to_stage, days)


def condition_words(rule: LifeCycleRule) -> str:
    try:
        return sentence_of(from_json(rule.where), kind_of(rule), rule_context())
    except (BrokenRule, FilterError) as problem:
        return str(problem)


def sentence(rule: LifeCycleRule) -> str:
    """The whole rule, as the settings say it."""
    labels = {one.key: one.label_plural for one in kinds()}
    words = {
        "who": labels.get(rule.type, rule.type), "from_stages": stage_words(rule.from_stages),
        "to": stage_words([rule.to_stage]), "when": condition_words(rule),
    }  # fmt: skip
    if not rule.after_days:
        return _("%(who)s move from %(from_stages)s to %(to)s when: %(when)s") % words
    wait = ngettext("%(num)s day", "%(num)s days", rule.after_days) % {"num": rule.after_days}
    said = _("%(who)s move from %(from_stages)s to %(to)s when for %(wait)s: %(when)s")
    return said % {**words, "wait": wait}


def problem_of(rule: LifeCycleRule) -> str:
    """Why the rule moves nobody although it is on; empty when all is well."""
    try:
        fitting(rule)
    except BrokenRule as problem:
        return str(problem)
    return ""


def stage_words(keys: Iterable[str]) -> str:
    labels = [str(Stage(key).label) for key in keys if key in Stage.values]
    return _(" or ").join(filter(None, (", ".join(labels[:-1]), labels[-1]))) if labels else ""


def save_rule(rule: LifeCycleRule, said: Said, *, by: User) -> LifeCycleRule:
    """Write what the form says; a new rule is off and comes last. RuleError names what must be mended."""
    from rapport.parties.life_cycle.jobs import run_rule

    only_administrators(by)
    stages, days, tree = _checked(said)
    with transaction.atomic():
        if rule._state.adding:
            rule.position = (LifeCycleRule.objects.aggregate(last=Max("position"))["last"] or 0) + 1
        elif not _asks_the_same(rule, tree) or rule.after_days != days or rule.from_stages != stages:
            RuleWait.objects.filter(rule=rule).delete()
        if not rule.name or said.name.strip() != _(rule.name):
            rule.name = said.name.strip()[:200]
        rule.type, rule.where, rule.from_stages, rule.to_stage = said.type, tree, stages, said.to_stage
        rule.after_days = days
        _stamp(rule, by)
        if rule.is_on:
            run_rule.defer(rule_id=str(rule.pk))  # who fits now and did not before may not change for years
    return rule


def _checked(said: Said) -> tuple[list[str], int, dict[str, Any]]:  # Any: JSON
    """From which stages, after how many days and when it moves; RuleError names all that must be mended."""
    problems: dict[str, str] = {}
    kind = next((one for one in kinds() if one.key == said.type), None)
    stages = [one for one in Stage.values if one in said.from_stages and one != said.to_stage]
    if not said.name.strip():
        problems["name"] = _("Give the rule a name.")
    if kind is None:
        problems["type"] = _("Choose people or organizations.")
    if said.to_stage not in Stage.values:
        problems["to_stage"] = _("Choose the stage into which it moves.")
    if not stages:
        problems["from_stages"] = _("Choose at least one other stage from which it moves.")
    days = _days(said)
    if days is None:
        problems["after_days"] = _("Give a number of days.")
    tree: dict[str, Any] = {}
    if kind is not None:
        try:
            tree = checked_condition(said, kind)
        except FilterError as problem:
            problems["where"] = str(problem)
    if problems:
        raise RuleError(fields=problems)
    return stages, days or 0, tree


def _days(said: Said) -> int | None:
    """After how many days it moves; None when what stands there is no such number."""
    days = said.after_days.strip() or "0"
    return int(days) if days.isascii() and days.isdigit() and len(days) < 5 else None


def of_nobody(part: Condition | Related) -> str:
    """What keeps this part out of a rule, which is nobody's; "" for nothing."""
    if isinstance(part, Related):
        return refused(part.where, of_nobody)
    if part.operator in OF_A_USER:
        return _("A rule of the life cycle asks for nobody in particular: name the user or the team.")
    return ""


def checked_condition(said: Said, kind: RecordType) -> dict[str, Any]:  # Any: JSON
    """The condition as it is kept; FilterError says why it cannot be one.

    It is nobody's: what asks for "me" would hold for no one.
    """
    if said.unread:
        raise FilterError(said.unread)
    tree = said.where
    if problem := refused(tree, of_nobody):
        raise FilterError(problem)
    found = compile_filter(tree, kind.whole, rule_context())
    if found.problems:
        raise FilterError(" ".join(found.problems))
    if not found.condition:
        raise FilterError(_("Say when the rule holds."))
    check_cost(kind.model.objects.filter(found.condition, deleted_at=None).order_by("-pk")[:1_000])
    return to_json(normal_group(tree))


def _asks_the_same(rule: LifeCycleRule, tree: dict[str, Any]) -> bool:  # Any: JSON
    """Does the rule ask for that already, however it is written?"""
    try:
        return to_json(normal_group(from_json(rule.where))) == tree
    except FilterError:
        return False


def look_ahead(said: Said, kind: RecordType) -> tuple[Count, str]:
    """How many fit what the form says so far, and the rule in words once it says all; FilterError if it cannot."""
    tree = checked_condition(said, kind)
    rule = LifeCycleRule(
        type=kind.key, where=tree, to_stage=said.to_stage, after_days=_days(said) or 0,
        from_stages=[one for one in Stage.values if one in said.from_stages and one != said.to_stage],
    )  # fmt: skip
    words = sentence(rule) if rule.from_stages and rule.to_stage in Stage.values else ""
    rule.from_stages = rule.from_stages or Stage.values
    with bounded():
        return count_rows(fitting(rule)), words


def switch(rule: LifeCycleRule, *, is_on: bool, by: User) -> None:
    """Switch a rule on, which starts with everything there is, or off, which leaves everybody where he is."""
    from rapport.parties.life_cycle.jobs import run_rule

    only_administrators(by)
    if is_on and (problem := problem_of(rule)):
        raise RuleError(problem)
    with transaction.atomic():
        rule.is_on = is_on
        _stamp(rule, by)
        if is_on:
            run_rule.defer(rule_id=str(rule.pk))
        else:
            RuleWait.objects.filter(rule=rule).delete()


def move_rule(rule: LifeCycleRule, step: int, *, by: User) -> None:
    """One place up (-1) or down (1) in the order in which rules are tried."""
    only_administrators(by)
    with transaction.atomic():
        rules = list(LifeCycleRule.objects.select_for_update())
        place = next(number for number, one in enumerate(rules) if one.pk == rule.pk)
        other = min(max(place + step, 0), len(rules) - 1)
        rules.insert(other, rules.pop(place))
        for number, one in enumerate(rules, start=1):
            if one.position != number:
                one.position = number
                one.save(update_fields=["position"])


def remove_rule(rule: LifeCycleRule, *, by: User) -> None:
    only_administrators(by)
    rule.delete()


def save_manners(pin_days: str, rest_days: str, *, by: User) -> None:
    """How long rules leave a person's decision alone, and how long nobody goes back into a stage."""
    only_administrators(by)
    problems = {}
    read: dict[str, int] = {}
    for name, text, least in (("pin_days", pin_days, 0), ("rest_days", rest_days, 1)):
        text = text.strip()
        if text.isascii() and text.isdigit() and least <= int(text[:6]) <= 3_650:
            read[name] = int(text)
        else:
            problems[name] = _("Give a number of days from %(least)s to 3650.") % {"least": least}
    if problems:
        raise RuleError(fields=problems)
    LifeCycle.objects.update_or_create(pk=1, defaults=read)


def try_out(rule: LifeCycleRule, user: User) -> Trial:
    """Who would move if the rule ran now; nothing is written. The sample are records that the user sees."""
    trial = Trial()
    try:
        with bounded():
            rows = fitting(rule)
            movable = free(rows, rule)
            trial.count = count_rows(movable)
            trial.pinned = count_rows(rows.exclude(pk__in=movable.order_by().values("pk")), up_to=1_000)
            kind, tree = kind_of(rule), from_json(rule.where)
            seen = kind.visible_to(user).filter(pk__in=movable.order_by("pk").values("pk")[: 10 * SAMPLE])
            for party in seen.order_by("pk")[:SAMPLE]:
                why = explain_record(tree, party, kind, rule_context())
                trial.sample.append((party, [_reason(one) for one in why.decisive()]))
            stages = Condition("stage", "any", "|".join(rule.from_stages))
            pairs = to_pairs(Group("all", (stages, *tree.parts) if tree.join == "all" else (stages, tree)))
            trial.address = f"{reverse('list', args=[kind.key])}?{urlencode(pairs)}"
    except (BrokenRule, TooExpensive) as problem:
        trial.problem = str(problem)
    return trial


def _reason(one: Any) -> str:  # Any: a reason of the filter language
    return f"{one.words} ({one.found})" if one.found else str(one.words)


def _stamp(rule: LifeCycleRule, by: User) -> None:
    rule.changed_at, rule.changed_by = timezone.now(), by
    rule.save()


def name_fields() -> Iterator[Naming]:
    """The fields that the rules name."""
    for rule in LifeCycleRule.objects.all():
        yield Naming(gettext_lazy("Rule of the life cycle"), str(_(rule.name)), rule.type, rule.where)
