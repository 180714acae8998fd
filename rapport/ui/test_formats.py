"""Dates, numbers and money read and are read back the way people write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from rapport.ui import formats

NOW = datetime(2026, 5, 14, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english_in_utc():
    with translation.override("en"), timezone.override(UTC):
        yield


@pytest.mark.parametrize(
    ("language", "amount", "currency", "short", "expected"),
    [
        ("en", Decimal("148000"), "EUR", False, "€ 148,000"),
        ("en", Decimal("9.5"), "EUR", False, "€ 9.50"),
        ("en", Decimal("-1200"), "EUR", False, "−€ 1,200"),
        ("en", 214385, "EUR", True, "€ 214k"),
        ("en", 1_250_000, "EUR", True, "€ 1.2m"),
        ("en", 1000, "JPY", False, "JP¥ 1,000"),
        ("de", Decimal("148000"), "EUR", False, "148.000 €"),
        ("de", Decimal("9.5"), "EUR", False, "9,50 €"),
        ("de", Decimal("399607.8"), "EUR", True, "400 T€"),
        ("en", 5, "", False, "5"),
        ("en", None, "EUR", False, ""),
    ],
)
def test_money_is_written_the_way_the_language_does(language, amount, currency, short, expected):
    with translation.override(language):
        assert formats.format_money(amount, currency, short=short).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "1.234,56", "1234.56"),
        ("de", "1.234", "1234"),
        ("de", "1,5", "1.5"),
        ("de", "1.5", "1.5"),
        ("en", "1,234.56", "1234.56"),
        ("en", "1.234,56", "1234.56"),
        ("en", "1,234", "1234"),
        ("en", "1.234", "1.234"),
        ("en", "1,5", "1.5"),
        ("en", "1'234'567.8", "1234567.8"),
        ("en", "1 234 567", "1234567"),
        ("en", "1.234.567", "1234567"),
        ("en", "−12", "-12"),
        ("en", "+7", "7"),
    ],
)
def test_numbers_are_read_in_the_users_or_an_unmistakable_notation(language, text, expected):
    with translation.override(language):
        assert formats.parse_number(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "abc", "1e9", "NaN", "1-2", "-", ".", "9" * 100, "1,2,3.4.5"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        formats.parse_number(text)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("value", ["0", "1234.5", "-98765.25", "1000", "0.125"])
def test_a_written_number_reads_back_as_itself(language, value):
    with translation.override(language):
        assert formats.parse_number(formats.format_number(Decimal(value))) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("31.12.2026", date(2026, 12, 31)),
        ("31. 12. 2026", date(2026, 12, 31)),
        ("1.2.26", date(2026, 2, 1)),
        ("1.2.1985", date(1985, 2, 1)),
        ("1.2.85", date(1985, 2, 1)),
        ("31/12/2026", date(2026, 12, 31)),
        ("31 Dec 2026", date(2026, 12, 31)),
        ("31. Dezember 2026", date(2026, 12, 31)),
        ("3 März 2026", date(2026, 3, 3)),
        ("Dec 31, 2026", date(2026, 12, 31)),
        ("December 31st, 2026", date(2026, 12, 31)),
    ],
)
def test_dates_are_read_in_many_notations(text, expected):
    assert formats.parse_date(text) == expected


@pytest.mark.parametrize(
    "text", ["", "31.02.2026", "2026-13-01", "soon", "1.2.3.4", "32 May 2026", "May 2026", "1" * 90]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        formats.parse_date(text)


def test_today_is_a_date_in_words():
    assert formats.parse_date("tomorrow") == timezone.localdate() + timedelta(days=1)


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        (timedelta(seconds=-20), "Just now"),
        (timedelta(minutes=-51), "51 min ago"),
        (timedelta(hours=-3), "3 h ago"),
        (timedelta(hours=-7), "Today 07:00"),
        (timedelta(days=-1), "Yesterday"),
        (timedelta(days=-4), "4 days ago"),
        (timedelta(hours=2), "Today 16:00"),
        (timedelta(days=1, hours=-5), "Tomorrow 09:00"),
    ],
)
def test_moments_are_relative_up_to_a_week(distance, expected):
    assert formats.format_moment(NOW + distance, now=NOW) == expected


def test_within_a_sentence_a_moment_begins_small():
    said = [formats.within(text) for text in ("Just now", "Today 16:15", "Yesterday", "Thu 14 May")]
    assert said == ["just now", "today 16:15", "yesterday", "Thu 14 May"]


def test_in_a_mail_a_moment_has_its_date():
    moment = datetime(2026, 5, 14, 14, 15, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        said = [formats.format_lasting(moment)]
        with translation.override("de"):
            said.append(formats.format_lasting(moment))
    assert said == ["Thu 14 May 2026, 16:15", "Do. 14. Mai 2026, 16:15"]


def test_old_moments_show_the_date():
    assert formats.format_moment(datetime(2020, 3, 2, 9, 30, tzinfo=UTC)) == "2 Mar 2020"


def test_a_moment_is_read_in_the_users_time_zone():
    with timezone.override("Europe/Berlin"):
        assert formats.parse_moment("31.12.2026 14:30") == datetime(2026, 12, 31, 13, 30, tzinfo=UTC)
        assert formats.parse_moment("2026-06-01T14:30") == datetime(2026, 6, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dr. Henrike Moll", "HM"),
        ("Joost van der Meulen", "JM"),
        ("Étienne Rochat", "ÉR"),
        ("Plato", "P"),
        ("", "?"),
        ("  (unknown) ", "U"),
        ("Dr.", "D"),
    ],
)
def test_initials_skip_titles(name, expected):
    assert formats.initials(name) == expected


def test_a_name_always_has_the_same_hue():
    assert formats.hue("Ingrid") == formats.hue("INGRID")
    assert {formats.hue(str(number)) for number in range(500)} == set(formats.HUES)


@pytest.mark.parametrize(
    ("size", "expected"), [(0, "0 bytes"), (1, "1 byte"), (340_000, "340 kB"), (2_400_000, "2.4 MB")]
)
def test_file_sizes_read_short(size, expected):
    assert formats.format_filesize(size).replace("\u00a0", " ") == expected
