"""Undo where what it would bring back does not fit any more: a sentence, and nothing half-done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rapport.accounts.models import Team, User
from rapport.activities.actions import plan
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records import RuleError, save_record
from rapport.kernel.testing import make
from rapport.parties.models import Person


def done(record: Person, by: User, **values: object) -> ChangeSet:
    with change_set(by=by) as opened:
        save_record(record, values, by=by)
    return opened.row


@pytest.mark.django_db
def test_a_team_that_was_deleted_cannot_come_back(member: User) -> None:
    old = Team.objects.create(name="Old")
    person = make(Person, owner=member, team=old, position="Clerk")
    act = done(person, member, team=None, position="Boss")
    old.delete()
    with pytest.raises(RuleError):
        revert(act, by=member)
    person.refresh_from_db()
    act.refresh_from_db()
    assert (person.position, act.reverted_at) == ("Boss", None)


@pytest.mark.django_db
def test_who_was_added_again_meanwhile_stays_once(member: User) -> None:
    person = make(Person, owner=member)
    call = plan([person], "call", "Talk", by=member, due_at=timezone.now() + timedelta(days=1))
    part = call.participants.get(record_id=person.pk)
    with change_set(by=member) as opened:
        save_record(call, {}, by=member, parts={"participants": [{"id": part.pk, "remove": True}]})
    save_record(call, {}, by=member, parts={"participants": [{"record": person.entry}]})
    revert(opened.row, by=member)
    assert call.participants.filter(record_id=person.pk).count() == 1
