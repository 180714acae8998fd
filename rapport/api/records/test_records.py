"""Records of every type through the API: what goes in comes out, within rights and scope."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rapport.accounts.models import User
from rapport.api.testing import Program
from rapport.kernel.changes.models import Change, ChangeSet
from rapport.kernel.fields import LinkBase
from rapport.kernel.records import save_record
from rapport.kernel.registry import RecordType, types
from rapport.kernel.testing import make
from rapport.kernel.testing.known import kind_of
from rapport.kernel.testing.make import sample_of

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", types(), ids=lambda one: one.key)


def values_of(kind: RecordType, user: User, number: int = 7) -> dict[str, Any]:
    """JSON of a valid new record."""
    found = {}
    for name, field in kind.editable_fields().items():
        if name == kind.title or (field.required and not field.has_default()):
            value = sample_of(field, number, user)
            found[name] = str(value.pk) if isinstance(field, LinkBase) else field.json(value)
    return found


def same(said: Any) -> Any:
    """Amounts are equal whether they have places or not."""
    if isinstance(said, dict) and "amount" in said:
        return {**said, "amount": Decimal(said["amount"])}
    return Decimal(said) if isinstance(said, str) and said.replace(".", "").isdigit() else said


@EACH
def test_a_record_is_made_read_changed_deleted_and_restored(kind: RecordType, member: User) -> None:
    program = Program(member, name="ERP bridge")
    made = program.post(kind.key, {"fields": values_of(kind, member)})
    assert made.status_code == 201, made.content
    record = made.json()
    place = f"{kind.key}/{record['id']}"
    assert made["Location"] == f"/api/v1/{place}"
    assert record["fields"]["owner"] == str(member.pk)
    assert (record["fields"]["origin"], record["fields"]["origin_detail"]) == ("api", "ERP bridge")
    read = program.get(place)
    assert read.json() == record
    assert read["ETag"] == made["ETag"]
    assert program.get(place, If_None_Match=read["ETag"]).status_code == 304
    changed = program.patch(place, {"fields": {"source": "Trade fair"}}, If_Match=read["ETag"])
    assert changed.status_code == 200, changed.content
    assert changed.json()["fields"]["source"] == "Trade fair"
    assert changed.json()["version"] > record["version"]
    change = Change.objects.filter(record_id=record["id"], act="update", part="").latest("id")
    assert change.cause == "api"
    assert "ERP bridge" in ChangeSet.objects.get(pk=change.change_set_id).label
    assert program.delete(place).status_code == 204
    assert program.get(place).status_code == 404
    assert program.post(f"{place}/restore").status_code == 200
    assert program.get(place).status_code == 200


@EACH
def test_every_field_that_can_be_written_comes_back_as_it_was_sent(kind: RecordType, member: User) -> None:
    program, record = Program(member), make(kind.model, owner=member, by=member)
    for number, (name, field) in enumerate(kind.editable_fields().items(), start=3):
        value = sample_of(field, number, member)
        if value is None or field.unique or field.kind in ("file", "picture"):
            continue
        said = str(value.pk) if isinstance(field, LinkBase) else field.json(value)
        answer = program.patch(f"{kind.key}/{record.pk}", {"fields": {name: said}})
        if answer.status_code == 422:  # a rule about several fields
            assert answer.json()["errors"] or answer.json()["detail"]
            continue
        assert answer.status_code == 200, (name, answer.content)
        assert same(answer.json()["fields"][name]) == same(said)


@EACH
def test_the_list_can_be_filtered_sorted_and_read_page_by_page(kind: RecordType, member: User) -> None:
    program = Program(member)
    made = {str(make(kind.model, owner=member, by=member, source=f"fair {n % 2}").pk) for n in range(7)}
    seen, cursor = [], ""
    while True:
        page = program.get(f"{kind.key}?limit=3&sort=-created_at&fields=source&cursor={cursor}").json()
        seen += [one["id"] for one in page["data"]]
        assert all(set(one["fields"]) == {"source"} for one in page["data"])
        cursor = page["next"]
        if not cursor:
            break
    assert made <= set(seen)
    assert len(seen) == len(set(seen))
    found = program.get(
        f'{kind.key}?filter={{"field":"source","is":"is","value":"fair 1"}}&count=true'
    ).json()
    assert {one["fields"]["source"] for one in found["data"]} == {"fair 1"}
    assert found["count"] == {"number": 3, "exact": True}
    assert program.get(f"{kind.key}?f=source.is.fair%201").json()["data"] == found["data"]


@pytest.mark.parametrize(
    "at", ["2026-05-01T14:30:45.123456", "2026-05-01T00:00:00.000000", "2026-10-25T01:30:00.5"]
)
def test_a_program_asks_for_what_was_changed_since_the_moment_it_read(at: str, member: User) -> None:
    program, kind, moment = Program(member), kind_of("people"), datetime.fromisoformat(f"{at}Z")
    member.time_zone = "UTC"
    member.save()
    for number in (-1, 0, 1):
        record = make(kind.model, owner=member, by=member, source=str(number))
        step = timedelta(microseconds=number)
        kind.model.objects.filter(pk=record.pk).update(changed_at=moment + step)

    def found(comparison: str, short: str) -> list[set[str]]:
        tree = json.dumps({"field": "changed_at", "is": short, "value": f"{at}Z"})
        asked = [f"filter=changed_at {comparison} {at}Z", f"filter={tree}", f"f=changed_at.{short}.{at}Z"]
        answers = [program.get(f"people?fields=source&{one}").json()["data"] for one in asked]
        return [{one["fields"]["source"] for one in answer} for answer in answers]

    assert found(">", "later") == [{"1"}] * 3
    assert found(">=", "after") == [{"0", "1"}] * 3
    assert found("<", "before") == [{"-1"}] * 3
    assert found("<=", "until") == [{"-1", "0"}] * 3


@pytest.mark.parametrize(
    "query",
    ["sort=nonsense", "fields=nonsense", "cursor=nonsense", "limit=0", "limit=501", "limit=x", "nonsense=1",
     "filter=nonsense", 'filter={"field":"nonsense"}', "f=nonsense.is.1", "include=nonsense", "filter=" + "[" * 5000],
)  # fmt: skip
@EACH
def test_what_a_list_does_not_know_is_said(kind: RecordType, query: str, member: User) -> None:
    answer = Program(member).get(f"{kind.key}?{query}")
    assert answer.status_code in (400, 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


def test_two_who_change_the_same_field_get_both_values(member: User) -> None:
    program, kind = Program(member), kind_of("people")
    person: Any = make(kind.model, owner=member, by=member, position="Clerk")
    etag = program.get(f"people/{person.pk}")["ETag"]
    save_record(person, {"position": "Head"}, by=member)
    refused = program.patch(f"people/{person.pk}", {"fields": {"position": "Boss"}}, If_Match=etag)
    assert refused.status_code == 409
    [error] = refused.json()["errors"]
    assert (error["field"], error["yours"], error["theirs"]) == ("position", "Boss", "Head")
    by_version = {"fields": {"position": "Boss"}, "version": 1}
    assert program.patch(f"people/{person.pk}", by_version).status_code == 409
    other = program.patch(f"people/{person.pk}", {"fields": {"about": "New"}}, If_Match=etag)
    assert other.status_code == 200, "another field is no conflict"


def test_parts_are_lists_inside_the_record(member: User) -> None:
    program = Program(member)
    body = {
        "fields": {"given_name": "Ida", "family_name": "Storm"},
        "parts": {"contact_points": [{"kind": "email", "value": "ida@example.com", "is_primary": True}]},
    }
    made = program.post("people", body).json()
    [point] = [one for one in made["parts"]["contact_points"] if one["kind"] == "email"]
    assert point["value"] == "ida@example.com"
    removed = program.patch(
        f"people/{made['id']}", {"parts": {"contact_points": [{"id": point["id"], "remove": True}]}}
    )
    assert removed.json()["parts"]["contact_points"] == []
    listed = program.get("people?include=contact_points,addresses").json()["data"][0]
    assert set(listed["parts"]) == {"contact_points", "addresses"}
    wrong = program.patch(f"people/{made['id']}", {"parts": {"contact_points": [{"kind": "nonsense"}]}})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "contact_points.kind"


def test_actions_are_done_when_they_are_possible(member: User) -> None:
    program, kind = Program(member), kind_of("deals")
    deal: Any = make(kind.model, owner=member, by=member, amount=None)
    place = f"deals/{deal.pk}/actions"
    assert "win" in [one["key"] for one in program.get(place).json()["data"]]
    refused = program.post(f"{place}/win")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "amount"
    program.patch(f"deals/{deal.pk}", {"fields": {"amount": {"amount": "1200.50", "currency": "EUR"}}})
    won = program.post(f"{place}/win", {})
    assert won.status_code == 200, won.content
    assert won.json()["fields"]["outcome"] == "won"
    assert won.json()["fields"]["amount"] == {"amount": "1200.50", "currency": "EUR"}
    assert program.post(f"{place}/nonsense").status_code == 404


def test_relationships_are_added_changed_and_removed(member: User) -> None:
    program = Program(member)
    person: Any = make(kind_of("people").model, owner=member, by=member)
    firm: Any = make(kind_of("organizations").model, owner=member, by=member, name="Acme")
    place = f"people/{person.pk}/relationships"
    key = next(
        one["key"] for one in program.get("relationship-types").json()["data"]
        if not one["source_types"] or "people" in one["source_types"]
        if not one["target_types"] or "organizations" in one["target_types"]
    )  # fmt: skip
    body = {"type": key, "other": str(firm.pk), "fields": {"role": "Advisor", "valid_from": "2026-01-01"}}
    made = program.post(place, body)
    assert made.status_code == 201, made.content
    assert made.json()["other"] == {"id": str(firm.pk), "type": "organizations", "title": "Acme"}
    changed = program.patch(f"{place}/{made.json()['id']}", {"fields": {"role": "Chair"}})
    assert changed.json()["fields"]["role"] == "Chair"
    seen_there = program.get(f"organizations/{firm.pk}/relationships").json()["data"]
    assert "in" in [one["direction"] for one in seen_there]
    assert program.delete(f"{place}/{made.json()['id']}").status_code == 204
    assert made.json()["id"] not in [one["id"] for one in program.get(place).json()["data"]]


def test_files_go_up_and_down(member: User, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    program, record = Program(member), make(kind_of("deals").model, owner=member, by=member)
    sent = program.client.post(
        f"/api/v1/deals/{record.pk}/files",
        {"file": SimpleUploadedFile("offer.pdf", b"%PDF- offer")},
        headers={"Authorization": f"Bearer {program.secret}"},
    )
    assert sent.status_code == 201, sent.content
    place = sent["Location"].removeprefix("/api/v1/")
    content = program.get(place)
    assert b"".join(content.streaming_content) == b"%PDF- offer"
    assert program.get(f"deals/{record.pk}/files").json()["data"][0]["name"] == "offer.pdf"
    assert program.delete(place).status_code == 204
    assert program.get(place).status_code == 404


@EACH
def test_the_timeline_tells_what_happened(kind: RecordType, member: User) -> None:
    program, record = Program(member), make(kind.model, owner=member, by=member)
    program.patch(f"{kind.key}/{record.pk}", {"fields": {"source": "Trade fair"}})
    told = program.get(f"{kind.key}/{record.pk}/timeline").json()
    assert any("Trade fair" in one["text"] for one in told["data"]), told


def test_numbers_and_moments_are_precise_in_every_language(member: User) -> None:
    program, kind = Program(member), kind_of("deals")
    for language in ("en", "de"):
        body = {"fields": values_of(kind, member) | {"amount": {"amount": "1234.5", "currency": "CHF"}}}
        made = program.post("deals", body, Accept_Language=language).json()
        assert made["fields"]["amount"] == {"amount": "1234.50", "currency": "CHF"}
        found = program.get("deals?f=amount.min.1234.5&f=amount.max.1234.5", Accept_Language=language).json()
        assert made["id"] in [one["id"] for one in found["data"]]
    for wrong in ("1.234,50", 1e400, "NaN", True, {"amount": 1}, {"amount": "1,5", "currency": "EUR"}):
        refused = program.patch(f"deals/{made['id']}", {"fields": {"amount": wrong}})
        assert refused.status_code in (400, 422), wrong
