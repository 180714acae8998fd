"""The pages of changes: all acts, one of them, taking it back with a preview, a record as it was."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import Role, User
from rapport.kernel.changes import jobs
from rapport.kernel.changes.listing import Filter, read_sets
from rapport.kernel.changes.models import Cause, Change, ChangeSet, Run
from rapport.kernel.changes.revert import revert, start_revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records import delete_records, save_record, update_records
from rapport.kernel.registry import type_by_key, type_of
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


def act(by: User, label: str, record: Any, **values: Any) -> ChangeSet:
    with change_set(by=by, label=label) as opened:
        save_record(record, values, by=by)
    return opened.row


def text(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:500]
    return str(answer.content.decode())


def test_everybody_sees_what_he_did_and_administrators_see_all(
    client: Client, administrator: User, member: User
) -> None:
    person = make(Person, owner=member, by=member)
    mine = act(member, "A new job for Ada", person, position="Boss")
    theirs = act(administrator, "A better source", person, source="Fair")
    page = text(client, member, "/settings/changes/")
    assert "A new job for Ada" in page
    assert "A better source" not in page
    page = text(client, administrator, "/settings/changes/")
    assert "A new job for Ada" in page
    assert "A better source" in page
    assert "A better source" not in text(client, administrator, f"/settings/changes/?who={member.pk}")
    assert "A better source" in text(
        client, administrator, "/settings/changes/?since=0001-01-01&until=9999-12-31"
    )
    text(client, member, f"/changes/{theirs.pk}/", 404)
    text(client, member, f"/changes/{theirs.pk}/take-back/", 404)
    assert "Boss" in text(client, member, f"/changes/{mine.pk}/")


def test_the_list_goes_on_behind_its_last_line_and_is_filtered(administrator: User) -> None:
    person = make(Person, by=administrator)
    for number in range(60):
        with change_set(
            by=administrator, label=f"Act {number}", cause=Cause.API if number % 3 == 0 else Cause.PAGE
        ):
            save_record(person, {"position": f"Job {number}"}, by=administrator)
    act(administrator, "About a firm", make(Organization, by=administrator), source="Fair")
    from django.http import QueryDict

    first, more = read_sets(administrator, Filter.read(QueryDict("type=people")))
    second, end = read_sets(administrator, Filter.read(QueryDict(more)))
    labels = [line.label for line in [*first, *second]]
    assert labels[:60] == [f"Act {number}" for number in range(59, -1, -1)]
    assert not end
    assert "About a firm" not in labels
    api, _more = read_sets(administrator, Filter.read(QueryDict("cause=api")))
    assert len(api) == 20
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert read_sets(administrator, Filter.read(QueryDict(f"since={tomorrow}")))[0] == []
    assert read_sets(administrator, Filter.read(QueryDict("since=nonsense&who=x&before=y|z&type=no")))[0]


def test_a_page_of_sets_asks_a_fixed_number_of_questions(
    administrator: User, django_assert_max_num_queries: Any
) -> None:
    for _number in range(30):
        make(Person, by=administrator)
    from django.http import QueryDict

    with django_assert_max_num_queries(6):
        read_sets(administrator, Filter.read(QueryDict("")))


def test_the_preview_names_what_would_stay_and_the_result_what_stayed(
    client: Client, administrator: User, member: User
) -> None:
    one, two, three = (
        make(Person, owner=member, by=member, name=n, source="Old") for n in ("Uma", "Vic", "Wim")
    )
    kind = type_of(one)
    with change_set(by=member, label="Sources") as opened:
        update_records(kind, [one.pk, two.pk, three.pk], {"source": "New"}, by=member)
    save_record(Person.objects.get(pk=two.pk), {"source": "Later"}, by=administrator)
    page = text(client, member, f"/changes/{opened.id}/take-back/")
    assert "Take back 2 records" in page
    assert all(word in page for word in ("Vic", "Source", "Later", "Old", "Changed since"))
    client.force_login(member)
    answer = client.post(f"/changes/{opened.id}/take-back/")
    assert answer.status_code == 303
    result = text(client, member, answer["Location"])
    assert "What stayed as it is" in result
    assert "Vic" in result
    assert sorted(Person.objects.values_list("source", flat=True)) == ["Later", "Old", "Old"]
    assert "Taken back" in text(client, member, f"/changes/{opened.id}/")
    assert client.post(f"/changes/{opened.id}/take-back/").status_code == 422


def test_what_one_may_not_edit_any_more_stays_and_the_rest_goes_back(
    administrator: User, member: User
) -> None:
    mine, given = (make(Person, owner=member, by=member, source="Old") for _turn in range(2))
    with change_set(by=member) as opened:
        update_records(type_of(mine), [mine.pk, given.pk], {"source": "New"}, by=member)
    save_record(Person.objects.get(pk=given.pk), {"owner": administrator, "team": None}, by=administrator)
    member.roles.set([Role.objects.get(key="restricted")])
    result = revert(opened.row, by=User.objects.get(pk=member.pk))
    assert (result.records, result.refused) == (1, 1)
    assert Person.objects.get(pk=mine.pk).source == "Old"
    assert Person.objects.get(pk=given.pk).source == "New"


def test_a_new_record_with_which_others_have_worked_stays(administrator: User, member: User) -> None:
    with change_set(by=member) as opened:
        left, busy = (make(Person, owner=member, by=member) for _turn in range(2))
    save_record(Person.objects.get(pk=left.pk), {"position": "Boss"}, by=member)
    save_record(Person.objects.get(pk=busy.pk), {"position": "Boss"}, by=administrator)
    result = revert(opened.row, by=member)
    assert (result.records, result.kept_count) == (1, 1)
    assert Person.objects.get(pk=left.pk).is_deleted
    assert not Person.objects.get(pk=busy.pk).is_deleted


def test_many_records_go_back_in_the_background(client: Client, member: User) -> None:
    kind = type_by_key("people")
    assert kind is not None
    Person.objects.bulk_create(
        [Person(name=f"P {n}", owner=member, kind="person", source="Old") for n in range(401)]
    )
    ids = list(Person.objects.values_list("pk", flat=True))
    with change_set(by=member, label="Sources") as opened:
        update_records(kind, ids, {"source": "New"}, by=member)
    save_record(Person.objects.get(pk=ids[7]), {"source": "Later"}, by=make_user(role="administrator"))
    client.force_login(member)
    answer = client.post(f"/undo/{opened.id}/")
    run = Run.objects.get()
    assert answer["HX-Redirect"] == f"/changes/{run.change_set_id}/"
    assert "0 of 401 records" in text(client, member, answer["HX-Redirect"])
    assert client.post(f"/changes/{opened.id}/take-back/").status_code == 422  # somebody was faster
    jobs.go_on(run_id=str(run.pk))
    run.refresh_from_db()
    assert (run.state, run.done, run.ids) == (Run.State.DONE, 401, [])
    assert Person.objects.filter(source="Old").count() == 400
    assert Person.objects.get(pk=ids[7]).source == "Later"
    assert "What stayed as it is" in text(client, member, answer["HX-Redirect"])
    opened.row.refresh_from_db()
    assert opened.row.reverted_at


def test_a_table_that_was_empty_when_the_planner_looked_is_put_back_as_quickly(member: User) -> None:
    people = [Person(name=f"P {n}", owner=member, kind="person", source="Old") for n in range(600)]
    Person.objects.bulk_create(people)
    Person.objects.filter(pk__in=[one.pk for one in people]).delete()
    with connection.cursor() as cursor:  # pages without rows: one row is expected, however many will come
        cursor.execute("analyze parties_party, kernel_change, kernel_record")
    Person.objects.bulk_create(people)
    ids = list(Person.objects.values_list("pk", flat=True))
    with change_set(by=member, label="Sources") as opened:
        update_records(type_of(Person()), ids, {"source": "New"}, by=member)
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '15s'")
    revert(opened.row, by=member)
    assert Person.objects.filter(source="Old").count() == 600


def test_a_run_that_was_cut_off_goes_on_behind_its_last_batch(member: User, monkeypatch: Any) -> None:
    from rapport.kernel.changes import runs

    people = [make(Person, by=member, source="Old") for _turn in range(7)]
    with change_set(by=member) as opened:
        update_records(type_of(people[0]), [one.pk for one in people], {"source": "New"}, by=member)
    monkeypatch.setattr(runs, "STEP", 2)
    run = start_revert(opened.row, by=member)
    runs._step(run)
    assert Person.objects.filter(source="Old").count() == 2
    jobs.go_on(run_id=str(run.pk))
    assert Person.objects.filter(source="Old").count() == 7
    assert ChangeSet.objects.get(pk=run.change_set_id).facts["records"] == 7


def test_hidden_records_are_counted_and_not_named(client: Client, administrator: User, member: User) -> None:
    hidden = make(Person, owner=administrator, by=administrator, name="Quarz Hidden")
    seen = make(Person, owner=member, by=member, name="Seen Person")
    with change_set(by=member, label="Both") as opened:
        update_records(type_of(seen), [hidden.pk, seen.pk], {"source": "New"}, by=member)
    alone = act(member, "Changed: Quarz Hidden", Person.objects.get(pk=hidden.pk), position="Boss")
    undone = act(member, "Changed: Quarz Hidden", Person.objects.get(pk=hidden.pk), position="Chief")
    back = revert(undone, by=member).change_set
    assert "Quarz" in text(client, member, f"/changes/{back.pk}/")
    member.roles.set([Role.objects.get(key="restricted")])
    page = text(client, member, f"/changes/{opened.id}/")
    assert "Seen Person" in page
    assert "1 record that you cannot see" in page
    for address in (f"/changes/{opened.id}/", f"/changes/{opened.id}/take-back/", f"/changes/{alone.pk}/",
                    f"/changes/{alone.pk}/take-back/", f"/changes/{back.pk}/", "/settings/changes/"):  # fmt: skip
        assert "Quarz" not in text(client, member, address)


def moments(record: Any, count: int) -> list[str]:
    """The entries of a record's log get different moments, as they would have over time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with o as (select id, row_number() over (order by id desc) as n from kernel_change where record_id = %s)"
            " update kernel_change c set at = now() - o.n * interval '1 hour' from o where o.id = c.id",
            [record.pk],
        )
    found = Change.objects.filter(record_id=record.pk).order_by("-at").values_list("at", flat=True)
    return [quote(at.isoformat()) for at in found[:count]]


