"""Running the rules of the life cycle: whoever fits a rule moves, set-based, in the order of the rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation
from django.utils.translation import gettext

from rapport.accounts.models import Company
from rapport.kernel.changes.models import AnyRecord, Cause, ChangeSet
from rapport.kernel.custom.formulas.refs import EVERYBODY
from rapport.kernel.fields import Context
from rapport.kernel.filters import FilterError, compile_filter, from_json
from rapport.kernel.filters.relations import relations_of
from rapport.kernel.records.by_rule import write_by_rule
from rapport.kernel.registry import RecordType, type_by_key, types
from rapport.parties.life_cycle.models import LifeCycle, LifeCycleRule, RuleWait, StagePin
from rapport.parties.models import Party, StagePeriod

Rows = Any  # a query set of parties


class BrokenRule(ValueError):
    """A rule whose condition names what is no more; its text is a sentence for people."""


@dataclass(frozen=True)
class Moved:
    """What one rule has done in one run."""

    rule: LifeCycleRule
    count: int
    change_set: ChangeSet | None


def kinds() -> list[RecordType]:
    """The record types that have a life cycle: the kinds of party."""
    return [one for one in types() if one.model._meta.concrete_model is Party]


def rule_context() -> Context:
    """In whose name rules are read: nobody's, so nothing is kept from them."""
    company = Company.current()
    return Context(None, company.country or "DE", company.currency or "EUR", is_trusted=True)


def kind_of(rule: LifeCycleRule) -> RecordType:
    found = type_by_key(rule.type)
    if found is None or found not in kinds():
        raise BrokenRule(gettext("There is no record type “%(name)s”.") % {"name": rule.type[:60]})
    return found.whole


def fitting(rule: LifeCycleRule) -> Rows:
    """The parties that fit the rule: in one of its stages, and its condition holds; whoever may be moved or not."""
    kind = kind_of(rule)
    try:
        found = compile_filter(from_json(rule.where), kind, rule_context())
    except FilterError as problem:
        raise BrokenRule(str(problem)) from problem
    if found.problems or not found.condition:
        raise BrokenRule(" ".join(found.problems) or gettext("Say when the rule holds."))
    rows = kind.model.objects.get_queryset().read_by(EVERYBODY).filter(found.condition, deleted_at=None)
    return rows.filter(stage__in=rule.from_stages).exclude(stage=rule.to_stage)


def free(rows: Rows, rule: LifeCycleRule, today: date | None = None) -> Rows:
    """Those whom no person has pinned, and who did not leave that stage just now: nobody goes back and forth."""
    today = today or timezone.localdate()
    settings = LifeCycle.current()
    pins = StagePin.objects.filter(party=OuterRef("pk"), until__gte=today)
    since = today - timedelta(days=settings.rest_days)
    left = StagePeriod.objects.filter(party=OuterRef("pk"), stage=rule.to_stage, until__gt=since)
    return rows.filter(~Q(Exists(pins)) & ~Q(Exists(left)))


def run(ids: Iterable[UUID] | None = None, only: LifeCycleRule | None = None) -> list[Moved]:
    """Let the rules that are on move these parties, or all; returns what each has moved.

    A rule that names what is no more moves nobody; its page says so.
    """
    rules = [only] if only is not None else list(LifeCycleRule.objects.filter(is_on=True))
    chosen = None if ids is None else list(ids)
    if not rules or chosen == []:
        return []
    with translation.override(Company.current().language):
        return [moved for rule in rules if (moved := _run_rule(rule, chosen)) is not None]


def _run_rule(rule: LifeCycleRule, ids: list[UUID] | None) -> Moved | None:
    today = timezone.localdate()
    try:
        rows = fitting(rule)
    except BrokenRule:
        return None
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    if rule.after_days:
        _note_waiting(rule, rows, ids, today)
        ripe = RuleWait.objects.filter(
            rule=rule, party=OuterRef("pk"), since__lte=today - timedelta(days=rule.after_days)
        )
        rows = rows.filter(Exists(ripe))
    count, done = write_by_rule(
        kind_of(rule),
        free(rows, rule, today),
        {"stage": rule.to_stage, "stage_since": today},
        cause=Cause.LIFE_CYCLE,
        label=lambda: gettext(rule.name),
        facts={"rule": str(rule.pk)},
    )
    return Moved(rule, count, done) if count else None


def _note_waiting(rule: LifeCycleRule, rows: Rows, ids: list[UUID] | None, today: date) -> None:
    """Who fits waits from today on, who fits no more begins anew the next time: two statements, however many they are.

    "not exists" is joined; "not in" would be worked out anew for each of a million who wait.
    """
    waits = RuleWait.objects.filter(rule=rule)
    held = waits if ids is None else waits.filter(party__in=ids)
    held.filter(~Q(Exists(rows.filter(pk=OuterRef("party")).order_by()))).delete()
    new = rows.filter(~Q(Exists(waits.filter(party=OuterRef("pk"))))).order_by()
    found, params = new.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into parties_rulewait (rule_id, party_id, since)"  # noqa: S608 - compiled by Django
            f" select %s, fits.id, %s from ({found}) as fits(id) on conflict do nothing",
            [rule.pk, today, *params],
        )


def parties_touched(changed: list[UUID]) -> set[UUID]:
    """The parties among these records, and those to which one of them belongs: whose deal, whose activity it is."""
    by_type: dict[str, list[UUID]] = {}
    for key, type_key in AnyRecord.objects.filter(pk__in=changed).values_list("pk", "type"):
        by_type.setdefault(type_key, []).append(key)
    found: set[UUID] = set()
    for kind in kinds():
        found.update(by_type.get(kind.key, ()))
        for relation in relations_of(kind, None):
            ids = by_type.get(relation.kind.key)
            if ids:
                found.update(_near(relation, ids))
    return found


def _near(relation: Any, ids: list[UUID]) -> Iterator[UUID]:  # Any: a relation of the filter language
    if relation.via is not None:
        rows = relation.via.rows().filter(**{f"{relation.via.far}__in": ids}).order_by()
        yield from rows.values_list(relation.via.near, flat=True).distinct()
    elif not relation.link.is_worked_out:
        column = str(getattr(relation.link, "attname", None) or relation.link.name)
        rows = relation.kind.whole.model.objects.filter(pk__in=ids).order_by()
        for key in rows.values_list(column, flat=True).distinct():
            if key is not None:
                yield key if isinstance(key, UUID) else UUID(str(key))
