"""The same relationship noted twice at the same time stands there once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from rapport.accounts.models import User
from rapport.kernel.records import RuleError
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.testing import make
from rapport.parties.models import Organization, Person


@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_twice_notes_one_relationship(member: User) -> None:
    person, firm = make(Person, owner=member).entry, make(Organization, owner=member).entry
    kind = RelationshipType.objects.get(key="works_at")
    barrier = Barrier(4)

    def note(_number: int) -> bool:
        try:
            barrier.wait(20)
            save_relationship(Relationship(type=kind, source=person, target=firm), {}, by=member)
        except RuleError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(note, range(4)))
    assert made.count(True) == 1
    assert Relationship.objects.filter(source=person, target=firm).count() == 1
