"""Fields that are shown or needed when a condition holds: at every door, by the compiler of the lists."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.custom import conditions, define
from rapport.kernel.custom.models import CustomField
from rapport.kernel.fields import Amount
from rapport.kernel.records import RuleError, create_records, save_record, update_records
from rapport.kernel.records.loading import Mold
from rapport.kernel.registry import RecordType
from rapport.kernel.testing import make
from rapport.kernel.testing.custom_fields import add_custom_field

pytestmark = pytest.mark.django_db
KIND = "people"


def test_a_field_is_needed_at_every_door_when_its_condition_holds(by: User, kind: RecordType) -> None:
    one = add_custom_field(kind, "text", by=by, conditions={"required": "stage = customer"})
    lead: Any = make(kind.model, owner=by, stage="lead")
    sentence = "Own text is needed when Stage is Customer."
    with pytest.raises(RuleError) as problem:
        save_record(lead, {"stage": "customer"}, by=by)
    assert problem.value.fields == {one.name: sentence}
    with pytest.raises(RuleError, match=sentence):
        update_records(kind, [lead.pk], {"stage": "customer"}, by=by)
    with pytest.raises(RuleError, match=sentence):
        create_records(kind, [{"name": "Kim", "stage": "customer"}], by=by)
    with pytest.raises(RuleError, match=sentence):
        Mold(kind).record({"name": "Kim", "stage": "customer"}, by=by)
    Mold(kind).record({"name": "Kim", "stage": "lead"}, by=by)
    save_record(lead, {"stage": "customer", one.name: "K-1"}, by=by)
    with pytest.raises(RuleError, match=sentence):
        save_record(lead, {one.name: ""}, by=by)
    save_record(lead, {"source": "fair"}, by=by)


def test_what_was_there_before_the_condition_is_asked_only_when_it_is_touched(
    by: User, kind: RecordType
) -> None:
    old: Any = make(kind.model, owner=by, stage="customer")
    add_custom_field(kind, "text", by=by, conditions={"required": "stage = customer"})
    save_record(old, {"source": "fair"}, by=by)
    save_record(old, {"stage": "lead"}, by=by)


def test_a_field_that_is_not_shown_is_not_asked_for(by: User, kind: RecordType) -> None:
    one = add_custom_field(kind, "text", by=by, required=True, conditions={"visible": "stage = customer"})
    record: Any = make(kind.model, owner=by, stage="lead", **{one.name: ""})
    with pytest.raises(RuleError, match="needed"):
        save_record(record, {"stage": "customer"}, by=by)
    assert conditions.state_of(kind, record).hidden == {one.name}
    record.stage = "customer"
    assert conditions.state_of(kind, record) == conditions.AS_USUAL


@pytest.mark.parametrize(
    ("said", "value", "other"),
    [
        ("x_number > 5", 7, 3), ("x_choice = red", "red", "blue"), ("x_yesno = yes", True, False),
        ("x_date is empty", None, "2026-02-01"), ("x_text ~ bike", "Cargo Bike", "car"),
        ("x_money >= 100", Amount(Decimal(100), "EUR"), Amount(Decimal(99), "EUR")),
        ("x_choices in (red)", ["red", "blue"], ["blue"]), ("x_number between 1 and 2 or not x_number < 9", 9, 5),
    ],
)  # fmt: skip
def test_conditions_mean_what_they_mean_in_lists(
    said: str, value: Any, other: Any, by: User, kind: RecordType
) -> None:
    name = said.split()[0]
    add_custom_field(kind, name.removeprefix("x_"), by=by, key=name.removeprefix("x_"))
    one = add_custom_field(kind, "longtext", by=by, key="story", conditions={"visible": said})
    record: Any = kind.new()
    field = kind.fields[name]
    from rapport.kernel.fields import Context

    for given, is_shown in ((value, True), (other, False)):
        field.write(record, field.parse(given, Context(by)) if isinstance(given, str) else given)
        assert (one.name not in conditions.state_of(kind, record).hidden) == is_shown, given


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("has deals", "record's own fields only"), ("organization.city = Berlin", "record's own fields only"),
        ("x_self is empty", "cannot depend on itself"), ("is mine", "not of who looks"),
        ("stage changed in last 3 days", "not of who looks or of its past"), ("color = red", "have no field “color”"),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_one_is_refused_with_a_sentence(
    said: str, sentence: str, by: User, kind: RecordType
) -> None:
    add_custom_field(kind, "text", by=by, key="self")
    one = CustomField.objects.get(key="self")
    with pytest.raises(RuleError, match=sentence):
        define.change_field(one, define.Draft("text", one.texts, conditions={"visible": said}), by=by)


def test_forms_and_record_pages_obey(client: Client, by: User, kind: RecordType) -> None:
    one = add_custom_field(
        kind, "text", by=by, conditions={"visible": "stage = customer", "required": "stage = customer"}
    )
    record: Any = make(kind.model, owner=by, stage="lead")
    client.force_login(by)
    page = f"/people/{record.pk}/"
    assert f"field-{one.name}" not in client.get(page).content.decode()
    assert client.get(f"{page}field/{one.name}/").status_code == 404
    form = client.get(f"{page}edit/").content.decode()
    assert f'data-when="{one.name}" hidden' in form
    # The form asks while it is being filled in, and what is not shown is not written.
    said = client.post("/people/conditions/", {"conditions_of": record.pk, "stage": "customer"}).json()
    assert one.name in said["needed"] and said["hidden"] == []
    saved = client.post(f"{page}edit/", {"was": "{}", "stage": "lead", one.name: "not now"})
    assert saved.status_code == 303
    record.refresh_from_db()
    assert one.read(record) == ""
    again = client.post(f"{page}edit/", {"was": "{}", "stage": "customer", one.name: ""})
    assert again.status_code == 422
    assert "is needed when Stage is Customer" in again.content.decode()
    # In its place the editor asks for what has become needed, too.
    editor = client.post(
        f"{page}field/stage/", {"was": "{}", "stage": "customer"}, headers={"HX-Request": "true"}
    )
    assert editor.status_code == 422 and f'name="{one.name}"' in editor.content.decode()
    values = {"was": "{}", "stage": "customer", one.name: "K-7", "also": one.name}
    assert client.post(f"{page}field/stage/", values, headers={"HX-Request": "true"}).status_code == 200
    record.refresh_from_db()
    assert (record.stage, one.read(record)) == ("customer", "K-7")
