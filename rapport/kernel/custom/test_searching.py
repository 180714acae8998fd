"""Search over custom values: by the mark on the field, for new, changed and old records."""

from typing import Any

import pytest

from rapport.accounts.models import User
from rapport.kernel.custom import define, jobs, searching
from rapport.kernel.custom.models import CustomField
from rapport.kernel.records import save_record, update_records
from rapport.kernel.registry import RecordType
from rapport.kernel.search.query import find
from rapport.kernel.testing import make
from rapport.kernel.testing.custom_fields import add_custom_field

pytestmark = pytest.mark.django_db
KIND = "people"


def found(said: str, by: User) -> set[Any]:
    return {hit.record.pk for hit in find(said, by).hits}


@pytest.mark.parametrize(
    ("field_kind", "value", "said"),
    [
        ("text", "Großglockner", "grossglockner"), ("longtext", "sails a dinghy", "dinghy"),
        ("email", "kim@yawl.example", "kim@yawl.ex"), ("phone", "+491701234567", "0170 1234567"),
        ("choice", "blue", "Blau"), ("choices", ["red", "blue"], "red"), ("web", "https://yawl.example", "yawl"),
        ("number", 4711, "4711"),
    ],
)  # fmt: skip
def test_a_searched_field_finds_its_record(
    field_kind: str, value: Any, said: str, by: User, kind: RecordType
) -> None:
    one = add_custom_field(kind, field_kind, by=by, is_searched=True)
    silent = add_custom_field(kind, "text", by=by, key="silent")
    record: Any = make(kind.model, owner=by, **{silent.name: "quiet"})
    save_record(record, {one.name: one.parse(value, _context(by)) if field_kind == "phone" else value}, by=by)
    assert record.pk in found(said, by)
    assert record.pk not in found("quiet", by)
    update_records(kind, [record.pk], {one.name: [] if one.is_multiple else ""}, by=by) if (
        field_kind != "number"
    ) else save_record(record, {one.name: None}, by=by)
    assert record.pk not in found(said, by)


def _context(by: User) -> Any:
    from rapport.kernel.fields import Context

    return Context(by)


def test_the_mark_brings_old_records_up_to_date_at_once_or_in_batches(
    by: User, kind: RecordType, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = add_custom_field(kind, "text", by=by)
    records = [make(kind.model, owner=by, **{one.name: f"yawl{number}"}) for number in range(5)]
    definition = CustomField.objects.get()
    draft = {"texts": definition.texts}
    monkeypatch.setattr(searching, "AT_ONCE", 2)
    monkeypatch.setattr(searching, "BATCH", 2)
    later: list[dict[str, str]] = []
    monkeypatch.setattr(jobs.renew_words, "defer", lambda **said: later.append(said))
    definition = define.change_field(definition, define.Draft("text", is_searched=True, **draft), by=by)
    assert [bool(found(f"yawl{number}", by)) for number in range(5)] == [True, True, False, False, False]
    jobs.renew_words(**later[0])
    assert found("yawl", by) == {one.pk for one in records}
    define.remove_field(definition, by=by)
    for said in later[1:]:
        jobs.renew_words(**said)
    assert found("yawl", by) == set()


def test_another_label_of_a_choice_finds_its_records(by: User, kind: RecordType) -> None:
    one = add_custom_field(kind, "choice", by=by, is_searched=True)
    record: Any = make(kind.model, owner=by, **{one.name: "red"})
    definition = CustomField.objects.get()
    choices = [{"key": "red", "label": "Crimson"}]
    define.change_field(
        definition,
        define.Draft("choice", definition.texts, options={"choices": choices}, is_searched=True),
        by=by,
    )
    assert found("crimson", by) == {record.pk}
