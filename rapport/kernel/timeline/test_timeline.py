"""The timeline: complete, in order, only what the user may see, and as quick after 50,000 entries as after ten."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.changes.models import Change
from rapport.kernel.comments.store import add_comment, change_comment, delete_comment, restore_comment
from rapport.kernel.records import NotVisible, RuleError, save_record
from rapport.kernel.registry import type_of
from rapport.kernel.testing import make
from rapport.kernel.timeline import reader, sources
from rapport.kernel.timeline.counts import MOST, tab_counts
from rapport.kernel.timeline.entries import follow
from rapport.kernel.timeline.models import TimelineEntry
from rapport.kernel.timeline.reader import Place, read_timeline
from rapport.kernel.timeline.sources import Item, Source
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


def read_all(record, user: User, tab: str = "") -> list:
    """All items over all parts."""
    items, place = [], ""
    for _turn in range(200):
        part = read_timeline(record, type_of(record), user, tab=tab, place=place)
        items += [item for _day, found in part.days for item in found]
        if not part.next:
            return items
        place = part.next
    raise AssertionError("the timeline does not end")


def many_comments(record, user: User, count: int, start: int = 0) -> None:
    """So many comments, three in each minute of the past."""
    sql = """
        with made as (
            insert into kernel_comment (id, record_id, author_id, at, text, mentions)
            select gen_random_uuid(), %s, %s,
                date_trunc('second', now()) - make_interval(mins => (%s + n / 3)::int), n::text, '{}'
            from generate_series(0, %s) n returning id, record_id, at)
        insert into kernel_timeline (record_id, at, kind, item_id) select record_id, at, 'comment', id from made"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [record.pk, user.pk, start, count - 1])


def test_every_item_comes_once_and_in_order(member: User) -> None:
    person = make(Person, owner=member, name="Ada")
    many_comments(person, member, 100)
    for n in range(70):
        person = save_record(person, {"position": f"Position {n}"}, by=member)
    items = read_all(person, member)
    comments = [one.id for one in items if one.kind == "comment"]
    assert len(comments) == len(set(comments)) == 100
    assert len([one for one in items if one.kind == "changes"]) == 71
    assert [one.at for one in items] == sorted((one.at for one in items), reverse=True)
    assert len(read_all(person, member, "comments")) == 100
    assert len(read_all(person, member, "changes")) == 71


def test_a_part_takes_the_same_queries_and_pages_however_long_the_history(member: User) -> None:
    person = make(Person, owner=member, name="Ada")
    many_comments(person, member, 40)
    kind = type_of(person)
    with CaptureQueriesContext(
        connection,
    ) as few:
        read_timeline(person, kind, member)
    many_comments(person, member, 50_000, start=100)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("analyze kernel_timeline")
    with CaptureQueriesContext(connection) as many:
        part = read_timeline(person, kind, member)
    assert len(many) == len(few) <= 12
    deep = Place.read(part.next)
    deep = Place(timezone.now() - timedelta(minutes=9000), 0, deep.change_at, deep.change_id)
    for place in ("", str(deep).replace("!0~", "!1~")):
        assert _rows_touched(person.pk, place) < 200
    assert len(read_timeline(person, kind, member, place=part.next).days) >= 1


def _rows_touched(record_id: UUID, place: str) -> int:
    """How many rows the scan of the timeline's index reads for a part."""
    rows = reader._before(
        TimelineEntry.objects.filter(record_id=record_id),
        Place.read(place).entry_at or timezone.now(),
        Place.read(place).entry_id,
    ).order_by("-at", "-id")[:31]
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, format json) {sql}", params)
        plan = cursor.fetchone()[0][0]["Plan"]["Plans"][0]
    assert "Index" in plan["Node Type"], plan
    return plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)


def test_what_comes_stands_first_and_what_is_overdue_with_it(member: User, monkeypatch) -> None:
    person, now = make(Person, owner=member, name="Ada"), timezone.now()
    ids = {
        UUID(int=1): now - timedelta(days=2),
        UUID(int=2): now + timedelta(days=2),
        UUID(int=3): now + timedelta(days=9),
    }

    def load(wanted, user):
        return {key: Item(key, ids[key], "plan", "x.html", "phone", is_planned=True) for key in wanted}

    monkeypatch.setitem(sources._sources, "plan", Source("plan", "Plans", load, "activities"))
    for key, at in ids.items():
        TimelineEntry.objects.create(record_id=person.pk, at=at, kind="plan", item_id=key)
    part = read_timeline(person, type_of(person), member)
    assert [one.id.int for one in part.planned] == [1, 2, 3]
    assert [item.kind for _day, items in part.days for item in items] == ["changes"]


