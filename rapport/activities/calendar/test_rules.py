"""What activities add to their calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from rapport.activities.calendar.rules import new_address


@pytest.mark.parametrize(("hour", "offered"), [(7, "09"), (14, "15"), (23, "23")])
def test_today_the_next_full_hour_is_offered_and_nine_on_other_days(
    monkeypatch: pytest.MonkeyPatch, hour: int, offered: str
) -> None:
    now = datetime(2026, 5, 14, hour, 20, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    with timezone.override(UTC):
        assert f"2026-05-14T{offered}%3A00" in new_address(now.date(), "me")
        assert "2026-05-15T09%3A00" in new_address(now.date() + timedelta(days=1), "me")
