"""What a program may only propose waits for a person, who sees it with old and new values, and says yes or no."""

from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.api.proposals.models import Proposal, State
from rapport.api.proposals.store import forget_old
from rapport.api.testing import Program
from rapport.api.tokens.store import revoke
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.permissions import policy
from rapport.kernel.records import save_record
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.nothing_changed import OF_RECORDS, checksum
from rapport.parties.models import Person
from tests.addresses import HIDDEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(member: User) -> Any:
    return make(Person, owner=member, by=member, name="Ida Storm", source="Fair")


@pytest.fixture
def program(member: User) -> Program:
    return Program(member, name="Agent", waits=True)


@pytest.fixture
def person(member: User) -> Client:
    client = Client()
    client.force_login(member)
    return client


def kept() -> dict[str, str]:
    """What stands in the tables, but for who was told that a proposal waits."""
    return {
        name: said
        for name, said in checksum(*OF_RECORDS).items()
        if name not in ("kernel_notification", "kernel_news")
    }


def decide(client: Client, deed: str) -> int:
    one = Proposal.objects.latest("at")
    return client.post(f"/settings/proposals/{one.pk}/decide/", {"deed": deed}).status_code


def test_a_proposal_changes_nothing_until_it_is_confirmed(
    program: Program, person: Client, record: Any
) -> None:
    before = kept()
    answer = program.patch(f"people/{record.pk}", {"fields": {"source": "Mail"}})
    assert answer.status_code == 202 and answer.json()["state"] == "open"
    assert [(one["old"], one["new"]) for one in answer.json()["would_change"][0]["changes"]] == [
        ("Fair", "Mail")
    ]
    assert kept() == before
    page = person.get("/settings/proposals/").content.decode()
    assert "Ida Storm" in page and "Fair" in page and "Mail" in page and "Agent" in page
    assert decide(person, "confirm") == 302
    record.refresh_from_db()
    assert record.source == "Mail"
    told = program.get(f"proposals/{answer.json()['proposal']}").json()
    assert told["state"] == "done"
    done = ChangeSet.objects.get(pk=told["change_set"])
    assert (done.cause, done.actor) == ("api", program.user) and "Agent" in done.label
    assert person.get("/settings/proposals/").content.decode().count("Confirmed") == 1
    assert person.post(f"/undo/{done.pk}/").status_code == 200
    record.refresh_from_db()
    assert record.source == "Fair"


def test_a_new_record_is_proposed_with_what_it_says(program: Program, person: Client, member: User) -> None:
    answer = program.post("people", {"fields": {"name": "Ida Storm", "position": "Captain"}})
    told = answer.json()["would_change"][0]
    assert told["act"] == "create" and ("Captain" in [one["new"] for one in told["changes"]])
    assert "Captain" in person.get("/settings/proposals/").content.decode()
    narrow = Program(member, waits=True, types={"people": ["name"]})
    told = narrow.post("people", {"fields": {"name": "Bo Lund"}}).json()["would_change"][0]
    assert [one["new"] for one in told["changes"]] == ["Bo Lund"]
    record: Any = make(Person, owner=member, by=member, name=HIDDEN, source="Fair")
    narrow = Program(member, waits=True, types={"people": ["source"]})
    proposed = narrow.patch(f"people/{record.pk}", {"fields": {"source": "Mail"}})
    assert HIDDEN not in proposed.content.decode(), "the program learns no more than its fields"
    assert HIDDEN in person.get("/settings/proposals/").content.decode(), "the person sees all of it"


def test_it_is_refused_and_decided_once(program: Program, person: Client, record: Any) -> None:
    program.delete(f"people/{record.pk}")
    assert decide(person, "refuse") == 302
    assert Person.objects.filter(pk=record.pk, deleted_at=None).exists()
    assert program.get("proposals").json()["data"][0]["state"] == "refused"
    assert decide(person, "confirm") == 422 and decide(person, "nonsense") == 404
    assert Person.objects.filter(pk=record.pk, deleted_at=None).exists()


def test_what_is_wrong_or_not_allowed_is_refused_at_once(program: Program, member: User) -> None:
    assert program.post("people", {"fields": {"nonsense": 1}}).status_code == 422
    hidden: Any = make(Person, owner=member, by=member)
    stranger = Program(make_user(role="restricted"), waits=True)
    assert stranger.patch(f"people/{hidden.pk}", {"fields": {"source": "x"}}).status_code == 404
    assert not Proposal.objects.exists()


def test_rights_and_token_count_at_the_moment_of_confirming(
    program: Program, person: Client, record: Any, member: User, administrator: User
) -> None:
    program.patch(f"people/{record.pk}", {"fields": {"source": "Mail"}})
    revoke(program.token)
    decide(person, "confirm")
    assert Proposal.objects.get().state == State.FAILED
    again = Program(member, waits=True)
    again.patch(f"people/{record.pk}", {"fields": {"source": "Mail"}})
    member.roles.clear()
    assert policy(User.objects.get(pk=member.pk), "people", "read").reach == "none"
    person.post(f"/settings/proposals/{Proposal.objects.latest('at').pk}/decide/", {"deed": "confirm"})
    assert Proposal.objects.latest("at").state in (State.FAILED, State.OPEN)
    record.refresh_from_db()
    assert record.source == "Fair"


