"""Nobody learns the name of a hidden record by trying letters: what links to it is found by its own words only."""

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.search.query import find
from rapport.kernel.testing import make
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db


def test_a_hidden_name_leads_to_nothing(client: Client, member: User, restricted: User) -> None:
    firm = make(Organization, owner=member, name="Zyxwvut Works")
    deal = make(Deal, by=member, owner=restricted, name="Bicycles", organization=firm)
    person = make(
        Person, by=member, owner=restricted, name="Paula Own", organization=firm, email="paula@own.example"
    )
    client.force_login(restricted)
    for said in ("zy", "zyxwvut", "bicycles zyx", "paula zyx"):
        assert find(said, restricted).hits == [], said
        for address in ("/deals/", "/people/", "/deals/board/"):
            shown = client.get(address, {"q": said}).text
            assert str(deal.pk) not in shown and str(person.pk) not in shown, (address, said)
    for said, record in (("bicy", deal), ("paula", person), ("paula@own", person)):
        assert [hit.record.pk for hit in find(said, restricted).hits] == [record.pk], said
    assert str(deal.pk) in client.get("/deals/", {"q": "bicy"}).text
    assert {hit.record.pk for hit in find("zyxwvut", member).hits} == {firm.pk, deal.pk, person.pk}


def test_a_name_that_he_sees_leads_to_what_links_to_it(restricted: User) -> None:
    firm = make(Organization, owner=restricted, name="Acme Works")
    deal = make(Deal, owner=restricted, name="Bicycles", organization=firm)
    assert {hit.record.pk for hit in find("acme", restricted).hits} == {firm.pk, deal.pk}
