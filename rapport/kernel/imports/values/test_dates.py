"""Dates and moments in every notation."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from rapport.kernel.imports.values import ImportProblem
from rapport.kernel.imports.values.dates import date_order, parse_date, parse_moment


@pytest.mark.parametrize(
    "text",
    [
        "31.12.2026",
        "31.12.26",
        "31. 12. 2026",
        "2026-12-31",
        "2026/12/31",
        "20261231",
        "31/12/2026",
        "31-12-2026",
        "31-Dez-26",
        "31-Dec-2026",
        "31. Dezember 2026",
        "31 December 2026",
        "31st December 2026",
        "Dec 31, 2026",
        "December 31st, 2026",
        "Do, 31.12.2026",
        "Thursday, December 31, 2026",
        "Thu Dec 31 2026",
        "31 décembre 2026",
        "31 de diciembre de 2026",
        "31.12.2026 14:30",
        "31.12.2026, 14:30 Uhr",
        "2026-12-31T14:30:00.123Z",
        "2026-12-31 00:00:00",
        "46387",
        "46387.604",
        "46387,604",
        " 31.12.2026 ",
    ],
)
def test_one_day_in_many_notations(text):
    assert parse_date(text) == date(2026, 12, 31)


def test_the_order_of_the_column_decides():
    assert parse_date("05/06/2026", "dmy") == date(2026, 6, 5)
    assert parse_date("05/06/2026", "mdy") == date(2026, 5, 6)
    assert parse_date("26/12/31", "ymd") == date(2026, 12, 31)
    assert parse_date("2026-05-06", "mdy") == date(2026, 5, 6)


def test_two_digits_mean_the_century_around_us():
    this_year = date.today().year  # noqa: DTZ011  # only the year
    assert parse_date(f"1.5.{(this_year + 20) % 100:02}").year == this_year + 20
    assert parse_date(f"1.5.{(this_year + 21) % 100:02}").year == this_year - 79


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31.02.2026", "does not exist"),
        ("29.02.2026", "does not exist"),
        ("32.01.2026", "does not exist"),
        ("12/31/2026", "has no month 31"),
        ("morgen", "is not a date"),
        ("12", "is not a date"),
        ("31.12.", "is not a date"),
        ("1.2.3", "is not a date"),
        ("31.12.2026 sometime", "is not a date"),
    ],
)
def test_what_is_no_date_says_why(text, said):
    with pytest.raises(ImportProblem, match=said):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("31.12.2026 14:30", datetime(2026, 12, 31, 14, 30)),  # noqa: DTZ001  # as written, without a zone
        ("12/31/2026 2:30 PM", None),
        ("31.12.2026 2:30:15 pm", datetime(2026, 12, 31, 14, 30, 15)),  # noqa: DTZ001
        ("31.12.2026 12:05 am", datetime(2026, 12, 31, 0, 5)),  # noqa: DTZ001
        ("2026-12-31T14:30:00Z", datetime(2026, 12, 31, 14, 30, tzinfo=UTC)),
        ("2026-12-31 14:30 +0200", datetime(2026, 12, 31, 14, 30, tzinfo=timezone(timedelta(hours=2)))),
        ("46387.5", datetime(2026, 12, 31, 12)),  # noqa: DTZ001
        ("31.12.2026", datetime(2026, 12, 31)),  # noqa: DTZ001
        ("31.12.2026 25:00", None),
        ("31.12.2026 14:75", None),
    ],
)
def test_moments(text, moment):
    if moment is None:
        with pytest.raises(ImportProblem):
            parse_moment(text)
    else:
        assert parse_moment(text) == moment


@pytest.mark.parametrize(
    ("samples", "region", "order", "is_certain"),
    [
        (["05/06/2026", "31/12/2026"], "US", "dmy", True),
        (["05/06/2026", "12/31/2026"], "DE", "mdy", True),
        (["05.06.2026", "07.08.2026"], "US", "dmy", True),
        (["05/06/2026", "07/08/2026"], "US", "mdy", False),
        (["05/06/2026", "07/08/2026"], "GB", "dmy", False),
        (["2026-12-31"], "US", "ymd", True),
        ([], "", "ymd", True),
    ],
)
def test_the_values_prove_the_order_of_day_and_month(samples, region, order, is_certain):
    found = date_order(samples, region)
    assert (found.order, found.is_certain) == (order, is_certain)


def test_a_column_that_mixes_both_orders_is_reported():
    assert date_order(["31/12/2026", "30/12/2026", "12/31/2026"]).is_mixed
