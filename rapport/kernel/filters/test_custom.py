"""Fields that an administrator has made are in the language like any other: in paths, sums, the log and as links."""

from decimal import Decimal

import pytest

from rapport.accounts.models import User
from rapport.kernel.custom.define import Draft, add_field, change_field
from rapport.kernel.custom.models import CustomField
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, Node, Related, compile_filter
from rapport.kernel.filters.relations import relations_of
from rapport.kernel.filters.text import parse_text, text_of
from rapport.kernel.filters.words import sentence_of
from rapport.kernel.lists.panels.lines import lines_of
from rapport.kernel.records import save_record
from rapport.kernel.testing import make
from rapport.kernel.testing.known import kind_of

pytestmark = pytest.mark.django_db


def found(key: str, node: Node, user: User) -> str:
    compiled = compile_filter(Group("all", (node,)), kind_of(key), Context(user))
    assert not compiled.problems, compiled.problems
    rows = kind_of(key).visible_to(user).filter(compiled.condition)
    return "".join(sorted(one.name[0] for one in rows))


def add_custom_field(type_key: str, key: str, kind: str, by: User, **options: object) -> str:
    """Make a custom field; return its name."""
    draft = Draft(kind, {"label": {"": key.title()}}, options=options, key=key)
    return str(add_field(kind_of(type_key), draft, by=by).name)


def test_custom_fields_are_in_paths_sums_links_and_the_log(administrator: User, restricted: User) -> None:
    color = add_custom_field("organizations", "color", "text", by=administrator)
    size = add_custom_field("deals", "size", "number", by=administrator)
    price = add_custom_field("deals", "price", "money", by=administrator)
    partner = add_custom_field("deals", "partner", "link", by=administrator, to="organizations")
    acme = make(kind_of("organizations").model, owner=administrator, name="Acme", **{color: "red"})
    make(kind_of("organizations").model, owner=administrator, name="Bolt")
    make(kind_of("people").model, owner=administrator, name="Kim", organization=acme)
    for number in (4, 5):
        make(
            kind_of("deals").model, owner=administrator, name="Deal",
            **{size: Decimal(number), partner: acme, price: kind_of("deals").fields[price].parse("10 EUR", Context())},
        )  # fmt: skip
    assert found("people", Condition(f"organization.{color}", "is", "red"), administrator) == "K"
    assert found("people", Condition(f"organization.{color}", "is_not", "red"), administrator) == ""
    assert found("organizations", Condition(color, "is_not", "red"), administrator) == "B"
    assert found("deals", Condition(f"{partner}.name", "is", "Acme"), administrator) == "DD"
    relation = f"deals:{partner}"
    assert relation in {one.key for one in relations_of(kind_of("organizations"), None)}
    some = Group("all", (Condition(size, "min", "1"),))
    for where in (Group(), some):
        assert found("organizations", Related(relation, where=where), administrator) == "A"
        assert found("organizations", Related(relation, "none", where=where), administrator) == "B"
        assert found("organizations", Related(relation, "count", "", "is", "2", where), administrator) == "A"
        assert found("organizations", Related(relation, "sum", size, "is", "9", where), administrator) == "A"
        assert (
            found("organizations", Related(relation, "sum", price, "is", "20", where), administrator) == "A"
        )
        assert (
            found("organizations", Related(relation, "sum", price, "is", "20 USD", where), administrator)
            == ""
        )
        assert (
            found("organizations", Related(relation, "max", size, "under", "6", where), administrator) == "A"
        )
        assert found("organizations", Related(relation, where=where), restricted) == ""
    changed = kind_of("organizations").model.objects.get(pk=acme.pk)
    save_record(changed, {color: "blue"}, by=administrator)
    assert found("organizations", Condition(color, "changed", "7"), administrator) == "A"
    assert found("organizations", Condition(color, "never"), administrator) == "B"
    context = Context(administrator)
    tree = Group("all", (Related(relation, "sum", size, "over", "3", some), Condition(color, "is", "blue")))
    assert (
        parse_text(text_of(tree, kind_of("organizations"), context), kind_of("organizations"), context)
        == tree
    )


