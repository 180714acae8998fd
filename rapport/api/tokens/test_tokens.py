"""A token opens what its user may see, or less; nobody gets in without one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.api.testing import Program
from rapport.api.tokens.models import Token
from rapport.api.tokens.store import make_token, revoke
from rapport.api.urls import urlpatterns
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make

pytestmark = pytest.mark.django_db


def model(key: str) -> Any:
    found = type_by_key(key)
    assert found is not None
    return found.model


def test_without_a_working_token_nothing_opens(member: User) -> None:
    program = Program(member)
    assert program.get("me").status_code == 200
    signed_in = Client()
    signed_in.force_login(member)
    assert signed_in.get("/api/v1/me").status_code == 401, "a cookie does not count"
    for header in (
        "",
        "Bearer",
        "Bearer x",
        f"Basic {program.secret}",
        "Bearer " + "r" * 10_000,
        "Bearer rapport_ü\x7f",
    ):
        answer = Client().get("/api/v1/people", headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
    Token.objects.filter(pk=program.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert program.get("me").status_code == 401
    Token.objects.filter(pk=program.token.pk).update(expires_at=None)
    assert program.get("me").status_code == 200
    revoke(program.token)
    assert program.get("me").status_code == 401


def test_every_address_of_the_api_asks_for_a_token(member: User) -> None:
    paths = [
        re.sub(r"<[^>]+>", "x", str(one.pattern)) for one in urlpatterns if "(?P" not in str(one.pattern)
    ]
    assert len(paths) > 15
    for path in [*paths, "nonsense/with/many/parts"]:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = Client().generic(method, f"/api/v1/{path}")
            assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), path


def test_a_deactivated_user_takes_his_tokens_with_him(member: User) -> None:
    program = Program(member)
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert program.get("me").status_code == 401


def test_the_secret_is_kept_nowhere(member: User) -> None:
    token, secret = make_token(member, "x")
    row = Token.objects.filter(pk=token.pk).values().get()
    assert not any(secret in str(value) for value in row.values())


def test_the_use_is_noted(member: User) -> None:
    program = Program(member)
    program.get("me")
    used = Token.objects.get(pk=program.token.pk).last_used_at
    assert used is not None
    program.get("me")
    assert Token.objects.get(pk=program.token.pk).last_used_at == used, "once a minute is enough"


def test_too_many_requests_are_refused_until_the_minute_is_over(member: User) -> None:
    program = Program(member, per_minute=3)
    assert [program.get("me").status_code for _n in range(4)] == [200, 200, 200, 429]
    assert 1 <= int(program.get("me")["Retry-After"]) <= 60
    assert Program(member).get("me").status_code == 200, "each token counts by itself"


def test_a_reading_token_writes_nothing(member: User) -> None:
    person = make(model("people"), owner=member, by=member)
    program = Program(member, may_write=False)
    assert program.get(f"people/{person.pk}").status_code == 200
    for method, path in (
        ("POST", "people"), ("PATCH", f"people/{person.pk}"), ("DELETE", f"people/{person.pk}"),
        ("POST", f"people/{person.pk}/restore"), ("POST", f"people/{person.pk}/relationships"),
        ("POST", f"people/{person.pk}/files"),
    ):  # fmt: skip
        answer = program.ask(method, path, {})
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("read-only")


def test_a_token_of_one_type_knows_of_no_other(member: User) -> None:
    firm = make(model("organizations"), owner=member, by=member, name="Quarzblatt")
    deal = make(model("deals"), owner=member, by=member, organization=firm)
    program = Program(member, types={"deals": []})
    assert program.get(f"organizations/{firm.pk}").status_code == 404
    assert program.get("organizations").status_code == 404
    assert [one["key"] for one in program.get("types").json()["data"]] == ["deals"]
    read = program.get(f"deals/{deal.pk}")
    assert read.json()["fields"]["organization"] is None
    assert "Quarzblatt" not in read.content.decode()
    by_link = program.get(f"deals?f=organization.any.{firm.pk}").json()
    assert by_link["data"] == []
    refused = program.patch(f"deals/{deal.pk}", {"fields": {"organization": str(firm.pk)}})
    assert refused.status_code == 422


def test_a_token_of_some_fields_cannot_learn_the_others(member: User) -> None:
    person: Any = make(model("people"), owner=member, by=member, name="Ida Storm", position="Quarzblatt")
    program = Program(member, types={"people": ["name", "source"]})
    read = program.get(f"people/{person.pk}")
    assert set(read.json()["fields"]) == {"name", "source"}
    assert read.json().get("parts") is None
    assert "Quarzblatt" not in read.content.decode()
    assert program.get("people?f=position.is.Quarzblatt").status_code == 403
    assert program.get('people?filter={"not":[{"field":"position","is":"filled"}]}').status_code == 403
    assert program.get("people?q=Quarzblatt").status_code == 403
    assert program.get("people?fields=position").status_code == 422
    assert program.get("people?sort=city").status_code == 422
    assert program.get(f"people/{person.pk}/timeline").status_code == 403
    assert program.get(f"people/{person.pk}/relationships").status_code == 403
    assert program.get(f"people/{person.pk}/files").status_code == 403
    assert program.patch(f"people/{person.pk}", {"fields": {"position": "x"}}).status_code == 422
    assert program.patch(f"people/{person.pk}", {"fields": {"source": "x"}}).status_code == 200
    assert program.get("people?f=name.is.Ida Storm").json()["data"]


def test_the_token_of_an_administrator_is_no_administrator(administrator: User) -> None:
    program = Program(administrator)
    assert program.get("me").status_code == 200
    client = Client(headers={"Authorization": f"Bearer {program.secret}"})
    assert client.get("/settings/users/").status_code == 302, "pages know no tokens"


def test_tokens_are_made_and_revoked_in_the_settings(member: User, administrator: User) -> None:
    client = Client()
    client.force_login(member)
    form = {
        "name": "Bridge",
        "way": "write",
        "days": "30",
        "per_minute": "60",
        "types": ["deals"],
        "fields": ["people.name"],
    }
    page = client.get("/settings/tokens/new/").content.decode()
    assert 'value="people"' in page and "people.name" not in page, "of a type only when it is opened"
    assert 'value="people.name"' in client.get("/settings/tokens/new/people/").content.decode()
    again = client.post("/settings/tokens/new/", {**form, "name": ""}).content.decode()
    assert (
        'value="people.name" checked' in again and "deals.name" in again and "activities.subject" not in again
    )
    shown = client.post("/settings/tokens/new/", form).content.decode()
    token = Token.objects.get(user=member)
    assert token.types == {"deals": [], "people": ["name"]}
    assert (token.may_write, token.per_minute) == (True, 60)
    secret = shown.partition('id="secret" readonly value="')[2].partition('"')[0]
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    again = client.get("/settings/tokens/").content.decode()
    assert "Bridge" in again
    assert secret not in again
    theirs = make_token(administrator, "Boss")[0]
    assert client.post(f"/settings/tokens/{theirs.pk}/revoke/").status_code == 404
    assert "Boss" not in client.get("/settings/tokens/").content.decode()
    other = Client()
    other.force_login(administrator)
    assert "Bridge" in other.get("/settings/tokens/").content.decode()
    other.post(f"/settings/tokens/{token.pk}/revoke/")
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
