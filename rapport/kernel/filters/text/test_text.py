"""What people type means what it says, mistakes are named with their place, and what is printed is read back."""

from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, FilterError, Group, Node, Related, compile_filter
from rapport.kernel.filters.operators import operators_of
from rapport.kernel.filters.relations import relations_of
from rapport.kernel.filters.text import TextError, complete, parse_text, text_of
from rapport.kernel.filters.tree import JOINS, checked, normal_group
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make

pytestmark = pytest.mark.django_db


def people() -> Any:  # Any: a record type, known to exist
    return type_by_key("people")


def all_(*parts: Node) -> Group:
    return Group("all", parts)


C = Condition
OPEN = C("outcome", "any", "open")
TYPED = {
    "": Group(),
    "city = Berlin": all_(C("city", "is", "Berlin")),
    "city = Bad Homburg and stage = customer": all_(C("city", "is", "Bad Homburg"), C("stage", "any", "customer")),
    'stage in (customer, "Valued customer")': all_(C("stage", "any", "customer|valued")),
    "Stage not in (lost, Lead)": all_(C("stage", "none", "lost|lead")),
    "Last contact older than 90 days": all_(C("last_contact_at", "older", "90")),
    "last_contact in the last 3 weeks": all_(C("last_contact_at", "last", "3w")),
    "not tags has vip": Group("not", (C("tags", "any", "vip"),)),
    "tags has no vip": all_(C("tags", "none", "vip")),
    "birthday anniversary in the next 14 days": all_(C("birthday", "anniversary", "14")),
    "birthday < 1980-01-01": all_(C("birthday", "before", "1980-01-01")),
    "birthday between 1970-01-01 and *": all_(C("birthday", "between", "1970-01-01..")),
    "created_at in this month": all_(C("created_at", "in", "this_month")),
    "created = last year": all_(C("created_at", "in", "last_year")),
    "created_at = 2026-05": all_(C("created_at", "in", "2026-05")),
    "created_at = today": all_(C("created_at", "in", "today")),
    "stage changed in the last 7 days": all_(C("stage", "changed", "7")),
    "stage not changed in last 2 months": all_(C("stage", "kept", "2m")),
    "stage never changed": all_(C("stage", "never")),
    "never changed or is mine": Group("any", (C("changed_at", "never"), C("owner", "me"))),
    "owner = me and my team": all_(C("owner", "me"), C("team", "my_team")),
    "email is empty": all_(C("email", "empty")),
    "email is not empty": all_(C("email", "filled")),
    'name ~ "a or b"': all_(C("name", "contains", "a or b")),
    "name starts with Ka": all_(C("name", "starts", "Ka")),
    "organization.city != Berlin": all_(C("organization.city", "is_not", "Berlin")),
    "not (city = A or city = B)": all_(Group("not", (C("city", "is", "A"), C("city", "is", "B")))) .parts[0],
    "has deals": all_(Related("deals:person")),
    "has no deals (outcome = open)": all_(Related("deals:person", "none", where=all_(OPEN))),
    "has >= 3 deals": all_(Related("deals:person", "count", "", "min", "3")),
    "count deals (outcome = open) < 2": all_(Related("deals:person", "count", "", "under", "2", all_(OPEN))),
    "sum deals.amount > 10000": all_(Related("deals:person", "sum", "amount", "over", "10000")),
    "sum of amount of deals (outcome = open) > 10000": all_(
        Related("deals:person", "sum", "amount", "over", "10000", all_(OPEN))
    ),
    "latest activities.at (type = Call) older than 1 year": all_(
        Related("activities:participants", "max", "at", "older", "1y", all_(C("type", "any", "call")))
    ),
    "has organization.deals (amount > 5)": all_(
        Related("organization.deals:organization", where=all_(C("amount", "over", "5")))
    ),
    "has works_at (city = Ulm)": all_(Related("works_at:out:organizations", where=all_(C("city", "is", "Ulm")))),
    'name :starts "x y"': all_(C("name", "starts", "x y")),
    "city = Berlin and (stage in (customer, \"valued customer\") or has deals (outcome = open and amount > 10000))"
    " and not tags has vip and last_contact older than 90 days": all_(
        C("city", "is", "Berlin"),
        Group(
            "any",
            (
                C("stage", "any", "customer|valued"),
                Related("deals:person", where=all_(OPEN, C("amount", "over", "10000"))),
            ),
        ),
        Group("not", (C("tags", "any", "vip"),)),
        C("last_contact_at", "older", "90"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", TYPED)
def test_what_people_type_becomes_a_tree_and_is_printed_back(text: str, administrator: User) -> None:
    context = Context(administrator)
    tree = parse_text(text, people(), context)
    assert tree == TYPED[text]
    assert parse_text(text_of(tree, people(), context), people(), context) == tree
    assert not compile_filter(tree, people(), context).problems


@pytest.mark.parametrize(
    ("text", "sentence", "position"),
    [
        ("city =", "Expected a value after “=” at character 7.", 6),
        ("city = and name = x", "Expected a value after “=” at character 8.", 7),
        ("nonsense = 1", "People have no field “nonsense” (character 1).", 0),
        ("city", "Expected a comparison after “city” at character 5.", 4),
        ("city = Berlin name", None, 0),
        ("city = (Berlin)", "Expected a value after “=” at character 8.", 7),
        ("(city = Berlin", "The parenthesis at character 1 is not closed at character 15.", 14),
        ("city = Berlin)", "Expected “and” or “or” instead of “)” at character 14.", 13),
        ('city = "Berlin', "The quotation mark at character 8 is never closed.", 7),
        ("stage = nonsense", "“nonsense” is not among the choices. (character 9)", 8),
        ("city > 5", "“City” cannot be compared with “>” (character 6).", 5),
        ("has nonsense", "People have no relation “nonsense” (character 5).", 4),
        ("has deals (nonsense = 1)", "Deals have no field “nonsense” (character 12).", 11),
        ("birthday older than", None, 19),
        ("sum deals.name > 5", "“Name” is no number, so it cannot be worked out.", 4),
        ("organization = Nobody", "“Nobody” was not found. (character 16)", 15),
        ("city = a ! b", "“!” at character 10 has no meaning here.", 9),
        ("city between a", None, 14),
        ("(" * 40 + "city = a" + ")" * 40, None, 30),
        ("x" * 5000, "A filter has up to 4,000 characters.", 4000),
    ],
)
def test_a_mistake_is_named_with_its_place(
    text: str, sentence: str | None, position: int, administrator: User
) -> None:
    if sentence is None and text == "city = Berlin name":
        assert parse_text(text, people(), Context(administrator)) == all_(C("city", "is", "Berlin name"))
        return
    with pytest.raises(FilterError) as problem:
        parse_text(text, people(), Context(administrator))
    assert isinstance(problem.value, TextError)
    assert sentence is None or str(problem.value) == sentence
    assert problem.value.position == position


def test_labels_of_the_active_language_are_understood(administrator: User) -> None:
    with override("de"):
        context = Context(administrator)
        tree = parse_text("Letzter Kontakt older than 90 days and Ort = Ulm", people(), context)
    assert tree == all_(C("last_contact_at", "older", "90"), C("city", "is", "Ulm"))


def test_links_are_typed_and_printed_by_name(administrator: User, stranger: User) -> None:
    kind: Any = type_by_key("organizations")
    acme = make(kind.model, owner=administrator, name="Acme Works")
    tree = parse_text("organization = Acme Works and owner = me", people(), Context(administrator))
    assert tree == all_(C("organization", "any", str(acme.pk)), C("owner", "me"))
    assert text_of(tree, people(), Context(administrator)) == 'organization = "Acme Works" and owner = me'
    assert "Acme" not in text_of(tree, people(), Context(stranger))
    with pytest.raises(TextError):
        parse_text("organization = Acme Works", people(), Context(stranger))


# -- random trees ---------------------------------------------------------------------------------------------
SAID = st.one_of(
    st.sampled_from(["1", "Berlin", "customer|lead", "2026-01-01", "1..5", "..", "90", "3w", "this_month", "yes", "*"]),
    st.text(max_size=12),
)  # fmt: skip


def conditions(key: str) -> st.SearchStrategy[Node]:
    kind: Any = type_by_key(key)
    names = [name for name, one in kind.fields.items() if one.operators and name != "kind"]
    paths = [(name, kind.fields[name]) for name in names]
    if key == "people":
        other: Any = type_by_key("organizations")
        paths += [(f"organization.{name}", other.fields[name]) for name in ("city", "stage", "employees")]
    return st.sampled_from(paths).flatmap(
        lambda pair: st.builds(
            Condition, st.just(pair[0]), st.sampled_from([one.key for one in operators_of(pair[1])]), SAID
        )
    )


def nodes(key: str, depth: int = 2) -> st.SearchStrategy[Node]:
    leaf = conditions(key)
    if depth == 0:
        return leaf
    inner = nodes(key, depth - 1)
    group = st.builds(Group, st.sampled_from(JOINS), st.lists(inner, max_size=3).map(tuple))
    return st.one_of(leaf, group, related(key, depth))


def related(key: str, depth: int) -> st.SearchStrategy[Node]:
    kind: Any = type_by_key(key)

    def of(relation: Any) -> st.SearchStrategy[Node]:
        where = nodes(relation.kind.key, depth - 1).map(lambda node: normal_group(Group("all", (node,))))
        return st.one_of(
            st.builds(
                Related, st.just(relation.key), st.sampled_from(["has", "none"]), st.just(""), st.just(""),
                st.just(""), where,
            ),
            st.builds(
                Related, st.just(relation.key), st.just("count"), st.just(""),
                st.sampled_from(["is", "min", "max", "over", "under", "between"]), SAID, where,
            ),
            st.builds(
                Related, st.just(relation.key), st.sampled_from(["min", "max"]), st.just("created_at"),
                st.sampled_from(["before", "last", "in", "older"]), SAID, where,
            ),
        )  # fmt: skip

    return st.sampled_from(relations_of(kind, None)).flatmap(of)


def test_a_null_byte_among_the_names_is_a_name_that_nobody_has(administrator: User) -> None:
    for field in ("owner", "organization", "team"):
        tree = checked(normal_group(Group("all", (Condition(field, "any", "\x00Anna"),))))
        assert text_of(tree, people(), Context(administrator))
        compile_filter(tree, people(), Context(administrator))


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_tree_is_read_back_from_its_text(data: st.DataObject, administrator: User) -> None:
    tree = data.draw(nodes("people"))
    try:
        plain = checked(normal_group(Group("all", (tree,))))
    except FilterError:
        return
    context = Context(administrator)
    text = text_of(plain, people(), context)
    if len(text) <= 4000:
        assert parse_text(text, people(), context) == plain, text
    before, after = (
        compile_filter(Group("all", (tree,)), people(), context),
        compile_filter(plain, people(), context),
    )
    assert len(before.problems) == len(after.problems)


@given(text=st.text(alphabet='abc =()"<>!~,.and or not has deals city stage 123:“', max_size=60))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_typed_gives_a_tree_or_a_sentence(text: str, administrator: User) -> None:
    try:
        parse_text(text, people(), Context(administrator))
    except FilterError as problem:
        assert str(problem)
    complete(text, len(text), people(), Context(administrator))


def offered(text: str, user: User) -> list[str]:
    return [one.insert for one in complete(text, len(text), people(), Context(user))]


def test_completion_offers_what_fits(administrator: User, stranger: User) -> None:
    kind: Any = type_by_key("organizations")
    make(kind.model, owner=administrator, name="Acme")
    assert "city" in offered("ci", administrator)
    assert "last_contact_at" in offered("last c", administrator) or "last_contact_at" in offered(
        "last", administrator
    )
    assert "organization.city" in offered("organization.ci", administrator)
    assert "=" in offered("city ", administrator)
    assert "customer" in offered("stage = cu", administrator)
    assert "customer" in offered("stage in (lead, ", administrator)
    assert offered("organization = Ac", administrator) == ["Acme"]
    assert offered("organization = Ac", stranger) == []
    assert "and" in offered("city = Berlin ", administrator)
    assert "deals" in offered("has ", administrator)
    assert "outcome" in offered("has deals (out", administrator)
    assert offered("has organization.dea", administrator)[0] == "organization.deals"
    assert {"deals.amount", "deals.chance"} <= set(offered("sum ", administrator))
    assert offered("sum deals.am", administrator) == ["deals.amount"]
    assert "deals.closed_on" in offered("latest deals.", administrator)
    assert {"(", ">="} <= set(offered("count deals ", administrator))
    assert "changed in last" not in offered("sum deals.amount ", administrator)
    assert "older than" in offered('"Last contact" ', administrator) and "and" in offered(
        'city = "Bad Ems"', administrator
    )
    assert set(offered("organization.indu", administrator)) == {"organization.industry"}
    assert "this month" in offered("created_at in ", administrator)
    assert complete("city = Berlin and sta", 21, people(), Context(administrator))[0].start == 18
