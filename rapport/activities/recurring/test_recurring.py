"""Series: rules at the clock of a time zone, in words, changed in part and taken back."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from rapport.accounts.models import Role, User
from rapport.activities.actions import complete
from rapport.activities.models import Activity, Series
from rapport.activities.recurring import jobs
from rapport.activities.recurring.deeds import ALL, FOLLOWING, begin, change, remove
from rapport.activities.recurring.rules import Rule, moments, new_parts_of, parts_of, read_rule, shifted
from rapport.activities.recurring.words import words_of
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.records import RuleError, save_record
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person

BERLIN = "Europe/Berlin"


def test_a_series_keeps_its_hour_when_clocks_are_changed() -> None:
    found = list(islice(moments("FREQ=WEEKLY;BYDAY=TU", date(2026, 10, 20), time(9), BERLIN), 2))
    assert found == [datetime(2026, 10, 20, 7, tzinfo=UTC), datetime(2026, 10, 27, 8, tzinfo=UTC)]
    left_out = list(islice(moments("FREQ=DAILY", date(2026, 3, 28), time(2, 30), BERLIN), 3))
    assert [one.hour for one in left_out] == [1, 1, 0]  # at 2:30 no clock shows that hour on the 29th
    later = list(islice(moments("FREQ=DAILY", date(2026, 3, 1), time(9), BERLIN, after=left_out[0]), 1))
    assert later == [datetime(2026, 3, 28, 8, tzinfo=UTC)]


SAID = [
    ("FREQ=DAILY;INTERVAL=3", "Every 3 days", "Alle 3 Tage"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every working day", "Jeden Werktag"),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR",
        "Every 2 weeks on Tuesday and Friday",
        "Alle 2 Wochen am Dienstag und Freitag",
    ),
    (
        "FREQ=MONTHLY;BYDAY=2TU;COUNT=5",
        "Every month on the second Tuesday, 5 times",
        "Jeden Monat am zweiten Dienstag, 5-mal",
    ),
    ("FREQ=MONTHLY;BYDAY=-1TU", "Every month on the last Tuesday", "Jeden Monat am letzten Dienstag"),
    (
        "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2",
        "Every month on the second Tuesday",
        "Jeden Monat am zweiten Dienstag",
    ),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on its last day", "Jeden Monat am letzten Tag"),
    ("FREQ=YEARLY", "Every year on May 12", "Jedes Jahr am 12. Mai"),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
        "Repeats by a rule of another program.",
        "Wiederholt sich nach einer Regel eines anderen Programms.",
    ),
]


@pytest.mark.parametrize(("rule", "english", "german"), SAID)
def test_rules_are_said_in_both_languages(rule: str, english: str, german: str) -> None:
    day = date(2026, 5, 12)  # the second Tuesday of May
    with translation.override("en"):
        assert words_of(rule, day) == english
    with translation.override("de"):
        assert words_of(rule, day) == german


def test_a_rule_is_read_back_as_it_was_chosen_and_goes_along_to_another_day() -> None:
    day = date(2026, 5, 12)
    for rule in (Rule("DAILY", 2), Rule("WEEKLY", 1, (0, 4)), Rule("MONTHLY", on="weekday"), Rule("MONTHLY", on="last"),
                 Rule("MONTHLY", on="last-weekday"), Rule("YEARLY", count=3),
                 Rule("WEEKLY", 2, (1,), until=date(2027, 1, 1))):  # fmt: skip
        assert read_rule(rule.text(day), day) == rule
    assert shifted("FREQ=WEEKLY;BYDAY=TU,FR", day, day + timedelta(days=2)) == "FREQ=WEEKLY;BYDAY=TH,SU"
    assert shifted("FREQ=MONTHLY;BYDAY=2TU", day, date(2026, 5, 20)) == "FREQ=MONTHLY;BYDAY=3WE"
    assert (
        shifted("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 11, 27), date(2026, 11, 26))
        == "FREQ=MONTHLY;BYDAY=-1TH"
    )
    assert (
        shifted("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 11, 27), date(2026, 11, 20)) == "FREQ=MONTHLY;BYDAY=3FR"
    )
    for bad in (
        "",
        "FREQ=SECONDLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYHOUR=1",
        "FREQ=WEEKLY;BYDAY=XX",
        "x" * 999,
    ):
        with pytest.raises(RuleError):
            parts_of(bad)
    for never in (
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=9MO",
    ):
        assert parts_of(never)  # would be looked for until the year 9999
        with pytest.raises(RuleError):
            new_parts_of(never)
    for other in (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYDAY=5MO",
    ):
        assert new_parts_of(other)


@pytest.fixture
def series(db: None, member: User) -> list[Activity]:
    """Every Tuesday at nine from tomorrow's week on, six times, with Ingrid."""
    ingrid = make(Person, by=member, given_name="Ingrid", family_name="Solberg")
    with timezone.override(BERLIN):
        first = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time(9)))
        rule = Rule("WEEKLY", count=6).text(timezone.localtime(first).date())
        begin(
            rule, [ingrid], by=member, due_at=first, values={"type": "meeting", "subject": "Stand-up", "duration": 30},
        )  # fmt: skip
    return rows()


