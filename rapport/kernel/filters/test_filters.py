"""The condition tree keeps its meaning through JSON and addresses, and reads well."""

import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.filters import (
    EVERYTHING,
    Condition,
    FilterError,
    Group,
    compile_filter,
    from_json,
    from_query,
    to_json,
    to_pairs,
    words_of,
)
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.testing import make

TREE = Group(
    "all",
    (
        Condition("stage", "any", "customer|lead"),
        Group(
            "any", (Condition("city", "is", "Köln & Bonn=?"), Group("not", (Condition("email", "empty"),)))
        ),
        Condition("name", "contains", "a.b.c"),
    ),
)


def people() -> RecordType:
    found = type_by_key("people")
    assert found is not None
    return found


def test_a_tree_survives_json_and_the_address() -> None:
    assert from_json(to_json(TREE)) == TREE
    query = QueryDict(urlencode(to_pairs(TREE)))
    found, problems = from_query(query)
    assert problems == []
    assert set(found.parts) == set(TREE.parts)
    assert [part for part in found.parts if isinstance(part, Condition)] == [TREE.parts[0], TREE.parts[2]]


def test_no_filter_can_be_said_too() -> None:
    assert to_pairs(EVERYTHING) == [("f", "")]
    assert from_query(QueryDict("f=")) == (EVERYTHING, [])
    assert from_json({}) == EVERYTHING


@pytest.mark.parametrize(
    "data",
    [
        [], 1, "x", {"all": {}}, {"some": []}, {"all": [], "any": []}, {"field": 1}, {"all": [1]}, {"all": ["x"] * 100},
        {"field": "a", "is": "b", "value": "x" * 9000},
        {"all": [{"all": [{"all": [{"all": [{"all": [{"all": [{"all": []}]}]}]}]}]}]},
        {"all": [{"all": [{"field": "a"}] * 50}, {"all": [{"field": "a"}] * 50}]},
    ],
)  # fmt: skip
def test_json_that_is_no_filter_gives_a_sentence(data: object) -> None:
    with pytest.raises(FilterError) as problem:
        from_json(data)
    assert str(problem.value).endswith(".")


@pytest.mark.django_db
def test_groups_mean_what_they_say(administrator: User) -> None:
    model = people().model
    for name, stage, city in (
        ("A", "lead", "Bonn"),
        ("B", "lead", "Ulm"),
        ("C", "customer", "Ulm"),
        ("D", "lost", ""),
    ):
        model.objects.filter(pk=make(model, owner=administrator, name=name, stage=stage).pk).update(city=city)
    lead, ulm = Condition("stage", "any", "lead"), Condition("city", "is", "Ulm")

    def found(tree: Group) -> str:
        compiled = compile_filter(tree, people(), Context(administrator))
        assert not compiled.problems
        return "".join(
            model.objects.filter(compiled.condition).order_by("name").values_list("name", flat=True)
        )

    assert found(Group("all", (lead, ulm))) == "B"
    assert found(Group("any", (lead, ulm))) == "ABC"
    assert found(Group("not", (lead, ulm))) == "D"
    assert found(Group("all", (Group("not", (lead,)), ulm))) == "C"
    assert found(EVERYTHING) == "ABCD"
    assert found(Group("any", ())) == "ABCD"


@pytest.mark.django_db
def test_a_broken_condition_finds_nothing_and_never_everything(administrator: User) -> None:
    make(people().model, owner=administrator)
    for tree in (
        Group("not", (Condition("nonsense", "is", "1"),)),
        Group("any", (Condition("name", "filled"), Condition("stage", "any", "nonsense"))),
        Group("all", (Condition("name", "is", ""),)),
    ):
        compiled = compile_filter(tree, people(), Context(administrator))
        assert compiled.problems
        assert not people().model.objects.filter(compiled.condition).exists()


@pytest.mark.django_db
def test_conditions_read_as_people_say_them(administrator: User) -> None:
    acme = make(type_by_key("organizations").model, owner=administrator, name="Acme")  # type: ignore[union-attr]
    tree = Group(
        "all",
        (
            Condition("stage", "any", "customer|lead|lost"),
            Condition("last_contact_at", "last", "90"),
            Condition("organization", "any", str(acme.pk)),
            Condition("owner", "me"),
            Condition("created_at", "between", "2024-01-01..2024-12-31"),
            Condition("stage", "any", "nonsense"),
        ),
    )
    words = words_of(tree, people(), Context(administrator))
    assert [str(one) for one in words[:4]] == [
        "Stage is any of Customer, Lead +1",
        "Last contact is within the last 90 days",
        "Organization is Acme",
        "Owner is me",
    ]
    assert words[4].value.count("2024") == 2
    assert words[5].problem


@pytest.mark.django_db
def test_the_name_of_a_hidden_record_is_not_told_by_its_id(administrator: User, stranger: User) -> None:
    acme = make(type_by_key("organizations").model, owner=administrator, name="Secret")  # type: ignore[union-attr]
    tree = Group("all", (Condition("organization", "any", str(acme.pk)),))
    assert "Secret" not in str(words_of(tree, people(), Context(stranger))[0])
