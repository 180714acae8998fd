"""Fields that are shown or needed when a condition holds: at every door, by the compiler of the lists."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.custom import conditions, define
from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.custom.models import CustomField
from rapport.kernel.fields import Amount
from rapport.kernel.lists.panels.test_builder import Form
from rapport.kernel.records import RuleError, create_records, save_record, update_records
from rapport.kernel.records.loading import Mold
from rapport.kernel.registry import RecordType, type_by_key
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


LINE = {"n": "0", "form-0": "condition", "field-0": "stage", "is-0": "any", "value-0": ["lead", "customer"]}
BUILT = {"all": [{"field": "stage", "is": "any", "value": "lead|customer"}]}


def place(by: User, **more: Any) -> tuple[CustomField, str]:
    add_custom_field(type_by_key(KIND), "text", by=by, key="self", **more)  # type: ignore[arg-type]
    one = CustomField.objects.get(key="self")
    return one, f"/settings/fields/{KIND}/{one.pk}/"


def test_a_condition_is_built_counted_said_in_words_and_comes_back_as_lines(client: Client, by: User) -> None:
    client.force_login(by)
    one, page = place(by)
    make(type_by_key(KIND).model, owner=by, stage="lead")  # type: ignore[union-attr]
    here = f"{page}filter/visible/"
    seen = client.post(f"{here}?preview=1", LINE).text
    assert '<b class="t2">1</b> person<' in seen and ">Stage is any of Lead, Customer<" in seen
    assert 'value="stage in (lead, customer)"' in seen
    assert client.post(here, LINE).status_code == 303
    one.refresh_from_db()
    assert one.conditions == {"visible": BUILT}
    assert (
        client.post(f"{page}filter/required/", {"typed": "city = Ulm", "typed-before": ""}).status_code == 303
    )
    editor = client.get(page).text
    assert "Stage is any of Lead, Customer" in editor and "City is Ulm" in editor
    form: dict[str, list[str]] = {}
    for name, value in Form(client.get(here).text.partition("data-filter-form")[2]).pairs:
        form.setdefault(name, []).append(value)
    assert form["field-0"] == ["stage"] and form["value-0"] == ["lead", "customer"]
    assert client.post(here, form).status_code == 303
    # what else is said of the field leaves its conditions alone
    assert client.post(page, {"kind": "text", "label": "Other"}).status_code == 302
    one.refresh_from_db()
    assert one.label == "Other" and one.conditions["visible"] == BUILT and len(one.conditions) == 2
    assert client.post(here, {**LINE, "clear": "1"}).status_code == 303
    one.refresh_from_db()
    assert list(one.conditions) == ["required"]


def test_a_new_field_is_added_on_the_way_to_its_condition(client: Client, by: User) -> None:
    client.force_login(by)
    said = {"kind": "text", "label": "Serial", "stay": "yes", "list": "f=stage.any.lead"}
    answer = client.post(f"/settings/fields/{KIND}/new/", said)
    one = CustomField.objects.get()
    assert answer["Location"] == f"/settings/fields/{KIND}/{one.pk}/?list=f%3Dstage.any.lead"
    assert f"/settings/fields/{KIND}/{one.pk}/filter/visible/" in client.get(answer["Location"]).text


def offered(html: str) -> dict[str, list[str]]:
    """The choices of each list in the lines."""
    found = re.findall(r'<select [^>]*name="([a-z]+-\d+)".*?</select>', html, re.S)
    lists = re.findall(r'<select [^>]*name="[a-z]+-\d+".*?</select>', html, re.S)
    return {name: re.findall(r'value="([^"]*)"', said) for name, said in zip(found, lists, strict=True)}


def test_what_cannot_be_in_a_condition_is_not_offered(client: Client, by: User, kind: RecordType) -> None:
    client.force_login(by)
    add_custom_field(kind, "number", by=by, key="wheels")
    add_field(kind, Draft("formula", {"label": {"": "Twice"}}, key="twice", options={"formula": "2"}), by=by)
    _one, page = place(by)
    here = f"{page}filter/visible/"
    html = client.get(here).text
    fields = offered(html)["field-0"]
    assert {"stage", "organization", "owner", "x_wheels"} <= set(fields)
    assert not {"x_self", "x_twice"} & set(fields) and not [name for name in fields if "." in name]
    assert "Related record" not in html and f'hx-get="{here}line/' in html
    line = client.get(f"{here}line/?line=0&about={KIND}&n=0&form-0=condition&field-0=owner&is-0=is").text
    assert offered(line)["is-0"] == ["any", "none", "empty", "filled"]
    assert '<option value="any" selected>' in line and 'class="err"' not in line
    line = client.get(f"{here}line/?line=0&about={KIND}&n=0&form-0=condition&field-0=changed_at").text
    assert not {"changed", "kept", "never"} & set(offered(line)["is-0"])
    assert 'name="join-7"' in client.get(f"{here}line/?line=7&about={KIND}&new=group").text
    typed = client.post(f"{here}?preview=1", {"typed": "city = Ulm", "typed-before": ""}).text
    assert f'hx-get="{here}line/' in typed and "/filter/line/?" not in typed.replace(f"{here}line/?", "")


def suggested(client: Client, page: str, said: str) -> list[str]:
    html = client.get(f"{page}complete/", {"said": said, "at": str(len(said))}).text
    return re.findall(r'data-insert="([^"]*)"', html)


def test_what_cannot_be_in_a_condition_is_not_suggested_where_it_is_typed(client: Client, by: User) -> None:
    client.force_login(by)
    _one, page = place(by)
    here = f"{page}filter/visible/"
    assert f'data-complete="{here}complete/"' in client.get(here).text
    assert "not " in suggested(client, here, "not")
    for word in ("has", "mine", "count", "sum", "latest"):
        assert not {word, f"{word} "} & set(suggested(client, here, word))
    assert suggested(client, here, "has dea") == suggested(client, here, "sum deals.am") == []
    assert "stage" in suggested(client, here, "stag") and suggested(client, here, "organization.ci") == []
    assert "x_self" not in suggested(client, here, "x_s")
    assert suggested(client, here, "stage ") and "never changed" not in suggested(client, here, "stage ")
    assert "= me" not in suggested(client, here, "owner ") and "=" in suggested(client, here, "owner ")
    assert (
        "me" not in suggested(client, here, "owner = ") and by.name in suggested(client, here, "owner = ")[0]
    )
    told = client.get(f"{here}complete/", {"said": "city = Ulm and has deals", "at": "24"}).text
    assert re.search(r'class="said bad".*own fields only', told) and "City is Ulm" not in told


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("has deals", "own fields only"), ("organization.city = Ulm", "own fields only"),
        ("x_self is empty", "cannot depend on itself"), ("owner = me", "not of who looks"),
        ("stage changed in last 3 days", "not of who looks"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_line_and_all_that_was_said_is_kept(
    typed: str, sentence: str, client: Client, by: User
) -> None:
    client.force_login(by)
    one, page = place(by)
    here, said = f"{page}filter/visible/", {"typed": f"city = Ulm and {typed}", "typed-before": ""}
    for answer in (client.post(here, said), client.post(f"{here}?preview=1", said)):
        lines = re.split(" data-line[ >]", answer.text)[1:]
        assert 'class="err"' not in lines[0] and 'value="Ulm"' in lines[0]
        assert re.search(rf'class="err">[^<]*{sentence}', lines[1])
    one.refresh_from_db()
    assert one.conditions == {}
    unread = client.post(here, {"typed": "city = ", "typed-before": ""})
    assert unread.status_code == 422 and 'name="typed" value="city = "' in unread.text
    assert (
        "Expected a value" in client.post(f"{here}?preview=1", {"typed": "city = ", "typed-before": ""}).text
    )


def test_a_condition_on_a_field_that_is_no_more_is_told_and_can_be_put_right(
    client: Client, by: User
) -> None:
    client.force_login(by)
    one, page = place(by)
    CustomField.objects.filter(pk=one.pk).update(
        conditions={"visible": {"all": [{"field": "x_gone", "is": "is", "value": "1"}]}}
    )
    assert "There is no field" in client.get(f"{page}filter/visible/").text
    # the other one is none of its business
    assert client.post(f"{page}filter/required/", LINE).status_code == 303
    assert client.post(page, {"kind": "text", "label": "Other"}).status_code == 302
    assert client.post(f"{page}filter/visible/", LINE).status_code == 303
    one.refresh_from_db()
    assert one.conditions == {"visible": BUILT, "required": BUILT}
    for address in (f"{page}filter/where/", f"{page}filter/nonsense/", f"{page}filter/nonsense/line/"):
        assert client.get(address).status_code == 404
