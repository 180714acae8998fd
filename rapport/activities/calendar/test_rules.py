"""What activities add to their calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.calendar.rules import new_address
from rapport.activities.models import Activity
from rapport.activities.recurring.deeds import begin
from rapport.kernel.records import save_record


@pytest.mark.parametrize(("hour", "offered"), [(7, "09"), (14, "15"), (23, "23")])
def test_today_the_next_full_hour_is_offered_and_nine_on_other_days(
    monkeypatch: pytest.MonkeyPatch, hour: int, offered: str
) -> None:
    now = datetime(2026, 5, 14, hour, 20, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    with timezone.override(UTC):
        assert f"2026-05-14T{offered}%3A00" in new_address(now.date(), "me")
        assert "2026-05-15T09%3A00" in new_address(now.date() + timedelta(days=1), "me")


@pytest.fixture
def fixed(db: None, member: User) -> Activity:
    """The first of three, each week at nine for half an hour."""
    nine = datetime(2031, 5, 14, 9, tzinfo=UTC)
    what = {"type": "meeting", "subject": "Stand-up", "duration": 30}
    return begin("FREQ=WEEKLY;COUNT=3", [], by=member, due_at=nine, values=what)


@pytest.mark.parametrize("which", ["one", "following", "all"])
def test_who_moves_one_of_a_series_that_a_colleague_has_moved_is_told(
    client: Client, member: User, administrator: User, fixed: Activity, which: str
) -> None:
    client.force_login(member)
    save_record(fixed, {"duration": 45}, by=administrator)
    said = {"start": "2031-05-14T10:00", "minutes": 30, "which": which}

    def move(version: int) -> int:
        address = f"/activities/{fixed.pk}/at/"
        return client.post(address, said | {"version": version}, "application/json").status_code

    assert move(1) == 409
    fixed.refresh_from_db()
    assert fixed.duration == 45
    assert move(fixed.version) == 200
    fixed.refresh_from_db()
    assert fixed.duration == 30


def test_a_mistake_in_the_form_of_a_series_does_not_hide_that_a_colleague_has_changed_it(
    client: Client, member: User, administrator: User, fixed: Activity
) -> None:
    client.force_login(member)
    address = f"/activities/{fixed.pk}/series/"

    def version_in(page: bytes) -> str:
        return page.decode().split('name="version" value="')[1].split('"')[0]

    said = {"kind": "meeting", "subject": "Stand-up", "hour": "09:00", "duration": "30", "repeats": "other",
            "place": "Room 9", "which": "all", "version": version_in(client.get(address).content)}  # fmt: skip
    save_record(fixed, {"place": "Room 7"}, by=administrator)
    answer = client.post(address, said | {"day": "some day"})
    assert answer.status_code == 422
    said |= {"day": "2031-05-14", "version": version_in(answer.content)}
    answer = client.post(address, said)
    assert answer.status_code == 422 and "Ada Administrator changed Place" in answer.content.decode()
    said["version"] = version_in(answer.content)
    assert client.post(address, said | {"version": "9" * 5000}).status_code in (302, 303)
    fixed.refresh_from_db()
    assert fixed.place == "Room 9"
