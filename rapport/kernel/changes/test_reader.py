"""Readers of the change log get everything once, in whole transactions, also when they crash."""

from uuid import UUID

import pytest
from django.db import transaction

from rapport.accounts.models import User
from rapport.kernel.changes.log import now
from rapport.kernel.changes.reader import Part, begin, has_begun, unread
from rapport.kernel.records.base import Record
from rapport.kernel.testing.make import make
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def read(most: int, where: str = "true", values: tuple[object, ...] = ()) -> Part:
    with unread("test", most=most, where=where, values=values) as part:
        return part


def keys(*records: Record) -> set[UUID]:
    return {record.pk for record in records}


def test_a_part_is_cut_between_transactions_never_inside_one(member: User) -> None:
    begin("test", now())
    alone = make(Person, owner=member, name="Alone")
    with transaction.atomic():
        together = [make(Person, owner=member, name=f"Together {number}") for number in range(5)]
    late = make(Person, owner=member, name="Late")
    part = read(2)
    assert set(part.records) == keys(alone, *together) and part.has_more
    part = read(2)
    assert set(part.records) == keys(late) and not part.has_more
    assert read(2).records == []


def test_what_a_condition_leaves_out_is_passed_over(member: User) -> None:
    begin("test", now())
    make(Person, owner=member, name="Person")
    halden = make(Organization, owner=member, name="Halden")
    part = read(1, "type = %s and act = 'create'", ("organizations",))
    assert [change.record_id for change in part.changes()] == [halden.pk]
    assert read(10).records == []  # not read by this reader, and not to come again


def test_who_crashes_while_working_reads_the_same_again(member: User) -> None:
    begin("test", now())
    ada = make(Person, owner=member, name="Ada")
    with pytest.raises(ZeroDivisionError), unread("test", most=10) as part:
        assert part.records == [ada.pk]
        raise ZeroDivisionError
    assert read(10).records == [ada.pk]


def test_who_begins_now_reads_nothing_of_the_past(member: User) -> None:
    make(Person, owner=member, name="Past")
    assert not has_begun("test")
    with unread("test", most=10, from_now=True) as part:
        assert part.records == []
    assert has_begun("test")
    ada = make(Person, owner=member, name="Ada")
    assert read(10).records == [ada.pk]
