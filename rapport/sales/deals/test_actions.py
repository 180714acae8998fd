"""What happens to deals, through every door."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.changes.models import Change, ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.records import (
    Conflict,
    NotVisible,
    Refused,
    RuleError,
    save_record,
    update_records,
)
from rapport.kernel.registry import type_of_model
from rapport.kernel.testing import RecordContract, make, make_user
from rapport.parties.models import Organization, Person
from rapport.sales.deals.actions import lose, move, reopen, win
from rapport.sales.deals.models import Deal
from rapport.sales.pipelines.models import LossReason, Pipeline, Stage

pytestmark = pytest.mark.django_db
KIND = type_of_model(Deal)


class TestDealIsARecord(RecordContract):
    model = Deal


@pytest.fixture
def user() -> User:
    return make_user("Jonas Weber")


def reason(name: str = "No budget") -> LossReason:
    return LossReason.objects.get(name=name)


def stage(number: int) -> Stage:
    return Stage.objects.all()[number]


def deal(user: User, **values: object) -> Deal:
    return make(Deal, by=user, owner=user, **values)


# -- beginning ------------------------------------------------------------------------------------------------


def test_a_deal_that_says_nothing_begins_in_the_first_stage_of_the_first_pipeline(user: User) -> None:
    new = save_record(Deal(), {"name": "Forty bikes"}, by=user)
    assert (new.pipeline, new.stage, new.outcome) == (Pipeline.objects.first(), stage(0), "open")


def test_a_deal_takes_the_organization_of_its_person(user: User) -> None:
    person = make(Person, by=user, organization=make(Organization, by=user))
    assert (
        save_record(Deal(), {"name": "Bikes", "person": person}, by=user).organization == person.organization
    )


def test_a_deal_for_another_organization_keeps_it(user: User) -> None:
    person = make(Person, by=user, organization=make(Organization, by=user))
    other = make(Organization, by=user)
    new = save_record(Deal(), {"name": "Bikes", "person": person, "organization": other}, by=user)
    assert new.organization == other


def test_choosing_another_pipeline_puts_the_deal_into_its_first_stage(user: User) -> None:
    rental = Pipeline.objects.create(name="Rental", position=1)
    first = Stage.objects.create(pipeline=rental, name="Asked")
    changed = save_record(deal(user), {"pipeline": rental}, by=user)
    assert (changed.pipeline, changed.stage) == (rental, first)


def test_the_pipeline_follows_the_stage(user: User) -> None:
    rental = Pipeline.objects.create(name="Rental", position=1)
    asked = Stage.objects.create(pipeline=rental, name="Asked")
    assert save_record(deal(user), {"stage": asked}, by=user).pipeline == rental


# -- moving ---------------------------------------------------------------------------------------------------


def test_moving_changes_the_stage_and_says_so_in_the_log(user: User) -> None:
    moved = move(deal(user), by=user, stage=stage(2))
    assert moved.stage == stage(2)
    assert ChangeSet.objects.filter(actor=user).latest("at").events == ["deal.moved"]
    assert timezone.now() - moved.stage_since < timezone.timedelta(seconds=10)


def test_a_deal_moved_between_two_others_stands_between_them(user: User) -> None:
    one, two, three = (deal(user) for _number in range(3))
    below, above = two, three  # the newest stands on top
    moved = move(one, by=user, stage=stage(0), before=above.pk, after=below.pk)
    assert above.position < moved.position < below.position


def test_one_neighbor_is_enough(user: User) -> None:
    cards = [deal(user) for _number in range(3)]
    last, middle, first = cards
    assert move(first, by=user, stage=stage(0), before=middle.pk).position < last.position
    first.refresh_from_db()
    assert first.position > middle.position
    assert move(last, by=user, stage=stage(0), after=middle.pk).position < middle.position


def test_a_lane_in_which_no_number_is_left_between_two_cards_is_numbered_anew(user: User) -> None:
    cards = [deal(user) for _number in range(4)]
    Deal.objects.update(position=7)
    order = list(Deal.objects.exclude(pk=cards[3].pk).order_by("position", "pk"))
    moved = move(cards[3], by=user, stage=stage(0), before=order[0].pk, after=order[1].pk)
    for one in order:
        one.refresh_from_db()
    assert order[0].position < moved.position < order[1].position < order[2].position


def test_neighbors_that_left_the_lane_do_not_matter(user: User) -> None:
    one, two = deal(user), deal(user)
    gone = deal(user)
    move(gone, by=user, stage=stage(3))
    assert move(one, by=user, stage=stage(0), before=gone.pk, after=gone.pk).position < two.position


def test_who_saw_an_older_stage_moves_nothing(user: User) -> None:
    card, colleague = deal(user), make_user()
    seen = card.version
    move(card, by=colleague, stage=stage(1), version=seen)
    with pytest.raises(Conflict):
        move(card, by=user, stage=stage(3), version=seen)
    card.refresh_from_db()
    assert card.stage == stage(1)


def test_a_closed_deal_does_not_move_through_any_door(user: User) -> None:
    closed = win(deal(user, amount=Amount(Decimal(5), "EUR")), by=user)
    with pytest.raises(RuleError):
        move(closed, by=user, stage=stage(2))
    with pytest.raises(RuleError):
        save_record(closed, {"stage": stage(2)}, by=user)
    with pytest.raises(RuleError):
        update_records(KIND, [closed.pk], {"stage": stage(2)}, by=user)
    closed.refresh_from_db()
    assert closed.stage == stage(0)


def test_undoing_a_move_puts_the_deal_back_where_it_stood(user: User) -> None:
    card = deal(user)
    before = card.position
    move(card, by=user, stage=stage(2))
    revert(ChangeSet.objects.filter(actor=user).latest("at"), by=user)
    card.refresh_from_db()
    assert (card.stage, card.position) == (stage(0), before)


# -- winning --------------------------------------------------------------------------------------------------


def test_a_deal_without_amount_is_not_won(user: User) -> None:
    card = deal(user, amount=None)
    with pytest.raises(RuleError) as problem:
        win(card, by=user)
    assert "amount" in problem.value.fields
    assert win(card, by=user, amount=Amount(Decimal(900), "CHF")).amount == 900


def test_a_won_deal_has_its_day_and_event(user: User) -> None:
    won = win(deal(user, amount=Amount(Decimal(148_000), "EUR")), by=user)
    assert (won.outcome, won.closed_on) == ("won", timezone.localdate())
    assert "deal.won" in ChangeSet.objects.filter(actor=user).latest("at").events


@pytest.mark.parametrize(
    ("before", "after"), [("lead", "customer"), ("valued", "valued"), ("lost", "won_back")]
)
def test_who_bought_is_a_customer(user: User, before: str, after: str) -> None:
    buyer = make(Organization, by=user, stage=before)
    win(deal(user, organization=buyer, amount=Amount(Decimal(1), "EUR")), by=user)
    buyer.refresh_from_db()
    assert buyer.stage == after


def test_without_an_organization_the_person_becomes_a_customer(user: User) -> None:
    buyer = make(Person, by=user, stage="prospect", organization=None)
    win(deal(user, person=buyer, amount=Amount(Decimal(1), "EUR")), by=user)
    buyer.refresh_from_db()
    assert buyer.stage == "customer"


def test_a_customer_whom_the_seller_may_not_edit_stays_as_he_is_and_the_deal_is_won() -> None:
    seller = make_user(role="restricted", team="North")
    foreign = make(Organization, owner=make_user(team="South"), stage="lead")
    card = make(Deal, by=make_user(role="administrator"), owner=seller, organization=foreign,
                amount=Amount(Decimal(1), "EUR"))  # fmt: skip
    assert win(card, by=seller).outcome == "won"
    foreign.refresh_from_db()
    assert foreign.stage == "lead"


def test_undoing_a_win_opens_the_deal_and_takes_the_customer_back(user: User) -> None:
    buyer = make(Organization, by=user, stage="lead")
    card = win(deal(user, organization=buyer, amount=Amount(Decimal(1), "EUR")), by=user)
    revert(ChangeSet.objects.filter(actor=user).latest("at"), by=user)
    card.refresh_from_db()
    buyer.refresh_from_db()
    assert (card.outcome, card.closed_on, buyer.stage) == ("open", None, "lead")


def test_the_amount_of_a_won_deal_cannot_be_emptied(user: User) -> None:
    won = win(deal(user, amount=Amount(Decimal(1), "EUR")), by=user)
    with pytest.raises(RuleError):
        save_record(won, {"amount": None}, by=user)


# -- losing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said", "missing"),
    [
        (None, {}, "loss_reason"),
        ("Price", {"competitor": "  "}, "competitor"),
        ("Other", {"competitor": "Veltra"}, "loss_note"),
    ],
)
def test_a_deal_is_lost_only_with_its_reason(
    user: User, name: str | None, said: dict[str, str], missing: str
) -> None:
    card = deal(user)
    with pytest.raises(RuleError) as problem:
        lose(card, by=user, loss_reason=reason(name) if name else None, **said)
    assert list(problem.value.fields) == [missing]
    card.refresh_from_db()
    assert card.is_open


def test_a_lost_deal_keeps_reason_competitor_and_note(user: User) -> None:
    lost = lose(deal(user), by=user, loss_reason=reason("Price"), competitor=" Veltra ", loss_note="Too late")
    assert (lost.outcome, lost.loss_reason, lost.competitor, lost.loss_note) == (
        "lost", reason("Price"), "Veltra", "Too late",
    )  # fmt: skip
    assert "deal.lost" in ChangeSet.objects.filter(actor=user).latest("at").events


@pytest.mark.parametrize("name", ["outcome", "closed_on", "loss_reason", "competitor", "loss_note"])
def test_no_door_writes_the_outcome_without_its_action(user: User, name: str) -> None:
    card = deal(user)
    values = {
        "outcome": "won",
        "closed_on": date(2026, 1, 1),
        "loss_reason": reason(),
        "competitor": "x",
        "loss_note": "x",
    }
    for write in (
        lambda: save_record(card, {name: values[name]}, by=user),
        lambda: save_record(Deal(), {"name": "New", name: values[name]}, by=user),
        lambda: update_records(KIND, [card.pk], {name: values[name]}, by=user),
    ):
        with pytest.raises(RuleError):
            write()
    card.refresh_from_db()
    assert card.is_open


def test_a_closed_deal_cannot_be_closed_again(user: User) -> None:
    lost = lose(deal(user, amount=Amount(Decimal(1), "EUR")), by=user, loss_reason=reason())
    with pytest.raises(RuleError):
        win(lost, by=user)
    with pytest.raises(RuleError):
        lose(lost, by=user, loss_reason=reason())


def test_reopening_clears_what_closing_wrote(user: User) -> None:
    lost = lose(deal(user), by=user, loss_reason=reason("Price"), competitor="Veltra", loss_note="n")
    opened = reopen(lost, by=user)
    assert (opened.outcome, opened.closed_on, opened.loss_reason, opened.competitor, opened.loss_note) == (
        "open", None, None, "", "",
    )  # fmt: skip
    with pytest.raises(RuleError):
        reopen(opened, by=user)


def test_undoing_a_loss_opens_the_deal_again(user: User) -> None:
    card = lose(deal(user), by=user, loss_reason=reason("Price"), competitor="Veltra")
    revert(ChangeSet.objects.filter(actor=user).latest("at"), by=user)
    card.refresh_from_db()
    assert (card.outcome, card.loss_reason, card.competitor) == ("open", None, "")


# -- rights ---------------------------------------------------------------------------------------------------


def test_nobody_moves_wins_or_loses_what_he_does_not_see(user: User) -> None:
    stranger = make_user(role="restricted", team="South")
    card = deal(user, amount=Amount(Decimal(1), "EUR"))
    for act in (
        lambda: move(card, by=stranger, stage=stage(1)),
        lambda: win(card, by=stranger),
        lambda: lose(card, by=stranger, loss_reason=reason()),
    ):
        with pytest.raises((NotVisible, Refused)):
            act()
    card.refresh_from_db()
    assert (card.stage, card.outcome, Change.objects.filter(record_id=card.pk, act="update").count()) == (
        stage(0), "open", 0,
    )  # fmt: skip


def test_of_a_form_that_sends_both_the_one_that_was_chosen_counts(user: User) -> None:
    rental = Pipeline.objects.create(name="Rental", position=1)
    asked, agreed = (
        Stage.objects.create(pipeline=rental, name=name, position=number)
        for number, name in enumerate(("Asked", "Agreed"))
    )
    sales, first = Pipeline.objects.get(name="Sales"), stage(0)

    def begin(pipeline: Pipeline, begins: Stage) -> tuple[Pipeline, Stage]:
        new = save_record(Deal(), {"name": "New", "pipeline": pipeline, "stage": begins}, by=user)
        return new.pipeline, new.stage

    assert begin(rental, first) == (rental, asked)
    assert begin(sales, agreed) == (rental, agreed)
    other = Pipeline.objects.create(name="Other", position=2)
    with pytest.raises(RuleError):
        begin(other, agreed)
