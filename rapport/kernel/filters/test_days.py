"""Where the moment of a whole day lies outside of it, the condition names it; elsewhere it says nothing of it."""

from datetime import date

import pytest
from django.utils import timezone

from rapport.kernel.filters.days import before_day, since_day
from rapport.ui.days import whole_day

DAY, LAST = date(2031, 12, 24), date(2031, 12, 23)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Etc/GMT+12", DAY), ("Pacific/Niue", DAY), ("Pacific/Honolulu", None), ("Europe/Berlin", None),
        ("Pacific/Chatham", None), ("Pacific/Kiritimati", LAST),
    ],
)  # fmt: skip
def test_only_a_whole_day_that_lies_outside_of_itself_is_named(zone: str, day: date | None) -> None:
    with timezone.override(zone):
        for condition in (since_day("due_at", DAY), before_day("due_at", DAY)):
            assert ("due_at__in" in str(condition)) == (day is not None)
            assert day is None or repr(whole_day(day)) in str(condition)
