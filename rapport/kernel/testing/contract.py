"""What every record type keeps: a test class per type inherits these tests.

class TestDealIsARecord(RecordContract):
    model = Deal
"""

from typing import Any, ClassVar

import pytest
from django.test import Client
from django.urls import reverse

from rapport.kernel.changes.models import AnyRecord, Change, ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.fields import Context, Link, LinkBase
from rapport.kernel.records import Conflict, NotVisible, Record, RuleError, delete_record, save_record
from rapport.kernel.registry import RecordType, type_of_model
from rapport.kernel.testing.arranged import ArrangedContract
from rapport.kernel.testing.custom_fields import CustomFieldContract
from rapport.kernel.testing.make import make, make_user, sample_of
from rapport.kernel.testing.merging import MergeContract

HOSTILE = [
    "<script>alert(1)</script>",
    "' or 1=1 --",
    "\x00null\x00",
    "🦄 עברית ‮ Ünïcode",
    "=cmd|' /C calc'!A0",
    "x" * 10_000_000,
    "{{ 7*7 }} {% raw %}",
]


@pytest.mark.django_db
class RecordContract(MergeContract, CustomFieldContract, ArrangedContract):
    """Inherited by the test of each record type."""

    model: ClassVar[type[Record]]

    @property
    def kind(self) -> RecordType:
        return type_of_model(self.model)

    def make(self, **values: Any) -> Any:
        return make(self.model, **values)

    # -- log, search row, undo --------------------------------------------------------------------------------
    def test_a_new_record_stands_in_search_and_in_the_change_log(self) -> None:
        record = self.make()
        row = AnyRecord.objects.get(pk=record.pk)
        assert (row.type, row.title, row.owner_id) == (self.kind.key, str(record), record.owner_id)
        change = Change.objects.get(record_id=record.pk, act="create", part="")
        assert (change.actor_id, change.type) == (record.owner_id, self.kind.key)

    def test_each_logged_field_leaves_a_trace_and_can_be_undone(self) -> None:
        record = self.make()
        for number, (name, field) in enumerate(self.kind.editable_fields().items(), start=5):
            if not field.flags.logged or field.unique:
                continue
            old = field.read(record)
            new = sample_of(field, number, record.owner)
            if new is None or new == old or name in self.coupled:
                continue
            record = save_record(record, {name: new}, by=record.owner)
            change = Change.objects.filter(record_id=record.pk, part="", diff__has_key=field.column).last()
            assert change is not None and change.change_set_id, f"{name} was not logged"
            done = ChangeSet.objects.filter(pk=change.change_set_id).get()
            revert(done, by=record.owner)
            record = self.model.objects.get(pk=record.pk)
            assert field.read(record) == old, f"{name} did not come back"

    coupled: ClassVar[tuple[str, ...]] = ()  # fields that cannot be changed alone

    def test_a_deleted_record_is_gone_and_comes_back_by_undo(self) -> None:
        record = self.make()
        delete_record(record, by=record.owner)
        assert not self.model.objects.visible_to(record.owner).filter(pk=record.pk).exists()
        assert not AnyRecord.objects.visible_to(record.owner).filter(pk=record.pk).exists()
        done = ChangeSet.objects.filter(actor=record.owner).latest("at")
        revert(done, by=record.owner)
        assert self.model.objects.visible_to(record.owner).filter(pk=record.pk).exists()

    # -- rights -----------------------------------------------------------------------------------------------
    def test_a_stranger_sees_nothing_and_changes_nothing(self) -> None:
        record = self.make(owner=make_user(team="Ours"))
        stranger = make_user(role="restricted", team="Theirs")
        assert not self.model.objects.visible_to(stranger).filter(pk=record.pk).exists()
        with pytest.raises(NotVisible):
            save_record(record, {"source": "mine now"}, by=stranger)
        with pytest.raises(NotVisible):
            delete_record(record, by=stranger)
        for name, action in self.kind.actions.items():
            with pytest.raises(NotVisible):
                action.run(record, by=stranger)
            assert name
        assert self.model.objects.get(pk=record.pk).version == record.version

    def test_a_stranger_gets_not_found_on_every_page(self, client: Client) -> None:
        record = self.make(owner=make_user(team="Ours"))
        client.force_login(make_user(role="restricted", team="Theirs"))
        for name in ("record", "record_edit", "peek"):
            assert client.get(reverse(name, args=[self.kind.key, record.pk])).status_code == 404, name
        listed = client.get(reverse("list", args=[self.kind.key]))
        assert str(record.pk) not in listed.content.decode()

    def test_a_team_mate_sees_it_and_everybody_must_sign_in(self, client: Client) -> None:
        record = self.make(owner=make_user(team="Ours"))
        page = reverse("record", args=[self.kind.key, record.pk])
        assert client.get(page).status_code == 302
        client.force_login(make_user(role="restricted", team="Ours"))
        assert client.get(page).status_code == 200

    # -- values -----------------------------------------------------------------------------------------------
    def test_two_editors_of_one_field_conflict_and_of_two_fields_do_not(self) -> None:
        record = self.make()
        seen = record.version
        save_record(record, {"source": "first"}, by=record.owner, version=seen)
        with pytest.raises(Conflict):
            save_record(record, {"source": "second"}, by=record.owner, version=seen)
        save_record(record, {"tags": ["mine"]}, by=record.owner, version=seen)
        record = self.model.objects.get(pk=record.pk)
        assert (record.source, record.tags) == ("first", ["mine"])

    @pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
    def test_hostile_input_is_kept_as_text_or_refused_with_a_sentence(
        self, said: str, client: Client
    ) -> None:
        record = self.make()
        for name, field in self.kind.editable_fields().items():
            if isinstance(field, LinkBase) or name in self.coupled:
                continue
            try:
                value = field.parse(said, Context(record.owner))
                record = save_record(record, {name: value}, by=record.owner)
            except (RuleError, Exception) as problem:  # noqa: BLE001  # the assertion is on what it is
                assert type(problem).__name__ in ("RuleError", "ValidationError"), (name, problem)
        client.force_login(record.owner)
        html = client.get(reverse("record", args=[self.kind.key, record.pk])).content.decode()
        assert "<script>alert" not in html

    def test_values_survive_the_way_through_text(self) -> None:
        user = make_user(role="administrator")
        for number, (name, field) in enumerate(self.kind.editable_fields().items()):
            if isinstance(field, Link):
                continue
            value = sample_of(field, number, user)
            if value is None:
                continue
            said = field.input(value) if not field.is_multiple else value
            assert field.parse(said, Context(user)) == value, name

    # -- pages ------------------------------------------------------------------------------------------------
    def test_the_list_shows_it_and_its_queries_do_not_grow(
        self, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        owner = make_user(role="administrator")
        records = [self.make(owner=owner) for _ in range(12)]
        client.force_login(owner)
        client.get(reverse("list", args=[self.kind.key]))
        with django_assert_max_num_queries(20):
            html = client.get(reverse("list", args=[self.kind.key])).content.decode()
        assert all(str(record.pk) in html for record in records)

    def test_the_form_has_every_editable_field(self, client: Client) -> None:
        client.force_login(make_user(role="administrator"))
        html = client.get(reverse("record_new", args=[self.kind.key])).content.decode()
        missing = [name for name in self.kind.editable_fields() if f'name="{name}' not in html]
        assert not missing

    def test_every_filter_runs(self, client: Client) -> None:
        owner = make_user(role="administrator")
        record = self.make(owner=owner)
        context = Context(owner)
        for number, (name, field) in enumerate(self.kind.fields.items()):
            value = sample_of(field, number, owner) if not isinstance(field, Link) else record
            for operator in field.operators:
                said = str(getattr(value, "pk", "") or field.input(value)) if not field.is_multiple else "tag"
                said = {"days": "7", "none": "", "range": f"{said}..{said}"}.get(operator.operand, said)
                if field.kind == "choices":
                    said = field.input(value)
                operand = field.parse_operand(operator, said, context)
                list(self.model.objects.filter(field.condition(operator, operand, context))[:1])
                assert name
