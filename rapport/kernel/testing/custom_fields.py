"""What every record type keeps about custom fields: it takes one of each kind, everywhere."""

from typing import Any, ClassVar

import pytest
from django.test import Client
from django.urls import reverse

from rapport.accounts.models import User
from rapport.kernel.changes.models import Change, ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.custom.kinds import CLASSES
from rapport.kernel.custom.worked import work_out
from rapport.kernel.exports.table import ExportTable, exported_fields
from rapport.kernel.fields import Context, FieldType
from rapport.kernel.filters.relations import relations_of
from rapport.kernel.imports.extensions import extension_of, importable
from rapport.kernel.imports.slots import slots_of
from rapport.kernel.lists.columns import available_columns
from rapport.kernel.lists.reader import Source, read_page
from rapport.kernel.lists.sorting import read_sort, sortable_fields
from rapport.kernel.records import NotVisible, Record, RuleError, save_record
from rapport.kernel.registry import RecordType
from rapport.kernel.testing.make import make_user, sample_of

KINDS = sorted(set(CLASSES) - {"autonumber"})  # which nobody can fill in
CHOICES = [{"key": "red", "label": "Red", "hue": "red"}, {"key": "blue", "label": {"": "Blue", "de": "Blau"}}]
FILES = ("file", "picture")


def add_custom_field(
    kind: RecordType, field_kind: str, *, by: User, key: str = "", **values: Any
) -> FieldType:
    """A custom field of that kind, with the options that the kind needs."""
    options: dict[str, Any] = {}
    if field_kind in ("choice", "choices"):
        options = {"choices": CHOICES}
    elif field_kind == "link":
        options = {"to": kind.key}
    draft = Draft(field_kind, {"label": {"": f"Own {field_kind}"}}, options=options, key=key, **values)
    name = add_field(kind, draft, by=by).name
    return kind.fields[name]