def test_items_that_the_user_may_not_see_are_left_out(member: User, stranger: User) -> None:
    ours, theirs = make(Person, owner=member, name="Ada"), make(Person, owner=stranger, name="Sven")
    hidden = add_comment(ours, "Only for us", by=member)
    TimelineEntry.objects.create(
        record_id=theirs.pk, at=timezone.now(), kind="comment", item_id=hidden.pk, origin_id=ours.pk
    )
    assert "comment" not in {one.kind for one in read_all(theirs, stranger)}


def test_tabs_say_how_many_items_the_user_finds_behind_them(member: User, stranger: User) -> None:
    person, theirs = make(Person, owner=member, name="Ada"), make(Person, owner=stranger, name="Sven")
    assert tab_counts(person.pk, member) == {}
    many_comments(person, member, 7)
    add_comment(add_comment(person, "Question", by=member).record, "Second", by=member)
    taken_away = add_comment(person, "Wrong", by=member)
    delete_comment(taken_away, by=member)
    found = [one for one in read_all(person, member, "comments") if one.kind == "comment"]
    assert tab_counts(person.pk, member) == {"comments": str(len(found))} == {"comments": "9"}
    assert tab_counts(person.pk, stranger) == {}
    entry = TimelineEntry.objects.filter(record_id=person.pk).values_list("item_id", flat=True)[0]
    TimelineEntry.objects.create(record_id=theirs.pk, at=timezone.now(), kind="comment", item_id=entry)
    assert tab_counts(theirs.pk, stranger) == {}
    many_comments(person, member, MOST, start=600)
    with CaptureQueriesContext(
        connection,
    ) as done:
        assert tab_counts(person.pk, member) == {"comments": "500+"}
    assert len(done) == 2


def test_followers_show_the_items_of_a_record_with_where_they_come_from(member: User, monkeypatch) -> None:
    from rapport.kernel.timeline import entries

    monkeypatch.setattr(entries, "_follows", {})
    follow("people", lambda key: Person.objects.filter(pk=key).values_list("organization_id", flat=True))
    company = make(Organization, owner=member, name="Acme")
    person = make(Person, owner=member, name="Ada", organization=company)
    comment = add_comment(person, "Hello", by=member)
    [item] = [one for one in read_all(company, member) if one.kind == "comment"]
    assert (item.id, item.origin.title) == (comment.pk, "Ada")
    delete_comment(comment, by=member)
    assert not TimelineEntry.objects.filter(item_id=comment.pk).exists()
    restore_comment(comment, by=member)
    assert TimelineEntry.objects.filter(item_id=comment.pk).count() == 2


def test_comments_belong_to_their_authors(member: User, administrator: User, stranger: User) -> None:
    person = make(Person, owner=member)
    comment = add_comment(person, " Hello\x00\r\n<b>you</b> ", by=member)
    assert comment.text == "Hello\n<b>you</b>"
    for act in (lambda by: change_comment(comment, "x", by=by), lambda by: delete_comment(comment, by=by)):
        for other in (administrator, stranger):
            with pytest.raises(NotVisible):
                act(other)
    with pytest.raises(NotVisible):
        add_comment(person, "Hi", by=stranger)
    for text in ("", "  \n", "x" * 20_001):
        with pytest.raises(RuleError):
            add_comment(person, text, by=member)
    assert change_comment(comment, "Better", by=member).changed_at is not None


@pytest.mark.parametrize(
    "said", ["nonsense", "~", "!~!", "2026-99-99!1~-", "-~-", "2026-01-01T00:00:00!1~x", "%00", "9" * 500]
)
def test_a_strange_place_in_the_address_is_no_error(said: str, member: User, client: Client) -> None:
    person = make(Person, owner=member)
    client.force_login(member)
    assert (
        client.get(f"{person.get_absolute_url()}timeline/", {"before": said, "tab": said}).status_code == 200
    )


def test_changes_of_long_ago_are_found(member: User) -> None:
    person = make(Person, owner=member)
    old = timezone.now() - timedelta(days=4000)
    Person.objects.filter(pk=person.pk).update(created_at=old)
    person.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_change (at, record_id, type, act, diff, cause, transaction)"
            " values (%s, %s, 'people', 'update', '{\"position\": [\"Clerk\", \"Boss\"]}', 'database', 1)",
            [old, person.pk],
        )
    assert Change.objects.filter(record_id=person.pk).count() >= 2
    assert read_all(person, member)[-1].at == old
