"""Writing from a list: cells edited in place, deeds on many rows, saved views."""

from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.records import save_record
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user
from rapport.kernel.views.models import View

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?columns=name,position,stage"}
DIALOG = {"HX-Request": "true", "Rapport-Dialog": "1"}


def person(**values: Any) -> Any:
    kind = type_by_key("people")
    assert kind is not None
    return make(kind.model, **values)


def fresh(record: Any) -> Any:
    return type(record).objects.get(pk=record.pk)


def hidden(html: str, name: str) -> str:
    from html import unescape

    return unescape(html.partition(f'name="{name}" value="')[2].partition('"')[0])


# -- cells --------------------------------------------------------------------------------------------------
def edit(client: Client, record: Any, name: str) -> dict[str, str]:
    html = client.get(f"/people/{record.pk}/cell/{name}/", headers=HTMX).content.decode()
    assert html.lstrip().startswith("<td") and f'name="{name}"' in html
    return {"version": hidden(html, "version"), "was": hidden(html, "was")}


def test_a_cell_is_edited_in_its_place_and_can_be_undone(client: Client, member: User) -> None:
    record = person(owner=member, name="Kim", position="Clerk")
    client.force_login(member)
    form = edit(client, record, "position")
    answer = client.post(f"/people/{record.pk}/cell/position/", {**form, "position": "Boss"}, headers=HTMX)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert html.startswith("<td") and "Boss" in html and f'data-cell="{record.pk}/cell/position/"' in html
    assert fresh(record).position == "Boss"
    assert "/undo/" in answer["Rapport-Notice"]
    revert(ChangeSet.objects.filter(actor=member).latest("at"), by=member)
    assert fresh(record).position == "Clerk"


