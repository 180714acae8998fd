"""Whoever saves a form whose record went meanwhile gets back what he typed."""

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.merge.deed import merge_records
from rapport.kernel.pages.test_forms import marks
from rapport.kernel.records import delete_record
from rapport.kernel.registry import type_of
from rapport.kernel.testing import make
from rapport.kernel.testing.known import client_of
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


def test_what_was_typed_is_shown_when_the_record_went_meanwhile(member: User, stranger: User) -> None:
    gone, left, right = (
        make(Person, by=member, owner=member, name=name, position="Clerk")
        for name in ("Gone", "Left", "Right")
    )
    page: Client = client_of(member)
    forms = {one.pk: page.get(f"/people/{one.pk}/edit/").content.decode() for one in (gone, right)}
    delete_record(gone, by=member)
    merge_records(type_of(left), left.pk, [right.pk], by=member)
    typed = {"position": "Clerk", "about": "An hour of <work>", "contact_points-0-value": "ada@example.com"}
    shown = ""
    for one, sentence in ((gone, "it was deleted"), (right, "merged this record")):
        answer = page.post(f"/people/{one.pk}/edit/", {**marks(forms[one.pk]), **typed})
        shown = answer.content.decode()
        assert answer.status_code == 404 and sentence in shown
        assert "An hour of &lt;work&gt;" in shown and "ada@example.com" in shown and "Clerk" not in shown
    assert f"/people/{left.pk}/" in shown and not Person.objects.exclude(about="").exists()
    other = client_of(stranger).post(f"/people/{right.pk}/edit/", typed)
    assert other.status_code == 404 and "Left" not in other.content.decode()
