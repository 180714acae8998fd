"""Sessions: what was put in is there again, and what is over or was never given is nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rapport.accounts.sessions.models import Session
from rapport.accounts.sessions.store import SessionStore, digest_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> SessionStore:
    made = SessionStore()
    made["columns"] = ["name"]
    made.create()
    return made


def test_a_session_holds_what_was_put_in(kept: SessionStore) -> None:
    assert SessionStore(kept.session_key)["columns"] == ["name"]


def test_a_session_that_is_over_holds_nothing_and_its_key_is_not_used_again(kept: SessionStore) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    over = SessionStore(kept.session_key)
    assert over.get("columns") is None
    assert over.session_key is None


def test_a_key_that_somebody_made_up_is_not_taken_on() -> None:
    made_up = SessionStore("a" * 32)
    made_up["columns"] = ["name"]
    made_up.save()
    assert made_up.session_key not in (None, "a" * 32)


def test_what_somebody_changed_in_the_table_counts_for_nothing(kept: SessionStore) -> None:
    Session.objects.update(session_data="forged:data")
    assert SessionStore(kept.session_key).get("columns") is None


def test_what_stands_in_the_table_opens_no_session(kept: SessionStore) -> None:
    row = Session.objects.get()
    assert row.session_key == digest_of(kept.session_key or "")
    assert SessionStore(row.session_key).get("columns") is None


def test_a_session_is_seen_every_few_minutes_and_keeps_its_number(kept: SessionStore) -> None:
    long_ago = timezone.now() - timedelta(minutes=6)
    before = Session.objects.get()
    Session.objects.update(seen_at=long_ago)
    again = SessionStore(kept.session_key)
    assert again["columns"] == ["name"]
    assert Session.objects.get().seen_at > long_ago
    again["columns"] = []
    again.save()
    after = Session.objects.get()
    assert (after.public_id, after.started_at) == (before.public_id, before.started_at)
