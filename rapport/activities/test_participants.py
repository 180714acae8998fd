"""Who takes part in an activity, and what cannot be."""

import pytest

from rapport.activities.models import Activity
from rapport.kernel.records import RuleError, save_record
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


def test_nobody_takes_part_twice_and_the_refusal_is_a_sentence():
    user = make_user(role="administrator")
    call, entry = make(Activity, by=user), make(Person, by=user).entry
    with pytest.raises(RuleError, match="takes part once"):
        save_record(call, {}, by=user, parts={"participants": [{"record": entry}, {"record": entry}]})
    assert not call.participants.exists()


def test_a_participant_without_anybody_is_refused():
    user = make_user(role="administrator")
    call = make(Activity, by=user)
    with pytest.raises(RuleError, match="a record or a user"):
        save_record(call, {}, by=user, parts={"participants": [{}]})
    assert not call.participants.exists()
