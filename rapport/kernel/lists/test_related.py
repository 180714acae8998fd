"""Columns of related records: every relation of every type, as far as the user sees it, in one statement for a page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.lists import related
from rapport.kernel.lists.related import related_columns
from rapport.kernel.registry import type_by_key
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db


def works_at(person: Person, organization: Organization, by: User) -> None:
    kind = RelationshipType.objects.get(key="works_at")
    save_relationship(Relationship(type=kind, source=person.entry, target=organization.entry), {}, by=by)


def test_relations_in_both_directions_and_fields_of_links_are_shown_and_exported(
    client: Client, administrator: User
) -> None:
    by = administrator
    works = make(Organization, by=by, owner=by, name="Stadtwerke Elmenau")
    for name in ("Ingrid Solberg-Haas", "Tom Own"):
        works_at(make(Person, by=by, owner=by, name=name, given_name="", family_name=""), works, by)
    deal = make(Deal, by=by, owner=by, name="Forty bikes", organization=works)
    client.force_login(by)
    key = next(
        one.key
        for one in related_columns(type_by_key("organizations"), Context(user=by))  # type: ignore[arg-type]  # is there
        if one.key.endswith(":in:people")
    )
    page = client.get(f"/organizations/?columns={key},deals:organization").content.decode()
    assert "Ingrid Solberg-Haas</a>" in page and "Tom Own</a>" in page and f'href="/deals/{deal.pk}/"' in page
    page = client.get("/deals/?columns=organization.owner").content.decode()
    assert "Organization → Owner" in page and "Ada Administrator" in page
    address = f"/organizations/export/file/?format=csv&fields=shown&columns={key},deals:organization"
    file = b"".join(client.get(address).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # streamed
    assert "Forty bikes" in file and "Ingrid Solberg-Haas" in file


def test_columns_walk_several_links_and_show_what_belongs_to_the_record_at_their_end(
    client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = administrator
    kind: Any = type_by_key("organizations")
    parent = add_custom_field(kind, "link", by=by, key="parent").name
    group = make(Organization, by=by, owner=by, name="Alpenkraft Holding")
    works = make(Organization, by=by, owner=by, name="Stadtwerke Elmenau", **{parent: group})
    person = make(Person, by=by, owner=by, name="Ingrid Solberg", organization=works)
    make(Deal, by=by, owner=by, name="Forty bikes", organization=works)
    make(Deal, by=by, owner=by, name="Ten bikes", organization=group, person=person)
    client.force_login(by)
    named = f"organization.{parent}.name,organization.{parent},organization.deals:organization"
    page = client.get(f"/people/?columns={named}").content.decode()
    assert '<span class="cut">Alpenkraft Holding</span>' in page
    assert f'href="/organizations/{group.pk}/">Alpenkraft Holding</a>' in page and "Forty bikes</a>" in page
    page = client.get("/deals/?columns=name,person.organization.deals:organization").content.decode()
    row = page[page.index("Ten bikes") :].partition("</tr>")[0]
    assert "Forty bikes</a>" in row, "deals of the person's organization"
    address = f"/people/export/file/?format=csv&fields=shown&columns=name,{named}"
    file = b"".join(client.get(address).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # streamed
    assert "Alpenkraft Holding,Alpenkraft Holding,Forty bikes" in file.replace(";", ",")
    panel = client.get("/people/columns/").content.decode()
    assert all(f'value="{one}"' in panel for one in named.split(",")[1:])
    monkeypatch.setattr(related, "MOST_AT_ONCE", 0)  # as with very many types: asked for when it is opened
    panel = client.get("/people/columns/").content.decode()
    assert "of=organization" in panel and f'value="organization.{parent}"' not in panel
    panel = client.get("/people/columns/related/?of=organization").content.decode()
    assert all(f'value="{one}"' in panel for one in named.split(",")[1:])
    assert "value=" not in client.get("/people/columns/related/?of=name").content.decode()


def test_hidden_records_are_in_no_column(client: Client, restricted: User) -> None:
    boss = make_user(role="administrator")
    works = make(Organization, by=boss, owner=restricted, name="Elmenau")
    hidden = make(Organization, by=boss, owner=boss, name="Quarzblatt", industry="")
    works_at(make(Person, by=boss, owner=boss, name="Quarzblatt Person"), works, boss)
    make(Deal, by=boss, owner=boss, name="Quarzblatt Deal", organization=works)
    make(Deal, by=boss, owner=restricted, name="Own deal", organization=hidden)
    client.force_login(restricted)
    kind: Any = type_by_key("organizations")
    keys = ",".join(one.key for one in related_columns(kind, Context(user=restricted)) if ":" in one.key)
    for address in (
        f"/organizations/?columns={keys}",
        "/deals/?columns=organization.owner,organization.city,organization.deals:organization",
    ):
        page = client.get(address).content.decode()
        assert "Quarzblatt" not in page and str(hidden.pk) not in page and str(boss) not in page


def test_ten_columns_cost_two_statements_more_whatever_the_rows(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    kind: Any = type_by_key("organizations")
    keys = [one.key for one in related_columns(kind, Context(user=administrator)) if ":" in one.key][:10]
    counts = []
    for _rows in range(2):
        for _number in range(5):
            works = make(Organization, by=administrator, owner=administrator)
            make(Deal, by=administrator, owner=administrator, organization=works)
        for wanted in ("name", ",".join(keys)):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/organizations/?columns={wanted}")
            counts.append(len(queries))
    assert counts[1] == counts[3]
    # Each relation is looked up once, all rows in one statement.
    assert counts[1] - counts[0] <= len(keys) + 3


@pytest.mark.parametrize(
    "said", ["a:b", "organization.password", "x.y.z.a.b.c.d", ":", ".", "deals:owner", "\0:", "a" * 400 + ":"]
)
def test_what_is_no_column_is_left_out(client: Client, member: User, said: str) -> None:
    client.force_login(member)
    assert client.get("/deals/", {"columns": f"name,{said}"}).status_code == 200
