"""The generic page and forms of a record, tried with every record type that there is."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.registry import types
from rapport.kernel.testing import make
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.mark.parametrize("kind", types(), ids=lambda kind: kind.key)
def test_every_type_has_page_form_peek_and_options(kind, signed_in):
    record = make(kind.model)
    for name, args in [
        ("record", [kind.key, record.pk]),
        ("record_edit", [kind.key, record.pk]),
        ("record_new", [kind.key]),
        ("peek", [kind.key, record.pk]),
        ("record_timeline", [kind.key, record.pk]),
        ("record_delete", [kind.key, record.pk]),
        ("record_options", [kind.key]),
        ("relationship_new", [kind.key, record.pk]),
    ]:
        answer = signed_in.get(reverse(name, args=args))
        assert answer.status_code == 200, name
    for name in kind.editable_fields():
        for headers in ({}, {"HX-Request": "true"}):
            assert (
                signed_in.get(
                    reverse("record_field", args=[kind.key, record.pk, name]), headers=headers
                ).status_code
                == 200
            )
    for key in kind.parts:
        assert signed_in.get(reverse("record_parts", args=[kind.key, record.pk, key])).status_code == 200
    quick = signed_in.get(
        reverse("record_new", args=[kind.key]), headers={"Rapport-Dialog": "1", "HX-Request": "true"}
    )
    assert "<main" not in quick.content.decode()


def test_page_says_who_made_the_record_however_long_the_transaction_took(signed_in, administrator):
    # The log notes when the transaction began: that of the test, before.
    record = make(Person, by=administrator)
    page = signed_in.get(reverse("record", args=["people", record.pk])).content.decode()
    assert f", {administrator.name}</dd>" in page


def test_the_foot_says_when_a_record_was_changed_once_it_was(client: Client, member: User) -> None:
    person = make(Person, owner=member, name="Ada")
    client.force_login(member)

    def foot() -> str:
        return (
            client.get(person.get_absolute_url())
            .content.decode()
            .partition('<dl class="came')[2]
            .partition("</dl>")[0]
        )

    assert "<dt>Created</dt>" in foot() and "<dt>Changed</dt>" not in foot()
    Person.objects.filter(pk=person.pk).update(created_at=timezone.now() - timedelta(days=3))
    assert "<dt>Changed</dt>" in foot()
