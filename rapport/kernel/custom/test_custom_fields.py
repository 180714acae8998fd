"""Custom fields: every process notices changes, unique values are so, what is removed goes at last."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F, Q, Sum
from django.test import Client
from django.utils import timezone, translation

from rapport.accounts.models import User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.custom import define, indexes, jobs, schema, unique
from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.custom.models import CustomField, IndexState, Schema
from rapport.kernel.fields import Amount
from rapport.kernel.lists.sorting import sortable_fields
from rapport.kernel.merge.deed import merge_records
from rapport.kernel.records import RuleError, delete_record, restore_record, save_record, update_records
from rapport.kernel.records.door import check_names
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.testing.make import sample_of
from rapport.runtime.ids import uuid7

pytestmark = pytest.mark.django_db
KIND = "deals"


def changed_elsewhere(kind: RecordType, key: str) -> None:
    """What another process does: this one is told nothing."""
    CustomField.objects.create(type=kind.key, key=key, kind="text", texts={"label": {"": key.title()}})
    Schema.objects.update_or_create(pk=1, defaults={"version": uuid7()})


def test_a_web_process_notices_with_the_next_request_what_another_one_defined(
    client: Client, by: User, kind: RecordType
) -> None:
    client.force_login(by)
    client.get("/deals/")
    changed_elsewhere(kind, "gearbox")
    assert "x_gearbox" not in kind.fields
    assert "Gearbox" in client.get("/deals/new/").content.decode()


def test_a_worker_notices_at_the_start_of_a_job(by: User, kind: RecordType) -> None:
    changed_elsewhere(kind, "gearbox")
    from procrastinate.contrib.django import app

    app.tasks[jobs.strip_removed_fields.name].func(0)
    assert "x_gearbox" in kind.fields


def test_labels_are_said_in_the_language_of_the_reader(by: User, kind: RecordType) -> None:
    texts = {"label": {"": "Color", "de": "Farbe"}}
    name = add_field(kind, Draft("text", texts), by=by).name
    one = kind.fields[name]
    with translation.override("de"):
        assert one.label == "Farbe"
    with translation.override("en"):
        assert one.label == "Color"


def test_queries_name_custom_fields_like_columns(by: User, kind: RecordType) -> None:
    for field_kind in ("number", "choice", "money"):
        add_custom_field(kind, field_kind, by=by, key=field_kind)
    rows = kind.model.objects
    red = make(kind.model, owner=by, x_choice="red", x_number=5, x_money=Amount(Decimal("9.50"), "USD"))
    none = make(kind.model, owner=by)
    assert list(rows.filter(x_choice="red", x_number__gte=5)) == [red]
    assert set(rows.filter(~Q(x_number=5))) == {none} == set(rows.exclude(x_number__gt=1))
    assert list(rows.order_by(F("x_number").asc(nulls_last=True))) == [red, none]
    assert list(rows.order_by("x_choice").values_list("x_choice", flat=True)) == ["", "red"]
    assert rows.aggregate(total=Sum("x_number"))["total"] == 5
    assert list(rows.values("x_money_currency").annotate(t=Sum("x_money")).filter(t__gt=1)) == [
        {"x_money_currency": "USD", "t": Decimal("9.5")}
    ]


def test_a_linked_record_is_reached_by_its_custom_field(by: User, kind: RecordType) -> None:
    organizations = type_by_key("organizations")
    assert organizations is not None
    add_custom_field(organizations, "text", by=by, key="fleet")
    make(kind.model, owner=by)
    fleet = make(organizations.model, by=by, x_fleet="Bikes")
    deal = make(kind.model, owner=by, organization=fleet)
    assert list(kind.model.objects.filter(organization__x_fleet="Bikes")) == [deal]
    assert list(kind.model.objects.filter(pk=deal.pk).values_list("organization__x_fleet", flat=True)) == [
        "Bikes"
    ]


def test_what_does_not_fit_any_more_is_no_value_and_breaks_no_list(by: User, kind: RecordType) -> None:
    names = {
        one: add_custom_field(kind, one, by=by)
        for one in ("number", "date", "moment", "user", "choices", "money")
    }
    record = make(kind.model, owner=by)
    for wrong in ("about ten", "2026-02-31", "", [], {"a": 1}, 7, "9999999-99-99"):
        kind.model.objects.filter(pk=record.pk).update(custom={one.name: wrong for one in names.values()})
        fresh = kind.model.objects.get(pk=record.pk)
        for one in names.values():
            one.text(one.read(fresh)) if not one.is_relation else one.read(fresh)
            list(kind.model.objects.order_by(one.name).values_list(one.name))


# -- unique -----------------------------------------------------------------------------------------------------


def test_a_unique_value_is_refused_with_a_sentence_and_free_again_in_the_trash(
    by: User, kind: RecordType
) -> None:
    one = add_custom_field(kind, "text", by=by, unique=True)
    first = make(kind.model, owner=by, **{one.name: "A-1"})
    second = make(kind.model, owner=by)
    with pytest.raises(RuleError, match="another record has this value"):
        save_record(second, {one.name: "A-1"}, by=by)
    with pytest.raises(RuleError, match="another record has this value"):
        update_records(kind, [first.pk, second.pk], {one.name: "B"}, by=by)
    delete_record(first, by=by)
    save_record(second, {one.name: "A-1"}, by=by)
    with pytest.raises(RuleError, match="another record has this value"):
        restore_record(first, by=by)


def test_what_is_double_already_cannot_become_unique(by: User, kind: RecordType) -> None:
    one = add_custom_field(kind, "number", by=by)
    for _number in range(2):
        make(kind.model, owner=by, **{one.name: 7})
    definition = CustomField.objects.get(type=kind.key)
    with pytest.raises(RuleError, match=r"1 value stands on several records, e\.g\. “7”"):
        define.change_field(definition, Draft("number", definition.texts, unique=True), by=by)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_ready", [True, False])
def test_of_two_at_once_one_gets_the_unique_value(is_ready: bool, kind: RecordType) -> None:
    by = make_user(role="administrator")
    one = add_custom_field(kind, "text", by=by, unique=True)
    if not is_ready:  # as on a large table while the index is being built
        CustomField.objects.update(index_state=IndexState.PREPARING)
        with connection.cursor() as cursor:
            cursor.execute(f'drop index "{unique.index_name(kind.key, one.name)}"')
        schema.raise_version()
    records = [make(kind.model, owner=by) for _number in range(2)]

    def save(record: Any) -> str:
        try:
            save_record(record, {one.name: "only one"}, by=by)
        except RuleError as problem:
            return problem.sentence
        finally:
            connections.close_all()
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(save, records))
    assert sorted(text == "saved" for text in said) == [False, True]


# -- indexes, removal -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_on_a_large_table_a_job_builds_the_index_and_the_order_is_offered_then(
    monkeypatch: pytest.MonkeyPatch, kind: RecordType
) -> None:
    monkeypatch.setattr(indexes, "is_big", lambda one: True)
    by = make_user(role="administrator")
    one = add_custom_field(kind, "number", by=by, is_listed=True)
    definition = CustomField.objects.get(type=kind.key)
    assert definition.index_state == IndexState.PREPARING and one.name not in sortable_fields(kind)
    jobs.prepare_indexes(field_id=str(definition.pk))
    assert one.name in sortable_fields(kind) and all(indexes.present(definition).values())
    with connection.cursor() as cursor:
        cursor.execute("set enable_seqscan = off")
        rows = kind.model.objects.filter(deleted_at=None, **{f"{one.name}__gt": 5})
        plan = rows.order_by(one.name, "pk").explain()
        cursor.execute("reset enable_seqscan")
    assert "custom_" in plan and "Sort" not in plan
    define.remove_field(definition, by=by)
    jobs.prepare_indexes(field_id=str(definition.pk))
    assert not indexes.present(definition)


def test_a_removed_field_keeps_its_values_a_month_and_then_they_go(by: User, kind: RecordType) -> None:
    one = add_custom_field(kind, "money", by=by)
    record = make(kind.model, owner=by, **{one.name: Amount(Decimal(5), "EUR")})
    definition = CustomField.objects.get(type=kind.key)
    define.remove_field(definition, by=by)
    with pytest.raises(RuleError):
        check_names(kind, {one.name: 1}, by, in_action=False)
    jobs.strip_removed_fields()
    assert kind.model.objects.get(pk=record.pk).custom
    CustomField.objects.update(removed_at=timezone.now() - timedelta(days=31))
    jobs.strip_removed_fields()
    assert kind.model.objects.get(pk=record.pk).custom == {}
    assert not CustomField.objects.exists()


def test_a_key_is_given_once(by: User, kind: RecordType) -> None:
    first = add_field(kind, Draft("text", {"label": {"": "Größe & Maß"}}), by=by)
    define.remove_field(first, by=by)
    second = add_field(kind, Draft("text", {"label": {"": "Größe & Maß"}}), by=by)
    assert (first.key, second.key) == ("groesse_mass", "groesse_mass_2")
    assert add_field(kind, Draft("text", {"label": {"": "日本"}}), by=by).key == "field"


def test_members_cannot_define_fields(kind: RecordType) -> None:
    from rapport.kernel.records import Refused

    with pytest.raises(Refused):
        add_field(kind, Draft("text", {"label": {"": "Mine"}}), by=make_user())


@pytest.mark.parametrize(
    "field_kind", ["money", "number", "choice", "user", "link", "date", "yesno", "choices", "address"]
)
def test_cells_bulk_edits_sums_and_files_take_custom_fields(
    field_kind: str, client: Client, by: User, kind: RecordType
) -> None:
    one = add_custom_field(kind, field_kind, by=by, is_listed=True)
    other = make(kind.model, owner=by)
    value = other if field_kind == "link" else sample_of(one, 1, by)
    record = make(kind.model, owner=by, **{one.name: value})
    client.force_login(by)
    shown = f"columns=name,{one.name}"
    assert client.get(f"/deals/figures/?{shown}").status_code == 200
    cell = client.get(f"/deals/{record.pk}/cell/{one.name}/", headers={"HX-Request": "true"})
    assert cell.status_code == 200 and one.name in cell.content.decode()
    assert client.get(f"/deals/{record.pk}/field/{one.name}/").status_code == 200
    assert client.get(f"/deals/{record.pk}/peek/").status_code == 200
    if field_kind != "address":
        assert client.get(f"/deals/bulk/set/?ids={record.pk}&field={one.name}").status_code == 200
    update_records(kind, [record.pk, other.pk], {one.name: value}, by=by)
    assert one.read(kind.model.objects.get(pk=other.pk)) == value
    for form in ("csv", "xlsx"):
        answer = client.get(f"/deals/export/file/?format={form}&fields=all")
        assert answer.status_code == 200 and b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    operator = one.operators[0].key
    line = client.get(f"/deals/filter/line/?line=0&n=0&field-0={one.name}&is-0={operator}")
    assert line.status_code == 200 and one.label in line.content.decode()


def test_a_merge_that_moved_a_unique_value_is_undone_unless_that_is_taken(by: User, kind: RecordType) -> None:
    add_field(kind, Draft("text", {"label": {"": "Customer number"}}, key="number", unique=True), by=by)
    one, two, third = (make(kind.model, owner=by) for _number in range(3))
    save_record(two, {"x_number": "C-1"}, by=by)

    def numbers() -> list[Any]:
        rows = kind.model.objects.filter(deleted_at=None).order_by("created_at")
        return [row.custom for row in rows]

    done = merge_records(kind, one.pk, [two.pk], by=by)
    assert numbers() == [{"x_number": "C-1"}, {}]
    undone = revert(ChangeSet.objects.get(pk=done.change_set), by=by)
    assert not undone.kept and numbers() == [{}, {"x_number": "C-1"}, {}]
    again = revert(undone.change_set, by=by)
    assert numbers() == [{"x_number": "C-1"}, {}]
    save_record(kind.model.objects.get(pk=one.pk), {"x_number": ""}, by=by)
    save_record(third, {"x_number": "C-1"}, by=by)
    kept = revert(again.change_set, by=by).kept
    assert [name for _record, name in kept] == ["x_number"]
    assert [one.get("x_number") for one in numbers()] == [None, None, "C-1"]


def test_a_unique_value_that_was_handed_on_is_handed_back(by: User, kind: RecordType) -> None:
    name = add_field(kind, Draft("text", {"label": {"": "Place"}}, unique=True), by=by).name
    one, two = (make(kind.model, owner=by, **{name: said}) for said in ("first", "second"))
    with change_set(by=by) as opened:
        save_record(one, {name: "third"}, by=by)
        save_record(two, {name: "first"}, by=by)
    result = revert(opened.row, by=by)
    assert (result.records, result.gone) == (2, 0)
    assert [row.custom[name] for row in kind.model.objects.order_by("created_at")] == ["first", "second"]


@pytest.mark.parametrize(("said", "fits"), [("9999-12-30T23:00Z", True), ("9999-12-31T23:59Z", False)])
def test_a_moment_has_a_day_in_every_time_zone(said: str, fits: bool, by: User, kind: RecordType) -> None:
    """What programs write for “never”: pages of readers further east showed it no more, with the whole list."""
    name = add_field(kind, Draft("moment", {"label": {"": "Ends"}}), by=by).name
    record = make(kind.model, owner=by)
    with nullcontext() if fits else pytest.raises(RuleError):
        save_record(record, {name: datetime.fromisoformat(said)}, by=by)


def test_nobody_writes_minus_nothing(by: User, kind: RecordType) -> None:
    name = add_field(kind, Draft("number", {"label": {"": "Change"}}, options={"decimals": 2}), by=by).name
    record = save_record(make(kind.model, owner=by), {name: Decimal("-0.001")}, by=by)
    assert record.custom[name] == "0.00"
