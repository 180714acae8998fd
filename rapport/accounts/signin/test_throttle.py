"""Throttle: tries are counted in the database, side by side and in one window."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from rapport.accounts.models import Attempt
from rapport.accounts.signin.throttle import Limit, forget, forgive, refused_until

pytestmark = pytest.mark.django_db
THREE = Limit("test", 3, 15)


def tries(what="ada@example.com", number=1):
    return [refused_until(THREE, what) is None for _ in range(number)]


def test_after_the_last_try_the_page_knows_when_to_come_back():
    assert tries(number=5) == [True, True, True, False, False]
    until = refused_until(THREE, "ada@example.com")
    assert timedelta(minutes=14) < until - timezone.now() <= timedelta(minutes=15)


def test_writing_the_address_differently_does_not_help():
    tries(number=3)
    assert tries(" ADA@example.com ") == [False]
    assert tries("bob@example.com") == [True]


def test_the_window_ends_and_tries_begin_anew():
    tries(number=4)
    Attempt.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert tries(number=4) == [True, True, True, False]


def test_a_success_is_forgiven_or_forgets_all():
    tries(number=3)
    forgive(THREE, "ada@example.com")
    assert tries(number=2) == [True, False]
    forget(THREE, "ada@example.com")
    assert tries() == [True]


def test_old_counts_are_swept_away():
    for number in range(20):
        tries(f"user{number}")
    Attempt.objects.update(ends_at=timezone.now() - timedelta(hours=1))
    tries("somebody")
    assert Attempt.objects.count() == 1


def test_no_address_is_kept_in_clear():
    tries("ada@example.com")
    assert "ada" not in str(Attempt.objects.values_list())


@pytest.mark.django_db(transaction=True)
def test_tries_side_by_side_do_not_slip_through():
    def one_try(_number):
        try:
            return refused_until(THREE, "ada@example.com") is None
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(one_try, range(40))) == 3
