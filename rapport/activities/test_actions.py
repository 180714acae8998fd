"""Writing down, planning, completing, and who may."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import (
    complete,
    follow_up,
    log,
    next_working_day,
    plan,
    reopen,
    reschedule,
)
from rapport.activities.models import Activity, Participant
from rapport.activities.participants import also_about, people_of
from rapport.activities.pulse import pulses
from rapport.kernel.changes.models import AnyRecord, ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records import NotVisible, RuleError, save_record
from rapport.kernel.testing import RecordContract, make, make_user
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


class TestActivityIsARecord(RecordContract):
    model = Activity
    coupled = ("type",)  # an open task that becomes a note is done


@pytest.fixture
def mara() -> User:
    return make_user("Mara")


@pytest.fixture
def ingrid(mara: User) -> Person:
    return make(Person, owner=mara, name="Ingrid Solberg-Haas")


def test_what_is_written_down_is_done_and_one_change_set(mara: User, ingrid: Person) -> None:
    with change_set(by=mara) as opened:
        call = log([ingrid], "call", "Winter service", "She is happy.", by=mara, duration=12, direction="in")
    assert call.done_at is not None and call.at == call.done_at
    assert (call.outcome, call.direction, call.duration, call.owner) == ("reached", "in", 12, mara)
    assert [part.record_id for part in call.participants.all()] == [ingrid.pk]
    assert "activity.logged" in ChangeSet.objects.get(pk=opened.id).events


def test_a_note_is_done_at_once_through_every_door(mara: User) -> None:
    note = save_record(Activity(), {"type": "note", "subject": "A thought"}, by=mara)
    assert note.done_at is not None
    with pytest.raises(RuleError):
        plan([], "note", "Later", by=mara)


def test_the_first_line_is_the_subject_where_none_is_given(mara: User, ingrid: Person) -> None:
    note = log([ingrid], "note", body="Wants a firm date.\nAnd more.", by=mara)
    call = log([ingrid], "call", by=mara)
    assert (note.subject, call.subject) == ("Wants a firm date.", "Call with Ingrid Solberg-Haas")
    with pytest.raises(RuleError):
        log([ingrid], "note", by=mara)


def test_the_future_is_planned_not_written_down(mara: User, ingrid: Person) -> None:
    with pytest.raises(RuleError):
        log([ingrid], "call", "Later", by=mara, at=timezone.now() + timedelta(days=1))


def test_completing_says_so_and_adds_the_note(mara: User, ingrid: Person) -> None:
    call = plan([ingrid], "call", "Contract call", "Ask for the date.", by=mara)
    done = complete(call, by=mara, note="Signed.", duration=20)
    assert done.done_at is not None
    assert (done.outcome, done.body, done.duration) == ("reached", "Ask for the date.\n\nSigned.", 20)
    assert ChangeSet.objects.latest("at").events == ["activity.completed"]
    with pytest.raises(RuleError):
        complete(done, by=mara)
    assert reopen(done, by=mara).is_open


def test_completing_offers_the_same_people_on_the_next_working_day(mara: User, ingrid: Person) -> None:
    jonas = make_user("Jonas")
    due = timezone.now().replace(hour=14, minute=30, second=0, microsecond=0)
    call = complete(plan([ingrid], "call", "Contract call", by=mara, due_at=due, users=[jonas]), by=mara)
    offer = follow_up(call, mara)
    assert (offer["type"], offer["subject"]) == ("call", "Contract call")
    assert [one.pk for one in offer["records"]] == [ingrid.pk] and offer["users"] == [jonas]
    then = timezone.localtime(offer["due_at"])
    assert then.date() == next_working_day(timezone.localdate())
    assert then.time() == timezone.localtime(due).time()


def test_weekends_are_no_working_days() -> None:
    friday = date(2026, 5, 15)
    assert [next_working_day(friday + timedelta(days=n)).isoformat() for n in range(4)] == [
        "2026-05-18", "2026-05-18", "2026-05-18", "2026-05-19",
    ]  # fmt: skip


def test_what_is_done_is_not_rescheduled_and_undo_opens_it(mara: User, ingrid: Person) -> None:
    task = plan([ingrid], "task", "Offer", by=mara)
    complete(task, by=mara)
    with pytest.raises(RuleError):
        reschedule(task, by=mara, due_at=timezone.now())
    revert(ChangeSet.objects.filter(events__contains=["activity.completed"]).get(), by=mara)
    assert Activity.objects.get(pk=task.pk).is_open


def test_done_cannot_be_set_by_editing(mara: User) -> None:
    task = plan([], "task", "Offer", by=mara)
    with pytest.raises(RuleError):
        save_record(task, {"done_at": timezone.now()}, by=mara)


def test_nobody_attaches_a_record_that_he_does_not_see(mara: User) -> None:
    hidden = make(Person, owner=make_user(team="Theirs"), name="Hidden")
    stranger = make_user(role="restricted", team="Ours")
    rows = {"participants": [{"record": hidden.pk}]}
    with pytest.raises(RuleError):
        save_record(Activity(), {"type": "task", "subject": "Mine"}, by=stranger, parts=rows)
    task = plan([], "task", "Mine", by=stranger, people=people_of([hidden], stranger))
    assert not Participant.objects.filter(activity=task).exists()


def test_an_area_adds_who_comes_along(mara: User, ingrid: Person) -> None:
    works = make(Organization, owner=mara, name="Stadtwerke")
    also_about("organizations", lambda record: [ingrid, None])
    try:
        call = log([works], "call", "Both", by=mara)
    finally:
        also_about("organizations", lambda record: [])
    assert {one.record_id for one in call.participants.all()} == {works.pk, ingrid.pk}


def test_the_pulse_counts_contacts_in_and_out_of_twelve_weeks(mara: User, ingrid: Person) -> None:
    now = timezone.now()
    log([ingrid], "call", "In", by=mara, direction="in")
    log([ingrid], "call", "Out", by=mara, at=now - timedelta(days=8))
    log([ingrid], "call", "Nobody", by=mara, outcome="not_reached")
    log([ingrid], "note", "None", by=mara)
    log([ingrid], "call", "Long ago", by=mara, at=now - timedelta(weeks=13))
    weeks = pulses([ingrid.pk], mara)[ingrid.pk]
    assert weeks == [(0, 0)] * 10 + [(0, 1), (1, 0)]
    stranger = make_user(role="restricted", team="Theirs")
    assert pulses([ingrid.pk], stranger)[ingrid.pk] == [(0, 0)] * 12


def test_a_restricted_user_can_neither_complete_nor_reschedule_what_is_not_his(mara: User) -> None:
    task = plan([], "task", "Offer", by=mara)
    stranger = make_user(role="restricted", team="Theirs")
    for deed in (complete, reopen, reschedule):
        with pytest.raises(NotVisible):
            deed(task, by=stranger)
    assert AnyRecord.objects.get(pk=task.pk).title == "Offer"


def test_a_day_without_an_hour_is_overdue_when_it_is_over(mara: User) -> None:
    today = timezone.make_aware(datetime.combine(timezone.localdate(), datetime.min.time()))
    assert not plan([], "task", "Today", by=mara, due_at=today).is_overdue
    assert plan([], "task", "Yesterday", by=mara, due_at=today - timedelta(days=1)).is_overdue
