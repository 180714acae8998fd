"""Administrators add record types in the settings; everybody who may works with them at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.custom import schema
from rapport.kernel.custom.define import Draft, add_field, remove_field, restore_field
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.record_types import define, transfer
from rapport.kernel.custom.record_types.define import TypeDraft
from rapport.kernel.custom.record_types.made import model_of
from rapport.kernel.custom.record_types.models import CustomType
from rapport.kernel.records import Refused, RuleError, save_record
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing.make import make, make_user

pytestmark = pytest.mark.django_db
WORDS = {"label": {"": "Machine", "de": "Maschine"}, "plural": {"": "Machines", "de": "Maschinen"}}
CHOICES = {"choices": [{"key": "new", "label": "New"}, {"key": "used", "label": "Used", "hue": "amber"}]}


@pytest.fixture
def admin() -> User:
    return make_user(role="administrator")


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def machines(admin: User) -> Iterator[Any]:
    kind = define.add_type(TypeDraft(WORDS), by=admin)
    add_field(kind, Draft("choice", {"label": {"": "State"}}, options=CHOICES, is_listed=True), by=admin)
    yield type_by_key("machines")


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def test_a_type_is_added_and_is_in_menu_palette_rights_and_api(page: Client, admin: User) -> None:
    said = {"label": "Machine", "plural": "Machines", "plural_de": "Maschinen", "title": "Serial number",
            "icon": "cog", "hue": "violet", "in_menu": "yes"}  # fmt: skip
    answer = page.post("/settings/types/new/", said)
    assert answer.status_code == 302 and answer["Location"] == "/settings/fields/machines/"
    home = text(page, "/machines/")
    assert "Serial number" in home and 'href="/machines/"' in home and "New: Machine" in home
    assert "Machines" in text(page, "/settings/types/")
    assert 'data-href="/machines/"' in text(page, "/search/palette/?q=mach")
    admin.language = "de"
    admin.save()
    assert "Maschinen" in text(page, "/machines/")


def test_a_record_is_made_found_changed_and_undone(page: Client, admin: User, machines: Any) -> None:
    made = save_record(machines.new(), {"name": "Lathe 7", "x_state": "new"}, by=admin)
    assert "<mark>Lathe</mark> 7" in text(page, "/search/palette/?q=lathe")
    assert "Lathe 7" in text(page, "/machines/?f=x_state.any.new")
    assert "Lathe 7" not in text(page, "/machines/?f=x_state.any.used")
    page.post(f"/machines/{made.pk}/delete/")
    assert not AnyRecord.objects.visible_to(admin).filter(pk=made.pk).exists()


def test_a_board_by_one_of_its_choices(page: Client, admin: User, machines: Any) -> None:
    one = CustomType.objects.get(key="machines")
    save_record(machines.new(), {"name": "Lathe 7", "x_state": "used"}, by=admin)
    page.post(f"/settings/types/{one.pk}/", {"label": "Machine", "plural": "Machines", "board": "x_state"})
    assert type_by_key("machines").board == "x_state"  # type: ignore[union-attr]
    board = text(page, "/machines/board/")
    assert "Lathe 7" in board and "Used" in board


def test_a_process_that_was_running_before_knows_the_type_with_its_next_request(
    page: Client, admin: User
) -> None:
    text(page, "/people/")
    before = schema.known()
    kind = define.add_type(TypeDraft(WORDS), by=admin)
    add_field(kind, Draft("choice", {"label": {"": "State"}}, options=CHOICES, is_listed=True), by=admin)
    schema._known = before  # as another process has it
    assert type_by_key("machines") is None
    assert "State" in text(page, "/machines/")


def test_a_removed_field_leaves_cards_and_pages_and_comes_back_to_them(
    page: Client, admin: User, machines: Any
) -> None:
    one = CustomType.objects.get(key="machines")
    define.change_type(one, TypeDraft(WORDS, board="x_state", subtitle=["x_state"]), by=admin)
    made = save_record(machines.new(), {"name": "Lathe 7", "x_state": "used"}, by=admin)
    field = CustomField.objects.get(type="machines", key="state")
    remove_field(field, by=admin)
    for place in (f"{made.pk}/", "", "board/"):
        assert page.get(f"/machines/{place}").status_code in (200, 404), place
    assert "<mark>Lathe</mark> 7" in text(page, "/search/palette/?q=lathe")
    restore_field(field, by=admin)
    assert "Used" in text(page, "/machines/board/")


def test_names_are_needed_and_words_of_rapport_are_left_alone(page: Client, admin: User) -> None:
    answer = page.post("/settings/types/new/", {"label": "", "plural": "Machines"})
    assert answer.status_code == 422 and "1 to 100 characters" in answer.content.decode()
    for plural in ("People", "Settings", "Search", "API", "Me", "Types", "Undo", "Field"):
        words = {"label": {"": plural}, "plural": {"": plural}}
        kind = define.add_type(TypeDraft(words), by=admin)
        assert kind.key == f"{plural.lower()}_2"
        assert page.get(f"/{kind.key}/").status_code == 200


def test_a_removed_type_is_nowhere_and_comes_back_with_its_records(
    page: Client, admin: User, machines: Any
) -> None:
    made = save_record(machines.new(), {"name": "Lathe 7"}, by=admin)
    one = CustomType.objects.get(key="machines")
    assert "1" in text(page, f"/settings/types/{one.pk}/remove/")
    page.post(f"/settings/types/{one.pk}/remove/")
    assert page.get("/machines/").status_code == 404
    assert page.get(f"/machines/{made.pk}/").status_code == 404
    assert "</mark> 7" not in text(page, "/search/palette/?q=lathe")
    assert page.get("/settings/changes/").status_code == 200
    page.post(f"/settings/types/{one.pk}/restore/")
    assert "Lathe 7" in text(page, "/machines/")


def test_a_type_that_was_removed_long_ago_goes_with_its_table(admin: User, machines: Any) -> None:
    made = save_record(machines.new(), {"name": "Lathe 7"}, by=admin)
    one = CustomType.objects.get(key="machines")
    define.remove_type(one, by=admin)
    define.forget_type(one)
    assert "kernel_custom_machines" not in connection.introspection.table_names()
    assert not AnyRecord.objects.filter(pk=made.pk).exists()
    assert type_by_key("machines") is None


def test_a_type_travels_as_a_file_with_its_fields(page: Client, admin: User, machines: Any) -> None:
    one = CustomType.objects.get(key="machines")
    define.change_type(one, TypeDraft(WORDS, icon="cog", board="x_state", subtitle=["x_state"]), by=admin)
    add_field(machines, Draft("link", {"label": {"": "Part of"}}, options={"to": "machines"}), by=admin)
    of_parts = {"relation": "machines:x_part_of", "take": "count", "where": "has machines (state = new)"}
    add_field(machines, Draft("rollup", {"label": {"": "Parts"}}, options=of_parts), by=admin)
    file = page.get(f"/settings/types/{one.pk}/file/").content
    define.remove_type(one, by=admin)
    upload = SimpleUploadedFile("type.json", file)
    assert page.post("/settings/types/file/", {"file": upload})["Location"] == "/settings/fields/machines_2/"
    kind: Any = type_by_key("machines_2")
    assert (kind.icon, kind.board, kind.subtitle) == ("cog", "x_state", ("x_state",))
    assert "x_state" in kind.fields and kind.fields["x_part_of"].related_model is kind.model
    whole, part = (make(kind.model, by=admin) for _number in range(2))
    make(kind.model, by=admin, x_part_of=part, x_state="new")
    save_record(part, {"x_part_of": whole}, by=admin)
    listed = kind.visible_to(admin).filter(pk=whole.pk).values_list("x_parts")
    assert list(listed) == [(1,)]


@pytest.mark.parametrize("file", [b"", b"[]", b"{", b'{"rapport": "type"}', b'{"rapport":"type","form":1,"texts":7}',
    b'{"rapport":"type","form":1,"texts":{"label":{"":"A"},"plural":{"":"As"}},"fields":[{"kind":"nonsense"}]}',
    b"\xff\x00" * 50])  # fmt: skip
def test_a_file_of_something_else_changes_nothing(page: Client, admin: User, file: bytes) -> None:
    page.post("/settings/types/file/", {"file": SimpleUploadedFile("type.json", file)})
    page.get("/settings/types/")
    assert not CustomType.objects.exclude(key="as").exists()
    with pytest.raises(RuleError):
        transfer.apply("not json", by=admin)


def test_only_administrators_may(client: Client, machines: Any) -> None:
    member = make_user()
    client.force_login(member)
    one = CustomType.objects.get(key="machines")
    for place in ("", "new/", f"{one.pk}/", f"{one.pk}/remove/", f"{one.pk}/file/"):
        assert client.get(f"/settings/types/{place}").status_code == 404, place
    with pytest.raises(Refused):
        define.remove_type(one, by=member)


def test_links_lead_to_records_of_made_types_and_filters_go_through_them(
    page: Client, admin: User, machines: Any
) -> None:
    deals: Any = type_by_key("deals")
    link = Draft("link", {"label": {"": "Machine"}}, options={"to": "machines"}, is_listed=True)
    add_field(deals, link, by=admin)
    lathe = save_record(machines.new(), {"name": "Lathe 7", "x_state": "used"}, by=admin)
    make(deals.model, by=admin, name="Offer for a lathe", x_machine=lathe)
    assert "Lathe 7" in text(page, "/deals/?q=offer")
    assert "Offer for a lathe" in text(page, "/deals/?f=x_machine~x_state.any.used")
    assert "Offer for a lathe" not in text(page, "/deals/?f=x_machine~x_state.any.new")


def test_a_team_that_is_deleted_lets_its_records_go(admin: User, machines: Any) -> None:
    mate = make_user(team="Ours")
    made = save_record(machines.new(), {"name": "Lathe 7", "team": mate.team}, by=admin)
    team: Any = mate.team
    User.objects.filter(team=team).update(team=None)
    team.delete()
    assert model_of("machines").objects.get(pk=made.pk).team_id is None


def test_what_every_record_has_got_since_is_added_to_the_table(machines: Any) -> None:
    from rapport.kernel.custom.record_types import tables

    with connection.cursor() as cursor:
        cursor.execute("alter table kernel_custom_machines drop column origin_detail cascade")
    tables.follow()
    columns = {
        one.name
        for one in connection.introspection.get_table_description(connection.cursor(), machines.table)
    }
    assert "origin_detail" in columns
    schema.load()