def rows() -> list[Activity]:
    return list(Activity.objects.filter(deleted_at=None).order_by("due_at"))


def last_set() -> ChangeSet:
    return ChangeSet.objects.order_by("-pk")[0]


def clocks() -> set[str]:
    with timezone.override(BERLIN):
        return {f"{timezone.localtime(one.due_at):%H:%M}" for one in rows()}


@pytest.mark.django_db
def test_occurrences_are_activities_of_their_own_with_the_same_people(series: list[Activity]) -> None:
    assert len(series) == 6 and clocks() == {"09:00"}
    assert {one.participants.count() for one in series} == {1}
    assert jobs.fill_all() == 0


@pytest.mark.django_db
def test_one_is_moved_completed_and_deleted_alone(series: list[Activity], member: User) -> None:
    complete(series[0], by=member)
    remove(series[2], "one", by=member)
    jobs.fill_all()
    assert len(rows()) == 5 and sum(one.is_open for one in rows()) == 4


@pytest.mark.django_db
def test_this_and_following_are_changed_and_taken_back(series: list[Activity], member: User) -> None:
    third = series[2]
    change(third, FOLLOWING, by=member, due_at=third.due_at + timedelta(hours=1), values={"duration": 45})
    with timezone.override(BERLIN):
        hours = [timezone.localtime(one.due_at).hour for one in rows()]
    assert hours == [9, 9, 10, 10, 10, 10]
    assert [one.duration for one in rows()] == [30, 30, 45, 45, 45, 45]
    jobs.fill_all()
    assert len(rows()) == 6  # both halves know their end
    revert(last_set(), by=member)
    assert clocks() == {"09:00"} and {one.series_id for one in rows()} == {third.series_id}
    jobs.fill_all()
    assert len(rows()) == 6


@pytest.mark.django_db
def test_all_that_are_open_go_to_another_day_of_the_week(series: list[Activity], member: User) -> None:
    complete(series[0], by=member)
    remove(series[3], "one", by=member)
    change(series[4], ALL, by=member, due_at=series[4].due_at + timedelta(days=1))
    open_now = [one for one in rows() if one.is_open]
    assert [one.due_at for one in open_now] == [series[n].due_at + timedelta(days=1) for n in (1, 2, 4, 5)]
    jobs.fill_all()
    assert len(rows()) == 5  # what was deleted does not come back


@pytest.mark.django_db
def test_those_that_follow_are_deleted_and_do_not_come_back(series: list[Activity], member: User) -> None:
    assert remove(series[2], FOLLOWING, by=member) == 4
    jobs.fill_all()
    assert len(rows()) == 2
    revert(last_set(), by=member)
    assert len(rows()) == 6


@pytest.mark.django_db
def test_an_endless_series_goes_on_while_something_of_it_is_left(member: User) -> None:
    begin(
        "FREQ=DAILY",
        [],
        by=member,
        due_at=timezone.now() + timedelta(hours=1),
        values={"type": "task", "subject": "Water"},
    )
    many = len(rows())
    assert 55 < many < 70
    made = Series.objects.get()
    Series.objects.filter(pk=made.pk).update(filled_until=rows()[29].due_at)
    Activity.objects.filter(pk__in=[one.pk for one in rows()[30:]]).delete()
    assert jobs.fill_all() == many - 30 and len(rows()) == many
    remove(rows()[0], ALL, by=member)
    assert jobs.fill_all() == 0


