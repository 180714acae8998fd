"""The graph shows what hangs together over several steps, and nothing that the user does not see."""

import itertools

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.records import save_record
from rapport.kernel.relations.graph import MOST_NODES, Graph, graph_of
from rapport.kernel.relations.kinds.actions import Said, save_kind
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.testing import make
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user(role="administrator")


@pytest.fixture
def mother_of(boss: User) -> RelationshipType:
    return save_kind(RelationshipType(), Said("is the mother of", "is a daughter of"), by=boss)


def chain(kind: RelationshipType, by: User, names: str) -> list[Organization]:
    records = [make(Organization, by=by, name=name) for name in names.split()]
    for one, other in itertools.pairwise(records):
        save_relationship(Relationship(type=kind, source=one.entry, target=other.entry), {}, by=by)
    return records


def titles(graph: Graph) -> set[str]:
    return {node.record.title for node in graph.nodes.values()}


def test_each_step_reaches_one_further(mother_of: RelationshipType, boss: User) -> None:
    first = chain(mother_of, boss, "A B C D")[0]
    assert titles(graph_of(first.entry, boss, 1)) == {"A", "B"}
    assert titles(graph_of(first.entry, boss, 3)) == {"A", "B", "C", "D"}


def test_fields_that_link_records_are_edges_too(boss: User) -> None:
    firm = make(Organization, by=boss, name="Halden")
    anna = make(Person, by=boss, name="Anna", organization=firm)
    make(Deal, by=boss, name="Forty bikes", organization=firm)
    found = graph_of(anna.entry, boss, 2)
    assert titles(found) == {"Anna", "Halden", "Forty bikes"}
    assert len(found.edges) == 2  # working there and the field of the same meaning are one line
    told = [
        (line.name, line.other.record.title)
        for _steps, ring in found.rings
        for _one, lines in ring
        for line in lines
    ]
    assert told == [("employs", "Anna"), ("Organization", "Halden")]


def test_what_the_user_does_not_see_breaks_the_chain(mother_of: RelationshipType, boss: User) -> None:
    first, second, third = chain(mother_of, boss, "A B C")
    seller = make_user(role="restricted", team="Ours")
    Organization.objects.filter(pk__in=[first.pk, third.pk]).update(owner=seller)
    assert titles(graph_of(first.entry, seller, 3)) == {"A"}
    client = Client()
    client.force_login(seller)
    assert client.get(f"/organizations/{second.pk}/graph/").status_code == 404


def test_a_picture_is_never_larger_than_people_can_read(mother_of: RelationshipType, boss: User) -> None:
    middle = make(Organization, by=boss, name="Middle")
    for number in range(MOST_NODES + 5):
        other = make(Organization, by=boss, name=f"Daughter {number}")
        save_relationship(Relationship(type=mother_of, source=middle.entry, target=other.entry), {}, by=boss)
    found = graph_of(middle.entry, boss, 2)
    assert len(found.nodes) == MOST_NODES and found.is_cut


def test_the_page_shows_picture_and_list(client: Client, mother_of: RelationshipType, boss: User) -> None:
    first = chain(mother_of, boss, "A <script>alert(1)</script>")[0]
    client.force_login(boss)
    page = client.get(f"/organizations/{first.pk}/graph/?steps=9").content.decode()
    assert '<svg class="graph"' in page and "is the mother of" in page and "is a daughter of: A" in page
    assert "<script>alert" not in page


def test_beside_a_record_only_what_is_next_to_it_is_drawn(
    client: Client, mother_of: RelationshipType, boss: User
) -> None:
    first, middle, last = chain(mother_of, boss, "A Berta C")
    client.force_login(boss)
    # a name that is longer than its place is cut, not what lies outside the picture
    save_record(first, {"name": "Workshop bikes, 6 bikes"}, by=boss)
    small = client.get(f"/organizations/{middle.pk}/graph/?small=1").content.decode()
    assert ">Workshop bikes, 6…</text>" in small
    assert '<svg class="graph is-small"' in small and f'href="{last.get_absolute_url()}"' in small
    assert "<svg" not in client.get(f"/organizations/{last.pk}/graph/?small=1").content.decode()
