"""The form of a record: what is typed is kept, only what was changed is written, sentences say what is wrong."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from rapport.accounts.models import User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.records import save_record
from rapport.kernel.testing import make
from rapport.parties.models import ContactPoint, Organization, Person
from rapport.sales.models import Deal

pytestmark = pytest.mark.django_db
HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "\"' onfocus='alert(1)",
    "a\x00b",
    "🦄 שלום \u202eevil",
    "=1+1|cmd",
    "{{ 7*7 }} {% raw %}",
]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What one test reads in German does not stay for the next."""
    with translation.override("en"):
        yield


@pytest.fixture
def page(client: Client, member: User) -> Client:
    client.force_login(member)
    return client


def marks(html: str) -> dict[str, str]:
    """The hidden fields that every form carries."""
    found = re.findall(r'<input type="hidden" name="(version|was)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in found}


def sent(page: Client, address: str, **values: object) -> object:
    html = page.get(address).content.decode()
    return page.post(address, {**marks(html), **values})


def test_an_email_alone_makes_a_person(page: Client, member: User) -> None:
    answer = page.post(
        "/people/new/",
        {"email": "ada.lovelace@example.com"},
        headers={"HX-Request": "true", "Rapport-Dialog": "1"},
    )
    person = Person.objects.get()
    assert answer.headers["HX-Redirect"] == f"/people/{person.pk}/"
    assert (person.name, person.is_name_guessed, person.owner) == ("Ada Lovelace", True, member)


def test_nothing_at_all_gets_a_sentence_and_no_record(page: Client) -> None:
    answer = page.post("/people/new/", {"name": "", "email": ""})
    assert answer.status_code == 422
    assert "Give a name or an e-mail address." in answer.content.decode()
    assert not Person.objects.exists()


def test_wrong_values_are_marked_and_all_input_is_kept(page: Client) -> None:
    answer = page.post(
        "/people/new/", {"name": "Ada", "email": "no mail", "birthday": "soon", "about": "Line\nLine"}
    )
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "“no mail” is not an e-mail address." in html
    assert "“soon” is not a date." in html
    assert 'value="no mail"' in html and "Line\nLine" in html and 'value="Ada"' in html
    assert not Person.objects.exists()


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_input_is_escaped_when_refused_and_when_saved(page: Client, said: str) -> None:
    fields = (
        "name",
        "given_name",
        "position",
        "about",
        "email",
        "phone",
        "website",
        "birthday",
        "stage",
        "organization_text",
        "tags",
        "employees",
    )
    refused = page.post("/people/new/", dict.fromkeys(fields, said)).content.decode()
    assert (
        "<script>alert" not in refused
        and "onerror=alert(2)>" not in refused
        and "onfocus='alert" not in refused
    )
    page.post("/people/new/", {"name": said, "about": said, "position": said})
    person = Person.objects.get()
    assert person.about == re.sub("[\x00\u202a-\u202e]", "", said).strip()
    for address in (person.get_absolute_url(), f"/people/{person.pk}/edit/", f"/people/{person.pk}/peek/"):
        html = page.get(address).content.decode()
        assert "<script>alert" not in html and "onerror=alert(2)>" not in html and "49" not in person.position


def test_ten_megabytes_of_text_get_a_sentence(page: Client) -> None:
    answer = page.post("/people/new/", {"name": "Ada", "about": "x" * 10_000_000})
    assert answer.status_code == 422
    assert "This text has 10000000 characters" in answer.content.decode()


def test_numbers_dates_and_money_are_read_in_the_users_language(page: Client, member: User) -> None:
    member.language = "de"
    member.save()
    deal = make(Deal, owner=member)
    sent(page, f"/deals/{deal.pk}/edit/", amount="1.234,50", amount_currency="CHF", expected_on="31.12.2027")
    deal.refresh_from_db()
    assert (str(deal.amount), deal.amount_currency, deal.expected_on.isoformat()) == (
        "1234.50",
        "CHF",
        "2027-12-31",
    )


def test_only_what_was_changed_is_written(page: Client, member: User) -> None:
    person = make(Person, owner=member, name="Ada", position="Engineer")
    address = f"/people/{person.pk}/edit/"
    html = page.get(address).content.decode()
    save_record(Person.objects.get(pk=person.pk), {"position": "Boss"}, by=member)
    answer = page.post(address, {**marks(html), "name": "Ada L.", "position": "Engineer"})
    assert answer.status_code == 303
    person.refresh_from_db()
    assert (person.name, person.position) == ("Ada L.", "Boss")


def test_two_editors_of_one_field_see_both_values_and_choose(page: Client, member: User) -> None:
    person = make(Person, owner=member, name="Ada", position="Engineer")
    address = f"/people/{person.pk}/edit/"
    html = page.get(address).content.decode()
    save_record(Person.objects.get(pk=person.pk), {"position": "Boss"}, by=member)
    answer = page.post(address, {**marks(html), "name": "Ada", "position": "Chief", "source": "Fair"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "<b>Boss</b>" in html and "<b>Chief</b>" in html and 'value="Fair"' in html
    person.refresh_from_db()
    assert (person.position, person.source) == ("Boss", "")
    page.post(
        address,
        {**marks(html), "name": "Ada", "position": "Chief", "source": "Fair", "position_theirs": "yes"},
    )
    person.refresh_from_db()
    assert (person.position, person.source) == ("Boss", "Fair")
    page.post(address, {**marks(html), "name": "Ada", "position": "Chief"})
    person.refresh_from_db()
    assert person.position == "Chief"


PICKED = ("checkbox", "radio")


def point_rows(html: str) -> dict[str, str]:
    """The rows of contact points as the form shows them, whether a value stands in an input or in a select."""
    inputs = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall("<input ([^>]*)>", html)]
    said = {
        one["name"]: one.get("value", "") for one in inputs if "name" in one and one.get("type") not in PICKED
    }
    for tag, options in re.findall("<select ([^>]*)>(.*?)</select>", html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        said[dict(re.findall(r'([\w-]+)="([^"]*)"', tag))["name"]] = chosen[1] if chosen else ""
    return {key: unescape(value) for key, value in said.items() if re.match(r"contact_points-(\d|c)", key)}


def row_of(rows: dict[str, str], value: str) -> str:
    return next(key for key, said in rows.items() if said == value).removesuffix("value")


def test_two_editors_of_contact_points_lose_nothing_and_choose(page: Client, member: User) -> None:
    person = make(Person, owner=member, name="Ada")
    for value in ("kept@example.com", "both@example.com", "gone@example.com", "taken@example.com"):
        row = {"kind": "email", "value": value}
        save_record(Person.objects.get(pk=person.pk), {}, by=member, parts={"contact_points": [row]})
    address = f"/people/{person.pk}/edit/"
    points = {one.value.split("@")[0]: str(one.pk) for one in person.contact_points.all()}
    html = page.get(address).content.decode()
    rows = point_rows(html)
    elsewhere = [{"id": points["kept"], "value": "newer@example.com"}, {"id": points["both"], "value": "a@example.com"},
                 {"id": points["gone"], "remove": True}, {"id": points["taken"], "value": "b@example.com"}]  # fmt: skip
    save_record(Person.objects.get(pk=person.pk), {}, by=member, parts={"contact_points": elsewhere})
    mine = rows | {row_of(rows, "both@example.com") + "value": "c@example.com"}
    mine |= {row_of(rows, "gone@example.com") + "value": "d@example.com"}
    mine |= {row_of(rows, "taken@example.com") + "remove": "yes"}
    answer = page.post(address, {**marks(html), **mine})
    html = answer.content.decode()
    assert answer.status_code == 409 and html.count('class="clash2"') == 3
    for said in ("<b>a@example.com</b>", "<b>c@example.com</b>", "<b>d@example.com</b>", "<b>Removed</b>"):
        assert said in html
    assert "Changed by others meanwhile and kept: Contact points" in html

    rows = point_rows(html)
    choice = {
        f"{row_of(rows, 'c@example.com')[:-1]}_theirs": "yes",
        f"{row_of(rows, 'd@example.com')[:-1]}_theirs": "",
    }
    taken = row_of(rows, "b@example.com")
    answer = page.post(address, {**marks(html), **rows, **choice, f"{taken}remove": "yes"})
    assert answer.status_code == 303
    stand = {one.value for one in person.contact_points.all()}
    assert stand == {"newer@example.com", "a@example.com", "d@example.com"}


def test_saving_without_a_change_writes_nothing(page: Client, member: User) -> None:
    person = make(Person, owner=member, name="Ada", email="ada@example.com", phone="+4930901820", tags=["a"])
    address = f"/people/{person.pk}/edit/"
    before = ChangeSet.objects.count()
    values = {
        "name": "Ada",
        "email": "ada@example.com",
        "phone": "030 901820",
        "tags": ["a"],
        "stage": person.stage,
    }
    assert sent(page, address, **values).status_code == 303
    assert ChangeSet.objects.count() == before


def test_rows_are_added_and_removed_without_a_script_and_typed_input_stays(page: Client) -> None:
    answer = page.post("/people/new/", {"name": "Ada", "contact_points-count": "0", "add": "contact_points"})
    html = answer.content.decode()
    assert answer.status_code == 200 and 'value="Ada"' in html and 'name="contact_points-0-value"' in html
    rows = {
        "contact_points-count": "3",
        "contact_points-0-kind": "email",
        "contact_points-0-value": "a@example.com",
        "contact_points-1-kind": "phone",
        "contact_points-1-value": "",
        "contact_points-1-remove": "yes",
    }
    assert page.post("/people/new/", {"name": "Ada", **rows}).status_code == 303
    person = Person.objects.get()
    assert [one.value for one in person.contact_points.all()] == ["a@example.com"]
    point = person.contact_points.get()
    gone = {"contact_points-count": "1", "contact_points-0-id": point.pk, "contact_points-0-remove": "yes"}
    assert sent(page, f"/people/{person.pk}/edit/", **gone).status_code == 303
    assert not person.contact_points.exists()


def test_a_row_that_lacks_something_is_marked(page: Client) -> None:
    rows = {
        "contact_points-count": "1",
        "contact_points-0-kind": "",
        "contact_points-0-value": "a@example.com",
    }
    answer = page.post("/people/new/", {"name": "Ada", **rows})
    assert answer.status_code == 422
    assert "Kind is needed." in answer.content.decode() and "a@example.com" in answer.content.decode()
    assert not Person.objects.exists()


def test_a_row_of_another_record_cannot_be_taken(page: Client, member: User) -> None:
    other = make(Person, owner=member, email="other@example.com")
    point = ContactPoint.objects.get(party=other)
    person = make(Person, owner=member)
    stolen = {"contact_points-count": "1", "contact_points-0-id": point.pk, "contact_points-0-remove": "yes"}
    sent(page, f"/people/{person.pk}/edit/", **stolen)
    assert ContactPoint.objects.filter(pk=point.pk).exists()


def test_a_linked_record_is_made_on_the_fly(page: Client) -> None:
    refused = page.post("/people/new/", {"name": "Ada", "organization_text": "Acme"})
    assert refused.status_code == 422 and "Create organization “Acme”" in unescape(refused.content.decode())
    assert not Organization.objects.exists()
    page.post("/people/new/", {"name": "Ada", "organization_text": "Acme", "organization_create": "Acme"})
    assert Person.objects.get().organization.name == "Acme"


def test_what_cannot_be_seen_cannot_be_linked(client: Client, restricted: User, member: User) -> None:
    hidden = make(Organization, owner=member, name="Hidden")
    client.force_login(restricted)
    for said in (
        {"organization": hidden.pk},
        {"organization": hidden.pk, "organization_text": "Hidden"},
        {"organization_text": "Hidden"},
    ):
        assert client.post("/people/new/", {"name": "Ada", **said}).status_code == 422
    assert not Person.objects.exists()
    assert b"Hidden" not in client.get("/organizations/options/?q=Hid").content.replace(
        b"\xe2\x80\x9cHid", b""
    )


def test_options_find_by_words_and_offer_to_create(page: Client, member: User) -> None:
    make(Organization, owner=member, name="Stadtwerke Elmenau")
    html = page.get("/organizations/options/?q=elmen&create=1").content.decode()
    assert "Stadtwerke Elmenau" in html and "Create “elmen”" in html
    assert "Stadtwerke" in page.get("/options/?q=stadtw").content.decode()
    assert member.name in page.get("/options/users/?q=mara").content.decode()


def test_one_field_is_edited_in_its_place(page: Client, member: User) -> None:
    person = make(Person, owner=member, name="Ada", position="Engineer")
    address = f"/people/{person.pk}/field/position/"
    htmx = {"HX-Request": "true"}
    editor = page.get(address, headers=htmx).content.decode()
    assert 'value="Engineer"' in editor and "<main" not in editor
    answer = page.post(address, {**marks(editor), "position": "Boss"}, headers=htmx)
    assert "Boss" in answer.content.decode() and answer["HX-Trigger"] == "record-changed"
    notice = json.loads(answer["Rapport-Notice"])[0]
    page.post(notice["undo_url"])
    person.refresh_from_db()
    assert person.position == "Engineer"
    assert page.post(address, {**marks(editor), "position": "x" * 300}, headers=htmx).status_code == 422
    assert page.get(f"/people/{person.pk}/field/stage_since/").status_code == 404


def test_the_stage_is_changed_in_a_dialog_from_the_head(page: Client, member: User) -> None:
    person = make(Person, owner=member, name="Ada", stage="lead")
    address = f"/people/{person.pk}/field/stage/"
    assert f'href="{address}" data-dialog' in page.get(person.get_absolute_url()).content.decode()
    dialog = {"HX-Request": "true", "Rapport-Dialog": "1"}
    asked = page.get(address, headers=dialog).content.decode()
    assert "dlg-b" in asked and "<main" not in asked
    assert page.post(address, {**marks(asked), "stage": "nonsense"}, headers=dialog).status_code == 422
    assert page.post(address, {**marks(asked), "stage": "customer"}, headers=dialog)["HX-Refresh"] == "true"
    person.refresh_from_db()
    assert person.stage == "customer"


def test_a_picture_survives_a_form_with_errors_and_shows_at_the_head(page: Client) -> None:
    picture = SimpleUploadedFile("me.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20)
    refused = page.post("/people/new/", {"name": "", "picture": picture, "picture_sent": "1"})
    html = refused.content.decode()
    kept = re.search(r'name="picture_kept" value="([^"]+)"', html)
    assert refused.status_code == 422 and kept
    page.post("/people/new/", {"name": "Ada", "picture_kept": kept[1], "picture_sent": "1"})
    person = Person.objects.get()
    assert person.picture.record_id == person.pk
    assert f"/files/{person.picture_id}/" in page.get(person.get_absolute_url()).content.decode()


def test_the_dialog_hands_over_to_the_full_form(page: Client) -> None:
    dialog = {"HX-Request": "true", "Rapport-Dialog": "1"}
    answer = page.post("/people/new/?full=1", {"name": "Ada", "email": "half@"}, headers=dialog)
    assert answer["HX-Redirect"].startswith("/people/new/?")
    html = page.get(answer["HX-Redirect"]).content.decode()
    assert 'value="Ada"' in html and 'value="half@"' in html


@pytest.mark.parametrize("said", ["²", "-1", "9" * 40, "[" * 200_000, '{"a":', "null", "\x00"])
def test_hidden_fields_that_somebody_made_up_are_no_error(page: Client, member: User, said: str) -> None:
    person = make(Person, owner=member, name="Ada")
    sent = {
        "name": "Ada",
        "version": said,
        "was": said,
        "contact_points-count": said,
        "contact_points-0-id": said,
    }
    assert page.post(f"/people/{person.pk}/edit/", sent).status_code in (200, 303, 422)


def test_an_action_asks_for_what_it_needs_and_says_why_it_is_not_done(page: Client, member: User) -> None:
    deal = make(Deal, owner=member, amount=None)
    asked = page.get(f"/deals/{deal.pk}/do/lose/").content.decode()
    assert 'name="loss_reason"' in asked
    refused = page.post(f"/deals/{deal.pk}/do/win/")
    assert refused.status_code == 422 and "amount" in refused.content.decode()
    deal.refresh_from_db()
    assert deal.is_open
    save_record(deal, {"amount": 900}, by=member)
    assert page.post(f"/deals/{deal.pk}/do/win/").status_code == 303
    deal.refresh_from_db()
    assert not deal.is_open
    page.post(f"/undo/{ChangeSet.objects.filter(actor=member).latest('at').pk}/")
    deal.refresh_from_db()
    assert deal.is_open
    assert page.post(f"/deals/{deal.pk}/do/nonsense/").status_code == 404


def test_what_cannot_be_read_does_not_hide_what_is_missing(page: Client, member: User) -> None:
    answer = page.post("/deals/new/", {"name": "", "amount": "12x", "amount_currency": "EUR"})
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "“12x” is not a number. Write it like 1234.5." in html and "Name is needed." in html
    deal = make(Deal, owner=member, name="Fleet")
    changed = sent(page, f"/deals/{deal.pk}/edit/", name="", amount="12x", amount_currency="EUR")
    html = unescape(changed.content.decode())  # type: ignore[attr-defined]
    assert "“12x” is not a number" in html and "Name is needed." in html and "Stage is needed." not in html
