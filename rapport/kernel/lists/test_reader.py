"""Paging is complete and in order whatever the data: ties, nothing, both directions, narrow and wide rights."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.lists.cursors import read_cursor, write_cursor
from rapport.kernel.lists.neighbors import neighbors
from rapport.kernel.lists.reader import Source, cursor_of, place_of, read_page, read_rows
from rapport.kernel.lists.sorting import read_sort, sortable_fields
from rapport.kernel.testing import make_user
from rapport.kernel.testing.known import kind_of

pytestmark = pytest.mark.django_db
NAMES = [
    "",
    "Äpfel",
    "apfel",
    "Apfel",
    "Zora",
    "émile",
    "Emile",
    "Öl",
    "oel",
    "ol",
    "  x",
    "ß",
    "SS",
    "漢字",
    "1",
    "_",
]


def people(count: int, owners: list[User], seed: int = 1) -> list[Any]:
    """Rows with many ties and many empty values, written past the door for speed."""
    dice, kind, now = random.Random(seed), kind_of("people"), timezone.now()
    rows = []
    for _number in range(count):
        owner = dice.choice(owners)
        row = kind.new()
        row.name = dice.choice(NAMES)
        row.position = dice.choice(["", "", "Boss", "boss", "Clerk"])
        row.stage = dice.choice(["lead", "customer", "lost"])
        row.last_contact_at = dice.choice([None, None, now - timedelta(days=dice.randrange(4))])
        row.owner, row.team_id = owner, owner.team_id
        rows.append(row)
    kind.model.objects.bulk_create(rows)
    return rows


def plain(rows: Any) -> Any:
    return rows


def all_pages(source: Source, size: int) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    for _round in range(200):
        page = read_page(source, plain, cursor, size)
        assert len(page.rows) <= size
        found += page.rows
        cursor = page.next_cursor
        if not cursor:
            return found
    raise AssertionError("this list has no end")


def slow(source: Source) -> list[Any]:
    """The same list, read whole and sorted in Python by what the database says about each row."""
    sort = source.sort
    from rapport.kernel.lists.sorting import sort_expression

    rows = list(source.rows().annotate(sort_value=sort_expression(sort.field)))

    def is_empty(row: Any) -> bool:
        return row.sort_value is None or row.sort_value == ""

    filled = sorted(
        (r for r in rows if not is_empty(r)), key=lambda r: (r.sort_value, r.pk), reverse=sort.descending
    )
    empty = sorted((r for r in rows if is_empty(r)), key=lambda r: r.pk, reverse=sort.descending)
    return filled + empty


@pytest.fixture
def owners() -> list[User]:
    return [
        make_user("Rita", role="restricted", team="South"),
        make_user("Rolf", role="restricted", team="South"),
        make_user("Sven", role="restricted", team="Elsewhere"),
        make_user("Ada", role="administrator"),
    ]


@pytest.mark.parametrize("size", [1, 7, 50])
def test_every_order_delivers_every_row_once_for_wide_and_narrow_rights(
    owners: list[User], size: int
) -> None:
    people(20 if size == 1 else 90, owners, seed=size)
    kind = kind_of("people")
    for user in (owners[3], owners[0], owners[2]):
        for name in sortable_fields(kind):
            for said in (name, f"-{name}"):
                source = Source(kind, user, Q(), read_sort(said, kind))
                expected = [row.pk for row in slow(source)]
                assert [row.pk for row in all_pages(source, size)] == expected, (user.name, said)


def test_what_is_read_backwards_is_what_was_read_before(owners: list[User]) -> None:
    people(60, owners)
    kind = kind_of("people")
    for user in (owners[3], owners[0]):
        for said in ("name", "-name", "last_contact_at", "-last_contact_at", "stage"):
            source = Source(kind, user, Q(), read_sort(said, kind))
            order = [row.pk for row in slow(source)]
            backwards = Source(kind, user, Q(), source.sort.reversed())
            for at in (0, 1, len(order) // 2, len(order) - 1):
                place = place_of(source, order[at])
                before = [row.pk for row in read_rows(backwards, plain, place, 5)]
                assert before == order[max(0, at - 5) : at][::-1], (said, at)


def test_a_filter_narrows_both_kinds_of_reading_alike(owners: list[User]) -> None:
    people(80, owners)
    kind = kind_of("people")
    for user in owners:
        source = Source(kind, user, Q(stage="lead"), read_sort("name", kind))
        found = all_pages(source, 9)
        assert [row.pk for row in found] == [row.pk for row in slow(source)]
        assert {row.stage for row in found} <= {"lead"}


def test_restricted_users_read_only_their_own_and_their_teams_rows(owners: list[User]) -> None:
    people(60, owners)
    kind = kind_of("people")
    rita = owners[0]
    found = all_pages(Source(kind, rita, Q(), read_sort("", kind)), 7)
    assert found
    assert {row.owner_id for row in found} == {owners[0].pk, owners[1].pk}
    assert len(found) == kind.visible_to(rita).count()


def test_a_row_in_the_trash_is_in_no_page(owners: list[User]) -> None:
    rows = people(20, owners)
    kind = kind_of("people")
    kind.model.objects.filter(pk=rows[0].pk).update(deleted_at=timezone.now())
    for user in owners:
        found = all_pages(Source(kind, user, Q(), read_sort("name", kind)), 6)
        assert rows[0].pk not in {row.pk for row in found}


def test_a_strange_cursor_gives_page_one(owners: list[User]) -> None:
    people(30, owners)
    kind = kind_of("people")
    source = Source(kind, owners[3], Q(), read_sort("name", kind))
    first = read_page(source, plain, "", 10)
    other_order = Source(kind, owners[3], Q(), read_sort("stage", kind))
    strange = [
        "x", "' or 1=1 --", "\x00", "é" * 50, "a" * 5000, first.next_cursor[:-2] + "zz",
        read_page(other_order, plain, "", 3).next_cursor,
        write_cursor(kind_of("organizations"), source.sort, cursor_of(source.sort, first.rows[0])),
    ]  # fmt: skip
    for said in strange:
        assert [row.pk for row in read_page(source, plain, said, 10).rows] == [
            row.pk for row in first.rows
        ], said
    assert read_cursor(kind, source.sort, first.next_cursor) is not None


def test_a_row_that_is_changed_meanwhile_does_not_end_the_list(owners: list[User]) -> None:
    people(30, owners)
    kind = kind_of("people")
    source = Source(kind, owners[3], Q(), read_sort("name", kind))
    first = read_page(source, plain, "", 10)
    kind.model.objects.filter(pk=first.rows[-1].pk).update(name="Zzz", deleted_at=timezone.now())
    rest = all_pages_from(source, first.next_cursor)
    assert len(rest) == 20


def all_pages_from(source: Source, cursor: str) -> list[Any]:
    found: list[Any] = []
    while cursor:
        page = read_page(source, plain, cursor, 10)
        found += page.rows
        cursor = page.next_cursor
    return found


def test_neighbors_walk_the_whole_list_in_its_order(owners: list[User]) -> None:
    people(25, owners)
    kind = kind_of("people")
    for user in (owners[3], owners[0]):
        order = slow(Source(kind, user, Q(), read_sort("-name", kind)))
        for at, row in enumerate(order):
            found = neighbors(kind, Context(user), "sort=-name", row)
            assert found.previous == (order[at - 1].pk if at else None)
            assert found.next == (order[at + 1].pk if at + 1 < len(order) else None)


def test_neighbors_of_a_record_outside_the_list_or_out_of_sight_are_none(owners: list[User]) -> None:
    rows = people(10, owners)
    kind = kind_of("people")
    row = rows[0]
    other = "lost" if row.stage != "lost" else "lead"
    assert neighbors(kind, Context(owners[3]), f"f=stage.any.{other}", row).next is None
    hidden = next(one for one in rows if one.owner_id != owners[2].pk)
    found = neighbors(kind, Context(owners[2]), "", hidden)
    assert (found.previous, found.next) == (None, None)
