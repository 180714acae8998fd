"""Whatever is edited and taken back in whatever order: the database is what the log says, at every moment."""

import json
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.past import past_of
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records import (
    Refused,
    RuleError,
    delete_records,
    restore_record,
    save_record,
    update_records,
)
from rapport.kernel.registry import type_of
from rapport.kernel.testing import make
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db
UNLOGGED = ["version", "changed_at"]
WORDS = ["", "Boss", "Clerk", "Owner", "Chief"]


def states(keys: list[UUID]) -> dict[str, dict[str, Any]]:
    """{record: its columns}, as they stand."""
    found = {}
    with connection.cursor() as cursor:
        for table in ("parties_party", "sales_deal"):
            cursor.execute(
                f"select id::text, kernel_flat(to_jsonb(t)) from {table} t where id = any(%s)", [keys]
            )
            found.update({key: json.loads(flat) for key, flat in cursor.fetchall()})
    return found


def parts(keys: list[UUID]) -> dict[str, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id::text, to_jsonb(t) from parties_contactpoint t where party_id = any(%s)", [keys]
        )
        return {key: without_empty(json.loads(flat)) for key, flat in cursor.fetchall()}


def without_empty(row: dict[str, Any]) -> dict[str, Any]:
    """What was removed is logged without its empty columns."""
    return {name: value for name, value in row.items() if value is not None}


def replayed(state: dict[str, dict[str, Any]], since: int) -> dict[str, dict[str, Any]]:
    """The state with all entries of the log behind `since` applied."""
    state = json.loads(json.dumps(state))
    with connection.cursor() as cursor:
        cursor.execute(
            "select record_id::text, diff from kernel_change where id > %s and part = '' and act = 'update'"
            " order by id",
            [since],
        )
        for key, diff in cursor.fetchall():
            if key in state:
                for name, (old, new) in json.loads(diff).items():
                    assert state[key].get(name) == old, (key, name, old)
                    state[key][name] = new
    return state


def logged(state: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    from rapport.kernel.fields.base import FieldType

    quiet = set(UNLOGGED)
    for model in (Person, Deal):
        quiet |= {
            one.column
            for one in model._meta.concrete_fields
            if isinstance(one, FieldType) and not one.flags.logged
        }
    return {
        key: {name: value for name, value in row.items() if name not in quiet} for key, row in state.items()
    }


class Play:
    """Does random things in random names, one moment after the other."""

    def __init__(self, seed: int, users: list[User]) -> None:
        self.dice, self.users, self.at = random.Random(seed), users, timezone.now() - timedelta(days=20)
        self.records: list[Any] = []
        for model in (Person, Person, Organization, Deal):
            self.tick()
            self.records.append(make(model, by=users[0], owner=users[0]))
        self.tick()

    def tick(self) -> datetime:
        self.at += timedelta(minutes=7)
        with connection.cursor() as cursor:
            cursor.execute("select set_config('rapport.at', %s, true)", [self.at.isoformat()])
        return self.at

    def step(self, *, undoes: bool = True) -> None:
        user = self.dice.choice(self.users)
        deeds = [self.edit, self.edit, self.bulk, self.part, self.part, self.trash]
        deed = self.dice.choice([*deeds, self.undo, self.undo] if undoes else deeds)
        self.tick()
        try:
            with change_set(by=user):
                deed(user)
        except (RuleError, Refused):
            pass  # a rule said no; nothing happened

    def pick(self) -> Any:
        alive = [one for one in self.records if type(one).objects.filter(pk=one.pk, deleted_at=None).exists()]
        return type(one := self.dice.choice(alive)).objects.get(pk=one.pk) if alive else None

    def edit(self, user: User) -> None:
        record = self.pick()
        if record is not None:
            save_record(record, self.values(record), by=user)

    def values(self, record: Any) -> dict[str, Any]:
        texts = ["source", "position"] if isinstance(record, Person) else ["source"]
        values: dict[str, Any] = {name: self.dice.choice(WORDS) for name in texts if self.dice.random() < 0.6}
        if self.dice.random() < 0.4:
            values["tags"] = self.dice.sample(["a", "b", "c"], self.dice.randint(0, 2))
        if self.dice.random() < 0.3:
            values["owner"] = self.dice.choice(self.users)
        if isinstance(record, Person) and self.dice.random() < 0.4:
            values["email"] = self.dice.choice(["", "a@x.example", "b@x.example"])
        return values

    def bulk(self, user: User) -> None:
        people = [one.pk for one in self.records if isinstance(one, Person)]
        alive = list(Person.objects.filter(pk__in=people, deleted_at=None).values_list("pk", flat=True))
        update_records(type_of(self.records[0]), alive, {"source": self.dice.choice(WORDS)}, by=user)

    def part(self, user: User) -> None:
        record = self.pick()
        if not isinstance(record, Person | Organization):
            return
        there = list(record.contact_points.order_by("pk"))
        row: dict[str, Any] = {"kind": "email", "value": f"{self.dice.randint(1, 9)}@p.example"}
        if there and self.dice.random() < 0.7:
            row = {"id": self.dice.choice(there).pk}
            row |= (
                {"remove": True}
                if self.dice.random() < 0.4
                else {"value": f"{self.dice.randint(1, 9)}@q.example"}
            )
        save_record(record, {}, by=user, parts={"contact_points": [row]})

    def trash(self, user: User) -> None:
        one = self.dice.choice(self.records)
        record = type(one).objects.get(pk=one.pk)
        if record.deleted_at:
            restore_record(record, by=user)
        else:
            delete_records(type_of(record), [record.pk], by=user)

    def undo(self, user: User) -> None:
        done = ChangeSet.objects.filter(reverted_at=None).exclude(types=[]).order_by("-pk")[:12]
        if done:
            chosen = self.dice.choice(list(done))
            revert(chosen, by=User.objects.get(pk=chosen.actor_id))


@pytest.mark.parametrize("seed", range(5))
def test_the_state_is_what_the_log_says(seed: int, administrator: User, member: User) -> None:
    play = Play(seed, [administrator, member])
    keys = [one.pk for one in play.records]
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from kernel_change")
        since = cursor.fetchone()[0]
    first, moments = states(keys), []
    for _turn in range(40):
        play.step()
        moments.append((play.at, logged(states(keys)), parts(keys)))
    assert logged(states(keys)) == logged(replayed(first, since))
    for at, then, then_parts in moments[::5]:
        shown: dict[str, Any] = {}
        for one in play.records:
            past = past_of(one, at)
            assert logged({str(one.pk): past.flat})[str(one.pk)] == then[str(one.pk)]
            shown |= {str(row["id"]): without_empty(row) for row in past.rows.get("contact_points", [])}
        assert shown == then_parts


@pytest.mark.parametrize("seed", range(3))
def test_all_acts_taken_back_in_turn_leave_what_was_there_at_first(seed: int, administrator: User) -> None:
    play = Play(seed, [administrator])
    keys = [one.pk for one in play.records]
    first, first_parts, known = (
        logged(states(keys)),
        parts(keys),
        set(ChangeSet.objects.values_list("pk", flat=True)),
    )
    for _turn in range(25):
        play.step(undoes=False)
    for done in (
        ChangeSet.objects.exclude(pk__in=known).filter(reverted_at=None).exclude(types=[]).order_by("-pk")
    ):
        play.tick()
        result = revert(done, by=administrator)
        assert not result.kept_count, (done.label, result.kept)
    assert logged(states(keys)) == first
    assert parts(keys) == first_parts
