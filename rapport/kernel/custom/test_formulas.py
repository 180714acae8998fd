"""Formulas: read with the place of mistakes, worked out by the database, for who may know what they read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.custom import define, schema, uses
from rapport.kernel.custom.define import Draft
from rapport.kernel.custom.formulas import FormulaError, compile_formula
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.worked import work_out
from rapport.kernel.fields import Amount
from rapport.kernel.records import RuleError
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.testing.known import kind_of
from rapport.ui.days import whole_day

pytestmark = pytest.mark.django_db
KIND = "deals"
EUR, USD = (lambda n: Amount(Decimal(n), "EUR")), (lambda n: Amount(Decimal(n), "USD"))


def formula(kind: RecordType, text: str, by: User, key: str = "sum", **more: Any) -> Any:
    draft = Draft("formula", {"label": {"": key.title()}}, options={"formula": text}, key=key, **more)
    name = define.add_field(kind, draft, by=by).name
    return kind.fields[name]


def value(kind: RecordType, text: str, record: Any, by: User) -> Any:
    one = formula(kind, text, by, key=f"f{CustomField.objects.count()}")
    work_out(kind, [record], by)
    return one.read(record)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("amount * chance / 100", EUR(300)), ("-amount / 4", EUR(-250)), ("amount / amount", Decimal(1)),
        ("chance / 0", None), ("amount / (chance - 30)", None), ("percent(chance, 60)", Decimal(50)),
        ("days(expected_on - next_step_on)", Decimal(27)), ("expected_on + 1", date(2026, 3, 1)),
        ("add_months(expected_on, 12)", date(2027, 2, 28)), ("months(expected_on, next_step_on)", Decimal(0)),
        ("if(amount > money(500, 'EUR'), 'large', 'small')", "large"),
        ("if(amount > money(500, 'USD'), 'large', 'small')", "small"),
        ("if(outcome = 'open' and not is_empty(name), 1, 2)", Decimal(1)),
        ("upper(left(name, 4)) & '-' & text(chance)", "FLEE-30"), ("text(expected_on)", "2026-02-28"),
        ("round(10 / 3, 1)", Decimal("3.30")), ("1 - 2 - 3", Decimal(-4)), ("2 + 3 * 4", Decimal(14)),
        ("min(chance, 5, 7)", Decimal(5)), ("max(amount, money(2000, 'EUR'))", EUR(2000)),
        ("max(amount, money(2000, 'USD'))", None), ("coalesce(competitor, 'nobody')", "nobody"),
        ("amount + money(1, 'EUR')", EUR(1001)), ("amount + money(1, 'USD')", None), ("currency(amount)", "EUR"),
        ("expected_on > '2026-01-01' or no", True), ("contains(name, 'BIKE')", True),
        ("length(competitor)", Decimal(0)), ("is_empty(person)", True),
        ("days(today - today)", Decimal(0)), ("closed_on", None), ("closed_on - today", None),
        ("date(2026, 2, 30)", None), ("date(2026, 2, 28) = expected_on", True), ("expected_on + 99999999", None),
        ("if(closed_on > today, 1)", None), ("'it\\'s ' & \"100 % {x} \\\" %s\"", 'it\'s 100 % {x} " %s'),
        ("weekday(expected_on)", Decimal(6)), ("999999 * 999999 * 999999 * 999999 * 999999", None),
        ("stage_since <= today", True), ("kernel_missing", FormulaError),
    ],
)  # fmt: skip
def test_formulas_give_what_they_say(text: str, wanted: Any, kind: RecordType, by: User) -> None:
    record: Any = make(
        kind.model, owner=by, name="Fleet of bikes", amount=EUR(1000), chance=30, competitor="",
        expected_on=date(2026, 2, 28), next_step_on=date(2026, 2, 1), person=None,
    )  # fmt: skip
    if wanted is FormulaError:
        with pytest.raises(RuleError):
            value(kind, text, record, by)
        return
    assert value(kind, text, record, by) == wanted


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"Write a formula \(character 1\)"), ("amount +", r"Something is missing at the end \(character 9\)"),
        ("amount > 1000", r"An amount has a currency.*\(character 8\)"),
        ("name + name", r"joined with “&” \(character 6\)"), ("name * 2", r"“\*” does not fit a text and a number"),
        ("wheels * 2", r"Deals have no field “wheels” \(character 1\)"),
        ("organization.wheels", r"Organizations have no field “wheels”"),
        ("amount.number", r"“amount” is no link from Deals to other records"),
        ("organization", "cannot give a link or list"), ("outcome", "cannot give a choice"),
        ("outcome = 'gone'", r"no choice “gone”; there are: open, won, lost \(character 11\)"),
        ("if(1, 2, 3)", r"Expected a condition, here is a number \(character 4\)"),
        ("if(yes, 1, 'a')", "All values must be of one type"), ("round(1.234, chance)", "Write a whole number"),
        ("sleep(10)", "There is no function “sleep”"), ("round()", "round takes 1 to 2 values"),
        ("(1 + 2", r"parenthesis is not closed \(character 1\)"), ("1 < 2 < 3", "Join two comparisons"),
        ("'abc", "never closed"),
        ('"\x010\x01"', "never closed"), ("'\\\x01'", "never closed"),
        ("1 ; 2", "“;” has no meaning here"), ("expected_on = 'soon'", "Give a day as"),
        ("(" * 40 + "1" + ")" * 40, "Too many parts inside"), ("1" + "+1" * 300, "up to 200 parts"),
        ("name & '" + "x" * 3000 + "'", "up to 2000 characters"), ("not " * 60 + "yes", "Too many parts inside"),
        ("1 2", "“2” is not expected here"), ("money(1, 'euro')", "three capital letters"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(text: str, sentence: str, kind: RecordType) -> None:
    with pytest.raises(FormulaError, match=sentence):
        compile_formula(text, kind)


def test_lists_filter_sort_and_sum_by_a_formula_of_own_fields(kind: RecordType, by: User) -> None:
    number = add_custom_field(kind, "number", by=by, key="wheels")
    one = formula(kind, "amount * chance / 100 + money(x_wheels, 'EUR')", by, is_listed=True)
    twice = formula(kind, "sum * 2", by, key="twice")
    deals = [
        make(kind.model, owner=by, amount=EUR(n), chance=50, **{number.name: n}) for n in (100, 300, 200)
    ]
    rows = kind.visible_to(by)
    assert one.is_indexed and twice.is_indexed
    assert [row.pk for row in rows.order_by("x_sum")] == [deals[0].pk, deals[2].pk, deals[1].pk]
    assert set(rows.filter(x_twice__gte=600)) == {deals[1], deals[2]}
    assert list(rows.filter(x_sum__lt=200).values_list("x_sum", "x_sum_currency")) == [(Decimal(150), "EUR")]
    plan = rows.filter(x_twice__gt=1).order_by("x_twice", "pk").explain()
    assert plan


def test_a_circle_is_refused_and_what_is_needed_stays(kind: RecordType, by: User) -> None:
    add_custom_field(kind, "number", by=by, key="base")
    first = formula(kind, "base * 2", by, key="first")
    formula(kind, "first + 1", by, key="second")
    definition = CustomField.objects.get(key="first")
    with pytest.raises(RuleError, match="round in a circle"):
        define.change_field(
            definition, Draft("formula", definition.texts, options={"formula": "second"}), by=by
        )
    schema.load()
    with pytest.raises(RuleError, match="“Second” could not be worked out any more"):
        define.change_field(
            definition, Draft("formula", definition.texts, options={"formula": "name"}), by=by
        )
    schema.load()
    with pytest.raises(RuleError, match="Other fields need “Own number”: “First”"):
        define.remove_field(CustomField.objects.get(key="base"), by=by)
    assert uses.reads_of("deals", "x_second") == {"deals": frozenset({"x_first", "x_base"})}
    assert first.kind == "number"


def test_a_linked_record_that_the_reader_does_not_see_is_not_there(kind: RecordType, by: User) -> None:
    organizations: Any = type_by_key("organizations")
    add_custom_field(organizations, "number", by=by, key="staff")
    one = formula(kind, "coalesce(organization.staff, 0) + 1", by, key="linked")
    named = formula(kind, "organization.name & ''", by, key="named")
    empty = formula(kind, "is_empty(organization)", by, key="none")
    member = make_user(role="restricted")
    company = make(organizations.model, owner=by, name="Secret", x_staff=41)
    deal: Any = make(kind.model, owner=member, by=by, organization=company)
    for user, wanted in ((by, (42, "Secret", False)), (member, (1, "", True))):
        [row] = kind.visible_to(user)
        work_out(kind, [row], user)
        assert (one.read(row), named.read(row), empty.read(row)) == wanted
        assert kind.visible_to(user).filter(x_named="Secret").exists() == (user == by)
        assert kind.visible_to(user).filter(x_linked=wanted[0]).exists()
    assert not one.is_indexed
    assert not kind.model.objects.filter(x_named="Secret").exists(), "nobody said who asks"
    assert uses.reads_of("deals", "x_linked") == {
        "deals": frozenset({"organization"}), "organizations": frozenset({"x_staff"}),
    }  # fmt: skip
    assert deal.pk


def test_today_is_the_day_of_the_reader(kind: RecordType, by: User) -> None:
    one = formula(kind, "expected_on - today", by, key="left")
    record: Any = make(kind.model, owner=by, expected_on=timezone.localdate())
    work_out(kind, [record], by)
    assert one.read(record) == 0 and not one.is_indexed


@pytest.mark.parametrize("zone", ["Pacific/Niue", "Europe/Berlin", "Pacific/Kiritimati"])
def test_a_whole_day_is_its_day_in_a_formula_wherever_the_reader_is(zone: str, by: User) -> None:
    activities = kind_of("activities")
    one = formula(activities, "due_at + 1", by, key="after")
    fair: Any = make(activities.model, by=by, due_at=whole_day(date(2031, 12, 24)))
    at_noon: Any = make(activities.model, by=by, due_at=datetime(2031, 12, 24, 10, tzinfo=UTC))
    with timezone.override(zone):
        work_out(activities, [fair, at_noon], by)
        assert one.read(fair) == date(2031, 12, 25)
        assert one.read(at_noon) == timezone.localdate(at_noon.due_at) + timedelta(days=1)
