"""The condition tree keeps its meaning through JSON and addresses, and reads well."""

from datetime import datetime

import pytest
from django.http import QueryDict
from django.utils import timezone
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
@pytest.mark.parametrize(
    ("field", "key", "said"),
    [
        ("email", "contains", "HALDEN"), ("email", "contains", "@halden."), ("email", "starts", "ada"),
        ("website", "contains", "halden"), ("website", "starts", "halden"), ("website", "starts", "https://hal"),
        ("phone", "contains", "2345"),
    ],
)  # fmt: skip
def test_a_part_of_an_address_is_none_and_finds_it(
    field: str, key: str, said: str, administrator: User
) -> None:
    values = {"email": "ada@halden.example", "website": "https://halden.example", "phone": "+4930901234567"}
    make(people().model, owner=administrator, **values)
    compiled = compile_filter(Condition(field, key, said), people(), Context(administrator))
    assert not compiled.problems
    assert people().model.objects.filter(compiled.condition).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "said", "is_found"),
    [
        ("is", "12.5", False), ("is_not", "12.5", True), ("under", "12.5", True), ("min", "12.5", False),
        ("min", "11.5", True), ("between", "12.1..12.9", False), ("over", "-5", True), ("under", "100000000000", True),
    ],
)  # fmt: skip
def test_a_number_is_compared_with_any_other(
    key: str, said: str, is_found: bool, administrator: User
) -> None:
    firms = type_by_key("organizations")
    assert firms is not None
    make(firms.model, owner=administrator, employees=12)
    compiled = compile_filter(Condition("employees", key, said), firms, Context(administrator))
    assert not compiled.problems
    assert firms.model.objects.filter(compiled.condition).exists() == is_found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "said", "is_found"),
    [
        ("contains", "+49 (0)30 90", True), ("contains", "0049 30", True), ("contains", "1234", True),
        ("starts", "030", True), ("starts", "+49 (0)30", True), ("starts", "0049-30", True), ("starts", "49 30", True),
        ("starts", "30 90", True), ("starts", "90", False), ("starts", "+30", False),
    ],
)  # fmt: skip
def test_a_phone_number_is_found_by_how_its_parts_are_written(
    key: str, said: str, is_found: bool, administrator: User
) -> None:
    make(people().model, owner=administrator, phone="+4930901234567")
    compiled = compile_filter(Condition("phone", key, said), people(), Context(administrator))
    assert not compiled.problems
    assert people().model.objects.filter(compiled.condition).exists() == is_found


@pytest.mark.django_db
def test_words_are_no_part_of_a_phone_number_and_what_cannot_be_dialled_is_found_as_it_is_shown(
    administrator: User,
) -> None:
    one = make(people().model, owner=administrator, phone="+412215554825")
    for key in ("contains", "starts"):
        assert compile_filter(Condition("phone", key, "private"), people(), Context(administrator)).problems
    for said in ("+412215554825", "+41 2215554825", "0041 221 5554825"):
        for key, is_found in (("is", True), ("is_not", False)):
            compiled = compile_filter(Condition("phone", key, said), people(), Context(administrator))
            rows = people().model.objects.filter(compiled.condition, pk=one.pk)
            assert rows.exists() == is_found, (key, said)


@pytest.mark.django_db
def test_a_point_is_something_that_a_text_can_contain(administrator: User) -> None:
    make(people().model, owner=administrator, academic_title="Dr.")
    compiled = compile_filter(Condition("academic_title", "contains", "."), people(), Context(administrator))
    assert not compiled.problems
    assert people().model.objects.filter(compiled.condition).count() == 1


@pytest.mark.django_db
def test_nobody_is_not_me(administrator: User) -> None:
    make(people().model, owner=administrator)
    people().model.objects.update(owner=None)
    compiled = compile_filter(Condition("owner", "me"), people(), Context())
    assert not people().model.objects.filter(compiled.condition).exists()


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


@pytest.mark.django_db
def test_a_day_belongs_to_a_range_as_a_whole_and_an_hour_is_taken_at_its_word(administrator: User) -> None:
    for number, moment in enumerate(
        ("2024-05-14 00:00", "2024-05-14 14:00", "2024-05-14 23:59", "2024-05-15 00:00")
    ):
        record = make(people().model, owner=administrator, name=str(number))
        at = timezone.make_aware(datetime.fromisoformat(moment))
        people().model.objects.filter(pk=record.pk).update(last_contact_at=at)

    def found(operator: str, said: str) -> str:
        tree = Group("all", (Condition("last_contact_at", operator, said),))
        compiled = compile_filter(tree, people(), Context(administrator))
        assert not compiled.problems
        return "".join(sorted(str(one) for one in people().model.objects.filter(compiled.condition)))

    assert [found("between", f"2024-05-{days}") for days in ("13..2024-05-14", "14..2024-05-14", "15..")] == [
        "012", "012", "3",
    ]  # fmt: skip
    assert found("between", "2024-05-14..9999-12-31") == "0123"
    assert found("between", "2024-05-14 12:00..2024-05-14 14:00") == "1"
    assert [found(one, "2024-05-14") for one in ("before", "until", "after", "later")] == [
        "",
        "012",
        "0123",
        "3",
    ]
    hours = [found(one, "2024-05-14 14:00") for one in ("before", "until", "after", "later")]
    assert hours == ["0", "01", "123", "23"]
    tree = Group("all", (Condition("last_contact_at", "between", "2024-05-13..2024-05-14"),))
    [words] = words_of(tree, people(), Context(administrator))
    assert words.value == "13 May 2024 – 14 May 2024"