def test_a_wrong_value_stays_in_the_cell_with_a_sentence(client: Client, member: User) -> None:
    record = person(owner=member, name="Kim", email="kim@example.com")
    client.force_login(member)
    form = edit(client, record, "email")
    answer = client.post(
        f"/people/{record.pk}/cell/email/", {**form, "email": "not an address"}, headers=HTMX
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'value="not an address"' in html and "is not an e-mail address" in html
    assert fresh(record).email == "kim@example.com"


def test_two_people_in_one_cell_get_both_values_to_see(
    client: Client, member: User, administrator: User
) -> None:
    record = person(owner=member, name="Kim", position="Clerk")
    client.force_login(member)
    form = edit(client, record, "position")
    save_record(record, {"position": "Director"}, by=administrator)
    answer = client.post(f"/people/{record.pk}/cell/position/", {**form, "position": "Boss"}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Director" in html and 'value="Boss"' in html
    assert fresh(record).position == "Director"
    again = {"version": hidden(html, "version"), "was": hidden(html, "was"), "position": "Boss"}
    assert client.post(f"/people/{record.pk}/cell/position/", again, headers=HTMX).status_code == 200
    assert fresh(record).position == "Boss"


def test_cells_of_strangers_and_cells_that_nobody_edits_do_not_exist(
    client: Client, member: User, stranger: User
) -> None:
    record = person(owner=member, name="Kim")
    client.force_login(member)
    for name in ("id", "deleted_at", "last_contact_at", "kind", "picture", "nonsense", "version"):
        assert client.get(f"/people/{record.pk}/cell/{name}/", headers=HTMX).status_code == 404
        assert client.post(f"/people/{record.pk}/cell/{name}/", {name: "1"}, headers=HTMX).status_code == 404
    client.force_login(stranger)
    assert client.get(f"/people/{record.pk}/cell/name/", headers=HTMX).status_code == 404
    assert client.post(f"/people/{record.pk}/cell/name/", {"name": "Mine"}, headers=HTMX).status_code == 404
    assert fresh(record).name == "Kim"


# -- many rows ----------------------------------------------------------------------------------------------
def test_a_field_is_set_for_the_ticked_rows_in_one_step_that_can_be_undone(
    client: Client, member: User
) -> None:
    rows = [person(owner=member, name=f"P{n}", position="Clerk") for n in range(3)]
    other = person(owner=member, name="Other", position="Clerk")
    client.force_login(member)
    address = f"/people/bulk/set/?field=position&ids={','.join(str(row.pk) for row in rows)}"
    assert "of 3 people" in client.get(address, headers=DIALOG).content.decode()
    answer = client.post(
        address, {"fields": "position", "v-position": "Boss", "then": "write"}, headers=DIALOG
    )
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert {fresh(row).position for row in rows} == {"Boss"}
    assert fresh(other).position == "Clerk"
    revert(ChangeSet.objects.filter(actor=member).latest("at"), by=member)
    assert {fresh(row).position for row in rows} == {"Clerk"}


def test_all_rows_of_the_filter_are_assigned(client: Client, member: User, administrator: User) -> None:
    rows = [person(owner=member, name=f"P{n}", stage="lead") for n in range(3)]
    other = person(owner=member, name="Other", stage="customer")
    client.force_login(member)
    form = {"v-owner": str(administrator.pk), "v-owner_text": administrator.name}
    answer = client.post("/people/bulk/assign/?all=1&f=stage.any.lead", form, headers=DIALOG)
    assert answer.status_code == 204
    assert {fresh(row).owner_id for row in rows} == {administrator.pk}
    assert fresh(other).owner_id == member.pk


def test_a_wrong_value_for_many_rows_changes_none(client: Client, member: User) -> None:
    rows = [person(owner=member, name=f"P{n}", email="") for n in range(2)]
    client.force_login(member)
    address = f"/people/bulk/set/?field=email&ids={','.join(str(row.pk) for row in rows)}"
    answer = client.post(address, {"fields": "email", "v-email": "nonsense"}, headers=DIALOG)
    assert answer.status_code == 422
    assert "is not an e-mail address" in answer.content.decode()
    assert {fresh(row).email for row in rows} == {""}


def test_tags_are_added_and_taken_off_beside_what_each_row_has(client: Client, member: User) -> None:
    one = person(owner=member, name="One", tags=["old"])
    two = person(owner=member, name="Two", tags=["other", "new"])
    client.force_login(member)
    address = f"/people/bulk/tags/?ids={one.pk},{two.pk}"
    assert client.post(address, {"how": "add", "value": ["new"]}, headers=DIALOG).status_code == 204
    assert (fresh(one).tags, fresh(two).tags) == (["old", "new"], ["other", "new"])
    assert client.post(address, {"how": "remove", "value": ["new", "old"]}, headers=DIALOG).status_code == 204
    assert (fresh(one).tags, fresh(two).tags) == ([], ["other"])
    revert(ChangeSet.objects.filter(actor=member).latest("at"), by=member)
    assert (fresh(one).tags, fresh(two).tags) == (["old", "new"], ["other", "new"])


def test_deleted_rows_come_back_with_undo(client: Client, member: User) -> None:
    rows = [person(owner=member, name=f"Kim number {n}") for n in range(3)]
    client.force_login(member)
    address = f"/people/bulk/delete/?ids={','.join(str(row.pk) for row in rows)}"
    question = client.get(address, headers=DIALOG).content.decode()
    assert "Delete 3 people?" in question and "Kim number 0" in question
    assert client.post(address, headers=DIALOG).status_code == 204
    assert "Kim number 0" not in client.get("/people/").content.decode()
    revert(ChangeSet.objects.filter(actor=member).latest("at"), by=member)
    assert "Kim number 0" in client.get("/people/").content.decode()


def test_deleting_many_asks_for_their_number(client: Client, member: User) -> None:
    kind = type_by_key("people")
    assert kind is not None
    kind.model.objects.bulk_create([kind.model(name=f"P{n}", owner=member) for n in range(101)])
    client.force_login(member)
    assert client.post("/people/bulk/delete/?all=1", headers=DIALOG).status_code == 422
    wrong = client.post("/people/bulk/delete/?all=1", {"typed": "11"}, headers=DIALOG)
    assert wrong.status_code == 422 and 'value="11"' in wrong.content.decode()
    assert kind.model.objects.visible_to(member).count() == 101
    assert client.post("/people/bulk/delete/?all=1", {"typed": "101"}, headers=DIALOG).status_code == 204
    assert kind.model.objects.visible_to(member).count() == 0


def test_strangers_change_nothing_by_bulk_deeds(client: Client, member: User, stranger: User) -> None:
    record = person(owner=member, name="Kim", position="Clerk", tags=["a"])
    client.force_login(stranger)
    for query in (f"ids={record.pk}", "all=1"):
        for deed, form in (
            ("set", {"field": "position", "value": "Mine"}),
            ("assign", {"value": str(stranger.pk), "value_text": stranger.name}),
            ("tags", {"how": "add", "value": ["mine"]}),
            ("delete", {}),
        ):
            answer = client.post(f"/people/bulk/{deed}/?{query}", form, headers=DIALOG)
            assert answer.status_code in (404, 422), (deed, query)
    now = fresh(record)
    assert (now.position, now.tags, now.owner_id, now.is_deleted) == ("Clerk", ["a"], member.pk, False)


def test_a_broken_filter_is_no_selection_of_everything(client: Client, member: User) -> None:
    record = person(owner=member, name="Kim")
    client.force_login(member)
    for query in ("f=stage.any.nonsense", "f=nonsense.is.1", "g={", "view=x&f=name.is."):
        answer = client.post(f"/people/bulk/delete/?all=1&{query}", headers=DIALOG)
        assert answer.status_code == 422, query
    assert not fresh(record).is_deleted


# -- views --------------------------------------------------------------------------------------------------
def view_of(client: Client, user: User, query: str, name: str = "Mine", **form: str) -> View:
    client.force_login(user)
    answer = client.post(f"/people/views/new/?{query}", {"name": name, **form}, headers=DIALOG)
    assert answer.status_code == 204, answer.content
    return View.objects.latest("id")


def test_a_view_keeps_filter_order_and_columns_and_says_when_it_was_changed(
    client: Client, member: User
) -> None:
    person(owner=member, name="Kim Lead", stage="lead")
    person(owner=member, name="Kim Customer", stage="customer")
    view = view_of(client, member, "f=stage.any.lead&sort=-name&columns=name,email")
    html = client.get(f"/people/?view={view.pk}").content.decode()
    assert "Kim Lead" in html and "Kim Customer" not in html and "Edited" not in html
    assert view.columns == ["name", "email"] and view.sort == "-name"
    changed = client.get(f"/people/?view={view.pk}&f=").content.decode()
    assert "Kim Customer" in changed and "Edited" in changed
    client.post(f"/people/views/{view.pk}/save/?view={view.pk}&f=stage.any.customer")
    html = client.get(f"/people/?view={view.pk}").content.decode()
    assert "Kim Customer" in html and "Kim Lead" not in html


def test_views_of_others_are_seen_only_when_shared_and_changed_only_by_administrators(
    client: Client, member: User, administrator: User, stranger: User
) -> None:
    View.objects.all().delete()  # those that an installation begins with
    own = view_of(client, member, "f=stage.any.lead", "Private", is_shared="yes")
    assert not own.is_shared  # only administrators share
    shared = view_of(client, administrator, "f=stage.any.lead", "For all", is_shared="yes")
    assert shared.is_shared
    client.force_login(stranger)
    client.get("/people/")  # the notices of the others are told
    html = client.get("/people/").content.decode()
    assert "For all" in html and "Private" not in html
    for one in (own, shared):
        for part in ("edit/", "delete/", "move/?by=1", f"save/?view={one.pk}&f="):
            assert client.post(f"/people/views/{one.pk}/{part}", {"name": "x"}).status_code == 404
    assert set(View.objects.filter(type="people").values_list("name", flat=True)) == {"Private", "For all"}
    assert "Private" not in client.get(f"/people/?view={own.pk}").content.decode()


def test_views_change_places_names_and_go(client: Client, member: User) -> None:
    View.objects.all().delete()  # those that an installation begins with
    one = view_of(client, member, "f=stage.any.lead", "One")
    two = view_of(client, member, "f=stage.any.lost", "Two")
    client.post(f"/people/views/{two.pk}/move/?by=-1")
    assert [view.name for view in View.objects.filter(type="people")] == ["Two", "One"]
    client.post(f"/people/views/{one.pk}/edit/", {"name": "Renamed"}, headers=DIALOG)
    assert View.objects.get(pk=one.pk).name == "Renamed"
    assert client.post(f"/people/views/{one.pk}/edit/", {"name": " "}, headers=DIALOG).status_code == 422
    client.post(f"/people/views/{one.pk}/delete/", headers=DIALOG)
    assert not View.objects.filter(pk=one.pk).exists()


def test_chosen_columns_are_remembered_for_each_view(client: Client, member: User) -> None:
    person(owner=member, name="Kim")
    client.force_login(member)
    answer = client.get("/people/columns/apply/?show=name&show=position")
    assert answer.status_code == 303
    assert client.get("/people/").content.decode().count('<th scope="col"') == 2
    other = make_user("Other")
    client.force_login(other)
    assert client.get("/people/").content.decode().count('<th scope="col"') > 3
    client.force_login(member)


def test_the_filter_builder_leads_to_the_address_of_the_filter(client: Client, member: User) -> None:
    client.force_login(member)
    answer = client.get(
        "/people/filter/apply/",
        {
            "n": ["0", "1", "2"], "field-0": "stage", "is-0": "any", "value-0": ["lead", "customer"], "field-1": "name",
            "is-1": "contains", "value-1": "", "field-2": "last_contact_at", "is-2": "last", "value-2": "90",
        },
    )  # fmt: skip
    assert answer["Location"] == "/people/?f=stage.any.lead%7Ccustomer&f=last_contact_at.last.90"
