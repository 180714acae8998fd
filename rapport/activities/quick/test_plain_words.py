"""Tasks in plain words, English and German."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from rapport.activities.quick.plain_words import read
from rapport.ui.days import clock_of


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    with timezone.override("UTC"):
        yield


NOW = datetime(2026, 5, 12, 9, 42, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("said", "subject", "due"),
    [
        ("Call Ingrid tomorrow 14:00", "Call Ingrid", "2026-05-13 14:00"),
        ("call Frederik tomorrow 10:00 about batteries", "call Frederik about batteries", "2026-05-13 10:00"),
        ("Send the offer on Friday", "Send the offer", "2026-05-15 00:00"),
        ("Send the offer on fri at 5pm", "Send the offer", "2026-05-15 17:00"),
        ("Pay rent next week", "Pay rent", "2026-05-18 00:00"),
        ("Visit Nordhavn next Tuesday morning", "Visit Nordhavn", "2026-05-19 09:00"),
        ("Ask Jonas in 3 days", "Ask Jonas", "2026-05-15 00:00"),
        ("Ask Jonas in two hours", "Ask Jonas", "2026-05-12 11:42"),
        ("Renewal 24 June 2027", "Renewal", "2027-06-24 00:00"),
        ("Renewal March 3rd", "Renewal", "2027-03-03 00:00"),
        ("Angebot an Nordhavn am 3.6. um 9 Uhr", "Angebot an Nordhavn", "2026-06-03 09:00"),
        ("Report in two weeks", "Report", "2026-05-26 00:00"),
        ("Ring Walter at 8", "Ring Walter", "2026-05-13 08:00"),
        ("Ring Walter at 16", "Ring Walter", "2026-05-12 16:00"),
        ("Report day after tomorrow noon", "Report", "2026-05-14 12:00"),
        ("Ingrid anrufen morgen um 14 Uhr", "Ingrid anrufen", "2026-05-13 14:00"),
        ("Morgen früh Angebot schicken", "Angebot schicken", "2026-05-13 09:00"),
        ("Angebot am Freitag um 9:30 Uhr", "Angebot", "2026-05-15 09:30"),
        ("Vertrag prüfen bis 3.6.", "Vertrag prüfen", "2026-06-03 00:00"),
        ("Vertrag prüfen am 12. Mai", "Vertrag prüfen", "2026-05-12 00:00"),
        ("Rückruf übermorgen nachmittags", "Rückruf", "2026-05-14 15:00"),
        ("Besuch in einer Woche", "Besuch", "2026-05-19 00:00"),
        ("Muster am Mi zurückschicken", "Muster zurückschicken", "2026-05-13 00:00"),
        ("nächsten Montag Telefonat mit Elif", "Telefonat mit Elif", "2026-05-18 00:00"),
        ("Vertrag bis zum 30.6. prüfen", "Vertrag prüfen", "2026-06-30 00:00"),
        ("Jonas Do 14:30 anrufen", "Jonas anrufen", "2026-05-14 14:30"),
        ("Ingrid am Freitag morgen anrufen", "Ingrid anrufen", "2026-05-15 09:00"),
        ("Freitagnachmittag Besuch bei Vogel", "Besuch bei Vogel", "2026-05-15 15:00"),
        ("heute in einer Woche nachfassen", "nachfassen", "2026-05-19 00:00"),
        ("in vier Wochen melden", "melden", "2026-06-09 00:00"),
        ("in einem Monat nachhaken", "nachhaken", "2026-06-12 00:00"),
        ("Nächsten Monat Vertrag prüfen", "Vertrag prüfen", "2026-06-01 00:00"),
    ],
)
def test_a_day_and_a_time_are_taken_out_of_the_words(said: str, subject: str, due: str) -> None:
    found = read(said, now=NOW)
    assert found.due_at is not None
    assert (found.subject, f"{clock_of(found.due_at):%Y-%m-%d %H:%M}") == (subject, due)


@pytest.mark.parametrize(
    "said",
    [
        "Do the taxes", "So what, sun and fun", "March through the offer", "Buy 10.5 litres", "Version 31.31.",
        "Good morning mail to all", "May I call?", "24/7 service for Nordhavn", "<script>alert(1)</script>",
        "Room 14", "99:99", "Read pages 10-11",
    ],
)  # fmt: skip
def test_other_words_stay_as_they_are(said: str) -> None:
    found = read(said, now=NOW)
    assert (found.due_at, found.subject) == (None, said.strip(" ,;.-–"))


def test_nothing_but_a_day_is_its_own_subject() -> None:
    assert read("tomorrow", now=NOW).subject == "tomorrow"


def test_the_first_or_last_word_says_what_kind_it_is() -> None:
    kinds = [
        read(said, now=NOW).type for said in ("Call Ingrid", "Ingrid anrufen", "Termin mit Jonas", "Offer")
    ]
    assert kinds == ["call", "call", "meeting", "task"]


def test_a_duration_is_understood() -> None:
    found = read("Meeting with Elif next Tuesday 15:00 for 45 minutes", now=NOW)
    assert (found.subject, found.duration) == ("Meeting with Elif", 45)


@pytest.mark.parametrize(
    ("said", "hour", "minutes"),
    [("Besprechung Montag 10-11 Uhr", 10, 60), ("Meeting on Monday 14:00 to 15:30", 14, 90)],
)
def test_from_when_to_when_is_a_time_and_a_duration(said: str, hour: int, minutes: int) -> None:
    found = read(said, now=NOW)
    assert found.subject in ("Besprechung", "Meeting") and found.type == "meeting"
    assert (found.due_at, found.duration) == (datetime(2026, 5, 18, hour, tzinfo=UTC), minutes)


@pytest.mark.parametrize("said", ["", "   ", "\x00", "x" * 100_000, "1" * 5000, "in 3 " * 2000, "🦄 עברית"])
def test_hostile_input_is_read_quickly_and_breaks_nothing(said: str) -> None:
    assert len(read(said, now=NOW).subject) <= 500