class CustomFieldContract:
    """Inherited by RecordContract."""

    model: ClassVar[type[Record]]
    kind: Any  # Any: a property of RecordContract
    make: Any

    def _sample(self, one: FieldType, by: User, number: int = 1) -> Any:
        return self.make(owner=by) if one.kind == "link" else sample_of(one, number, by)

    @pytest.mark.parametrize("field_kind", KINDS)
    def test_a_custom_field_of_each_kind_is_kept_listed_filtered_and_undone(
        self, field_kind: str, client: Client
    ) -> None:
        by = make_user(role="administrator")
        one = add_custom_field(self.kind, field_kind, by=by, is_listed=True)
        record: Any = self.make(owner=by)
        value = self._sample(one, by)
        if value is None:
            pytest.skip("no sample of this kind")
        empty = one.read(record)
        saved: Any = save_record(record, {one.name: value}, by=by)
        again: Any = self.model.objects.get(pk=record.pk)
        assert one.read(again) == value == one.read(saved)
        said = value if one.is_multiple else one.input(value)
        if one.kind not in ("phone", "address"):
            assert one.parse(said, Context(by)) == value
        # Lists, their orders and filters.
        client.force_login(by)
        html = client.get(reverse("list", args=[self.kind.key])).content.decode()
        assert one.label in html and str(record.pk) in html
        self._assert_filters(one, value, again, by)
        self._assert_sorted(one, again, by)
        # The record's page and form.
        page = client.get(reverse("record", args=[self.kind.key, record.pk])).content.decode()
        assert one.label in page
        form = client.get(reverse("record_edit", args=[self.kind.key, record.pk])).content.decode()
        assert f'name="{one.name}' in form
        # The log, in words and taken back.
        change = Change.objects.filter(record_id=record.pk, diff__has_key=one.name).latest("id")
        timeline = client.get(reverse("record_timeline", args=[self.kind.key, record.pk])).content.decode()
        assert one.label in timeline and one.name not in timeline.replace(str(value), "")
        assert change.change_set_id is not None
        done = ChangeSet.objects.get(pk=change.change_set_id)
        revert(done, by=by)
        assert one.read(self.model.objects.get(pk=record.pk)) == empty

    def _assert_filters(self, one: FieldType, value: Any, record: Any, by: User) -> None:
        context = Context(by)
        for operator in one.operators:
            said = value[0] if one.is_multiple else str(getattr(value, "pk", "") or one.input(value))
            said = value["street"] if one.kind == "address" else said
            said = {"days": "7", "none": "", "range": f"{said}..{said}"}.get(operator.operand, said)
            operand = one.parse_operand(operator, said, context)
            found = set(self.model.objects.filter(one.condition(operator, operand, context)))
            hits = {"is", "any", "filled", "contains", "starts", "min", "max", "between"}
            if operator.key in hits:
                assert record in found, operator.key
            if operator.key in {"is_not", "none", "empty"}:
                assert record not in found, operator.key

    def _assert_sorted(self, one: FieldType, record: Any, by: User) -> None:
        if one.name not in sortable_fields(self.kind):
            return
        other = self.make(owner=by)
        for key in (one.name, f"-{one.name}"):
            sort = read_sort(key, self.kind)
            assert sort.field is one
            rows = read_page(Source(self.kind, by, self._everything(), sort), lambda rows: rows).rows
            order = [row.pk for row in rows if row.pk in (record.pk, other.pk)]
            has_last_place = one.null or one.kind in ("text", "email")  # what has no value stands at the end
            expected = [record.pk, other.pk] if has_last_place or key != one.name else [other.pk, record.pk]
            assert order == expected, key

    def _everything(self) -> Any:  # Any: a condition
        from django.db.models import Q

        return Q()

    def test_custom_fields_are_exported_and_offered_to_imports(self) -> None:
        by = make_user(role="administrator")
        added = [add_custom_field(self.kind, field_kind, by=by) for field_kind in KINDS]
        record = self.make(owner=by)
        values = {one.name: self._sample(one, by) for one in added}
        save_record(record, {name: value for name, value in values.items() if value is not None}, by=by)
        source = Source(self.kind, by, self._everything(), read_sort("", self.kind))
        table = ExportTable(source, Context(by), exported_fields(self.kind))
        headings = [column.heading for column in table.columns]
        rows = list(table.rows())
        columns = available_columns(self.kind)
        for one in added:
            if one.kind not in FILES and values[one.name] is not None:
                assert one.label in headings
                place = headings.index(one.label)
                assert any(row[place] not in (None, "") for row in rows), one.kind
            assert one.kind == "file" or one.name in columns
        if importable(self.kind.key):
            slots = slots_of(self.kind, extension_of(self.kind.key))
            assert all(one.name in slots for one in added if one.kind not in FILES)

    def test_what_is_worked_out_is_shown_filtered_sorted_and_exported_and_never_written(
        self, client: Client
    ) -> None:
        by = make_user(role="administrator")
        record, other = self.make(owner=by), self.make(owner=by)
        texts = {"label": {"": "Worked out"}}
        options = {"formula": f"length({self.kind.title}) * 1000 + length(source)"}
        draft = Draft("formula", texts, options=options, key="worked", is_listed=True)
        one = self._field(add_field(self.kind, draft, by=by).name)
        save_record(record, {"source": "four"}, by=by)
        wanted = len(str(record)) * 1000 + 4
        rows = self.kind.visible_to(by)
        assert set(rows.filter(x_worked=wanted)) == {record}
        assert work_out(self.kind, [record, other], by) and one.read(record) == wanted
        self._assert_sorted_worked(one, by)
        client.force_login(by)
        page = client.get(reverse("record", args=[self.kind.key, record.pk])).content.decode()
        assert "Worked out" in page and one.text(wanted) in page
        html = client.get(f"{reverse('list', args=[self.kind.key])}?sort=-x_worked").content.decode()
        assert one.text(wanted) in html
        form = client.get(reverse("record_edit", args=[self.kind.key, record.pk])).content.decode()
        assert 'name="x_worked' not in form
        with pytest.raises(RuleError):
            save_record(record, {"x_worked": 1}, by=by)

    def _field(self, name: str) -> FieldType:
        found: FieldType = self.kind.fields[name]
        return found

    def _assert_sorted_worked(self, one: FieldType, by: User) -> None:
        sort = read_sort("-x_worked", self.kind)
        assert sort.field is one, "its index is ready"
        found = read_page(Source(self.kind, by, self._everything(), sort), lambda rows: rows).rows
        work_out(self.kind, found, by)
        values = [one.read(row) for row in found]
        assert values == sorted(values, reverse=True)

    def test_related_records_of_every_kind_are_counted(self) -> None:
        by = make_user(role="administrator")
        record = self.make(owner=by)
        every = [one for one in relations_of(self.kind, None) if one.link is not None][:3]
        for number, relation in enumerate(every):
            options = {"relation": relation.key, "take": "count", "of": "", "where": ""}
            draft = Draft("rollup", {"label": {"": f"Count {number}"}}, options=options, key=f"count{number}")
            one = self._field(add_field(self.kind, draft, by=by).name)
            assert work_out(self.kind, [record], by) and one.read(record) == 0
            assert record in set(self.kind.visible_to(by).filter(**{one.name: 0}))

    def test_a_stranger_learns_nothing_by_a_custom_field(self, client: Client) -> None:
        admin = make_user(role="administrator")
        one = add_custom_field(self.kind, "text", by=admin)
        record = self.make(owner=make_user(team="Ours"))
        save_record(record, {one.name: "Quarzblatt"}, by=admin)
        stranger = make_user(role="restricted", team="Theirs")
        with pytest.raises(NotVisible):
            save_record(record, {one.name: "mine"}, by=stranger)
        client.force_login(stranger)
        url = reverse("list", args=[self.kind.key])
        assert str(record.pk) not in client.get(f"{url}?f={one.name}.is.Quarzblatt").content.decode()
        assert (
            client.get(reverse("record_field", args=[self.kind.key, record.pk, one.name])).status_code == 404
        )

    def test_every_new_record_gets_the_next_number(self) -> None:
        by = make_user(role="administrator")
        old = self.make(owner=by)
        options = {"prefix": "N-", "digits": 4}
        name = add_field(
            self.kind, Draft("autonumber", {"label": {"": "Number"}}, options=options), by=by
        ).name
        one = self.kind.fields[name]
        first = int(one.read(self.model.objects.get(pk=old.pk)).removeprefix("N-"))
        numbers = [one.read(self.make(owner=by)) for _number in range(3)]
        assert numbers == [f"N-{first + step:04d}" for step in (1, 2, 3)]
        with pytest.raises(RuleError):
            save_record(old, {name: "N-9999"}, by=by)

    def test_two_custom_fields_are_undone_each_for_itself(self) -> None:
        by = make_user(role="administrator")
        first, second = (add_custom_field(self.kind, "text", by=by, key=key) for key in ("first", "second"))
        record = self.make(owner=by)
        save_record(record, {first.name: "one"}, by=by)
        done = ChangeSet.objects.filter(actor=by).latest("at")
        save_record(record, {second.name: "two"}, by=by)
        result = revert(done, by=by)
        fresh = self.model.objects.get(pk=record.pk)
        assert (first.read(fresh), second.read(fresh), result.kept) == ("", "two", [])
