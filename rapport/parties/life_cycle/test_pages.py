"""The pages of the life cycle: rules for administrators, the funnel and the way of a party for who may see it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.accounts.models import User
from rapport.kernel.lists.panels.test_builder import Form
from rapport.kernel.records import save_record
from rapport.kernel.testing import make
from rapport.parties.life_cycle.engine import run
from rapport.parties.life_cycle.models import LifeCycle, LifeCycleRule, RuleWait, StagePin
from rapport.parties.life_cycle.starting import begin
from rapport.parties.models import Organization, Party, StagePeriod
from rapport.ui.formats import format_date

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Nords", "type": "organizations", "typed": "name contains Nord", "typed-before": "",
    "from_stages": ["suspect", "prospect"], "to_stage": "lead", "after_days": "",
}  # fmt: skip


def page(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_an_administrator_writes_tries_orders_and_switches_rules(administrator: User) -> None:
    LifeCycleRule.objects.all().delete()
    client = Client()
    client.force_login(administrator)
    wrong = client.post("/settings/life-cycle/new/", {**FORM, "typed": "owner is me"})
    assert wrong.status_code == 422 and "nobody in particular" in wrong.content.decode()
    assert client.post("/settings/life-cycle/new/", {**FORM, "type": "deals"}).status_code == 422
    firm = make(Organization, by=administrator, owner=administrator, name="Nordhavn")
    client.post("/settings/life-cycle/new/", FORM)
    rule = LifeCycleRule.objects.get()
    assert not rule.is_on and rule.where == {"all": [{"field": "name", "is": "contains", "value": "Nord"}]}
    tried = page(administrator, f"/settings/life-cycle/{rule.pk}/try/")
    assert "Nordhavn" in tried and "since" in tried
    sentence = "Organizations move from Suspect or Prospect to Lead when: Name contains Nord"
    assert sentence in tried and f'href="/settings/life-cycle/{rule.pk}/"' in tried
    assert sentence in page(administrator, "/settings/life-cycle/")
    client.post(f"/settings/life-cycle/{rule.pk}/do/", {"act": "on"})
    rule.refresh_from_db()
    assert rule.is_on and run()[0].count == 1
    firm.refresh_from_db()
    assert firm.stage == "lead"
    client.post(f"/settings/life-cycle/{rule.pk}/", {**FORM, "typed": "name contains Hafen"})
    queued = ProcrastinateJob.objects.filter(task_name="rapport.parties.life_cycle.jobs.run_rule")
    assert [one.args for one in queued] == [{"rule_id": str(rule.pk)}] * 2  # switched on, then changed
    client.post("/settings/life-cycle/", {"pin_days": "10", "rest_days": "0"})
    client.post("/settings/life-cycle/", {"pin_days": "10", "rest_days": "3"})
    assert (LifeCycle.current().pin_days, LifeCycle.current().rest_days) == (10, 3)
    client.post(f"/settings/life-cycle/{rule.pk}/do/", {"act": "remove"})
    assert not LifeCycleRule.objects.exists()


BUILT = {
    **FORM, "typed": "", "built-of": "organizations",
    "n": ["0", "1", "1-2"], "form-0": "condition", "field-0": "name", "is-0": "contains", "value-0": "Nord",
    "form-1": "related", "relation-1": "deals:organization", "take-1": "sum:amount", "is-1": "over",
    "value-1": "10000", "form-1-2": "condition", "field-1-2": "amount", "is-1-2": "min", "value-1-2": "100",
}  # fmt: skip


def test_the_condition_of_a_rule_is_built_and_told_while_it_is(administrator: User, client: Client) -> None:
    LifeCycleRule.objects.all().delete()
    make(Organization, by=administrator, owner=administrator, name="Nordhavn")
    client.force_login(administrator)
    seen = client.post("/settings/life-cycle/new/?preview=1", {**BUILT, "n": ["0"]}).content.decode()
    assert '<b class="t2">1</b> organization<' in seen and not LifeCycleRule.objects.exists()
    assert 'value="name ~ Nord"' in seen
    assert "Organizations move from Suspect or Prospect to Lead when: Name contains Nord<" in seen
    unfinished = {**BUILT, "n": ["0"], "from_stages": [], "to_stage": ""}
    seen = client.post("/settings/life-cycle/new/?preview=1", unfinished).content.decode()
    assert '<b class="t2">1</b> organization<' in seen and "move from" not in seen
    endless = {**BUILT, "n": ["0"], "after_days": "9" * 5_000}
    assert client.post("/settings/life-cycle/new/?preview=1", endless).status_code == 200
    client.post("/settings/life-cycle/new/", BUILT)
    rule = LifeCycleRule.objects.get()
    inner = {"all": [{"field": "amount", "is": "min", "value": "100"}]}
    assert rule.where["all"][1] == {
        "related": "deals:organization", "take": "sum", "is": "over", "value": "10000", "of": "amount", "where": inner
    }  # fmt: skip
    form = client.get(f"/settings/life-cycle/{rule.pk}/").content.decode()
    assert 'value="name ~ Nord and sum of' in form or 'value="name ~ Nord and ' in form
    assert form.count("data-line") >= 3


def test_what_was_typed_is_shown_as_lines_and_other_records_keep_the_condition(
    administrator: User, client: Client
) -> None:
    client.force_login(administrator)
    typed = {**FORM, "built-of": "organizations", "typed": "name ~ Nord or city = Ulm"}
    seen = client.post("/settings/life-cycle/new/?preview=1", typed).content.decode()
    assert 'id="filter-lines" hx-swap-oob="true"' in seen and 'name="join-0"' in seen
    assert 'id="typed-before" name="typed-before" value="name ~ Nord or city = Ulm"' in seen
    others = {**BUILT, "n": ["0"], "type": "people"}
    seen = client.post("/settings/life-cycle/new/?preview=1", others).content.decode()
    assert 'name="built-of" value="people"' in seen and 'value="Nord"' in seen
    assert "/settings/life-cycle/of/people/line/" in seen


def test_only_what_a_rule_can_ask_is_offered_and_what_it_cannot_stands_at_its_line(
    administrator: User, client: Client
) -> None:
    client.force_login(administrator)
    of = "/settings/life-cycle/of/organizations"
    line = client.get(f"{of}/line/", {"line": "0", "field-0": "owner", "is-0": "any"}).content.decode()
    assert '<option value="any"' in line and not {'"me"', '"my_team"'} & set(_values(line))
    inside = {"line": "0-0", "about": "deals", "field-0-0": "owner", "is-0-0": "any"}
    assert '"me"' not in _values(client.get(f"{of}/line/", inside).content.decode())
    offered = client.get(f"{of}/complete/", {"said": "owner = ", "at": "8"}).content.decode()
    assert 'data-insert="me"' not in offered and "data-insert" in offered
    told = client.get(f"{of}/complete/", {"said": "has deals (owner = me)", "at": "22"}).content.decode()
    assert "asks for nobody in particular" in told
    typed = {**FORM, "built-of": "organizations", "typed": "city = Ulm and has deals (owner = me)"}
    seen = client.post("/settings/life-cycle/new/?preview=1", typed).content.decode()
    assert seen.count('<span class="err">A rule of the life cycle asks for nobody') == 1
    assert f'hx-get="{of}/line/' in seen


def _values(html: str) -> list[str]:
    return re.findall(r'<option value=("[^"]*")', html)


def test_saving_a_rule_as_it_is_lets_those_who_wait_go_on_waiting(
    administrator: User, client: Client
) -> None:
    LifeCycleRule.objects.all().delete()
    firm = make(Organization, by=administrator, owner=administrator, name="Nordhavn")
    either = {"any": [{"field": "name", "is": "contains", "value": one} for one in ("Nord", "Hafen")]}
    rule = LifeCycleRule.objects.create(
        name="Nords", type="organizations", from_stages=["suspect", "prospect"], to_stage="lead", after_days=9,
        where=either,
    )  # fmt: skip
    RuleWait.objects.create(rule=rule, party_id=firm.pk, since=timezone.localdate())
    client.force_login(administrator)
    form = Form(client.get(f"/settings/life-cycle/{rule.pk}/").content.decode())
    sent: dict[str, list[str]] = {}
    for name, value in form.pairs:
        sent.setdefault(name, []).append(value)
    assert client.post(f"/settings/life-cycle/{rule.pk}/", sent).status_code == 303
    rule.refresh_from_db()
    assert rule.where == either and RuleWait.objects.exists()


def test_a_condition_on_what_is_no_more_is_not_lost_unsaid(administrator: User, client: Client) -> None:
    LifeCycleRule.objects.all().delete()
    parts = [{"field": "gone", "is": "is", "value": "x"}, {"field": "name", "is": "contains", "value": "N"}]
    rule = LifeCycleRule.objects.create(
        name="Old", type="organizations", from_stages=["suspect"], to_stage="lead", where={"all": parts}
    )
    client.force_login(administrator)
    address = f"/settings/life-cycle/{rule.pk}/"
    assert "There is no field" in client.get(address).content.decode()
    gone = {**BUILT, "n": ["0", "1"], "form-1": "condition", "field-1": "gone"}
    refused = client.post(address, gone)
    assert refused.status_code == 422 and "There is no field" in refused.content.decode()
    rule.refresh_from_db()
    assert rule.where == {"all": parts}
    assert client.post(address, {**BUILT, "n": ["0"]}).status_code == 303


def test_a_new_installation_begins_with_rules_in_one_order() -> None:
    LifeCycleRule.objects.all().delete()
    LifeCycle.objects.all().delete()
    begin()
    rules = list(LifeCycleRule.objects.values_list("position", "name", "type"))
    assert [position for position, _name, _type in rules] == list(range(1, len(rules) + 1))
    assert [kind for _position, _name, kind in rules] == ["people", "organizations"] * (len(rules) // 2)
    assert [name for _position, name, _type in rules][::2] == [name for _position, name, _type in rules][1::2]


def test_what_a_rule_has_done_is_told_and_taken_back_on_the_record(administrator: User, member: User) -> None:
    LifeCycleRule.objects.all().delete()
    firm = make(Organization, by=member, owner=member, name="Nordhavn")
    LifeCycleRule.objects.create(
        name="Nords", type="organizations", from_stages=["suspect"], to_stage="lead", is_on=True,
        where={"all": [{"field": "name", "is": "contains", "value": "Nord"}]},
    )  # fmt: skip
    run()
    address = f"/organizations/{firm.pk}/life-cycle/"
    assert "Rule: Nords" in page(member, address)
    assert "life cycle: Nords" in page(member, f"/organizations/{firm.pk}/")
    client = Client()
    client.force_login(member)
    client.post(address, {"act": "back"})
    firm.refresh_from_db()
    assert firm.stage == "suspect" and StagePin.objects.get(party=firm).by_id == member.pk
    assert "Mara Member has decided the stage" in page(member, address)
    client.post(address, {"act": "release"})
    assert not StagePin.objects.exists()


def test_the_funnel_counts_moves_medians_and_conversion_of_whom_one_sees(
    administrator: User, restricted: User
) -> None:
    today = timezone.localdate()
    mine = make(Organization, by=restricted, owner=restricted, name="Mine")
    other = make(Organization, by=administrator, owner=administrator, name="Hidden one")
    for firm, days, to in ((mine, 10, "customer"), (other, 30, "lost")):
        save_record(firm, {"stage": "lead"}, by=administrator if firm == other else restricted)
        Party.objects.filter(pk=firm.pk).update(stage_since=today - timedelta(days=days))
        save_record(firm, {"stage": to}, by=administrator if firm == other else restricted)
    StagePeriod.objects.filter(stage="lead").update(until=today)
    seen, narrow = page(administrator, "/life-cycle/"), page(restricted, "/life-cycle/?by=owner&days=30")
    assert "1 of 2 went on" in seen and "20 days" in seen
    assert f"left a stage since {format_date(today - timedelta(days=29))}" in narrow  # thirty days with today
    assert "1 of 1 went on" in narrow and "10 days" in narrow and "Rita Restricted" in narrow
    moves = page(restricted, "/life-cycle/moves/?here=lead")
    assert "Mine" in moves and "Hidden one" not in moves
    assert "Hidden one" in page(administrator, "/life-cycle/moves/?to=lost&f=stage.any.lost")