@pytest.mark.parametrize("says_version", [True, False])
def test_what_somebody_has_changed_since_it_was_proposed_is_not_overwritten(
    says_version: bool, program: Program, person: Client, record: Any, member: User
) -> None:
    said = {"If_Match": program.get(f"people/{record.pk}")["ETag"]} if says_version else {}
    program.patch(f"people/{record.pk}", {"fields": {"source": "Mail"}}, **said)
    program.patch(f"people/{record.pk}", {"fields": {"position": "Captain"}}, **said)
    save_record(record, {"source": "Page"}, by=member)
    for one in Proposal.objects.all():
        person.post(f"/settings/proposals/{one.pk}/decide/", {"deed": "confirm"})
    assert [one.state for one in Proposal.objects.order_by("at")] == [State.FAILED, State.DONE]
    record.refresh_from_db()
    assert (record.source, record.position) == ("Page", "Captain")


def test_nobody_sees_or_decides_the_proposals_of_others(
    program: Program, record: Any, stranger: User, administrator: User
) -> None:
    save_record(record, {"about": HIDDEN}, by=program.user)
    program.patch(f"people/{record.pk}", {"fields": {"about": f"{HIDDEN} 2"}})
    one = Proposal.objects.get()
    for other in (stranger, administrator):
        client = Client()
        client.force_login(other)
        assert HIDDEN not in client.get("/settings/proposals/").content.decode()
        assert client.post(f"/settings/proposals/{one.pk}/decide/", {"deed": "confirm"}).status_code == 404
    assert Program(program.user).get(f"proposals/{one.pk}").status_code == 404, (
        "another token of the same user"
    )
    assert Program(stranger).get("proposals").json()["data"] == []


def test_what_its_user_may_not_see_any_more_is_not_shown(
    program: Program, person: Client, record: Any, member: User
) -> None:
    program.patch(f"people/{record.pk}", {"fields": {"about": HIDDEN}})
    member.roles.clear()
    answer = person.get("/settings/proposals/")
    assert HIDDEN not in answer.content.decode()


def test_a_call_that_is_repeated_under_its_key_is_proposed_once(program: Program) -> None:
    answers = [program.post("people", {"fields": {"name": "Bo"}}, Idempotency_Key="k") for _ in range(2)]
    assert answers[0].json() == answers[1].json() and Proposal.objects.count() == 1
    Proposal.objects.update(at="2020-01-01T00:00:00Z")
    forget_old()
    assert not Proposal.objects.exists()


def test_only_so_many_wait_at_once(program: Program, monkeypatch: Any) -> None:
    monkeypatch.setattr("rapport.api.proposals.store.MOST_OPEN", 2)
    codes = [program.post("people", {"fields": {"name": f"P {n}"}}).status_code for n in range(3)]
    assert codes == [202, 202, 409]
    assert program.post("people?dry_run=true", {"fields": {"name": "Bo"}}).status_code == 201, (
        "trying out is free"
    )
    monkeypatch.setattr("rapport.api.proposals.store.LONGEST", 10)
    assert program.post("people", {"fields": {"name": "A long name"}}).status_code == 413


def test_such_a_token_is_made_in_the_settings(person: Client, member: User) -> None:
    said = {"name": "Agent", "way": "propose", "days": "30", "per_minute": "60"}
    page = person.post("/settings/tokens/new/", said)
    assert "Read, and propose changes" in page.content.decode()
    token = member.api_tokens.get()
    assert token.may_write and token.waits


def test_who_must_decide_is_told_once_and_sees_in_every_page_how_many_wait(
    program: Program, person: Client, record: Any, stranger: User
) -> None:
    assert 'href="/settings/proposals/"' not in person.get("/people/").content.decode()
    for source in ("Mail", "Fair 2"):
        program.patch(f"people/{record.pk}", {"fields": {"source": source}})
    page = person.get("/people/").content.decode()
    entry = page[page.index('href="/settings/proposals/"') :].partition("</a>")[0]
    assert "Proposed changes" in entry and "2" in entry
    told = person.get("/notifications/").content.decode()
    assert told.count("Agent has proposed a change, which waits for you.") == 1
    other = Client()
    other.force_login(stranger)
    assert 'href="/settings/proposals/"' not in other.get("/people/").content.decode()
    for _one in range(2):
        decide(person, "refuse")
        Proposal.objects.filter(state=State.REFUSED).delete()
    assert 'href="/settings/proposals/"' not in person.get("/people/").content.decode()


def test_the_document_says_that_a_write_may_wait_or_be_tried_out(program: Program, record: Any) -> None:
    found = program.get("openapi.json").json()
    write = found["paths"]["/people/{id}"]["patch"]["responses"]
    schema = write["202"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Proposed"} and "Dry-Run" in write["200"]["headers"]
    answer = program.patch(f"people/{record.pk}", {"fields": {"source": "Mail"}})
    proposed = found["components"]["schemas"]["Proposed"]
    assert set(proposed["required"]) <= set(answer.json()) <= set(proposed["properties"])
    assert "202" not in found["paths"]["/people/duplicates"]["post"]["responses"]
    assert "anyOf" in str(found["paths"]["/change-sets/{id}/undo"]["post"]["responses"]["202"])
