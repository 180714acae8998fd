"""What is written down by itself: every move of a deal, in the timelines of all whom it concerns."""

from decimal import Decimal

import pytest
from markupsafe import Markup

from rapport.accounts.models import User
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.records import delete_record, restore_record, save_record, update_records
from rapport.kernel.registry import type_of_model
from rapport.kernel.testing import make, make_user
from rapport.kernel.timeline.counts import tab_counts
from rapport.kernel.timeline.models import TimelineEntry
from rapport.kernel.timeline.reader import read_timeline
from rapport.parties.models import Organization, Person
from rapport.sales.deals.actions import lose, move, reopen, win
from rapport.sales.deals.models import Deal, StageMove
from rapport.sales.pipelines.models import LossReason, Stage

pytestmark = pytest.mark.django_db
KIND = type_of_model(Deal)


@pytest.fixture
def user() -> User:
    return make_user("Jonas Weber")


def reason(name: str) -> LossReason:
    return LossReason.objects.get(name=name)


def stage(number: int) -> Stage:
    return Stage.objects.all()[number]


def deal(user: User, **values: object) -> Deal:
    return make(Deal, by=user, owner=user, **values)


def moves(card: Deal) -> list[tuple[int | None, int | None, str]]:
    every = list(Stage.objects.all())
    rows = StageMove.objects.filter(deal=card).order_by("at", "id")
    number = {None: None} | {one.pk: position for position, one in enumerate(every)}
    return [(number[row.from_stage_id], number[row.to_stage_id], row.outcome) for row in rows]


def test_every_move_is_written_down_with_who_made_it(user: User) -> None:
    card = deal(user, amount=Amount(Decimal(1), "EUR"))
    move(card, by=user, stage=stage(2))
    win(card, by=user)
    reopen(card, by=user)
    assert sorted(moves(card), key=str) == sorted(
        [(None, 0, "open"), (0, 2, "open"), (2, 2, "won"), (2, 2, "open")], key=str
    )
    assert set(StageMove.objects.filter(deal=card).values_list("actor_id", flat=True)) == {user.pk}


def test_a_move_stands_in_the_timelines_of_deal_organization_and_person(user: User) -> None:
    organization = make(Organization, by=user)
    person = make(Person, by=user)
    card = deal(user, organization=organization, person=person)
    rows = TimelineEntry.objects.filter(kind="stage_move")
    assert set(rows.values_list("record_id", "origin_id")) == {
        (card.pk, None), (organization.pk, card.pk), (person.pk, card.pk),
    }  # fmt: skip


def test_timelines_follow_the_deal_to_another_organization(user: User) -> None:
    old, new = make(Organization, by=user), make(Organization, by=user)
    card = deal(user, organization=old)
    save_record(card, {"organization": new}, by=user)
    rows = TimelineEntry.objects.filter(kind="stage_move")
    assert not rows.filter(record_id=old.pk).exists()
    assert rows.filter(record_id=new.pk).count() == 1


def test_a_deleted_deal_leaves_the_timelines_and_returns_with_it(user: User) -> None:
    organization = make(Organization, by=user)
    card = deal(user, organization=organization)
    delete_record(card, by=user)
    assert not TimelineEntry.objects.filter(kind="stage_move").exists()
    restore_record(card, by=user)
    assert TimelineEntry.objects.filter(kind="stage_move", record_id=organization.pk).count() == 1


def test_a_bulk_move_is_written_down_row_by_row(user: User) -> None:
    cards = [deal(user) for _number in range(5)]
    update_records(KIND, [card.pk for card in cards], {"stage": stage(1)}, by=user)
    assert StageMove.objects.filter(to_stage=stage(1)).count() == 5


def test_timelines_tell_moves_in_plain_words(user: User) -> None:
    organization = make(Organization, by=user, name="Stadtwerke Elmenau")
    card = deal(
        user, name="Framework <b>2027</b>", organization=organization, amount=Amount(Decimal(148_000), "EUR")
    )
    move(card, by=user, stage=stage(1))
    lose(card, by=user, loss_reason=reason("Price"), competitor="Veltra")
    organizations = type_of_model(Organization)
    rows = [item for _day, items in read_timeline(organization, organizations, user).days for item in items]
    told = [Markup(item.data["say"](False)).striptags() for item in rows if item.kind == "stage_move"]
    assert told[:2] == [
        "Jonas lost Framework <b>2027</b> because of Price to Veltra",
        "Jonas moved Framework <b>2027</b> from Qualified to Needs understood",
    ]
    assert tab_counts(organization.pk, user) == {"sales": "3"}
    own = [item for _day, items in read_timeline(card, KIND, user).days for item in items]
    assert "Jonas moved the deal from Qualified to Needs understood" in [
        Markup(item.data["say"](True)).striptags() for item in own if item.kind == "stage_move"
    ]


def test_who_does_not_see_the_deal_reads_nothing_of_it_at_the_organization() -> None:
    reader = make_user(role="restricted", team="South")
    organization = make(Organization, owner=reader)
    make(Deal, owner=make_user(team="North"), organization=organization, by=make_user(role="administrator"))
    part = read_timeline(organization, type_of_model(Organization), reader)
    assert not [one for _day, items in part.days for one in items if one.kind == "stage_move"]
