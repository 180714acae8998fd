"""The policy in SQL and the one in memory agree with a slow one in plain Python, on random users, roles and records."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.accounts.grants import ACTS, REACHES
from rapport.accounts.models import Role, Team, Territory, User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.filters import Condition, Group, to_json
from rapport.kernel.permissions import can, policy
from rapport.kernel.permissions.rules import RULED
from rapport.kernel.shares.access import who_sees
from rapport.kernel.shares.models import Share
from rapport.kernel.testing import make
from rapport.parties.models import Organization

pytestmark = pytest.mark.django_db

INDUSTRIES = ("bikes", "trade", "")
RULES: dict[str, Any] = {  # a rule, and what it means
    "bikes": Condition("industry", "is", "bikes"),
    "empty": Condition("industry", "empty"),
    "not trade": Group("not", (Condition("industry", "is", "trade"),)),
    "mine or trade": Group("any", (Condition("owner", "me"), Condition("industry", "is", "trade"))),
    "my team": Condition("team", "my_team"),
    "owner sells": Condition("source", "is", "fair"),
}
READ_ACTS = ("read", "edit", "delete", "export", "bulk")
reaches = st.sampled_from(REACHES)
few = st.integers(0, 3)


@dataclass
class Plan:
    """What a world is made of; numbers name users, teams and records."""

    parents: list[int]  # of each team: one of those before it, or none
    users: list[tuple[int, list[int]]]  # team, roles
    roles: list[tuple[dict[str, str], dict[str, str]]]  # reach of each act, rule of each act
    records: list[tuple[int, int, str, str]]  # owner, team, industry, source
    # Each: record, whom, of what, act, days.
    shares: list[tuple[int, int, str, str, int]] = field(default_factory=list)
    # Each: in which it lies, users and teams who work it, the rule that is its filter.
    territories: list[tuple[int, list[int], list[int], str]] = field(default_factory=list)


rules = st.dictionaries(st.sampled_from(RULED), st.sampled_from(sorted(RULES)), max_size=2)
plans = st.builds(
    Plan,
    parents=st.lists(st.integers(-1, 2), min_size=3, max_size=4),
    users=st.lists(
        st.tuples(st.integers(-1, 3), st.lists(few, max_size=3, unique=True)), min_size=2, max_size=3
    ),
    roles=st.lists(
        st.tuples(st.fixed_dictionaries(dict.fromkeys(ACTS, reaches)), rules), min_size=2, max_size=3
    ),
    records=st.lists(
        st.tuples(few, st.integers(-1, 3), st.sampled_from(INDUSTRIES), st.sampled_from(("fair", ""))),
        min_size=3, max_size=6,
    ),
    shares=st.lists(
        st.tuples(few, few, st.sampled_from(("user", "team")), st.sampled_from(("read", "edit")),
                  st.sampled_from((-1, 0, 5))),
        max_size=4,
    ),
    territories=st.lists(
        st.tuples(st.integers(-1, 2), st.lists(few, max_size=2), st.lists(few, max_size=1),
                  st.sampled_from([*sorted(RULES), ""])),
        max_size=4,
    ),
)  # fmt: skip


@dataclass
class World:
    """A plan as rows of the database."""

    teams: list[Team]
    roles: list[Role]
    users: list[User]
    records: list[Organization]
    territories: list[Territory]


def build(plan: Plan, boss: User) -> World:
    teams: list[Team] = []
    for place, parent in enumerate(plan.parents):
        above = teams[parent] if 0 <= parent < place else None
        teams.append(Team.objects.create(name=f"Team {place}", parent=above))
    roles = [
        Role.objects.create(
            key=f"random-{place}",
            grants={"organizations": grants},
            rules={
                "organizations": {act: to_json(Group("all", (RULES[name],))) for act, name in said.items()}
            },
        )
        for place, (grants, said) in enumerate(plan.roles)
    ]
    users = []
    for place, (team, held) in enumerate(plan.users):
        its = pick(teams, team) if team >= 0 else None
        user = User.objects.create(email=f"u{place}@random.example", name=f"U{place}", team=its)
        user.roles.set({pick(roles, one) for one in held})
        users.append(user)
    territories = territories_of(plan, users, teams)
    records = []
    for owner, team, industry, source in plan.records:
        record = make(Organization, by=boss, industry=industry, source=source, owner=pick(users, owner))
        chosen = pick(teams, team).pk if team >= 0 else None
        Organization.objects.filter(pk=record.pk).update(team_id=chosen)
        record.refresh_from_db()
        records.append(record)
    today = timezone.localdate()
    for record, whom, what, act, days in plan.shares:
        given_to = {"user": pick(users, whom)} if what == "user" else {"team": pick(teams, whom)}
        Share.objects.update_or_create(
            {"act": act, "until": today + timedelta(days=days)},
            record_id=pick(records, record).pk,
            **given_to,
        )
    return World(teams, roles, users, records, territories)


def territories_of(plan: Plan, users: list[User], teams: list[Team]) -> list[Territory]:
    made: list[Territory] = []
    for place, (parent, workers, groups, rule) in enumerate(plan.territories):
        filters = {"organizations": to_json(Group("all", (RULES[rule],)))} if rule else {}
        above = made[parent] if 0 <= parent < place else None
        one = Territory.objects.create(name=f"Territory {place}", parent=above, filters=filters)
        one.users.set({pick(users, number) for number in workers})
        one.teams.set({pick(teams, number) for number in groups})
        made.append(one)
    return made


def pick(among: list[Any], number: int) -> Any:
    return among[number % len(among)]


def below(team: Team, teams: list[Team]) -> set[UUID]:
    found = {team.pk}
    while True:
        more = {one.pk for one in teams if one.parent_id in found} | found
        if more == found:
            return found
        found = more


def means(rule: str, record: Organization, user: User) -> bool:
    return {
        "bikes": record.industry == "bikes",
        "empty": record.industry == "",
        "not trade": record.industry != "trade",
        "mine or trade": record.owner_id == user.pk or record.industry == "trade",
        "my team": record.team_id is not None and record.team_id == user.team_id,
        "owner sells": record.source == "fair",
    }[rule]


def lies_in_his(user: User, record: Organization, world: World, plan: Plan) -> bool:
    """Does a territory that he works, or one within it, hold the record?"""
    for place, one in enumerate(world.territories):
        rule = plan.territories[place][3]
        above: Territory | None = one
        while rule and above is not None:
            if above.users.contains(user) or (user.team and above.teams.contains(user.team)):
                if means(rule, record, user):
                    return True
                break
            above = above.parent
    return False


def slowly(user: User, act: str, record: Organization, world: World, plan: Plan) -> bool:
    """May he? Asked of every role and share, one after the other, as the handbook says it."""
    held = [world.roles.index(role) for role in user.roles.all()]
    said = [plan.roles[place] for place in held]
    opens = any(grants[act] != "none" or act in its_rules for grants, its_rules in said)
    for grants, its_rules in said:
        reach = grants[act]
        if reach == "all" or (reach != "none" and record.owner_id == user.pk):
            return True
        if reach == "team" and record.team_id is not None and record.team_id == user.team_id:
            return True
        if reach == "tree" and user.team is not None and record.team_id in below(user.team, world.teams):
            return True
        if reach == "territory" and lies_in_his(user, record, world, plan):
            return True
        if act in its_rules and means(its_rules[act], record, user):
            return True
    if not opens or act not in ("read", "edit"):
        return False
    return any(
        (one.user_id == user.pk or (one.team_id is not None and one.team_id == user.team_id))
        and (one.until is None or one.until >= timezone.localdate())
        and (act == "read" or one.act == "edit")
        for one in Share.objects.filter(record_id=record.pk)
    )


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans)
def test_all_answers_agree_with_the_slow_policy(plan: Plan, administrator: User) -> None:
    with transaction.atomic():
        world = build(plan, administrator)
        keys = [record.pk for record in world.records]
        seeing: dict[UUID, set[UUID]] = {}
        for user in world.users:
            fresh = User.objects.get(pk=user.pk)
            for act in READ_ACTS:
                truth = {one.pk for one in world.records if slowly(user, act, one, world, plan)}
                allowed = policy(fresh, "organizations", act)
                rows = Organization.objects.filter(allowed.condition, pk__in=keys)
                assert set(rows.values_list("pk", flat=True)) == truth, act
                assert {one.pk for one in world.records if can(fresh, act, one)} == truth, act
                allowed.look_at(world.records)
                assert {one.pk for one in world.records if allowed.allows(one)} == truth, act
            seen = {one.pk for one in world.records if slowly(user, "read", one, world, plan)}
            seeing[user.pk] = seen
            assert (
                set(Organization.objects.visible_to(fresh).values_list("pk", flat=True)) & set(keys) == seen
            )
            entries = AnyRecord.objects.visible_to(fresh).filter(pk__in=keys)
            assert set(entries.values_list("pk", flat=True)) == seen
        for record in world.records[:2]:
            told = {one.user.pk: one.reasons for one in who_sees(record)}
            assert {key for key in told if key in seeing} == {
                key for key, seen in seeing.items() if record.pk in seen
            }
            assert all(told.values())
        transaction.set_rollback(True)
