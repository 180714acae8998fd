"""Conditions over links and on related records: what they find, and that they tell nothing of hidden records."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.currencies.models import Rate
from rapport.kernel.fields import Amount, Context
from rapport.kernel.filters import (
    Condition,
    Group,
    Node,
    Related,
    compile_filter,
    from_json,
    from_query,
    sentence_of,
    to_json,
    to_pairs,
)
from rapport.kernel.filters.relations import relations_of
from rapport.kernel.filters.text import parse_text
from rapport.kernel.records import save_record
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.testing import make
from rapport.kernel.testing.known import kind_of

pytestmark = pytest.mark.django_db
OPEN = Group("all", (Condition("outcome", "any", "open"),))


def found(key: str, *parts: Node, user: User) -> str:
    """The first letters of the records that the filter finds for this user."""
    compiled = compile_filter(Group("all", parts), kind_of(key), Context(user))
    assert not compiled.problems, compiled.problems
    rows = kind_of(key).visible_to(user).filter(compiled.condition).distinct()
    return "".join(sorted(str(getattr(one, kind_of(key).title))[0] for one in rows))


@pytest.fixture
def acme(administrator: User) -> Any:  # Any: an organization
    """Acme in Berlin with Anna (two open deals, one lost), Bert (a small one), and Cleo, who works nowhere."""
    acme = make(kind_of("organizations").model, owner=administrator, name="Acme")
    kind_of("organizations").model.objects.filter(pk=acme.pk).update(city="Berlin")
    anna, bert, cleo = (
        make(kind_of("people").model, owner=administrator, name=name, organization=where)
        for name, where in (("Anna", acme), ("Bert", acme), ("Cleo", None))
    )
    for who, amount, currency in (
        (anna, 9000, "EUR"),
        (anna, 4000, "EUR"),
        (bert, 500, "EUR"),
        (bert, 90_000, "USD"),
    ):
        make(
            kind_of("deals").model, owner=administrator, person=who, amount=Amount(Decimal(amount), currency)
        )
    lost = make(
        kind_of("deals").model, owner=administrator, person=anna, amount=Amount(Decimal(70_000), "EUR")
    )
    from rapport.sales.models import Deal, LossReason

    reason = LossReason.objects.first() or make(LossReason)
    Deal.objects.filter(pk=lost.pk).update(
        outcome="lost", closed_on=timezone.localdate() - timedelta(days=400), loss_reason=reason
    )
    del cleo
    return acme


def test_a_path_leads_over_links(acme: Any, administrator: User) -> None:
    def is_(name: str, operator: str, said: str = "") -> str:
        return found("people", Condition(name, operator, said), user=administrator)

    assert is_("organization.city", "is", "Berlin") == "AB"
    assert is_("organization.city", "is_not", "Berlin") == "C"
    assert is_("organization.city", "empty") == "C"
    assert is_("organization.city", "filled") == "AB"
    assert (
        found("deals", Condition("person.organization.city", "is", "Berlin"), user=administrator) == "n" * 5
    )


def test_related_records_are_looked_for_counted_and_added_up(acme: Any, administrator: User) -> None:
    def related(*said: str, where: Group = OPEN, relation: str = "deals:person") -> str:
        return found("people", Related(relation, *said, where=where), user=administrator)

    assert related("has") == "AB"
    assert related("none") == "C"
    assert related("count", "", "min", "2") == "AB"
    assert related("count", "", "min", "3", where=Group()) == "A"
    assert related("count", "", "under", "3", where=Group()) == "BC"
    assert related("count", "", "is", "0") == "C"
    assert related("count", "", "is_not", "0") == "AB"
    assert related("count", "", "between", "1..2") == "AB"
    assert related("sum", "amount", "over", "10000") == "A"
    assert related("sum", "amount", "under", "10000") == "BC"
    assert related("sum", "amount", "over", "10000 USD") == "B"
    assert related("max", "amount", "min", "9000") == "A"
    assert related("min", "amount", "max", "500") == "B"
    assert related("max", "closed_on", "older", "1y", where=Group()) == "A"
    assert related("max", "closed_on", "empty", where=Group()) == "BC"
    assert related("has", relation="organization.deals:organization") == "AB"
    assert related("none", relation="organization.deals:organization") == "C"
    assert related("count", "", "under", "9", relation="organization.deals:organization") == "ABC"


def test_a_filter_inside_a_filter_inside_a_filter(acme: Any, administrator: User) -> None:
    rich = Related("deals:person", "sum", "amount", "over", "10000", OPEN)
    tree = Related("people:organization", "has", where=Group("all", (rich,)))
    assert found("organizations", tree, user=administrator) == "A"
    assert found("organizations", Group("not", (tree,)), user=administrator) == ""
    words = sentence_of(tree, kind_of("organizations"), Context(administrator))
    assert (
        words
        == "has people (sum of Amount of deals (Outcome is Open) is more than €\N{NO-BREAK SPACE}10,000)"
    )


def test_activities_and_relationships_in_both_directions(acme: Any, administrator: User) -> None:
    from rapport.activities.models import Participant

    people = kind_of("people").model.objects
    anna, bert = people.get(name="Anna"), people.get(name="Bert")
    call = make(kind_of("activities").model, owner=administrator, subject="Call", type="call")
    Participant.objects.create(activity=call, record_id=anna.pk)
    calls = Group("all", (Condition("type", "any", "call"),))
    assert found("people", Related("activities:participants", where=calls), user=administrator) == "A"
    assert found("people", Related("activities:participants", "none"), user=administrator) == "BC"
    assert (
        found("people", Related("activities:participants", "count", "", "max", "0"), user=administrator)
        == "BC"
    )
    assert (
        found("people", Related("activities:participants", "max", "at", "last", "9"), user=administrator)
        == "A"
    )
    works_at = RelationshipType.objects.get(key="works_at")
    Relationship.objects.filter(type=works_at).delete()
    Relationship.objects.create(type=works_at, source_id=anna.pk, target_id=acme.pk)
    Relationship.objects.create(
        type=works_at, source_id=bert.pk, target_id=acme.pk, valid_until=date(2020, 1, 1)
    )
    in_berlin = Group("all", (Condition("city", "is", "Berlin"),))
    assert found("people", Related("works_at:out:organizations", where=in_berlin), user=administrator) == "A"
    named = Group("all", (Condition("name", "is", "Anna"),))
    assert found("organizations", Related("works_at:in:people", where=named), user=administrator) == "A"
    assert (
        found("organizations", Related("works_at:in:people", "count", "", "over", "1"), user=administrator)
        == ""
    )


def test_every_relation_of_every_type_runs(administrator: User) -> None:
    for key in ("people", "organizations", "deals", "activities"):
        kind = kind_of(key)
        for relation in relations_of(kind, None):
            of = "created_at"
            for said in (
                Related(relation.key),
                Related(relation.key, "none"),
                Related(relation.key, "count", "", "over", "2"),
                Related(relation.key, "count", "", "under", "2"),
                Related(relation.key, "max", of, "last", "30"),
                Related(relation.key, "min", of, "empty"),
            ):
                assert found(key, said, user=administrator) == "", said


def test_nothing_is_told_of_records_that_the_user_may_not_see(
    acme: Any, restricted: User, administrator: User
) -> None:
    mine = make(kind_of("people").model, owner=restricted, by=administrator, name="Mine", organization=acme)
    secret = make(
        kind_of("deals").model, owner=administrator, person=mine, amount=Amount(Decimal(5000), "EUR")
    )
    user = User.objects.get(pk=restricted.pk)
    assert found("people", user=user) == "M"
    assert found("people", Condition("organization.city", "is", "Berlin"), user=user) == ""
    assert found("people", Condition("organization.city", "empty"), user=user) == "M"
    assert found("people", Related("organization.people:organization"), user=user) == ""
    assert found("people", Related("works_at:out:organizations"), user=user) == ""
    for said in (
        Related("deals:person"),
        Related("deals:person", "count", "", "min", "1"),
        Related("deals:person", "sum", "amount", "over", "1"),
        Related("deals:person", "max", "amount", "over", "1"),
        Related("deals:person", "max", "created_at", "last", "9"),
    ):
        assert found("people", said, user=user) == "", said
        assert found("people", said, user=administrator).count("M") == 1, said
    assert found("people", Related("deals:person", "none"), user=user) == "M"
    assert found("people", Related("deals:person", "count", "", "is", "0"), user=user) == "M"
    own = make(
        kind_of("deals").model,
        owner=restricted,
        by=administrator,
        person=mine,
        amount=Amount(Decimal(7), "EUR"),
    )
    assert found("people", Related("deals:person", "sum", "amount", "is", "7"), user=user) == "M"
    assert secret.pk != own.pk


def test_what_was_changed_when_comes_from_the_log(administrator: User) -> None:
    for name in ("Anna", "Bert"):
        make(kind_of("people").model, owner=administrator, name=name)
    anna = kind_of("people").model.objects.get(name="Anna")
    save_record(anna, {"stage": "customer"}, by=administrator)

    def is_(name: str, operator: str, said: str = "") -> str:
        return found("people", Condition(name, operator, said), user=administrator)

    assert is_("stage", "changed", "7") == "A"
    assert is_("stage", "kept", "7") == "B"
    assert is_("stage", "never") == "B"
    assert is_("position", "changed", "1y") == ""
    assert is_("changed_at", "never") == "B"
    assert is_("changed_at", "last", "2w") == "AB"


def test_relative_dates(administrator: User) -> None:
    today = timezone.localdate()
    for name, day in (
        ("Anna", today + timedelta(days=3)),
        ("Bert", today - timedelta(days=5)),
        ("Cleo", None),
    ):
        born = day.replace(year=1980) if day and (day.month, day.day) != (2, 29) else day
        make(kind_of("people").model, owner=administrator, name=name, birthday=born)

    def born(operator: str, said: str) -> str:
        return found("people", Condition("birthday", operator, said), user=administrator)

    assert born("anniversary", "7") == "A"
    assert born("anniversary", "1y") == "AB"
    assert born("in", "1980") in ("AB", "A", "B")
    assert born("older", "10y") == "AB"
    assert born("later", "today") == ""
    assert born("before", "today") == "AB"

    def made(operator: str, said: str) -> str:
        return found("people", Condition("created_at", operator, said), user=administrator)

    for said in (
        "today",
        "this_week",
        "this_month",
        "this_quarter",
        "this_year",
        today.isoformat(),
        str(today.year),
    ):
        assert made("in", said) == "ABC", said
    for said in ("yesterday", "tomorrow", "last_week", "next_month", "last_quarter", "next_year", "2001-Q2"):
        assert made("in", said) == "", said
    assert made("until", "today") == "ABC"
    assert made("later", "today") == ""
    assert made("last", "3m") == "ABC"


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        (Related("nonsense:x"), "People have no related records “nonsense:x”."),
        (Related("deals:person", "sum", "name", "over", "1"), "“Name” is no number, so it cannot be worked out."),
        (Related("deals:person", "sum", "nope", "over", "1"), "There is no field “nope”."),
        (Related("deals:person", "count", "", "over", "many"), "“many” is not a number. Write it like 1234.5."),
        (Related("deals:person", where=Group("all", (Condition("x", "is", "1"),))), "There is no field “x”."),
        (Condition("name.city", "is", "1"), "“name” is no link from People to other records."),
        (Condition("organization.nope", "is", "1"), "There is no field “organization.nope”."),
        (Condition("birthday", "in", "so"), "“so” is no period. Say “this month”, “last week”, 2026 or 2026-05."),
        (Condition("birthday", "in", "9999-12-31"),
         "“9999-12-31” is no period. Say “this month”, “last week”, 2026 or 2026-05."),
        (Condition("birthday", "last", "9999999"), "Give a number of days, e.g. 90."),
        (Condition("birthday", "last", "999y"), "This is more than a hundred years."),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_named(part: Node, sentence: str, administrator: User) -> None:
    compiled = compile_filter(Group("all", (part,)), kind_of("people"), Context(administrator))
    assert compiled.problems == [sentence]
    assert not kind_of("people").visible_to(administrator).filter(compiled.condition).exists()


def test_paths_and_related_records_survive_json_and_the_address() -> None:
    from urllib.parse import urlencode

    from django.http import QueryDict

    tree = Group(
        "all",
        (
            Condition("organization.city", "is", "Bad.Homburg"),
            Related("deals:person", "sum", "amount", "over", "10 EUR", OPEN),
            Group("not", (Related("organization.deals:organization", "none"),)),
        ),
    )
    assert from_json(to_json(tree)) == tree
    assert from_query(QueryDict(urlencode(to_pairs(tree)))) == (tree, [])


def test_a_sentence_says_in_which_currency_an_amount_is_meant(acme: Any, administrator: User) -> None:
    def said(text: str, key: str = "deals", currency: str = "EUR") -> str:
        context = Context(administrator, currency=currency)
        return sentence_of(parse_text(text, kind_of(key), context), kind_of(key), context).replace(
            "\xa0", " "
        )

    assert said("amount > 10000") == "Amount is more than 10,000 in any currency"
    assert said("amount > 10000 CHF") == "Amount is more than CHF 10,000"
    assert said("amount between 1 and 5") == "Amount is between 1 – 5 in any currency"
    assert said("amount = empty") == "Amount is empty"
    assert said("sum of amount of deals > 10000", "organizations").endswith("is more than € 10,000")
    assert said("sum of amount of deals > 10000 USD", "organizations").endswith("is more than US$ 10,000")
    assert said("number of deals > 3", "organizations").endswith("is more than 3")


def test_sums_of_related_amounts_convert_other_currencies(acme: Any, administrator: User) -> None:
    def over(said: str) -> str:
        return found("people", Related("deals:person", "sum", "amount", "over", said), user=administrator)

    assert over("20000") == "A"  # Bert has dollars, for which no rate is known
    Rate.objects.create(base="EUR", currency="USD", day="2020-01-01", rate="0.5")
    assert over("20000") == "AB"
    assert over("46000") == "A"
    Rate.objects.create(base="USD", currency="EUR", day="2020-01-01", rate="2")
    assert over("90500 USD") == "AB"