def test_a_record_is_shown_as_it_was_with_its_parts_and_relationships(client: Client, member: User) -> None:
    person = make(Person, by=member, owner=member, name="Ada", position="Clerk")
    firm = make(Organization, by=member, owner=member, name="Acme Works")
    save_record(
        person, {}, by=member, parts={"contact_points": [{"kind": "web", "value": "https://ada.example"}]}
    )
    kind = RelationshipType.objects.get(key="works_at")
    save_relationship(Relationship(type=kind, source=person.entry, target=firm.entry), {}, by=member)
    save_record(Person.objects.get(pk=person.pk), {"position": "Boss"}, by=member)
    newest = moments(person, 20)
    address = f"/people/{person.pk}/as-of/"
    now = text(client, member, f"{address}?at={newest[0]}")
    assert "0 differences" in now
    assert all(word in now for word in ("Boss", "https://ada.example", "Acme Works"))
    text(client, member, address)
    moved = Change.objects.filter(
        record_id=person.pk, diff__has_key="position", act="update", part=""
    ).latest("at")
    before = text(client, member, f"{address}?at={quote((moved.at - timedelta(seconds=1)).isoformat())}")
    assert 'class="differs"' in before
    assert "Role: Boss" in before
    birth = text(client, member, f"{address}?at={newest[-1]}")
    assert "Clerk" in birth
    assert "It was not there yet" in text(client, member, f"{address}?at=2001-01-01T10:00")
    for said in ("nonsense", "9999-99-99", "2001-01-01T10:00:00+99:99", "%00"):
        text(client, member, f"{address}?at={said}")
    assert "as it was then" in text(client, member, f"/people/{person.pk}/")


