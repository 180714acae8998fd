"""The composer, doing things in place, My day and the quick task, as a browser uses them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import complete, log, plan
from rapport.activities.menu import due_by_tonight
from rapport.activities.models import Activity, NextStep, Participant
from rapport.activities.myday.day import day_of
from rapport.kernel.records import save_record
from rapport.kernel.testing import make, make_user
from rapport.kernel.timeline.counts import tab_counts
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def mara() -> User:
    return make_user("Mara Lindholm", team="Ours")


@pytest.fixture
def ingrid(mara: User) -> Person:
    works = make(Organization, owner=mara, name="Stadtwerke Elmenau")
    return make(Person, owner=mara, name="Ingrid Solberg-Haas", organization=works)


@pytest.fixture
def browser(client: Client, mara: User) -> Client:
    client.force_login(mara)
    return client


@pytest.fixture
def stranger(mara: User) -> User:
    return make_user("Stranger", role="restricted", team="Theirs")


def write(browser: Client, record: Person, **values: Any) -> Any:
    address = reverse("activity_write", args=["people", record.pk])
    return browser.post(address, {"people": [record.pk], **values}, headers=HTMX)


def html(answer: Any) -> str:
    return str(answer.content.decode())


# -- the composer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["note", "call", "meeting", "task"])
def test_every_tab_of_the_composer_has_its_form(browser: Client, ingrid: Person, kind: str) -> None:
    answer = browser.get(reverse("record_composer", args=["people", ingrid.pk, kind]))
    assert answer.status_code == 200
    assert f'name="kind" value="{kind}"' in html(answer) and "Ingrid Solberg-Haas" in html(answer)


def test_a_call_is_written_down_and_the_page_learns_of_it(
    browser: Client, ingrid: Person, mara: User
) -> None:
    answer = write(
        browser, ingrid, kind="call", body="She likes it.", outcome="reached", direction="in", duration="5"
    )
    assert answer.status_code == 200
    assert "record-changed" in answer.headers["HX-Trigger"] and "/undo/" in answer.headers["Rapport-Notice"]
    call = Activity.objects.get()
    assert (call.type, call.body, call.direction, call.duration, call.owner) == (
        "call",
        "She likes it.",
        "in",
        5,
        mara,
    )
    page = browser.get(reverse("record", args=["people", ingrid.pk]))
    assert "She likes it." in html(page) and "Ingrid Solberg-Haas called Mara" in html(page)
    assert "She likes it." in html(browser.get(ingrid.organization.get_absolute_url()))


def test_after_a_call_the_next_step_is_planned_in_the_same_flow(browser: Client, ingrid: Person) -> None:
    answer = write(browser, ingrid, kind="call", body="She likes it.", then_next="yes")
    call = Activity.objects.get()
    assert reverse("activity_next", args=[call.pk]) in html(answer)
    address = reverse("activity_next", args=[call.pk]) + f"?in=composer&type=people&record={ingrid.pk}"
    answer = browser.post(
        address,
        {"kind": "task", "subject": "Send it", "day": "2030-01-07", "people": [ingrid.pk]},
        headers=HTMX,
    )
    assert 'name="kind" value="note"' in html(answer)
    task = Activity.objects.get(type="task")
    assert task.is_open and timezone.localtime(task.due_at).date().isoformat() == "2030-01-07"
    assert NextStep.objects.get(record_id=ingrid.pk).activity.subject == "Send it"


def test_a_meeting_in_the_future_is_planned_and_one_in_the_past_is_done(
    browser: Client, ingrid: Person
) -> None:
    today = timezone.localdate()
    for day in (today + timedelta(days=3), today - timedelta(days=3)):
        write(browser, ingrid, kind="meeting", subject="Depot", day=day.isoformat(), hour="14:00")
    assert [one.is_open for one in Activity.objects.order_by("at")] == [False, True]


def test_a_form_with_a_mistake_comes_back_with_what_was_typed(browser: Client, ingrid: Person) -> None:
    answer = write(
        browser, ingrid, kind="call", body="Kept words", duration="many", day="yesteryear", hour="25:99"
    )
    assert answer.status_code == 422
    assert "Kept words" in html(answer) and html(answer).count('role="alert"') == 2
    assert not Activity.objects.exists()
    assert write(browser, ingrid, kind="note", body="  ").status_code == 422


def test_colleagues_and_other_people_take_part(browser: Client, ingrid: Person, mara: User) -> None:
    jonas, walter = make_user("Jonas"), make(Person, owner=mara, name="Walter Tiefenbach")
    write(browser, ingrid, kind="call", body="All of us", people=[ingrid.pk, jonas.pk, walter.pk, "nonsense"])
    parts = Participant.objects.values_list("record_id", "user_id")
    assert set(parts) == {(ingrid.pk, None), (walter.pk, None), (None, jonas.pk)}


def test_the_choice_of_people_shows_only_who_is_visible(
    browser: Client, client: Client, ingrid: Person, stranger: User
) -> None:
    address = reverse("activity_people") + "?q=Ingrid"
    assert "Ingrid Solberg-Haas" in html(browser.get(address))
    client.force_login(stranger)
    assert "Ingrid" not in html(client.get(address))


@pytest.mark.parametrize(
    "said",
    ["<script>alert(1)</script>", "\x00null\x00", "🦄 עברית ‮", "{{ 7*7 }}", "x" * 300_000, "' or 1=1 --"],
)
def test_hostile_words_are_kept_as_words(browser: Client, ingrid: Person, said: str) -> None:
    write(browser, ingrid, kind="note", body=said)
    write(browser, ingrid, kind="task", subject=said, day=said[:50], owner=said[:50], outcome=said[:50])
    page = browser.get(reverse("record", args=["people", ingrid.pk]))
    assert page.status_code == 200 and "<script>alert" not in html(page)
    assert browser.get(reverse("home")).status_code == 200
    assert len(html(page)) < 250_000, "a long text is cut"


# -- in place ---------------------------------------------------------------------------------------------------


def test_done_in_the_timeline_answers_the_item_and_offers_what_comes_next(
    browser: Client, ingrid: Person, mara: User
) -> None:
    call = plan([ingrid], "call", "Contract call", by=mara, due_at=timezone.now())
    answer = browser.post(reverse("activity_done", args=[call.pk]), headers=HTMX)
    assert "What is next?" in html(answer) and f'id="activity-{call.pk}"' in html(answer)
    assert 'value="Contract call"' in html(answer) and "Ingrid Solberg-Haas" in html(answer)
    again = browser.post(reverse("activity_done", args=[call.pk]), headers=HTMX)
    assert "somebody was faster" in again.headers["Rapport-Notice"]


def test_the_page_of_a_done_activity_offers_what_comes_next(
    browser: Client, ingrid: Person, mara: User
) -> None:
    task = plan([ingrid], "task", "Offer", by=mara)
    assert "What is next?" not in html(browser.get(task.get_absolute_url()))
    complete(task, by=mara)
    page = html(browser.get(task.get_absolute_url()))
    address = reverse("activity_next", args=[task.pk]) + "?in=page"
    assert "What is next?" in page and address in page
    answer = browser.post(address, {"kind": "task", "subject": "Ask", "people": [ingrid.pk]}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == Activity.objects.get(subject="Ask").get_absolute_url()


def test_rescheduling_in_place(browser: Client, ingrid: Person, mara: User) -> None:
    task = plan([ingrid], "task", "Offer", by=mara, due_at=timezone.now())
    address = reverse("activity_reschedule", args=[task.pk])
    assert 'name="day"' in html(browser.get(address, headers=HTMX))
    assert browser.post(address, {"day": "nonsense"}, headers=HTMX).status_code == 422
    browser.post(address, {"kind": "task", "day": "2030-05-06", "hour": "15:30"}, headers=HTMX)
    due = timezone.localtime(Activity.objects.get(pk=task.pk).due_at)
    assert f"{due:%Y-%m-%d %H:%M}" == "2030-05-06 15:30"


def test_without_scripts_every_deed_leads_to_a_page(browser: Client, ingrid: Person, mara: User) -> None:
    task = plan([ingrid], "task", "Offer", by=mara)
    for name, values in (
        ("activity_done", {}),
        ("activity_reopen", {}),
        ("activity_reschedule", {"day": "2030-05-06"}),
        ("activity_next", {"kind": "task", "subject": "Next"}),
    ):
        assert browser.post(reverse(name, args=[task.pk]), values).status_code == 303, name
    assert browser.post(reverse("quick_task"), {"said": "Offer"}).status_code == 303
    note = {"kind": "note", "body": "Words"}
    assert browser.post(reverse("activity_write", args=["people", ingrid.pk]), note).status_code == 303


def test_a_stranger_gets_not_found_everywhere_and_changes_nothing(
    client: Client, ingrid: Person, mara: User, stranger: User
) -> None:
    task = plan([ingrid], "task", "Secret offer", by=mara, due_at=timezone.now())
    client.force_login(stranger)
    for name in ("activity_done", "activity_reopen", "activity_reschedule", "activity_next"):
        for place in ("timeline", "day", "block", "composer"):
            answer = client.post(
                f"{reverse(name, args=[task.pk])}?in={place}", {"subject": "x"}, headers=HTMX
            )
            assert answer.status_code == 404, (name, place)
    address = reverse("activity_write", args=["people", ingrid.pk])
    assert client.post(address, {"kind": "note", "body": "x"}, headers=HTMX).status_code == 404
    assert Activity.objects.get().version == task.version


def test_foreign_activities_stay_hidden_in_timeline_blocks_my_day_and_counts(
    client: Client, ingrid: Person, mara: User, stranger: User
) -> None:
    shared = make(Person, owner=stranger, name="Shared Person")
    plan([shared], "call", "Secret offer", by=mara, due_at=timezone.now(), users=[stranger])
    log([shared], "call", "Secret words", "Secret words", by=mara)
    client.force_login(stranger)
    page, home = html(client.get(shared.get_absolute_url())), html(client.get(reverse("home")))
    # the field "Next step" of the person is the person's; only what the area itself shows is checked
    timeline = html(client.get(reverse("record_timeline", args=["people", shared.pk]), headers=HTMX))
    assert "Secret" not in timeline and "Secret words" not in page and "Secret" not in home
    assert "Nothing planned" in page and "Open activities" not in page
    assert due_by_tonight(stranger, 99) == 0 and due_by_tonight(mara, 99) == 1
    assert tab_counts(shared.pk, stranger) == {} and tab_counts(shared.pk, mara) == {"activities": "2"}


def test_only_signed_in_people_get_in(client: Client, ingrid: Person) -> None:
    for address in (reverse("home"), reverse("quick_task"), reverse("activity_people")):
        assert client.get(address).status_code == 302
    assert client.post(reverse("activity_write", args=["people", ingrid.pk])).status_code == 302


# -- my day -----------------------------------------------------------------------------------------------------


def at(days: int, hour: int = 0, minute: int = 0) -> Any:
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def test_my_day_sorts_what_is_late_due_coming_and_done(mara: User, ingrid: Person) -> None:
    late = plan([], "task", "Late", by=mara, due_at=at(-2))
    today = plan([ingrid], "task", "Today", by=mara, due_at=at(0))
    meeting = plan([ingrid], "meeting", "Depot", by=mara, due_at=at(0, 14), duration=45)
    soon = plan([], "task", "Soon", by=mara, due_at=at(3))
    someday = plan([], "task", "Someday", by=mara)
    plan([], "task", "Far away", by=mara, due_at=at(30))
    plan([], "task", "Not mine", by=make_user("Jonas"), due_at=at(0))
    done = complete(plan([], "task", "Done", by=mara), by=mara)
    day = day_of(mara)
    assert [[one.id for one in found] for found in (day.overdue, day.today, day.undated, day.done)] == [
        [late.pk], [today.pk], [someday.pk], [done.pk],
    ]  # fmt: skip
    assert [one.shown.id for one in day.agenda.appointments] == [meeting.pk]
    assert [[one.id for one in found] for _date, found in day.coming] == [[soon.pk]]


def test_appointments_that_overlap_stand_beside_each_other(mara: User) -> None:
    for hour, minute, length in ((9, 0, 60), (9, 30, 60), (10, 15, 30), (13, 0, 30)):
        plan([], "meeting", "Meeting", by=mara, due_at=at(0, hour, minute), duration=length)
    places = [(one.start, one.lane, one.lanes) for one in day_of(mara).agenda.appointments]
    assert places == [(540, 0, 2), (570, 1, 2), (615, 0, 2), (780, 0, 1)]


def test_a_short_appointment_names_its_beginning_only(mara: User, ingrid: Person) -> None:
    for hour, length in ((9, 30), (11, 45)):
        plan([ingrid], "meeting", "Meeting", by=mara, due_at=at(0, hour), duration=length)
    said = [(one.is_short, one.on_agenda) for one in day_of(mara).agenda.appointments]
    assert said == [(True, "09:00"), (False, "11:00 to 11:45, Ingrid Solberg-Haas")]


def test_vital_signs_speak_within_a_sentence_and_name_colleagues_as_one_does(
    browser: Client, mara: User, ingrid: Person
) -> None:
    log([ingrid], "call", by=mara, at=timezone.now() - timedelta(hours=20 + timezone.localtime().hour))
    plan([ingrid], "call", "Ask", by=mara, due_at=at(1, 14))
    page = " ".join(html(browser.get(ingrid.get_absolute_url())).split())
    assert "Last contact <time" in page and ">yesterday</time>" in page
    assert re.search(r"Tomorrow, \d\d:00, Mara</span>", page)


def test_an_appointment_of_a_colleague_is_on_my_agenda_when_i_take_part(mara: User) -> None:
    jonas = make_user("Jonas")
    plan([], "meeting", "Together", by=jonas, due_at=at(0, 11), users=[mara])
    assert len(day_of(mara).agenda.appointments) == 1


def test_the_page_has_a_fixed_number_of_queries(
    browser: Client, mara: User, ingrid: Person, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        plan([ingrid], "call", f"Call {number}", by=mara, due_at=at(0, 9, number), users=[make_user()])
        plan([ingrid], "task", f"Task {number}", by=mara, due_at=at(-number))
    browser.get(reverse("home"))  # what the process keeps about record types is there now
    with django_assert_max_num_queries(36):
        page = html(browser.get(reverse("home")))
    # a promise that needs her does not stand among what is overdue once more
    assert [page.count(f">Task {number}</a>") for number in range(1, 12)] == [1] * 11
    assert "Also overdue" in page


@pytest.mark.parametrize("day", ["2026-05-12", "nonsense", "0001-01-01", "9999-12-31", ""])
def test_the_agenda_turns_to_other_days(browser: Client, day: str) -> None:
    assert browser.get(reverse("home"), {"day": day}).status_code == 200


def test_completing_on_my_day_shows_it_anew_with_the_offer(
    browser: Client, mara: User, ingrid: Person
) -> None:
    task = plan([ingrid], "task", "Offer", by=mara, due_at=at(0))
    answer = browser.post(reverse("activity_done", args=[task.pk]) + "?in=day", headers=HTMX)
    assert 'id="day"' in html(answer) and "What is next?" in html(answer) and "Done today" in html(answer)
    address = reverse("activity_next", args=[task.pk]) + "?in=day"
    answer = browser.post(address, {"kind": "call", "subject": "Ask", "people": [ingrid.pk]}, headers=HTMX)
    assert "Without a date" in html(answer) and Activity.objects.get(type="call").subject == "Ask"


def test_a_quick_task_is_read_planned_and_linked(browser: Client, ingrid: Person) -> None:
    answer = browser.post(
        reverse("quick_task") + "?in=day", {"said": "Call Ingrid tomorrow 14:00"}, headers=HTMX
    )
    assert "Planned: Call Ingrid, tomorrow, 14:00." in answer.headers["Rapport-Notice"]
    assert "Call Ingrid" in html(answer)
    call = Activity.objects.get()
    assert (call.type, call.subject) == ("call", "Call Ingrid")
    assert timezone.localtime(call.due_at) == at(1, 14)
    assert [one.record_id for one in call.participants.all()] == [ingrid.pk]


def test_a_name_that_fits_two_people_links_nobody(browser: Client, ingrid: Person, mara: User) -> None:
    make(Person, owner=mara, name="Ingrid Berg")
    browser.post(reverse("quick_task"), {"said": "Call Ingrid tomorrow"}, headers=HTMX)
    assert not Participant.objects.exists()


def test_an_empty_quick_task_says_so(browser: Client) -> None:
    assert browser.post(reverse("quick_task"), {"said": " \x00 "}, headers=HTMX).status_code == 422
    answer = browser.post(reverse("quick_task") + "?in=day", {"said": ""}, headers=HTMX)
    assert "Write a few words." in answer.headers["Rapport-Notice"]


def test_a_restricted_user_plans_and_completes_his_own(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    client.post(reverse("quick_task"), {"said": "Order paper"}, headers=HTMX)
    task = Activity.objects.get()
    assert task.owner == stranger
    assert client.post(reverse("activity_done", args=[task.pk]) + "?in=day", headers=HTMX).status_code == 200
    save_record(Activity.objects.get(), {"tags": ["paper"]}, by=stranger)
