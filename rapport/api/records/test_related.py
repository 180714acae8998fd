"""Columns of related records for programs and agents: what lists show, no further than user and token go."""

from typing import Any

import pytest

from rapport.accounts.models import User
from rapport.api.testing import Program
from rapport.kernel.testing import make, make_user
from rapport.mcp.testing import Agent
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db
NAMES = "name,organization.industry,organization.owner,organization.deals:organization"


@pytest.fixture
def ingrid(member: User) -> Person:
    works = make(Organization, owner=member, name="Elmenau", industry="Energy")
    make(Deal, owner=member, name="Forty bikes", organization=works)
    return make(Person, owner=member, name="Ingrid Solberg", organization=works)


def fields(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    said: dict[str, Any] = answer.json()
    found: dict[str, Any] = (said["data"][0] if "data" in said else said)["fields"]
    return found


def test_lists_and_records_have_the_fields_of_related_records(member: User, ingrid: Person) -> None:
    program = Program(member)
    listed = fields(program.get(f"people?fields={NAMES}&limit=1"))
    assert (listed["organization.industry"], listed["organization.owner"]) == ("Energy", str(member.pk))
    [deal] = listed["organization.deals:organization"]
    assert (deal["type"], deal["title"]) == ("deals", "Forty bikes")
    assert fields(program.get(f"people/{ingrid.pk}?fields={NAMES}")) == listed
    wrong = program.get("people?fields=organization.password")
    assert wrong.status_code == 422 and "organization.password" in wrong.content.decode()
    ends = (
        "name",
        "city",
        "stage",
        "owner",
        "email",
        "phone",
        "mobile",
        "country",
        "tags",
        "about",
        "website",
    )
    assert program.get(f"people?fields={','.join(f'organization.{one}' for one in ends)}").status_code == 422


def test_agents_read_them_by_the_names_that_describe_tells(member: User, ingrid: Person) -> None:
    agent = Agent(member)
    told = {one["name"]: one for one in agent.do("describe", type="people")["related"]}
    assert told["organization.industry"]["kind"] == "text"
    assert told["organization.deals:organization"]["links_to"] == ["deals"]
    record = agent.do("get_record", type="people", id=str(ingrid.pk), fields=["organization.name"])
    assert record["fields"] == {"organization.name": "Elmenau"}
    [found] = agent.do("find_records", type="people", words="Ingrid", fields=NAMES.split(","))["data"]
    assert found["fields"]["organization.deals:organization"][0]["title"] == "Forty bikes"


def test_hidden_records_are_in_none(restricted: User) -> None:
    boss = make_user(role="administrator")
    hidden = make(Organization, by=boss, owner=boss, name="Quarzblatt")
    make(Deal, by=boss, owner=boss, name="Quarzblatt deal", organization=hidden)
    make(Person, by=boss, owner=restricted, name="Ina Own", organization=hidden)
    answer = Program(restricted).get(f"people?fields={NAMES},organization.name")
    assert fields(answer)["organization.deals:organization"] == [] and "Quarz" not in answer.content.decode()


def test_a_narrow_token_names_none_that_leads_out_of_its_scope(member: User, ingrid: Person) -> None:
    for types in ({"people": []}, {"people": [], "organizations": ["name"], "deals": ["name"]}):
        program = Program(member, types=types)
        assert program.get(f"people?fields={NAMES}").status_code == 422, types
        related = [one["name"] for one in program.get("types/people").json()["related"]]
        assert not {"organization.industry", "organization.deals:organization"} & set(related)
    program = Program(member, types={"people": [], "organizations": [], "deals": ["organization"]})
    [deal] = fields(program.get(f"people?fields={NAMES}"))["organization.deals:organization"]
    assert set(deal) == {"id", "type"}, "its name is not for this token"


def test_the_document_describes_them(member: User) -> None:
    schemas = Program(member).get("openapi.json").json()["components"]["schemas"]
    described = schemas["people"]["properties"]["fields"]
    assert described["properties"]["organization.deals:organization"]["items"] == {
        "$ref": "#/components/schemas/End"
    }
    assert described["properties"]["organization.industry"]["type"] == ["string", "null"]
    assert described["patternProperties"], "longer paths may be named, too"