@pytest.mark.django_db
def test_the_form_plans_changes_and_ends_a_series(client: Client, member: User, stranger: User) -> None:
    client.force_login(member)
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    said: dict[str, Any] = {"kind": "call", "subject": "Check in", "day": day, "hour": "10:00", "duration": "15",
                            "repeats": "DAILY", "step": "1", "ends": "count", "count": "4"}  # fmt: skip
    assert client.post("/activities/plan/", said | {"count": "0"}).status_code == 422
    assert client.post("/activities/plan/", said | {"day": "", "hour": ""}).status_code == 422
    assert client.post("/activities/plan/", said).status_code in (302, 303)
    first = rows()[0]
    assert len(rows()) == 4 and (first.type, first.duration) == ("call", 15)
    page = client.get(f"/activities/{first.pk}/").content.decode()
    assert "Every day, 4 times" in page
    form = client.get(f"/activities/{first.pk}/series/").content.decode()
    assert "Check in" in form and "10:00" in form
    answer = client.post(
        f"/activities/{first.pk}/series/",
        said | {"hour": "11:30", "which": "all", "repeats": "WEEKLY", "count": "2"},
    )
    assert answer.status_code in (302, 303) and len(rows()) == 2
    client.force_login(stranger)
    assert client.get(f"/activities/{rows()[0].pk}/series/").status_code == 404
    assert client.post(f"/activities/{rows()[0].pk}/series/end/", {"which": "all"}).status_code == 404
    client.force_login(member)
    client.post(f"/activities/{rows()[0].pk}/series/end/", {"which": "all"})
    assert rows() == []


@pytest.mark.django_db
def test_who_changes_a_series_that_a_colleague_changed_meanwhile_is_told_before_it_is_written(
    series: list[Activity], client: Client, member: User, administrator: User
) -> None:
    client.force_login(member)
    address = f"/activities/{series[2].pk}/series/"
    form = client.get(address).content.decode()
    version = form.split('name="version" value="')[1].split('"')[0]
    save_record(series[2], {"place": "Room 7"}, by=administrator)
    said = {"kind": "call", "subject": "Check in", "day": "2031-05-14", "repeats": "DAILY", "step": "1",
            "ends": "never", "place": "Room 9", "which": "following", "version": version}  # fmt: skip
    answer = client.post(address, said)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Ada Administrator changed" in page and "Room 9" in page
    series[2].refresh_from_db()
    assert (series[2].place, series[2].subject == "Check in") == ("Room 7", False)
    again = page.split('name="version" value="')[1].split('"')[0]
    assert client.post(address, said | {"version": again}).status_code in (302, 303)
    assert Activity.objects.filter(place="Room 9").exists()


@pytest.mark.django_db
def test_who_takes_part_is_changed_for_those_that_follow_or_all(
    series: list[Activity], client: Client, member: User
) -> None:
    karl, guest, vera = (
        make(Person, by=member, name="Karl"),
        make(Person, by=member, name="Guest"),
        make_user("Vera"),
    )
    ingrid = series[0].participants.get().record_id
    save_record(series[4], {}, by=member, parts={"participants": [{"record": guest.pk}]})
    client.force_login(member)
    address = f"/activities/{series[2].pk}/series/"
    form = client.get(address).content.decode()
    assert f'name="people" value="{ingrid}"' in form
    with timezone.override(BERLIN):
        at = timezone.localtime(series[2].due_at)
    said: dict[str, Any] = {"kind": "meeting", "subject": "Stand-up", "day": at.date().isoformat(), "hour": "09:00",
                            "repeats": "other", "which": "following", "people_sent": "yes"}  # fmt: skip

    def guests() -> list[set[Any]]:
        return [{part.record_id or part.user_id for part in one.participants.all()} for one in rows()]

    assert client.post(address, said | {"people": [karl.pk, vera.pk]}).status_code in (302, 303)
    now = {karl.pk, vera.pk}
    assert guests() == [{ingrid}, {ingrid}, now, now, now | {guest.pk}, now]
    revert(last_set(), by=member)
    assert guests() == [{ingrid}] * 4 + [{ingrid, guest.pk}, {ingrid}]
    del said["people_sent"]  # a program that does not know of people changes none
    assert client.post(address, said | {"which": "all"}).status_code in (302, 303)
    assert guests() == [{ingrid}] * 4 + [{ingrid, guest.pk}, {ingrid}]


