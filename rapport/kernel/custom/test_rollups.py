"""Roll-ups: related records counted and added up for who may see them, one statement for a page."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rapport.accounts.models import User
from rapport.api.testing import Program
from rapport.kernel.custom import define, schema, transfer, uses
from rapport.kernel.custom.define import Draft
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.worked import work_out
from rapport.kernel.fields import Amount
from rapport.kernel.filters import limits
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.records import RuleError, delete_record
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.testing import make, make_user

pytestmark = pytest.mark.django_db
KIND = "organizations"
OF_DEALS = "deals:organization"


def rollup(
    kind: RecordType, by: User, take: str, of: str = "", where: Any = "", key: str = "", **more: Any
) -> Any:
    options = {"relation": more.pop("relation", OF_DEALS), "take": take, "of": of, "where": where}
    draft = Draft("rollup", {"label": {"": key or take}}, options=options, key=key or take, **more)
    name = define.add_field(kind, draft, by=by).name
    return kind.fields[name]


def deals(organization: Any, by: User, *amounts: int, currency: str = "EUR", **values: Any) -> list[Any]:
    model = type_by_key("deals").model  # type: ignore[union-attr]  # it is there
    return [
        make(model, owner=by, organization=organization, amount=Amount(Decimal(one), currency), **values)
        for one in amounts
    ]


def test_related_records_are_counted_and_added_up_in_one_statement(kind: RecordType, by: User) -> None:
    fields: dict[str, Any] = {
        "count": rollup(kind, by, "count"), "sum": rollup(kind, by, "sum", "amount", is_listed=True),
        "big": rollup(kind, by, "count", where="amount > 150", key="big"),
        "min": rollup(kind, by, "min", "expected_on"), "max": rollup(kind, by, "max", "amount"),
        "latest": rollup(kind, by, "latest", "name"),
    }  # fmt: skip
    draft = Draft("formula", {"label": {"": "Mean"}}, options={"formula": "sum / count"}, key="mean")
    define.add_field(kind, draft, by=by)
    fields["mean"] = kind.fields["x_mean"]
    first, second, none = (make(kind.model, owner=by) for _number in range(3))
    deals(first, by, 100, 200, 300, name="Old", expected_on=date(2026, 5, 1))
    deals(first, by, 400, name="New", expected_on=date(2026, 4, 1))
    deals(second, by, 50)
    with CaptureQueriesContext(connection) as queries:
        assert work_out(kind, [first, second, none], by)
    assert len([one for one in queries if one["sql"].startswith("SELECT")]) <= 2, (
        "one for the limit, one for all"
    )
    eur = lambda number: Amount(Decimal(number), "EUR")  # noqa: E731
    assert {key: one.read(first) for key, one in fields.items()} == {
        "count": 4, "sum": eur(1000), "big": 3, "min": date(2026, 4, 1), "max": eur(400), "latest": "New",
        "mean": eur(250),
    }  # fmt: skip
    assert {key: one.read(none) for key, one in fields.items()} == {
        "count": 0, "sum": None, "big": 0, "min": None, "max": None, "latest": "", "mean": None,
    }  # fmt: skip
    rows = kind.visible_to(by)
    assert set(rows.filter(x_sum__gt=60)) == {first} and set(rows.filter(x_count=0)) == {none}
    assert set(rows.filter(x_mean__lt=60)) == {second}


def test_amounts_of_several_currencies_have_no_sum(kind: RecordType, by: User) -> None:
    whole = rollup(kind, by, "sum", "amount")
    record: Any = make(kind.model, owner=by)
    deals(record, by, 100)
    deals(record, by, 70, currency="USD")
    work_out(kind, [record], by)
    assert whole.read(record) is None


def test_what_the_reader_may_not_see_is_not_counted(kind: RecordType, by: User) -> None:
    count, whole = rollup(kind, by, "count"), rollup(kind, by, "sum", "amount")
    member = make_user(role="restricted")
    record: Any = make(kind.model, owner=member, by=by)
    secret = deals(record, by, 1000)
    deals(record, member, 10)
    for user, wanted in ((by, (2, 1010)), (member, (1, 10))):
        [row] = kind.visible_to(user).filter(pk=record.pk)
        work_out(kind, [row], user)
        assert (count.read(row), whole.read(row).number) == wanted
        assert kind.visible_to(user).filter(x_sum=1010).exists() == (user == by)
    delete_record(secret[0], by=by)
    [row] = kind.visible_to(by).filter(pk=record.pk)
    work_out(kind, [row], by)
    assert count.read(row) == 1


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"relation": "wheels"}, "relation"), ({"take": "median"}, "take"), ({"take": "sum", "of": "name"}, "of"),
        ({"take": "sum", "of": "wheels"}, "of"), ({"where": "wheels = 3"}, "where"), ({"take": "min"}, "of"),
    ],
)  # fmt: skip
def test_what_cannot_be_rolled_up_is_said_beside_it(
    options: dict[str, str], field: str, kind: RecordType, by: User
) -> None:
    said = {"relation": OF_DEALS, "take": "count", "of": "", **options}
    with pytest.raises(RuleError) as problem:
        define.add_field(kind, Draft("rollup", {"label": {"": "Sum"}}, options=said), by=by)
    assert list(problem.value.fields) == [field]


def test_circles_over_links_are_refused(kind: RecordType, by: User) -> None:
    other: Any = type_by_key("deals")
    rollup(kind, by, "sum", "amount", key="turnover")
    options = {"formula": "amount + organization.turnover"}
    define.add_field(other, Draft("formula", {"label": {"": "Share"}}, options=options, key="share"), by=by)
    assert uses.reads_of("deals", "x_share") == {
        "deals": frozenset({"amount", "organization"}), "organizations": frozenset({"x_turnover"}),
    }  # fmt: skip
    definition = CustomField.objects.get(key="turnover")
    options = {"relation": OF_DEALS, "take": "sum", "of": "x_share"}
    with pytest.raises(RuleError, match="round in a circle"):
        define.change_field(definition, Draft("rollup", definition.texts, options=options), by=by)
    assert schema.fields_of("organizations")["x_turnover"].kind == "money"


def test_pages_exports_and_programs_show_what_is_worked_out(
    client: Client, by: User, kind: RecordType
) -> None:
    one = rollup(kind, by, "sum", "amount", key="turnover", is_listed=True)
    record: Any = make(kind.model, owner=by, name="Nordhavn")
    deals(record, by, 1200, 34)
    client.force_login(by)
    for address in ("/organizations/", f"/organizations/{record.pk}/", f"/organizations/{record.pk}/peek/"):
        html = client.get(address).content.decode()
        assert "1,234" in html and "turnover" in html, address
    assert f'name="{one.name}' not in client.get(f"/organizations/{record.pk}/edit/").content.decode()
    assert client.get(f"/organizations/{record.pk}/field/{one.name}/").status_code == 404
    found = client.get(f"/organizations/?f={one.name}.min.1000").content.decode()
    assert "Nordhavn" in found
    assert "Nordhavn" not in client.get(f"/organizations/?f={one.name}.min.2000").content.decode()
    file = client.get("/organizations/export/file/?format=csv&fields=all")
    assert "1234" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    program = Program(by)
    said = program.get(f"organizations?f={one.name}.min.1000&fields={one.name}").json()["data"]
    assert said[0]["fields"] == {one.name: {"amount": "1234.00", "currency": "EUR"}}
    assert program.get(f"organizations?sort={one.name}").status_code == 422
    described = program.get("openapi.json").json()["components"]["schemas"]
    assert described["organizations"]["properties"]["fields"]["properties"][one.name]["readOnly"]
    assert one.name not in described["organizations_new"]["properties"]["fields"]["properties"]
    refused = program.patch(f"organizations/{record.pk}", {"fields": {one.name: None}})
    assert refused.status_code == 422


def test_fields_that_need_each_other_travel_as_a_file(kind: RecordType, by: User) -> None:
    rollup(kind, by, "count", key="many", where="amount > 5")
    for key, text in (("twice", "many * 2"), ("more", "twice + 1")):
        define.add_field(
            kind, Draft("formula", {"label": {"": key}}, options={"formula": text}, key=key), by=by
        )
    told = json.loads(transfer.write_file(kind))
    told["fields"].reverse()
    CustomField.objects.all().delete()
    schema.raise_version()
    assert transfer.apply(kind, json.dumps(told), by=by) == (3, 0)
    assert [step.act for step in transfer.plan(kind, transfer.write_file(kind))] == ["same"] * 3
    assert {"x_many", "x_twice", "x_more"} <= set(kind.fields)


def test_the_settings_page_adds_them_and_says_what_a_formula_gives(
    client: Client, by: User, kind: RecordType
) -> None:
    client.force_login(by)
    page = "/settings/fields/organizations/"
    make(kind.model, owner=by, name="Nordhavn")
    said = client.post(f"{page}formula/", {"formula": "upper(name)"}).content.decode()
    assert "Gives a text." in said and "NORDHAVN" in said
    assert "(character 1)" in client.post(f"{page}formula/", {"formula": "wheels"}).content.decode()
    added = {
        "kind": "rollup",
        "label": "Open",
        "related": f"{OF_DEALS} amount",
        "take": "sum",
    }
    assert client.post(f"{page}new/", added).status_code == 302
    one = CustomField.objects.get()
    assert one.options["result"] == "money" and "Roll-up: Money" in client.get(f"{page}{one.pk}/").text
    wrong = client.post(f"{page}new/", {"kind": "formula", "label": "Sum", "formula": "open +"})
    assert wrong.status_code == 422 and "Something is missing at the end" in wrong.content.decode()
    assert "open +</textarea>" in wrong.content.decode()


def test_which_records_count_is_built_on_a_page_of_its_own(
    client: Client, by: User, kind: RecordType
) -> None:
    client.force_login(by)
    page, added = "/settings/fields/organizations/", {"kind": "rollup", "label": "Big", "take": "count"}
    answer = client.post(f"{page}new/", {**added, "related": f"{OF_DEALS} ", "stay": "yes"})
    one = CustomField.objects.get()
    assert answer["Location"] == f"{page}{one.pk}/"
    make(type_by_key("deals").model, owner=by, amount=Amount(Decimal(20), "EUR"))  # type: ignore[union-attr]
    line = {"n": "0", "form-0": "condition", "field-0": "amount", "is-0": "over", "value-0": "10"}
    where = f"{page}{one.pk}/filter/where/"
    assert "Related record" in client.get(where).text  # the whole language of filters
    assert '<b class="t2">1</b> deal<' in client.post(f"{where}?preview=1", line).text
    assert client.post(where, {**line, "value-0": "much"}).status_code == 422
    assert client.post(where, line).status_code == 303
    one.refresh_from_db()
    assert one.options["where"] == {"all": [{"field": "amount", "is": "over", "value": "10"}]}
    assert "Amount is more than 10" in client.get(f"{page}{one.pk}/").text
    # the form of the field leaves it as it is; of other records it has to fit, or it is said
    change = {**added, "related": f"{OF_DEALS} amount", "take": "sum"}
    assert client.post(f"{page}{one.pk}/", change).status_code == 302
    one.refresh_from_db()
    assert one.options["where"] and one.options["take"] == "sum"
    others = client.post(f"{page}{one.pk}/", {**added, "related": "people:organization "})
    assert others.status_code == 422 and "There is no field “amount”" in others.text
    assert client.post(where, {"clear": "1"}).status_code == 303
    one.refresh_from_db()
    assert one.options["where"] == {}
    assert client.get(f"{page}{one.pk}/filter/visible/").status_code == 404  # nobody enters it


def test_who_may_not_see_what_it_reads_does_not_see_it(client: Client, by: User, kind: RecordType) -> None:
    whole, count = rollup(kind, by, "sum", "amount"), rollup(kind, by, "count")
    options = {"formula": "is_empty(organization) or amount > money(1, 'EUR')"}
    deal: Any = type_by_key("deals")
    define.add_field(deal, Draft("formula", {"label": {"": "Big"}}, options=options, key="big"), by=by)
    reader = make_user(role="member")
    for role in reader.roles.all():
        role.field_rights = {"deals": {"amount": "hidden"}}
        role.save()
    reader = User.objects.get(pk=reader.pk)
    mine, his = seen_by(kind, reader), seen_by(deal, reader)
    assert whole.name not in mine.fields and count.name in mine.fields
    assert "x_big" not in his.fields and "x_big" in deal.fields
    client.force_login(reader)
    make(kind.model, owner=reader, by=by)
    html = client.get(
        f"/organizations/?columns=name,{whole.name},{count.name}&f={whole.name}.min.1"
    ).content.decode()
    assert "There is no field" in html


def test_what_takes_too_long_is_said_and_breaks_no_list(
    client: Client, by: User, kind: RecordType, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = rollup(kind, by, "count", is_listed=True)
    make(kind.model, owner=by, name="Nordhavn")

    def slow(self: Any, name: str, reader: Any) -> Any:
        from django.db.models.expressions import RawSQL

        return RawSQL("select count(*) from generate_series(1, 100000000)", [])

    monkeypatch.setattr(type(one), "worked", slow)
    monkeypatch.setattr("rapport.kernel.custom.worked.bounded", lambda seconds: limits.bounded(0.05))
    client.force_login(by)
    html = client.get("/organizations/").content.decode()
    assert "Nordhavn" in html and "takes too long" in html


def test_lists_show_it_of_linked_records_and_group_by_what_is_entered(
    client: Client, by: User, kind: RecordType
) -> None:
    rollup(kind, by, "sum", "amount", key="turnover")
    record: Any = make(kind.model, owner=by)
    deals(record, by, 1200, 34)
    client.force_login(by)
    address = "/deals/?columns=name,amount,organization.x_turnover"
    assert client.get(address).content.decode().count("1,234") >= 2
    for least, count in (("1000", 2), ("2000", 0)):
        asked = quote(json.dumps({"field": "organization.x_turnover", "is": "min", "value": least}))
        assert len(Program(by).get(f"deals?filter={asked}&fields=name").json()["data"]) == count
    grouped = client.get("/organizations/?columns=name,x_turnover&by=owner")
    assert grouped.status_code == 200
