"""The life cycle with deals: rules move whoever fits, never against a person, and everything can be taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.changes.models import Cause, Change, ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.words import tell
from rapport.kernel.filters import Group
from rapport.kernel.filters.text import parse_text
from rapport.kernel.records import Refused, RuleError, save_record
from rapport.kernel.registry import type_of, type_of_model
from rapport.kernel.testing import make
from rapport.parties.life_cycle import rules
from rapport.parties.life_cycle.engine import kind_of, parties_touched, rule_context, run
from rapport.parties.life_cycle.jobs import follow_changes, run_all_rules
from rapport.parties.life_cycle.models import LifeCycle, LifeCycleRule, RuleWait, StagePin
from rapport.parties.models import Organization, Party, StagePeriod
from rapport.sales.deals import actions
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_starting_rules(company: object) -> None:
    LifeCycleRule.objects.all().delete()


def rule(
    by: User, where: str, stages: str = "suspect prospect lead", to: str = "customer", days: str = ""
) -> LifeCycleRule:
    said = rules.Said(f"Rule to {to}", "organizations", condition(where), "", stages.split(), to, days)
    made = rules.save_rule(LifeCycleRule(), said, by=by)
    LifeCycleRule.objects.filter(pk=made.pk).update(is_on=True)
    return made


def condition(typed: str) -> Group:
    """What an administrator types."""
    return parse_text(typed, type_of_model(Organization), rule_context())


def imported(by: User, **values: object) -> Party:
    """An organization whose stage nobody has decided by hand."""
    made = make(Organization, by=by, owner=by, **values)
    StagePin.objects.filter(party=made).delete()
    return made


def test_a_won_deal_makes_a_customer_with_cause_rule_and_date(administrator: User) -> None:
    rule(administrator, "has deals (outcome = won)")
    firm, other = imported(administrator, name="Nordhavn"), imported(administrator, name="Other")
    deal = make(Deal, by=administrator, organization=firm, amount=900)
    actions.win(deal, by=administrator)
    assert not StagePin.objects.filter(party=firm).exists()
    Party.objects.update(stage="suspect")  # as if the deal had come won out of another program
    StagePeriod.objects.all().delete()
    StagePin.objects.all().delete()
    assert parties_touched([deal.pk]) == {firm.pk}
    follow_changes()  # sees only what is committed, so the rule is run here as it would run
    run(parties_touched([deal.pk]))
    firm.refresh_from_db()
    other.refresh_from_db()
    assert (firm.stage, firm.stage_since, other.stage) == ("customer", timezone.localdate(), "suspect")
    done = ChangeSet.objects.get(cause=Cause.LIFE_CYCLE)
    assert (done.label, done.actor, done.types) == ("Rule to customer", None, ["organizations"])
    period = StagePeriod.objects.get(party=firm)
    assert (period.stage, period.followed_by, period.change_set_id) == ("suspect", "customer", done.pk)
    [newest, *_rest] = tell(
        Change.objects.filter(record_id=firm.pk).order_by("-at", "-id"), type_of(firm), administrator
    )
    assert "Rapport changed Stage from Suspect to Customer" in newest.sentence.striptags()
    assert newest.because == "life cycle: Rule to customer"


def test_what_a_person_has_decided_stays_for_the_settable_time(administrator: User) -> None:
    rule(administrator, "name contains Nord")
    firm = imported(administrator, name="Nordhavn")
    save_record(firm, {"stage": "prospect"}, by=administrator)
    assert StagePin.objects.get(party=firm).by_id == administrator.pk
    assert run() == []
    StagePin.objects.update(until=timezone.localdate() - timedelta(days=1))
    run_all_rules()
    firm.refresh_from_db()
    assert firm.stage == "customer" and not StagePin.objects.exists()


def test_taking_a_move_back_is_a_decision_too_and_taking_a_decision_back_is_none(administrator: User) -> None:
    rule(administrator, "name contains Nord")
    firm = imported(administrator, name="Nordhavn")
    [moved] = run()
    assert moved.change_set is not None
    revert(moved.change_set, by=administrator)
    firm.refresh_from_db()
    assert firm.stage == "suspect" and not StagePeriod.objects.exists() and run() == []
    firm = save_record(firm, {"stage": "lost"}, by=administrator)
    revert(ChangeSet.objects.filter(cause=Cause.PAGE).latest("at"), by=administrator)
    assert not StagePin.objects.exists()


def test_the_first_rule_that_fits_wins_and_nobody_goes_back_and_forth(administrator: User) -> None:
    first = rule(administrator, "name contains Nord", to="valued")
    rule(administrator, "name contains Nord", stages="suspect", to="lost")
    rule(administrator, "name contains Nord", stages="valued", to="lead")
    imported(administrator, name="Nordhavn")
    assert [one.rule.to_stage for one in run()] == ["valued", "lead"]
    assert run() == []  # back into "valued" only after the time of rest
    StagePeriod.objects.update(until=timezone.localdate() - timedelta(days=LifeCycle.current().rest_days))
    assert [one.rule.pk for one in run()][:1] == [first.pk]


def test_a_rule_waits_as_long_as_it_says_and_begins_anew_after_a_break(administrator: User) -> None:
    made = rule(administrator, "city = Berlin or name contains Nord", days="7")
    firm = imported(administrator, name="Nordhavn")
    assert run() == [] and RuleWait.objects.get().party_id == firm.pk
    RuleWait.objects.update(since=timezone.localdate() - timedelta(days=6))
    assert run([firm.pk]) == []
    save_record(firm, {"name": "Other"}, by=administrator)
    assert run() == [] and not RuleWait.objects.exists()
    save_record(Organization.objects.get(pk=firm.pk), {"name": "Nordhavn"}, by=administrator)
    run()
    RuleWait.objects.update(since=timezone.localdate() - timedelta(days=7))
    assert [one.rule.pk for one in run([firm.pk])] == [made.pk]


def test_a_night_takes_as_many_statements_for_many_as_for_two(administrator: User) -> None:
    """Also the waiting is noted and forgotten in sets: no statement for a single party."""
    rule(administrator, "name contains Nord", days="3")
    rule(administrator, "name contains Hafen")
    counts = []
    for number in (2, 12):
        imported(administrator, name="Before")
        fits = [imported(administrator, name=f"Nord {number} {n}") for n in range(number)]
        others = [imported(administrator, name=f"Hafen {number} {n}") for n in range(number)]
        with CaptureQueriesContext(connection) as captured:
            run()
        counts.append(len(captured))
        assert RuleWait.objects.filter(party__in=fits).count() == number
        assert Party.objects.filter(pk__in=[one.pk for one in others], stage="customer").count() == number
        Party.objects.filter(pk__in=[one.pk for one in fits]).update(name="Gone")
        run()
        assert not RuleWait.objects.exists()
    assert counts[0] == counts[1]


def test_a_dry_run_tells_who_would_move_and_why_and_writes_nothing(administrator: User) -> None:
    made = rule(administrator, "city is empty and name contains Nord")
    fitting = imported(administrator, name="Nordhavn")
    save_record(imported(administrator, name="Nordlicht"), {"stage": "lead"}, by=administrator)
    trial = rules.try_out(made, administrator)
    assert (str(trial.count), str(trial.pinned), trial.problem) == ("1", "1", "")
    [(party, why)] = trial.sample
    assert party.pk == fitting.pk and any("Nord" in one for one in why)
    assert not ChangeSet.objects.filter(cause=Cause.LIFE_CYCLE).exists()


def test_a_rule_says_what_is_wrong_with_it(administrator: User, member: User) -> None:
    with pytest.raises(RuleError) as told:
        said = rules.Said("", "organizations", condition("owner is me"), "", ["lost"], "lost", "x")
        rules.save_rule(LifeCycleRule(), said, by=administrator)
    assert set(told.value.fields) == {"name", "from_stages", "after_days", "where"}
    with pytest.raises(Refused):
        rules.switch(rule(administrator, "city is empty"), is_on=False, by=member)
    LifeCycleRule.objects.update(where={"all": [{"field": "gone", "is": "is", "value": "1"}]})
    assert run() == [] and "gone" in rules.problem_of(LifeCycleRule.objects.get())


def test_the_starting_rules_can_all_be_understood(administrator: User) -> None:
    from rapport.parties.life_cycle.starting import begin

    LifeCycle.objects.all().delete()
    begin()
    found = list(LifeCycleRule.objects.all())
    assert len(found) == 16 and not any(one.is_on for one in found)
    assert [rules.problem_of(one) for one in found] == [""] * 16
    for one in found:
        assert rules.checked_condition(rules.said_of(one), kind_of(one)) == one.where, "the form keeps it"
    LifeCycleRule.objects.update(is_on=True)
    firm = imported(administrator, name="Nordhavn")
    actions.win(make(Deal, by=administrator, organization=firm, amount=90_000), by=administrator)
    assert [one.rule.name for one in run()] == ["Buys much"]
    firm.refresh_from_db()
    assert firm.stage == "valued"
