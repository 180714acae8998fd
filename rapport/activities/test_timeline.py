"""Timelines, next steps and last contacts follow every write."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import complete, log, plan, reopen, reschedule
from rapport.activities.columns import channel_sign
from rapport.activities.models import Activity, NextStep, Participant
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.records import delete_record, restore_record, save_record
from rapport.kernel.testing import make, make_user
from rapport.kernel.timeline.models import TimelineEntry
from rapport.parties.models import Organization, Party, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara() -> User:
    return make_user("Mara")


@pytest.fixture
def works(mara: User) -> Organization:
    return make(Organization, owner=mara, name="Stadtwerke Elmenau")


@pytest.fixture
def ingrid(mara: User, works: Organization) -> Person:
    return make(Person, owner=mara, name="Ingrid Solberg-Haas", organization=works)


def entries(record: Party) -> list[tuple[Any, Any, Any]]:
    return list(
        TimelineEntry.objects.filter(record_id=record.pk, kind="activity")
        .order_by("-at", "-id")
        .values_list("item_id", "at", "origin_id")
    )


def fresh(record: Party) -> Party:
    return Party.objects.get(pk=record.pk)


def next_step(record: Party) -> tuple[str, object]:
    """The soonest open activity: subject and when."""
    step = NextStep.objects.filter(record_id=record.pk).order_by("due_at", "activity_id")[0]
    return step.activity.subject, step.due_at


def test_a_call_stands_in_the_timeline_of_the_person_and_of_the_organization(
    mara: User, ingrid: Person, works: Organization
) -> None:
    call = log([ingrid], "call", "Winter service", by=mara)
    assert entries(ingrid) == [(call.pk, call.at, None)]
    assert entries(works) == [(call.pk, call.at, ingrid.pk)]
    assert fresh(ingrid).last_contact_at == fresh(works).last_contact_at == call.done_at
    signs = channel_sign([fresh(ingrid), fresh(works)], mara)
    assert ["Call" in signs[one.pk] for one in (ingrid, works)] == [True, True]


def test_an_organization_that_takes_part_itself_stands_there_for_itself(
    mara: User, ingrid: Person, works: Organization
) -> None:
    log([works, ingrid], "meeting", "Depot", by=mara)
    assert [origin for _item, _at, origin in entries(works)] == [None]


def test_what_is_planned_is_the_next_step_until_it_is_done(
    mara: User, ingrid: Person, works: Organization
) -> None:
    soon, later = timezone.now() + timedelta(days=2), timezone.now() + timedelta(days=9)
    plan([ingrid], "task", "Someday", by=mara)
    plan([ingrid], "call", "Second call", by=mara, due_at=later)
    first = plan([ingrid], "call", "Contract call", by=mara, due_at=soon)
    assert next_step(ingrid) == next_step(works) == ("Contract call", soon)
    complete(first, by=mara)
    assert next_step(ingrid) == next_step(works) == ("Second call", later)
    assert entries(ingrid)[1][0] == first.pk, "now it stands where it was done"
    reopen(first, by=mara)
    assert next_step(works) == ("Contract call", soon)
    assert NextStep.objects.count() == 6


def test_rescheduling_moves_the_row(mara: User, ingrid: Person) -> None:
    task = plan([ingrid], "task", "Offer", by=mara, due_at=timezone.now())
    when = timezone.now() + timedelta(days=30)
    reschedule(task, by=mara, due_at=when)
    assert entries(ingrid) == [(task.pk, when, None)]
    assert next_step(ingrid) == ("Offer", when)


def test_a_bulk_update_in_sql_keeps_everything_right(mara: User, ingrid: Person, works: Organization) -> None:
    tasks = [plan([ingrid], "call", f"Call {n}", by=mara, due_at=timezone.now()) for n in range(5)]
    past = timezone.now() - timedelta(days=3)
    with connection.cursor() as cursor:
        cursor.execute(
            "update activities_activity set done_at = %s where id = any(%s)",
            [past, [one.pk for one in tasks[:4]]],
        )
    assert {at for item, at, _o in entries(works) if item != tasks[4].pk} == {past}
    assert Activity.objects.get(pk=tasks[0].pk).at == past
    assert fresh(works).last_contact_at == past
    assert next_step(works)[0] == "Call 4"


def test_rows_that_are_written_in_sql_get_their_moment_and_their_place(mara: User, ingrid: Person) -> None:
    when = timezone.now() - timedelta(days=1)
    model = log([ingrid], "note", "A model", by=mara)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into activities_activity select (jsonb_populate_record(null::activities_activity, to_jsonb(a)"
            " || jsonb_build_object('id', kernel_uuid7(), 'created_at', %s::timestamptz, 'done_at', null, 'at', null)))"
            ".* from activities_activity a where a.id = %s returning id",
            [when, model.pk],
        )
        key = cursor.fetchone()[0]
        cursor.execute(
            "insert into activities_participant (id, activity_id, record_id) values (kernel_uuid7(), %s, %s)",
            [key, ingrid.pk],
        )
    assert [(item, at) for item, at, _o in entries(ingrid)] == [(model.pk, model.at), (key, when)]


def test_a_soft_delete_takes_the_rows_away_and_restoring_brings_them_back(
    mara: User, ingrid: Person, works: Organization
) -> None:
    call = log([ingrid], "call", "Winter service", by=mara)
    delete_record(call, by=mara)
    assert entries(ingrid) == entries(works) == []
    assert fresh(works).last_contact_at is None
    restore_record(call, by=mara)
    assert entries(ingrid) and entries(works) and fresh(works).last_contact_at == call.at


def test_undo_of_a_delete_brings_the_rows_back_and_undo_of_a_log_takes_them(
    mara: User, ingrid: Person, works: Organization
) -> None:
    call = log([ingrid], "call", "Winter service", by=mara)
    logged = ChangeSet.objects.latest("at")
    delete_record(call, by=mara)
    revert(ChangeSet.objects.latest("at"), by=mara)
    assert len(entries(works)) == 1
    revert(logged, by=mara)
    assert entries(ingrid) == entries(works) == []
    assert fresh(ingrid).last_contact_at is None


def test_somebody_who_leaves_the_activity_loses_the_row(
    mara: User, ingrid: Person, works: Organization
) -> None:
    call = log([ingrid, works], "call", "Winter service", by=mara)
    part = Participant.objects.get(activity=call, record_id=ingrid.pk)
    save_record(call, {}, by=mara, parts={"participants": [{"id": part.pk, "remove": True}]})
    assert entries(ingrid) == []
    assert entries(works) == [(call.pk, call.at, None)]
    Participant.objects.filter(activity=call).delete()
    assert entries(works) == []


def test_a_person_who_changes_the_organization_takes_the_history_along(
    mara: User, ingrid: Person, works: Organization
) -> None:
    call = log([ingrid], "call", "Winter service", by=mara)
    other = make(Organization, owner=mara, name="Nordhavn Kurier")
    save_record(Person.objects.get(pk=ingrid.pk), {"organization": other}, by=mara)
    assert entries(works) == []
    assert entries(other) == [(call.pk, call.at, ingrid.pk)]
    assert fresh(works).last_contact_at is None and fresh(other).last_contact_at == call.at


def test_a_call_that_reached_nobody_is_no_contact(mara: User, ingrid: Person) -> None:
    log([ingrid], "call", "Tried", by=mara, outcome="not_reached")
    log([ingrid], "note", "Thought", by=mara)
    assert fresh(ingrid).last_contact_at is None


def test_a_removed_activity_leaves_nothing_behind(mara: User, ingrid: Person, works: Organization) -> None:
    plan([ingrid], "task", "Offer", by=mara)
    Activity.objects.all().delete()
    assert entries(ingrid) == entries(works) == []
    assert not NextStep.objects.exists()


def test_a_quiet_load_is_made_good_by_rebuilding(mara: User, ingrid: Person, works: Organization) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local rapport.quiet = 'on'")
        call = log([ingrid], "call", "Winter service", by=mara)
        task = plan([ingrid], "task", "Offer", by=mara, due_at=timezone.now())
        assert entries(ingrid) == []
        cursor.execute("set local rapport.quiet = ''")
        version = fresh(ingrid).version
        cursor.execute("select activities_rebuild_timeline()")
    assert {item for item, _at, _o in entries(ingrid)} == {item for item, _at, _o in entries(works)} == {
        call.pk, task.pk
    }  # fmt: skip
    assert fresh(works).last_contact_at == call.at and next_step(works)[0] == "Offer"
    assert fresh(ingrid).version == version
