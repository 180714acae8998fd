"""Loads the sample company: two years of history, written through the same doors as everything else."""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from rapport.accounts.models import Company, Role, Team, User
from rapport.activities.models import Participant
from rapport.demo import words
from rapport.demo.diary import Diary, Entry
from rapport.demo.people import Party, Population
from rapport.demo.trade import DealPlan, Step, Trade
from rapport.kernel.changes.models import Cause
from rapport.kernel.changes.sets import OpenSet, change_set
from rapport.kernel.currencies.models import Rate
from rapport.kernel.records import create_records
from rapport.kernel.registry import RecordType, type_by_key
from rapport.parties.models import Organization, PartyAddress, Person, Purpose

SEED = 1817  # the year of the first running machine on two wheels
T = TypeVar("T")
FILLED = (
    "kernel_record", "kernel_relationship", "parties_party", "parties_contactpoint", "parties_partyaddress",
    "parties_stageperiod", "sales_deal", "sales_stagemove", "activities_activity", "activities_participant",
)  # fmt: skip


class AlreadySetUp(Exception):
    """There is a company already; the sample company is for empty databases only."""


@transaction.atomic
def load(*, parties: int = 2000, activities: int = 6000) -> User:
    """Fill an empty database with the sample company and return its administrator. All or nothing."""
    if Company.objects.exists():
        raise AlreadySetUp
    rng = random.Random(SEED)  # noqa: S311  # invented data, not a secret
    Company.objects.create(id=1, name=words.COMPANY, is_sample=True)
    users = make_users()
    now = timezone.localtime()
    with connection.cursor() as cursor:
        # Timelines are worked out once at the end instead of after each of some hundred writes.
        cursor.execute("select set_config('rapport.quiet', 'on', true)")
        cursor.execute("select kernel_change_partitions((now() - interval '26 months')::date, now()::date)")
    population = Population(rng, users, now)
    organizations = population.organizations(parties * 3 // 10)
    people = [population.person(population.employer(organizations)) for _ in range(parties * 6 // 10)]
    people += [population.person(None) for _ in range(parties - len(organizations) - len(people))]
    trade = Trade(rng, population)
    deals = trade.deals(organizations, parties * 7 // 20)
    diary = Diary(rng, population)
    write_parties("organizations", organizations, population)
    learn()
    write_parties("people", people, population)
    learn()
    Rate.objects.bulk_create(rates(now))  # some customers pay in Swiss francs
    write_deals(deals)
    learn()
    write_stages(organizations, deals)
    write_activities(diary.entries(people, deals, activities) + diary.plans(people, deals))
    learn()
    with connection.cursor() as cursor:
        cursor.execute("select activities_rebuild_timeline()")
        cursor.execute("select kernel_add_words(array(select id from kernel_record))")
        cursor.execute(
            "update kernel_record r set rank_at = t.at from (select record_id, max(at) as at from"
            " kernel_timeline where at <= now() group by 1) as t where t.record_id = r.id"
        )
    return users[0]


def learn() -> None:
    """Renew the statistics: with plans made for empty tables each write would read all that stands there already."""
    with connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f'analyze "{table}"')


def rates(now: datetime) -> list[Rate]:
    """What a franc was worth in each quarter of the history."""
    begin = now.date() - timedelta(days=26 * 31)
    days = [begin + timedelta(days=91 * place) for place in range(9)]
    return [
        Rate(currency="CHF", base="EUR", day=day, rate=Decimal(worth) / 1000)
        for day, worth in zip(days, words.FRANCS, strict=True)
    ]


def make_users() -> list[User]:
    """The people who work at the sample company; all sign in with the same password."""
    users: list[User] = []
    for name, team, role in words.USERS:
        address = f"{name.split()[0].lower()}@{words.DOMAIN}"
        team_row = Team.objects.get_or_create(name=team)[0]
        user = User(email=address, name=name, team=team_row)
        # Hashing is slow on purpose.
        user.password = users[0].password if users else make_password(words.PASSWORD)
        user.save()
        user.roles.set([Role.objects.get(key=role)])
        users.append(User.objects.get(pk=user.pk))
    return users


@contextmanager
def history(user: User, moment: datetime, label: str) -> Iterator[OpenSet]:
    """A change set that stands in the log as if it had been written at that moment."""
    with change_set(by=user, cause=Cause.DEMO, label=label) as opened, connection.cursor() as cursor:
        cursor.execute("select set_config('rapport.at', %s, true)", [moment.isoformat()])
        opened.in_action += 1  # moments of the past are not for people to write
        yield opened
        cursor.execute("select set_config('rapport.at', '', true)")


def in_periods(
    items: Iterable[T], at: Callable[[T], datetime], who: Callable[[T], User]
) -> Iterator[tuple[User, datetime, list[T]]]:
    """Groups of a month and one user, oldest first: few large writes instead of many small ones."""

    def period(item: T) -> tuple[int, int, str]:
        moment = at(item)
        return moment.year, moment.month, str(who(item).pk)

    for _key, group in groupby(sorted(items, key=period), key=period):
        found = sorted(group, key=at)
        yield who(found[0]), at(found[0]), found


def record_type(key: str) -> RecordType:
    found = type_by_key(key)
    assert found is not None
    return found


def write_parties(type_key: str, parties: list[Party], population: Population) -> None:
    for user, moment, group in in_periods(parties, lambda one: one.created_at, lambda one: one.owner):
        with history(user, moment, f"{len(group)} {type_key}"):
            rows = []
            for one in group:
                values = {**one.values, "created_at": one.created_at, "stage": "prospect"}
                values["stage_since"] = one.created_at.date()
                if one.works_at is not None:
                    values["organization"] = Organization(pk=one.works_at.id)
                if "given_name" in values:
                    values.pop("name")
                rows.append(values)
            written = create_records(record_type(type_key), rows, by=user)
            for one, record in zip(group, written, strict=True):
                one.id = record.pk
            PartyAddress.objects.bulk_create(
                PartyAddress(
                    party_id=record.pk, purpose=Purpose.WORK, is_primary=True, address=population.address(one)
                )
                for one, record in zip(group, written, strict=True)
            )


def write_deals(deals: list[DealPlan]) -> None:
    """The deals as they began, then every step they took."""
    for user, moment, group in in_periods(deals, lambda one: one.created_at, lambda one: one.customer.owner):
        with history(user, moment, f"{len(group)} deals"):
            rows: list[dict[str, Any]] = [
                {
                    **one.values,
                    "organization": Organization(pk=one.customer.id),
                    "person": Person(pk=one.person.id) if one.person else None,
                    "created_at": one.created_at,
                    "stage_since": one.created_at,
                }
                for one in group
            ]
            for one, record in zip(group, create_records(record_type("deals"), rows, by=user), strict=True):
                one.id = record.pk
    steps = [(plan, step) for plan in deals for step in plan.steps]
    for user, moment, moves in in_periods(steps, lambda one: one[1].at, lambda one: one[0].customer.owner):
        rounds: dict[int, list[tuple[DealPlan, Step]]] = {}
        seen: dict[Any, int] = {}
        for plan, step in moves:  # a deal that moves twice in the period is written twice
            seen[plan.id] = seen.get(plan.id, 0) + 1
            rounds.setdefault(seen[plan.id], []).append((plan, step))
        for one_round in rounds.values():
            with history(user, max(moment, one_round[-1][1].at), f"{len(one_round)} deals moved"):
                move_deals(one_round)
    date_moves(deals)


def date_moves(deals: list[DealPlan]) -> None:
    """Moves of deals, and their places in timelines, stand at the moments of the plan: they were written in groups."""
    moments = ((plan.id, [plan.created_at, *(step.at for step in plan.steps)]) for plan in deals)
    rows = [(key, number, at) for key, those in moments for number, at in enumerate(those)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update sales_stagemove m set at = p.at
            from (select id, deal_id, row_number() over (partition by deal_id order by id) - 1 as number
                from sales_stagemove) as n
            join unnest(%s::uuid[], %s::int[], %s::timestamptz[]) as p (deal_id, number, at) using (deal_id, number)
            where n.id = m.id
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )
        cursor.execute(
            "update kernel_timeline t set at = m.at from sales_stagemove m"
            " where t.kind = 'stage_move' and t.item_id = m.id and t.at <> m.at"
        )


def move_deals(moves: list[tuple[DealPlan, Step]]) -> None:
    rows = [
        (plan.id, step.stage.pk, step.outcome, step.at, None if step.outcome == "open" else step.at.date(),
         step.reason.pk if step.reason else None, step.competitor, step.note)
        for plan, step in moves
    ]  # fmt: skip
    places = ", ".join(["(%s::uuid, %s::uuid, %s, %s::timestamptz, %s::date, %s::uuid, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update sales_deal d set stage_id = v.stage, outcome = v.outcome, stage_since = v.at,
                closed_on = v.closed, loss_reason_id = v.reason, competitor = v.competitor, loss_note = v.note
            from (values {places}) as v (id, stage, outcome, at, closed, reason, competitor, note) where d.id = v.id
            """,  # noqa: S608  # only the placeholders are composed
            [value for row in rows for value in row],
        )


def write_stages(organizations: list[Party], deals: list[DealPlan]) -> None:
    """The life cycle follows the deals: a lead with the first deal, a customer with the first one won."""
    reached: dict[tuple[Any, str], tuple[datetime, Party]] = {}
    for plan in deals:
        for stage, at in (
            ("lead", plan.created_at),
            ("customer", plan.steps[-1].at if plan.is_won else None),
        ):
            if at is None:
                continue
            for party in filter(None, (plan.customer, plan.person)):
                key = (party.id, stage)
                if key not in reached or at < reached[key][0]:
                    reached[key] = (at, party)
    for wanted in ("lead", "customer"):
        turns = [(at, party) for (_id, stage), (at, party) in reached.items() if stage == wanted]
        for user, moment, group in in_periods(turns, lambda one: one[0], lambda one: one[1].owner):
            with history(user, moment, f"{len(group)} became {wanted}"), connection.cursor() as cursor:
                cursor.execute(
                    "update parties_party p set stage = %s, stage_since = v.day from"
                    " unnest(%s::uuid[], %s::date[]) as v (id, day) where p.id = v.id",
                    [wanted, [party.id for _at, party in group], [at.date() for at, _party in group]],
                )


def write_activities(entries: list[Entry]) -> None:
    for user, moment, group in in_periods(entries, lambda one: one.created_at, lambda one: one.owner):
        with history(user, moment, f"{len(group)} activities"):
            rows = [{**one.values, "created_at": one.created_at} for one in group]
            written = create_records(record_type("activities"), rows, by=user)
            Participant.objects.bulk_create(
                Participant(activity_id=record.pk, record_id=about.id)
                for one, record in zip(group, written, strict=True)
                for about in one.about
            )
