"""Setting several fields of many records: the preview says what would happen, and that happens."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from rapport.accounts.models import Role, User
from rapport.kernel.changes import jobs
from rapport.kernel.changes.models import ChangeSet, Run
from rapport.kernel.changes.revert import revert
from rapport.kernel.records import RuleError
from rapport.kernel.records.bulk_edit import edit_records, glance, preview_edit
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.testing.make import sample_of
from rapport.parties.models import Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db
DIALOG = {"HX-Request": "true", "Rapport-Dialog": "1"}


def people(owner: User, count: int, **values: Any) -> list[Person]:
    return [make(Person, by=owner, owner=owner, name=f"P{number}", **values) for number in range(count)]


def address(rows: list[Any], type_key: str = "people") -> str:
    return f"/{type_key}/bulk/set/?ids={','.join(str(row.pk) for row in rows)}"


def test_several_fields_are_set_in_one_step(client: Client, member: User) -> None:
    rows = people(member, 3, position="Clerk", source="Fair")
    client.force_login(member)
    form = {"fields": ["position", "source"], "v-position": "Boss", "v-source": ""}
    page = client.post(address(rows), {**form, "then": "preview"}, headers=DIALOG)
    assert page.status_code == 200
    text = page.content.decode()
    assert all(word in text for word in ("Change 3", '<s class="t3">Clerk</s>', "Boss", "P0"))
    assert set(Person.objects.values_list("position", "source")) == {("Clerk", "Fair")}
    sets = ChangeSet.objects.count()
    assert client.post(address(rows), {**form, "then": "write"}, headers=DIALOG).status_code == 204
    assert set(Person.objects.values_list("position", "source")) == {("Boss", "")}
    assert ChangeSet.objects.count() == sets + 1
    revert(ChangeSet.objects.latest("at"), by=member)
    assert set(Person.objects.values_list("position", "source")) == {("Clerk", "Fair")}


def test_fields_are_added_and_left_out(client: Client, member: User) -> None:
    rows = people(member, 2)
    client.force_login(member)
    form = {"fields": ["position"], "v-position": "Half-typed", "add": "source"}
    text = client.post(address(rows), form, headers=DIALOG).content.decode()
    assert all(word in text for word in ('name="v-position"', "Half-typed", 'name="v-source"'))
    form = {"fields": ["position", "source"], "v-position": "x", "v-source": "Kept", "drop": "position"}
    text = client.post(address(rows), form, headers=DIALOG).content.decode()
    assert 'name="v-position"' not in text
    assert "Kept" in text
    assert set(Person.objects.values_list("position", flat=True)) == {""}
    form = {"fields": ["id", "deleted_at", "name", "nonsense"], "v-name": "Same for all"}
    client.post(address(rows), form, headers=DIALOG)
    assert set(Person.objects.values_list("name", flat=True)) == {"P0", "P1"}


def test_the_preview_counts_what_has_it_already_and_what_one_may_not_edit(
    member: User, administrator: User
) -> None:
    role = Role.objects.create(
        key="reader", name="Reader", grants={"*": {"create": "all", "read": "all", "edit": "own"}}
    )
    member.roles.set([role])
    member = User.objects.get(pk=member.pk)
    rows = people(member, 3, position="Clerk") + people(administrator, 2)
    Person.objects.filter(pk=rows[0].pk).update(position="Boss")
    kind = type_by_key("people")
    assert kind is not None
    ids = [row.pk for row in rows]
    found = preview_edit(kind, ids, {"position": "Boss"}, by=member)
    assert (found.changed, found.same, len(found.refused)) == (2, 1, 2)
    done = edit_records(kind, ids, {"position": "Boss"}, by=member)
    assert (done.changed, done.same, len(done.refused)) == (2, 1, 2)
    assert Person.objects.filter(position="Boss").count() == 3


def test_a_glance_at_very_many_counts_like_a_preview(administrator: User, member: User) -> None:
    kind: Any = type_by_key("people")
    kinds = ("text", "number", "money", "date", "yesno", "choice", "choices", "user", "link", "email")
    custom = [add_custom_field(kind, one, by=administrator) for one in kinds]
    friend = make(Person, owner=member)
    values = {one.name: friend if one.kind == "link" else sample_of(one, 1, administrator) for one in custom}
    values |= {"position": "Boss", "birthday": None, "stage": "lead", "tags": ["a", "b"]}
    rows = people(member, 2, **values) + people(member, 3, position="Clerk")
    reader = make_user(role="restricted", team="South")
    own, ids = people(reader, 1, position="Boss"), [row.pk for row in rows]
    for name, value in values.items():
        for by, keys in ((administrator, ids), (reader, [own[0].pk])):
            if by is reader and name.endswith("link"):
                continue  # he does not see the friend
            found = [look(kind, keys, {name: value}, by=by) for look in (preview_edit, glance)]
            assert (found[0].changed, found[0].same) == (found[1].changed, found[1].same), name
    assert glance(kind, ids, values, by=administrator).same == 2
    assert glance(kind, ids, {"position": "x"}, by=reader).refused == ids


def test_a_rule_stops_only_the_records_that_it_is_about(
    member: User, administrator: User, monkeypatch: Any
) -> None:
    def rules(self: Deal) -> None:
        if self.name == "P1" and self.source == "Forbidden":
            raise RuleError("Not this one.")

    monkeypatch.setattr(Deal, "rules", rules)
    rows = [make(Deal, by=member, owner=member, name=f"P{number}") for number in range(3)]
    kind = type_by_key("deals")
    assert kind is not None
    found = edit_records(kind, [row.pk for row in rows], {"source": "Forbidden"}, by=member)
    assert (found.changed, found.wrong) == (2, [(rows[1].pk, "Not this one.")])
    assert Deal.objects.filter(source="Forbidden").count() == 2


def test_what_the_database_refuses_stays_and_is_named(client: Client, member: User, monkeypatch: Any) -> None:
    from django.db import connection

    rows = people(member, 5)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(
            "alter table parties_party add constraint no_p3 check (not (name = 'P3' and source = 'Bad'))"
        )
    client.force_login(member)
    form = {"fields": "source", "v-source": "Bad", "then": "write"}
    assert client.post(address(rows), form, headers=DIALOG).status_code == 204
    assert sorted(Person.objects.filter(source="Bad").values_list("name", flat=True)) == [
        "P0",
        "P1",
        "P2",
        "P4",
    ]
    page = client.get(f"/changes/{ChangeSet.objects.latest('at').pk}/").content.decode()
    assert "What stayed as it is" in page
    assert "no p3" in page
    with override("de"):
        assert ChangeSet.objects.latest("at").told == "Quelle geändert: 5 Personen"


def test_many_are_edited_in_the_background_as_one_set(client: Client, member: User) -> None:
    Person.objects.bulk_create(
        [Person(name=f"P{n}", owner=member, kind="person", position="Clerk") for n in range(1201)]
    )
    client.force_login(member)
    form = {"fields": ["position", "owner"], "v-position": "Boss", "v-owner": str(member.pk),
            "v-owner_text": member.name}  # fmt: skip
    text = client.post(
        "/people/bulk/set/?all=1", {**form, "then": "preview"}, headers=DIALOG
    ).content.decode()
    assert "Change 1,201" in text and "tried with the first 100" in text
    answer = client.post("/people/bulk/set/?all=1", {**form, "then": "write"}, headers=DIALOG)
    run = Run.objects.get()
    assert answer["HX-Redirect"] == f"/changes/{run.change_set_id}/"
    assert (run.total, Person.objects.filter(position="Boss").count()) == (1201, 0)
    jobs.go_on(run_id=str(run.pk))
    run.refresh_from_db()
    assert (run.state, run.done) == (Run.State.DONE, 1201)
    assert Person.objects.filter(position="Boss").count() == 1201
    page = client.get(answer["HX-Redirect"]).content.decode()
    assert "1,201 people changed" in page
    jobs.go_on(run_id=str(run.pk))  # again: nothing
    result = revert(run.change_set, by=member)
    assert result.records == 1201
    assert Person.objects.filter(position="Clerk").count() == 1201
