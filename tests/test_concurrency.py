"""Many writers at once, each with a connection of his own: nothing is lost, nobody waits for ever."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from rapport.accounts.models import User
from rapport.kernel.boards.moves import Spot, move_card
from rapport.kernel.boards.registry import Board, board_of
from rapport.kernel.changes.models import Change, ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.records import Conflict, Record, RuleError, delete_records, save_record, update_records
from rapport.kernel.registry import type_by_key, type_of_model
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal, StageMove
from rapport.sales.pipelines.models import Stage

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 50
PATIENCE = 120  # seconds; a deadlock of ours would be seen as an error long before


@pytest.fixture(autouse=True)
def _clean_log() -> Iterator[None]:
    """Django empties the tables of its own models afterwards; the partitioned log is ours to empty."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("truncate kernel_change")


@pytest.fixture
def user(db: None) -> User:
    return make_user("Wanda Writer", role="administrator")


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Do `act(0) … act(count - 1)` at the same moment; their results or what they raised, in order."""
    start = Barrier(count, timeout=PATIENCE)

    def run(number: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            return act(number)
        except (Conflict, RuleError) as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [one.result(PATIENCE) for one in [pool.submit(run, number) for number in range(count)]]


def conflicts(results: list[Any]) -> int:
    return sum(isinstance(one, Conflict) for one in results)


def log_of(record: Record, column: str) -> list[tuple[int, Any, Any]]:
    """[(version, old, new)] of that column, in the order of the versions."""
    changes = Change.objects.filter(record_id=record.pk, act="update", part="").order_by("version")
    return [(one.version or 0, *one.diff[column]) for one in changes if column in one.diff]


def assert_unbroken(chain: list[tuple[int, Any, Any]], first: Any, last: Any) -> None:
    """Each change begins with what the one before has left: no update was written over unseen."""
    assert chain[0][1] == first
    assert chain[-1][2] == last
    assert [old for _version, old, _new in chain[1:]] == [new for _version, _old, new in chain[:-1]]


def test_of_fifty_who_saw_the_same_version_one_writes_and_the_others_are_told(user: User) -> None:
    person = make(Person, owner=user, source="first")
    seen = person.version
    results = at_once(
        WRITERS, lambda number: save_record(person, {"source": f"by {number}"}, by=user, version=seen)
    )
    assert conflicts(results) == WRITERS - 1
    person = Person.objects.get(pk=person.pk)
    assert person.version == seen + 1
    assert len(log_of(person, "source")) == 1


def test_fifty_who_look_again_after_a_conflict_all_write_and_no_update_is_lost(user: User) -> None:
    person = make(Person, owner=user, source="0")
    first = person.version

    def add_one(_number: int) -> int:
        """Read, count on, write; again from the start when somebody was faster. Returns the attempts."""
        for attempt in range(1, 10 * WRITERS):
            fresh = Person.objects.get(pk=person.pk)
            try:
                save_record(fresh, {"source": str(int(fresh.source) + 1)}, by=user, version=fresh.version)
            except Conflict:
                continue
            return attempt
        raise AssertionError("never got through")

    attempts = at_once(WRITERS, add_one)
    assert sum(attempts) > WRITERS  # they did get into each other's way
    person = Person.objects.get(pk=person.pk)
    assert (person.source, person.version) == (str(WRITERS), first + WRITERS)
    chain = log_of(person, "source")
    assert [version for version, _old, _new in chain] == list(range(first + 1, first + WRITERS + 1))
    assert_unbroken(chain, "0", str(WRITERS))


def test_fifty_who_write_without_looking_are_all_in_the_log(user: User) -> None:
    person = make(Person, owner=user, source="first")
    first = person.version
    at_once(WRITERS, lambda number: save_record(person, {"source": f"by {number}"}, by=user))
    person = Person.objects.get(pk=person.pk)
    assert person.version == first + WRITERS
    chain = log_of(person, "source")
    assert {new for _version, _old, new in chain} == {f"by {number}" for number in range(WRITERS)}
    assert_unbroken(chain, "first", person.source)


def test_different_fields_of_one_version_are_merged(user: User) -> None:
    deal = make(Deal, owner=user, name="Big roof")
    seen = deal.version
    values: list[dict[str, Any]] = [
        {"next_step": "Call back"},
        {"about": "Twelve bicycles"},
        {"expected_on": date(2030, 5, 17)},
        {"amount": Amount(Decimal(900), "EUR")},
        {"chance": Decimal(40)},
        {"source": "Fair"},
        {"tags": ["roof"]},
    ]
    results = at_once(len(values), lambda number: save_record(deal, values[number], by=user, version=seen))
    assert conflicts(results) == 0
    merged = Deal.objects.get(pk=deal.pk)
    assert merged.version == seen + len(values)
    assert (merged.next_step, merged.about, merged.source, merged.tags) == (
        "Call back", "Twelve bicycles", "Fair", ["roof"],
    )  # fmt: skip
    assert (merged.expected_on, merged.amount, merged.chance) == (
        date(2030, 5, 17),
        Decimal(900),
        Decimal(40),
    )


def deals_board() -> Board:
    kind = type_by_key("deals")
    board = board_of(kind) if kind is not None else None
    assert board is not None
    return board


def test_twenty_cards_put_between_the_same_two_at_once_all_arrive_there(user: User) -> None:
    kind, board = type_of_model(Deal), deals_board()
    begin, end = Stage.objects.order_by("position")[:2]
    top, bottom = (make(Deal, owner=user, name=name, stage=end) for name in ("Top", "Bottom"))
    move_card(bottom, Spot(str(end.pk), above=top.pk), kind, board, by=user)
    cards = [make(Deal, owner=user, name=f"Card {number}", stage=begin) for number in range(20)]

    def put(number: int) -> Record:
        card = cards[number]
        spot = Spot(str(end.pk), above=top.pk, below=bottom.pk, version=card.version)
        return move_card(card, spot, kind, board, by=user)

    results = at_once(20, put)
    assert not [one for one in results if isinstance(one, Exception)]
    lane = list(Deal.objects.filter(stage=end).order_by("position", "pk").values_list("name", flat=True))
    assert (lane[0], lane[-1], len(lane)) == ("Top", "Bottom", 22)


def test_twenty_moves_of_one_card_leave_one_story(user: User) -> None:
    kind, board = type_of_model(Deal), deals_board()
    stages = list(Stage.objects.order_by("position")[:4])
    card = make(Deal, owner=user, name="Hot card", stage=stages[0])

    def put(number: int) -> Record:
        return move_card(card, Spot(str(stages[1 + number % 3].pk)), kind, board, by=user)

    assert not [one for one in at_once(20, put) if isinstance(one, Exception)]
    card = Deal.objects.get(pk=card.pk)
    assert_unbroken(log_of(card, "stage_id"), str(stages[0].pk), str(card.stage_id))
    moves = list(StageMove.objects.filter(deal=card).exclude(from_stage=None))
    assert len(moves) == len(log_of(card, "stage_id"))


def test_of_twenty_moves_with_the_same_version_one_is_done(user: User) -> None:
    kind, board = type_of_model(Deal), deals_board()
    stages = list(Stage.objects.order_by("position")[:4])
    card = make(Deal, owner=user, name="Hot card", stage=stages[0])

    def put(number: int) -> Record:
        spot = Spot(str(stages[1 + number % 3].pk), version=card.version)
        return move_card(card, spot, kind, board, by=user)

    results = at_once(20, put)
    assert conflicts(results) >= 13  # those into the same stage find their work done, which is no conflict
    assert len(log_of(card, "stage_id")) == 1


def test_of_ten_who_undo_the_same_one_does(user: User) -> None:
    people = [make(Person, owner=user, source="before") for _ in range(5)]
    with change_set(by=user) as opened:
        update_records(type_of_model(Person), [one.pk for one in people], {"source": "after"}, by=user)
    done = ChangeSet.objects.get(pk=opened.id)
    results = at_once(10, lambda _number: revert(done, by=user))
    assert sum(isinstance(one, RuleError) for one in results) == 9
    for person in Person.objects.filter(pk__in=[one.pk for one in people]):
        assert person.source == "before"
        assert [new for _version, _old, new in log_of(person, "source")] == ["after", "before"]


def test_bulk_edits_of_the_same_rows_in_opposite_order_do_not_block_each_other(user: User) -> None:
    kind = type_of_model(Person)
    firm = make(Organization, owner=user, name="Halden")
    ids = [make(Person, owner=user, source="", organization=firm).pk for _ in range(30)]

    def edit(number: int) -> int:
        order = ids if number % 2 else ids[::-1]
        return update_records(kind, order, {"source": f"by {number}"}, by=user)

    assert at_once(10, edit) == [30] * 10
    for person in Person.objects.filter(pk__in=ids):
        assert_unbroken(log_of(person, "source"), "", person.source)


def test_single_edits_bulk_edits_and_undo_of_the_same_people_do_not_block_each_other(user: User) -> None:
    kind = type_of_model(Person)
    firm = make(Organization, owner=user, name="Halden")
    people = [make(Person, owner=user, organization=firm) for _ in range(10)]
    ids, leaving = [one.pk for one in people], make(Person, owner=user, organization=firm)
    with change_set(by=user) as opened:
        update_records(kind, ids, {"source": "to be undone"}, by=user)
    done = ChangeSet.objects.get(pk=opened.id)

    def act(number: int) -> Any:
        match number % 5:
            case 0:
                return update_records(kind, ids[::-1], {"tags": [f"tag {number}"]}, by=user)
            case 1:
                return save_record(firm, {"name": f"Halden {number}"}, by=user)
            case 2:
                person = people[number % 10]
                return save_record(person, {"email": f"a{number}@example.com", "tags": ["one"]}, by=user)
            case 3:
                return revert(done, by=user)
            case _:
                return delete_records(kind, [leaving.pk], by=user) if number == 4 else None

    results = at_once(20, act)
    refused = [one for one in results if isinstance(one, RuleError)]
    assert all("already undone" in str(one) for one in refused)
    assert len(refused) == 3
