"""No row is left with a link to nothing, whoever writes: links of new rows are checked once for each statement."""

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from rapport.accounts.models import User
from rapport.kernel.changes import triggers
from rapport.kernel.changes.links import unguarded
from rapport.kernel.records import save_record
from rapport.kernel.testing.make import make_user
from rapport.parties.models import ContactPoint, Organization, Person
from rapport.runtime.ids import uuid7

POINT = """insert into parties_contactpoint (id, party_id, kind, value, normalized, purpose, is_primary)
select gen_random_uuid(), one::uuid, 'fax', '+4930' || row_number() over (), '', 'work', false
from unnest(%s::text[]) as one"""
IMMEDIATE = "set constraints all immediate"


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def ada() -> User:
    return make_user("Ada", role="administrator")


@pytest.fixture
def company(ada: User) -> Organization:
    return save_record(Organization(), {"name": "Halden"}, by=ada)


@pytest.mark.django_db
class TestNewRows:
    def test_one_row_among_many_that_belongs_to_nothing_is_refused(self, company: Organization) -> None:
        run(POINT, [str(company.pk)] * 3)
        run(IMMEDIATE)
        with pytest.raises(IntegrityError, match="parties_contactpoint_party_id"), transaction.atomic():
            run(POINT, [str(company.pk), str(uuid7()), str(company.pk)])
            run(IMMEDIATE)

    def test_what_a_row_belongs_to_may_come_after_it_in_the_same_transaction(self, ada: User) -> None:
        party = uuid7()
        run("set constraints all deferred")
        run(POINT, [str(party)])
        save_record(Organization(pk=party), {"name": "Late"}, by=ada)
        run(IMMEDIATE)
        assert ContactPoint.objects.filter(party_id=party, kind="fax").count() == 1

    def test_a_trigger_that_is_gone_is_missed_and_comes_back(self) -> None:
        assert unguarded() == []
        run("drop trigger linked on parties_contactpoint")
        assert unguarded() == ["linked on parties_contactpoint"]
        triggers.install()
        assert unguarded() == []


@pytest.mark.django_db(transaction=True)
def test_a_link_on_its_way_keeps_others_from_removing_what_it_leads_to(ada: User) -> None:
    company = save_record(Organization(), {"name": "Halden"}, by=ada)
    other = connection.copy()
    with transaction.atomic():
        save_record(Person(), {"family_name": "Weber", "organization": company}, by=ada)
        with pytest.raises(OperationalError, match="lock timeout"), other.cursor() as cursor:
            cursor.execute("set lock_timeout = 100")
            cursor.execute("delete from parties_party where id = %s", [company.pk])
    other.close()
    assert Person.objects.get().organization_id == company.pk