@pytest.mark.django_db
def test_what_ends_before_those_that_follow_ends_with_the_day_before(
    series: list[Activity], member: User
) -> None:
    third = series[2]
    change(third, FOLLOWING, by=member, due_at=third.due_at + timedelta(days=1))
    first = rows()[0].series
    rule = read_rule(first.rule, first.day, first.hour)
    assert rule is not None and rule.until == third.due_at.date() - timedelta(days=1)
    saved_anew = moments(rule.text(first.day), first.day, first.hour, BERLIN)
    assert len(list(saved_anew)) == 2
    other = rule.text(first.day).replace("T235959", "T085959")  # as other programs say the last moment
    assert read_rule(other, first.day, time(9)).until == rule.until - timedelta(days=1)
    assert read_rule(other, first.day, time(8)) == rule


@pytest.mark.django_db
def test_what_happens_on_the_last_friday_of_a_month_is_planned_by_hand(client: Client, member: User) -> None:
    client.force_login(member)
    said = {"kind": "meeting", "subject": "Close the month", "day": "2099-11-20", "hour": "09:00", "repeats": "MONTHLY",
            "step": "1", "month_on": "last-weekday", "ends": "never"}  # fmt: skip
    assert client.post("/activities/plan/", said).status_code in (302, 303)
    first = rows()[0]
    assert (first.due_at.date(), first.series.rule) == (date(2099, 11, 27), "FREQ=MONTHLY;BYDAY=-1FR")
    page = client.get(f"/activities/{first.pk}/series/").content.decode()
    assert '<option value="last-weekday" selected>' in page and "Every month on the last Friday" in page


def test_nobody_repeats_a_note(db: None) -> None:
    with pytest.raises(RuleError):
        begin(
            "FREQ=DAILY", [], by=make_user(), due_at=timezone.now(), values={"type": "note", "subject": "x"}
        )


@pytest.mark.django_db
def test_a_series_goes_on_with_who_has_taken_it_over(series: list[Activity], member: User) -> None:
    other = make_user("Nora North")
    made = Series.objects.get()
    Activity.objects.filter(pk__in=[one.pk for one in rows()[3:]]).delete()
    Series.objects.filter(pk=made.pk).update(filled_until=rows()[-1].due_at)
    Activity.objects.update(owner=other)
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert jobs.fill_all() == 3
    assert {one.owner_id for one in rows()} == {other.pk}
    User.objects.update(is_active=False)
    Series.objects.update(filled_until=None)
    assert jobs.fill_all() == 0


@pytest.mark.django_db
def test_what_a_role_hides_is_not_told_by_the_series_either(client: Client, member: User) -> None:
    values = {"type": "call", "subject": "Check in", "body": "Quarzblatt", "duration": 15}
    when = timezone.now() + timedelta(days=1)
    first = begin("FREQ=DAILY;COUNT=3", [], by=member, due_at=when, values=values)
    Role.objects.filter(key="member").update(field_rights={"activities": {"body": "hidden"}})
    client.force_login(User.objects.get(pk=member.pk))
    address = f"/activities/{first.pk}/"
    for page in (f"{address}series/", f"{address}calendar.ics"):
        answer = client.get(page).content.decode()
        assert "Check in" in answer and "Quarzblatt" not in answer
    day = {
        "day": timezone.localtime(when).date().isoformat(),
        "hour": "10:00",
        "duration": "15",
        "which": "all",
    }
    assert client.post(
        f"{address}series/", {"kind": "call", "subject": "New", "repeats": "other", **day}
    ).status_code in (302, 303)
    assert {(one.subject, one.body) for one in rows()} == {("New", "Quarzblatt")}
