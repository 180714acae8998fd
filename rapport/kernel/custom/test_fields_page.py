"""The settings page "Fields": administrators add, change, order, remove and carry fields."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rapport.accounts.models import Role, Territory, User
from rapport.api.testing import make_webhook
from rapport.kernel.custom import conversion, jobs
from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.custom.models import CustomField
from rapport.kernel.filters import Condition, to_json
from rapport.kernel.records import save_record
from rapport.kernel.registry import RecordType, types
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.custom_fields import KINDS, add_custom_field
from rapport.kernel.testing.known import kind_of
from rapport.kernel.views.models import View
from rapport.parties.life_cycle.models import LifeCycleRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> User:
    user = make_user(role="administrator")
    client.force_login(user)
    return user


@pytest.fixture
def kind() -> RecordType:
    return next(one for one in types() if one.key == "deals")


def test_a_field_is_added_and_stands_everywhere_at_once(
    client: Client, admin: User, kind: RecordType
) -> None:
    said = {
        "label": "Bike color",
        "kind": "choice",
        "choices_new": "Red\nBlue\n",
        "is_listed": "yes",
        "is_indexed": "yes",
    }
    answer = client.post(reverse("custom_field_new", args=[kind.key]), said)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    one = CustomField.objects.get(key="bike_color")
    assert [row["label"] for row in one.choices()] == ["Red", "Blue"] and one.index_state == "ready"
    for address in (
        f"/{kind.key}/",
        f"/{kind.key}/new/",
        f"/{kind.key}/filter/",
        reverse("custom_fields_of", args=[kind.key]),
    ):
        assert "Bike color" in client.get(address).content.decode(), address


def test_a_field_is_changed_and_a_used_choice_is_offered_no_more(
    client: Client, admin: User, kind: RecordType
) -> None:
    field = add_custom_field(kind, "choice", by=admin)
    record = make(kind.model, owner=admin, **{field.name: "red"})
    one = CustomField.objects.get(type=kind.key)
    page = client.get(reverse("custom_field", args=[kind.key, one.pk])).content.decode()
    assert "Red" in page and page.count("100 %") > 1  # how many records have a value, of built-in fields too
    said = {
        "label": "Hue", "kind": "choice", "choice": ["blue", "red"], "choice_label-red": "Red",
        "choice_label-blue": "Navy", "choice_hue-blue": "sky", "choice_offered-blue": "yes", "choices_new": "Green",
    }  # fmt: skip
    answer = client.post(reverse("custom_field", args=[kind.key, one.pk]), said)
    assert answer.status_code == 302
    field = kind.fields[field.name]
    assert field.label == "Hue" and [key for key, _label in field.options()] == ["blue", "green"]
    assert "Red" in client.get(record.get_absolute_url()).content.decode()


def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    client: Client, admin: User, kind: RecordType
) -> None:
    said = {"label": "Kept label", "kind": "choice", "choices_new": ""}
    answer = client.post(reverse("custom_field_new", args=[kind.key]), said)
    html = answer.content.decode()
    assert answer.status_code == 422 and "Give at least one choice." in html and "Kept label" in html
    again = {"choice": "matt_red", "choice_label-matt_red": "Matt red", "choice_offered-matt_red": "yes"}
    client.post(reverse("custom_field_new", args=[kind.key]), {**said, **again})  # as the form came back
    assert [row["label"] for row in CustomField.objects.get(type=kind.key).choices()] == ["Matt red"]
    answer = client.post(
        reverse("custom_field_new", args=[kind.key]), {"label": "N", "kind": "number", "lowest": "abc"}
    )
    assert answer.status_code == 422 and "This is not a number." in answer.content.decode()


def test_removing_tells_what_is_lost_and_is_taken_back(client: Client, admin: User, kind: RecordType) -> None:
    field = add_custom_field(kind, "text", by=admin)
    record = make(kind.model, owner=admin, **{field.name: "Saddle"})
    one = CustomField.objects.get(type=kind.key)
    address = reverse("custom_field_remove", args=[kind.key, one.pk])
    html = client.get(address).content.decode()
    assert "1 record has a value" in html and "Saddle" in html
    assert client.post(address).status_code in (204, 303)
    assert field.name not in kind.fields
    assert f'name="{field.name}' not in client.get(f"/{kind.key}/new/").content.decode()
    client.post(reverse("custom_field_restore", args=[kind.key, one.pk]))
    assert "Saddle" in client.get(record.get_absolute_url()).content.decode()


def test_what_names_a_field_is_told_before_it_goes_or_changes(client: Client, admin: User) -> None:
    people = kind_of("people")
    field, other = add_custom_field(people, "text", by=admin), "source"
    one = CustomField.objects.get(type="people")

    def where(name: str) -> dict[str, Any]:
        return to_json(Condition(name, "is", "Saddle"))

    far = where(f"organization.{field.name}")  # a field of another type with the same name
    View.objects.create(type="people", name="Of <b>saddles</b>", owner=admin, filter=where(field.name))
    View.objects.create(type="people", name="Shows it", owner=admin, columns=["name", field.name])
    View.objects.create(type="people", name="Other view", owner=admin, filter=where(other))
    View.objects.create(type="people", name="Far view", owner=admin, filter=far)
    Role.objects.create(key="riders", name="Riders", rules={"people": {"read": where(field.name)}})
    Territory.objects.create(name="South", filters={"people": where(field.name)})
    LifeCycleRule.objects.create(name="Rides", type="people", to_stage="lead", where=where(field.name))
    webhook = make_webhook(admin)
    webhook.filter = where(field.name)
    webhook.save()
    removal = client.get(reverse("custom_field_remove", args=["people", one.pk])).text
    conversion_page = client.get(reverse("custom_field_kind", args=["people", one.pk]) + "?kind=number").text
    editor = client.get(reverse("custom_field", args=["people", one.pk])).text
    assert "Used in 6 places" in editor
    for html in (removal, conversion_page, editor):
        said = ["View: Of &lt;b&gt;saddles", "View: Shows it", "Role: Riders", "Territory: South"]
        said += ["Rule of the life cycle: Rides", "Webhook: ERP"]
        assert [words for words in said if words not in html] == []
        assert "Other view" not in html and "Far view" not in html


def test_a_role_that_names_a_field_is_called_as_its_reader_calls_it(client: Client, admin: User) -> None:
    field = add_custom_field(kind_of("people"), "text", by=admin)
    where = to_json(Condition(field.name, "is", "Saddle"))
    Role.objects.filter(key="restricted").update(rules={"people": {"read": where}})
    User.objects.filter(pk=admin.pk).update(language="de")
    removal = reverse("custom_field_remove", args=["people", CustomField.objects.get().pk])
    assert "Eingeschränktes Mitglied" in client.get(removal).text


def test_another_kind_shows_what_is_lost_and_is_taken_back(
    client: Client, admin: User, kind: RecordType
) -> None:
    field = add_custom_field(kind, "text", by=admin)
    good = make(kind.model, owner=admin, **{field.name: "12.5"})
    bad = make(kind.model, owner=admin, **{field.name: "about ten"})
    one = CustomField.objects.get(type=kind.key)
    address = reverse("custom_field_kind", args=[kind.key, one.pk])
    html = client.get(f"{address}?kind=number").content.decode()
    assert "1 value would be lost" in html and "about ten" in html
    client.post(address, {"kind": "number"})
    number = kind.fields[field.name]
    assert number.kind == "number"
    fresh = {key: number.read(kind.model.objects.get(pk=key)) for key in (good.pk, bad.pk)}
    assert str(fresh[good.pk]) == "12.50" and fresh[bad.pk] is None
    assert list(kind.model.objects.filter(x_own_text__gt=12)) == [good]
    client.post(address, {"take_back": "yes"})
    text = kind.fields[field.name]
    assert text.kind == "text" and text.read(kind.model.objects.get(pk=bad.pk)) == "about ten"


def test_another_kind_is_refused_where_each_value_stands_once_and_would_not(
    client: Client, admin: User, kind: RecordType, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = add_custom_field(kind, "text", by=admin, unique=True)
    for said in ("1", "1.0"):
        make(kind.model, owner=admin, **{field.name: said})
    one = CustomField.objects.get(type=kind.key)
    address = reverse("custom_field_kind", args=[kind.key, one.pk])
    answer = client.post(address, {"kind": "number"})
    assert answer.status_code == 422 and "would become the same" in answer.content.decode()
    assert kind.fields[field.name].kind == "text"
    seen = client.get(f"{address}?kind=number").content.decode()
    assert "these would become the same" in seen and "Change the type" not in seen  # told before, too
    monkeypatch.setattr(conversion, "AT_ONCE", 1)  # so many that a job does it
    assert client.post(address, {"kind": "number"}).status_code == 303
    field_page = reverse("custom_field", args=[kind.key, one.pk])
    assert "its values are being converted to “Number”" in client.get(field_page).content.decode()
    jobs.convert(field_id=str(one.pk), kind="number", by=str(admin.pk))
    html = client.get(field_page).content.decode()
    words = ("It has not become “Number”", "e.g. “1", "Nothing was changed", "type not changed")
    assert [said for said in words if said not in html] == []
    assert kind.fields[field.name].kind == "text"
    monkeypatch.undo()
    client.post(address, {"kind": "choice"})
    assert "It has not become" not in client.get(field_page).content.decode()
    for _number in range(2):  # which choices allow
        make(kind.model, owner=admin, **{field.name: "field_1"})
    answer = client.post(address, {"take_back": "yes"})
    assert answer.status_code == 422 and "several records" in answer.content.decode()


def test_a_kind_that_others_need_is_not_taken_back(client: Client, admin: User, kind: RecordType) -> None:
    field = add_custom_field(kind, "text", by=admin)
    one = CustomField.objects.get(type=kind.key)
    address = reverse("custom_field_kind", args=[kind.key, one.pk])
    client.post(address, {"kind": "number"})
    options = {"formula": f"{field.name} * 2"}
    add_field(kind, Draft("formula", {"label": {"": "Twice"}}, options=options), by=admin)
    answer = client.post(address, {"take_back": "yes"})
    assert answer.status_code == 422 and "“Twice”" in answer.content.decode()


def test_text_becomes_choices(client: Client, admin: User, kind: RecordType) -> None:
    field = add_custom_field(kind, "text", by=admin)
    record = make(kind.model, owner=admin, **{field.name: "Dark red"})
    one = CustomField.objects.get(type=kind.key)
    client.post(reverse("custom_field_kind", args=[kind.key, one.pk]), {"kind": "choice"})
    choice = kind.fields[field.name]
    assert choice.text(choice.read(kind.model.objects.get(pk=record.pk))) == "Dark red"


def test_the_page_says_whose_fields_these_are_and_how_many_records_have_them(
    client: Client, admin: User, kind: RecordType
) -> None:
    make(kind.model, owner=admin)
    make(kind.model, owner=admin)
    html = client.get(reverse("custom_fields_of", args=[kind.key])).text
    bar = html[html.index('<header class="bar">') : html.index('<div class="objg')]
    assert 'href="/settings/fields/">Fields</a>' in bar and 'href="/deals/">2 records</a>' in bar
    assert ">Deals<" in bar and "Built in" in bar
    assert f'Deals<span class="count">{len(kind.fields)}</span></a>' in html


def test_fields_are_put_in_order(client: Client, admin: User, kind: RecordType) -> None:
    for key in ("first", "second"):
        add_custom_field(kind, "text", by=admin, key=key)
    one, two = CustomField.objects.filter(type=kind.key)
    client.post(
        reverse("custom_fields_of", args=[kind.key]),
        {"order": [str(one.pk), str(two.pk)], "act": f"down:{one.pk}"},
    )
    assert [name for name in kind.fields if name.startswith("x_")] == ["x_second", "x_first"]


def test_fields_move_to_another_installation_as_a_file(client: Client, admin: User, kind: RecordType) -> None:
    add_custom_field(kind, "choice", by=admin, required=True, default="red")
    address = reverse("custom_fields_file", args=[kind.key])
    text = client.get(address).content.decode()
    CustomField.objects.all().delete()
    html = client.post(address, {"file": SimpleUploadedFile("f.json", text.encode())}).content.decode()
    assert "is added" in html
    client.post(address, {"text": text, "sure": "yes"})
    one = CustomField.objects.get(type=kind.key)
    assert (one.kind, one.required, one.default) == ("choice", True, {"x_own_choice": "red"})
    assert (
        "is the same here"
        in client.post(address, {"file": SimpleUploadedFile("f.json", text.encode())}).content.decode()
    )


@pytest.mark.parametrize(
    "said", ["", "[]", "{", json.dumps({"rapport": "fields", "form": 1, "fields": [3]}), '{"rapport":"x"}']
)
def test_other_files_are_refused_with_a_sentence(
    said: str, client: Client, admin: User, kind: RecordType
) -> None:
    answer = client.post(reverse("custom_fields_file", args=[kind.key]), {"text": said})
    assert answer.status_code == 422 and "not a file of fields" in answer.content.decode()


HOSTILE_FIELDS: list[dict[str, Any]] = [
    {"kind": "number", "options": {"decimals": "abc"}},
    {"kind": "number", "options": {"decimals": 9999}},
    {"kind": "number", "options": {"lowest": "NaN"}},
    {"kind": "choice", "options": {"choices": "abc"}},
    {"kind": "choice", "options": {"choices": [1]}},
    {"kind": "choice", "options": {"choices": [{"key": "a|b", "label": "A"}]}},
    {"kind": "choice", "options": {"choices": [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}]}},
    {"kind": "autonumber", "options": {"digits": 1_000_000_000}},
    {"options": {"longest": "abc"}},
    {"texts": {"label": {"": "\ud800"}}},
]


@pytest.mark.parametrize("said", HOSTILE_FIELDS, ids=range(len(HOSTILE_FIELDS)))
def test_a_file_that_says_what_no_field_can_be_is_refused(
    said: dict[str, Any], client: Client, admin: User, kind: RecordType
) -> None:
    one = {"key": "odd", "kind": "text", "texts": {"label": {"": "Odd"}}} | said
    text = json.dumps({"rapport": "fields", "form": 1, "fields": [one]})
    answer = client.post(reverse("custom_fields_file", args=[kind.key]), {"text": text, "sure": "yes"})
    assert answer.status_code == 422 and not CustomField.objects.exists()


@pytest.mark.parametrize("default", [5, "x", {"name": "other"}, {"x_odd": ["a"]}, {"x_odd": "\x00ok"}])
def test_a_default_of_a_file_breaks_nothing(
    default: Any, client: Client, admin: User, kind: RecordType
) -> None:
    one = {
        "key": "odd",
        "kind": "text",
        "texts": {"label": {"": "Odd\x00"}},
        "group": "A\x00",
        "default": default,
    }
    text = json.dumps({"rapport": "fields", "form": 1, "fields": [one]})
    client.post(reverse("custom_fields_file", args=[kind.key]), {"text": text, "sure": "yes"})
    assert CustomField.objects.get().default in (None, {"x_odd": "ok"})
    assert make(kind.model, owner=admin).custom in ({}, {"x_odd": "ok"})


@pytest.mark.parametrize("field_kind", KINDS)
def test_the_editor_opens_for_every_kind(
    field_kind: str, client: Client, admin: User, kind: RecordType
) -> None:
    add_custom_field(kind, field_kind, by=admin)
    one = CustomField.objects.get(type=kind.key)
    assert client.get(reverse("custom_field", args=[kind.key, one.pk])).status_code == 200
    for other in conversion.kinds_for(one):
        assert (
            client.get(reverse("custom_field_kind", args=[kind.key, one.pk]) + f"?kind={other}").status_code
            == 200
        )


def test_only_administrators_come_here(client: Client, kind: RecordType) -> None:
    field = add_custom_field(kind, "text", by=make_user(role="administrator"))
    one = CustomField.objects.get(key=field.name[2:])
    client.force_login(make_user(role="member"))
    pages: list[Any] = [
        ("custom_fields", []),
        ("custom_fields_of", [kind.key]),
        ("custom_field_new", [kind.key]),
    ]
    pages += [
        (name, [kind.key, one.pk]) for name in ("custom_field", "custom_field_remove", "custom_field_kind")
    ]
    for name, arguments in pages:
        assert client.get(reverse(name, args=arguments)).status_code == 404, name


def test_a_needed_field_is_asked_of_new_records_and_not_of_every_edit(admin: User, kind: RecordType) -> None:
    old = make(kind.model, owner=admin)
    add_custom_field(kind, "text", by=admin, key="needed", required=True)
    assert save_record(old, {"source": "fair"}, by=admin).source == "fair"
    with pytest.raises(Exception, match="Own text is needed"):
        save_record(kind.new(), {"name": "New"}, by=admin)


def test_who_misses_a_field_in_the_columns_of_a_list_adds_it_and_comes_back_to_the_list_with_it(
    client: Client, admin: User, kind: RecordType
) -> None:
    make(kind.model, owner=admin)
    chooser = client.get(f"/{kind.key}/columns/?sort=name&columns=name,amount").content.decode()
    link = re.search(r'href="([^"]+/new/[?]list=[^"]+)"', chooser)
    assert link is not None
    form = client.get(unescape(link[1])).content.decode()
    said = re.search(r'name="list" value="([^"]*)"', form)
    assert said is not None
    list_query = unescape(said[1])
    assert f'href="/{kind.key}/?{said[1]}"' in form  # Cancel leads back as well
    new = reverse("custom_field_new", args=[kind.key])
    wrong = client.post(new, {"kind": "text", "label": "", "list": list_query})
    assert wrong.status_code == 422 and f'name="list" value="{said[1]}"' in wrong.content.decode()
    done = client.post(new, {"kind": "text", "label": "Frame number", "list": list_query})
    assert done.url.startswith(f"/{kind.key}/?") and "sort=name" in done.url  # type: ignore[attr-defined]
    table = client.get(done.url).content.decode()  # type: ignore[attr-defined]
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', table)
    assert [one.strip() for one in heads] == ["Name", "Amount", "Frame number"]


def test_only_administrators_are_led_from_the_columns_to_a_new_field(
    client: Client, admin: User, kind: RecordType
) -> None:
    assert "New field on Deals" in client.get(f"/{kind.key}/columns/").content.decode()
    client.force_login(make_user(role="member"))
    assert "New field" not in client.get(f"/{kind.key}/columns/").content.decode()