def test_an_amount_with_its_currency_is_compared_with_amounts_in_it_only(administrator: User) -> None:
    price = add_custom_field("organizations", "price", "money", by=administrator)
    partner = add_custom_field("organizations", "partner", "link", by=administrator, to="organizations")
    parts = {"relation": f"organizations:{partner}", "take": "sum", "of": price, "where": "price > 0 USD"}
    kind, bosses = kind_of("organizations"), Context(administrator)
    draft = Draft("rollup", {"label": {"": "In dollars"}}, options=parts)
    total = str(add_field(kind, draft, by=administrator).name)
    whole = make(kind.model, owner=administrator, name="Whole")
    for name, said in (("Anna", "10 EUR"), ("Bolt", "20 USD"), ("Cleo", "30 USD")):
        value = kind.fields[price].parse(said, bosses)
        make(kind.model, owner=administrator, name=name, **{price: value, partner: whole})

    def is_(operator: str, said: str) -> str:
        return found("organizations", Condition(price, operator, said), administrator)

    assert (is_("min", "5"), is_("min", "5 USD"), is_("over", "20 USD")) == ("ABC", "BC", "C")
    assert (is_("is", "10 USD"), is_("is_not", "20 USD"), is_("is_not", "10 USD")) == ("", "ACW", "ABCW")
    assert (is_("between", "5 USD..25"), is_("between", "5..25")) == ("B", "AB")
    assert found("organizations", Condition(f"{partner}.{price}", "min", "1 EUR"), administrator) == ""
    assert found("organizations", Condition(total, "is", "50 USD"), administrator) == "W"
    typed = parse_text("price >= 5 USD", kind, bosses)
    assert text_of(typed, kind, bosses) == f'{price} >= "5 USD"' and "US$" in sentence_of(typed, kind, bosses)
    wrong = compile_filter(Group("all", (Condition(price, "between", "1 EUR..2 USD"),)), kind, bosses)
    assert "Name one currency." in wrong.problems[0]


def test_choices_that_are_offered_no_more_are_found_where_they_still_stand(administrator: User) -> None:
    rows = [{"key": "red", "label": "Red"}, {"key": "old", "label": "Old one"}]
    for kind in ("choice", "choices"):
        name = add_custom_field("people", kind, kind, by=administrator, choices=rows)
        value = "old" if kind == "choice" else ["old"]
        make(kind_of("people").model, owner=administrator, name="Kim", **{name: value})
        make(kind_of("people").model, owner=administrator, name="Lea")
        field = CustomField.objects.get(key=kind)
        gone = {"choices": [rows[0], {**rows[1], "retired": True}]}
        change_field(field, Draft(kind, field.texts, options=gone), by=administrator)
        context = Context(administrator)
        for said in ("old", "red|old"):
            assert found("people", Condition(name, "any", said), administrator) == "K", said
        tree = parse_text(f'{name} = "old one"', kind_of("people"), context)
        assert tree == Group("all", (Condition(name, "any", "old"),))
        assert text_of(tree, kind_of("people"), context) == f"{name} = old"
        assert sentence_of(tree, kind_of("people"), context).endswith(" Old one")
        line = lines_of(tree, "", kind_of("people"), context)[0]
        assert line.operand is not None and line.operand.options == [("red", "Red"), ("old", "Old one")]
        kind_of("people").model.objects.all().delete()


def test_no_team_is_nobodys_team(administrator: User) -> None:
    name = add_custom_field("people", "helpers", "team", by=administrator)
    make(kind_of("people").model, owner=administrator, name="Kim")
    assert administrator.team is None
    assert found("people", Condition(name, "my_team"), administrator) == ""


def test_an_address_is_found_by_what_one_reads_of_it(administrator: User) -> None:
    name = add_custom_field("people", "site", "address", by=administrator)
    site = {
        "street": "Werkstraße 3",
        "postcode": "10115",
        "city": "Berlin",
        "region": "Mitte",
        "country": "DE",
    }
    make(kind_of("people").model, owner=administrator, name="Kim", **{name: site})
    for said in ("werkstr", "10115 Berlin", "Berlin, Germany", "Mitte", "Werkstraße 3, 10115 Berlin"):
        assert found("people", Condition(name, "contains", said), administrator) == "K", said
    for said in ("Berlin Austria", "10116 Berlin"):
        assert found("people", Condition(name, "contains", said), administrator) == "", said


def test_who_works_here_no_more_is_found_by_his_name(administrator: User, member: User) -> None:
    make(kind_of("people").model, owner=member, name="Kim")
    make(kind_of("people").model, owner=administrator, name="Lea")
    User.objects.filter(pk=member.pk).update(is_active=False, name="Old Hand")
    context = Context(administrator)
    tree = parse_text('owner = "old hand"', kind_of("people"), context)
    assert tree == Group("all", (Condition("owner", "any", str(member.pk)),))
    assert text_of(tree, kind_of("people"), context) == 'owner = "Old Hand"'
    assert found("people", tree.parts[0], administrator) == "K"


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (("count", "", "is", "1.5"), ""), (("count", "", "min", "1.5"), "B"),
        (("count", "", "under", "1.5"), "AC"), (("sum", "chance", "over", "100"), "B"),
    ],
)  # fmt: skip
def test_what_is_worked_out_is_compared_with_any_number(
    asked: tuple[str, str, str, str], names: str, administrator: User
) -> None:
    for name, count in (("Acme", 1), ("Bolt", 2), ("Cord", 0)):
        firm = make(kind_of("organizations").model, owner=administrator, name=name)
        for _deal in range(count):
            deal = make(kind_of("deals").model, owner=administrator, organization=firm)
            kind_of("deals").model.objects.filter(pk=deal.pk).update(chance=60)
    assert found("organizations", Related("deals:organization", *asked), administrator) == names