def test_who_may_not_see_a_record_sees_it_at_no_moment(
    client: Client, administrator: User, member: User, stranger: User
) -> None:
    person = make(Person, by=administrator, owner=administrator, name="Ada")
    text(client, stranger, f"/people/{person.pk}/as-of/", 404)
    firm = make(Organization, by=administrator, owner=administrator, name="Quarz Works")
    mine = make(Person, by=administrator, owner=stranger, name="Mine")
    kind = RelationshipType.objects.get(key="works_at")
    save_relationship(Relationship(type=kind, source=mine.entry, target=firm.entry), {}, by=administrator)
    assert "Quarz" not in text(
        client, stranger, f"/people/{mine.pk}/as-of/?at={quote(timezone.now().isoformat())}"
    )


def test_deleting_many_is_one_line_and_comes_back_as_one(client: Client, member: User) -> None:
    people = [make(Person, by=member, owner=member) for _turn in range(3)]
    with change_set(by=member, label="Three gone") as opened:
        delete_records(type_of(people[0]), [one.pk for one in people], by=member)
    page = text(client, member, f"/changes/{opened.id}/")
    assert "3 people deleted" in page
    client.force_login(member)
    client.post(f"/changes/{opened.id}/take-back/")
    assert Person.objects.filter(deleted_at=None).count() == 3
