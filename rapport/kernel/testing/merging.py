"""What merging keeps with every record type; a part of the contract of records."""

import json
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.urls import reverse

from rapport.kernel.changes.models import AnyRecord, ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.comments.store import add_comment
from rapport.kernel.duplicates.comparison import comparison_of
from rapport.kernel.duplicates.pairs import rebuild
from rapport.kernel.merge.deed import merge_records
from rapport.kernel.merge.pointers import merged_ids, survivor_of
from rapport.kernel.records import Conflict, NotVisible, Record, save_record
from rapport.kernel.registry import RecordType
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.testing.make import make_user

# What keeps growing, whatever is undone: the log, its sets, and what others work out of it later.
APART = {"kernel_change_set", "kernel_cursor", "accounts_session", "kernel_merge", "kernel_moved_link"}


def everything() -> dict[str, list[str]]:
    """Every row of every table as text, without versions and times of change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname = 'public' and c.relname not like 'kernel_change%'"
            " and c.relname not like 'procrastinate%'"
        )
        names = sorted(row[0] for row in cursor.fetchall() if row[0] not in APART)
        found = {}
        for name in names:
            cursor.execute(f"select to_jsonb(t) - 'version' - 'changed_at' from {name} t")  # noqa: S608  # a table of ours
            rows = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
            surrogate = name in ("kernel_timeline", "activities_next_step")
            found[name] = sorted(json.dumps(_bare(row, surrogate), sort_keys=True) for row in rows)
    return found


def _bare(row: dict[str, Any], surrogate: bool) -> dict[str, Any]:
    """Rows that triggers make anew get a new number."""
    return {name: value for name, value in row.items() if not (surrogate and name == "id")}


@pytest.mark.django_db
class MergeContract:
    """Inherited by the test of each record type."""

    model: ClassVar[type[Record]]

    @property
    def kind(self) -> RecordType:
        raise NotImplementedError

    def make(self, **values: Any) -> Any:
        raise NotImplementedError

    def _friends(self) -> tuple[Any, Any, Any]:
        """Two records of one owner with comments and a relationship, and a third one that is related to both."""
        owner = make_user(role="administrator")
        one, two, third = (self.make(owner=owner) for _number in range(3))
        add_comment(one.entry, "First", by=owner)
        add_comment(two.entry, "Second", by=owner)
        kind = RelationshipType.objects.create(key="knows", name="knows", inverse_name="is known by")
        Relationship.objects.create(type=kind, source_id=two.pk, target_id=third.pk)
        Relationship.objects.create(type=kind, source_id=third.pk, target_id=two.pk)
        Relationship.objects.create(type=kind, source_id=third.pk, target_id=one.pk)
        Relationship.objects.create(type=kind, source_id=one.pk, target_id=two.pk)
        return one, two, third

    def test_merging_moves_all_links_and_leaves_one(self) -> None:
        one, two, third = self._friends()
        save_record(two, {"tags": ["mine"]}, by=two.owner)
        done = merge_records(self.kind, one.pk, [two.pk], by=one.owner)
        assert done.record.tags == ["mine"]
        assert AnyRecord.objects.get(pk=one.pk).comments.count() == 2
        edges = set(Relationship.objects.filter(type__key="knows").values_list("source_id", "target_id"))
        assert edges == {(one.pk, third.pk), (third.pk, one.pk)}
        assert not self.kind.visible_to(one.owner).filter(pk=two.pk).exists()
        assert survivor_of(two.pk, one.owner) == one and merged_ids(one.pk) == [two.pk]

    def test_an_undone_merge_leaves_every_table_as_it_was(self) -> None:
        one, two, third = self._friends()
        save_record(two, {"tags": ["mine"], "source": "Trade fair"}, by=two.owner)
        before = everything()
        done = merge_records(self.kind, one.pk, [two.pk, third.pk], by=one.owner, strategy="newest")
        assert everything() != before
        result = revert(ChangeSet.objects.get(pk=done.change_set), by=one.owner)
        assert not result.kept
        after = everything()
        for name in before:
            assert after[name] == before[name], name

    def test_taking_the_undoing_back_merges_again(self) -> None:
        one, two, _third = self._friends()
        done = merge_records(self.kind, one.pk, [two.pk], by=one.owner)
        merged = everything()
        undone = revert(ChangeSet.objects.get(pk=done.change_set), by=one.owner)
        assert survivor_of(two.pk, one.owner) is None
        revert(undone.change_set, by=one.owner)
        assert survivor_of(two.pk, one.owner) == one
        assert not self.kind.visible_to(one.owner).filter(pk=two.pk).exists()
        for name in ("kernel_relationship", "kernel_comment"):
            assert everything()[name] == merged[name], name

    def test_what_was_changed_after_a_merge_stays_when_it_is_undone(self) -> None:
        one, two, _third = self._friends()
        save_record(two, {"source": "Trade fair"}, by=two.owner)
        done = merge_records(self.kind, one.pk, [two.pk], by=one.owner)
        assert done.record.source == "Trade fair"
        save_record(done.record, {"source": "Letter"}, by=one.owner)
        result = revert(ChangeSet.objects.get(pk=done.change_set), by=one.owner)
        assert [field for _key, field in result.kept] == ["source"]
        assert self.model.objects.get(pk=one.pk).source == "Letter"
        assert self.model.objects.get(pk=two.pk).source == "Trade fair"

    def test_old_addresses_lead_to_the_survivor(self, client: Any) -> None:
        one, two, third = self._friends()
        merge_records(self.kind, two.pk, [one.pk], by=one.owner)
        merge_records(self.kind, third.pk, [two.pk], by=one.owner)
        client.force_login(one.owner)
        answer = client.get(reverse("record", args=[self.kind.key, one.pk]))
        assert (answer.status_code, answer["Location"]) == (303, third.get_absolute_url())
        client.force_login(make_user(role="restricted", team="Theirs"))
        assert client.get(reverse("record", args=[self.kind.key, one.pk])).status_code == 404

    def test_a_stranger_merges_nothing_and_an_old_version_is_refused(self, client: Any) -> None:
        one, two, _third = self._friends()
        stranger = make_user(role="restricted", team="Theirs")
        with pytest.raises(NotVisible):
            merge_records(self.kind, one.pk, [two.pk], by=stranger)
        client.force_login(stranger)
        address = reverse("merge", args=[self.kind.key]) + f"?ids={one.pk}&ids={two.pk}"
        assert client.get(address).status_code == 404
        seen = {one.pk: one.version, two.pk: two.version}
        save_record(two, {"source": "Letter"}, by=two.owner)
        with pytest.raises(Conflict):
            merge_records(self.kind, one.pk, [two.pk], by=one.owner, versions=seen)
        assert self.model.objects.filter(pk=two.pk, deleted_at=None).exists()

    def test_the_merge_page_shows_them_side_by_side_and_merges(self, client: Any) -> None:
        one, two, _third = self._friends()
        save_record(two, {"source": "Trade fair"}, by=two.owner)
        client.force_login(one.owner)
        address = reverse("merge", args=[self.kind.key]) + f"?ids={one.pk}&ids={two.pk}"
        html = client.get(address).content.decode()
        assert "Trade fair" in html and str(one.pk) in html and str(two.pk) in html
        answer = client.post(address, {"survivor": str(two.pk), "version": [f"{one.pk}:{one.version}"]})
        assert answer.status_code == 303, answer.content.decode()[:2000]
        assert survivor_of(one.pk, one.owner) == two

    def test_the_work_list_of_duplicates_can_be_worked_out(self) -> None:
        self._friends()
        rebuild(self.kind)
        assert comparison_of(self.kind) is None or comparison_of(self.kind)
