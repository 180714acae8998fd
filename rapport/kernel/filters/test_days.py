"""Days and hours that a filter compares with.

Where the moment of a whole day lies outside of it, the condition names it; elsewhere it says nothing of it.
"""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from django.utils.translation import override

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, words_of
from rapport.kernel.filters.compiler import read_condition
from rapport.kernel.filters.days import before_day, since_day
from rapport.kernel.filters.text import parse_text, text_of
from rapport.kernel.testing.known import kind_of
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


@pytest.mark.parametrize("field", ["created_at", "due_at"])
@pytest.mark.parametrize(
    ("zone", "said", "meant"),
    [
        ("Europe/Berlin", "2026-05-01T14:30:45Z", datetime(2026, 5, 1, 14, 30, 45, tzinfo=UTC)),
        ("Europe/Berlin", "2026-10-25T01:30:00Z", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("Europe/Berlin", "2026-04-30T22:00:00Z", datetime(2026, 4, 30, 22, tzinfo=UTC)),
        ("Europe/Berlin", "2026-05-01 00:00", datetime(2026, 4, 30, 22, tzinfo=UTC)),
        ("Europe/Berlin", "01.05.2026 14:30", datetime(2026, 5, 1, 12, 30, tzinfo=UTC)),
        ("Europe/Berlin", "2026-05-01 14:30:45", datetime(2026, 5, 1, 12, 30, 45, tzinfo=UTC)),
        ("UTC", "2026-05-01T00:00:30Z", datetime(2026, 5, 1, 0, 0, 30, tzinfo=UTC)),
        ("UTC", "2026-05-01T00:00:00.000001Z", datetime(2026, 5, 1, 0, 0, 0, 1, tzinfo=UTC)),
        ("UTC", "20260501T000000Z", datetime(2026, 5, 1, tzinfo=UTC)),
        ("UTC", "2026-05-01", date(2026, 5, 1)),
        ("Europe/Berlin", "1. Mai 0999", date(999, 5, 1)),
    ],
)  # fmt: skip
def test_what_is_typed_means_that_moment_or_day_also_as_it_is_kept(
    field: str, zone: str, said: str, meant: date, administrator: User
) -> None:
    kind, context = kind_of("activities"), Context(administrator)
    with timezone.override(zone), override("de"):
        tree = parse_text(f"{field} > {said}", kind, context)
        [kept] = tree.parts
        assert isinstance(kept, Condition)
        assert read_condition(kept, kind, context).operand == meant
        assert parse_text(text_of(tree, kind, context), kind, context) == tree
    if said.endswith("Z"):
        with timezone.override("Asia/Tokyo"):
            assert read_condition(kept, kind, context).operand == meant


@pytest.mark.parametrize(
    ("language", "said", "words"),
    [
        ("en", "2026-05-01T12:30:45Z", "Fri 1 May 2026, 14:30"), ("de", "2026-05-01 14:30", "Fr. 1. Mai 2026, 14:30"),
        ("en", "2026-05-01 00:00", "Fri 1 May 2026, 00:00"), ("en", "2026-05-01", "1 May 2026"),
        ("de", "2026-05-01", "01.05.2026"),
    ],
)  # fmt: skip
def test_a_chip_names_the_hour_where_one_is_said(
    language: str, said: str, words: str, administrator: User
) -> None:
    tree = Group("all", (Condition("created_at", "later", said),))
    with timezone.override("Europe/Berlin"), override(language):
        [chip] = words_of(tree, kind_of("people"), Context(administrator))
    assert chip.value == words
