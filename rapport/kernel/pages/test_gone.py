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
from rapport.sales.models import Deal

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
    typed = {
        "position": "Clerk", "about": "An hour of <work>", "birthday": "no day", "contact_points-count": "2",
        "contact_points-0-kind": "email", "contact_points-0-value": "ada@example.com",
        "contact_points-1-kind": "email", "contact_points-1-value": "no address",
        "addresses-count": "1", "addresses-0-purpose": "work", "addresses-0-address_street": "Quay 5",
    }  # fmt: skip
    shown = ""
    for one, sentence in ((gone, "it was deleted"), (right, "merged this record")):
        answer = page.post(f"/people/{one.pk}/edit/", {**marks(forms[one.pk]), **typed})
        shown = answer.content.decode()
        assert answer.status_code == 404 and sentence in shown
        assert "An hour of &lt;work&gt;" in shown and "Clerk" not in shown
        assert all(said in shown for said in (">ada@example.com", ">no address", ">Quay 5<", ">no day<"))
    assert f"/people/{left.pk}/" in shown and not Person.objects.exclude(about="").exists()
    other = client_of(stranger).post(f"/people/{right.pk}/edit/", typed)
    assert other.status_code == 404 and "Left" not in other.content.decode()


def test_what_could_not_be_read_is_shown_as_it_was_typed(member: User) -> None:
    deal = make(Deal, by=member, owner=member)
    page = client_of(member)
    form = marks(page.get(f"/deals/{deal.pk}/edit/").content.decode())
    delete_record(deal, by=member)
    typed = {
        "amount": "a lot",
        "amount_currency": "EUR",
        "organization": "",
        "organization_text": "Nowhere Ltd",
    }
    shown = page.post(f"/deals/{deal.pk}/edit/", {**form, **typed}).content.decode()
    assert ">a lot EUR<" in shown and ">Nowhere Ltd<" in shown


def test_who_saves_in_place_what_went_meanwhile_is_told_that_nothing_was_saved(
    member: User, stranger: User
) -> None:
    gone, left, right = (
        make(Person, by=member, owner=member, name=name) for name in ("Gone", "Left", "Right")
    )
    delete_record(gone, by=member)
    merge_records(type_of(left), left.pk, [right.pk], by=member)
    typed, script = {"position": "Clerk", "text": "An hour of work"}, {"HX-Request": "true"}
    for place in ("cell/position", "field/position", "comments"):
        for one, user, sentence in (
            (gone, member, "not there any more"), (right, member, "merged into “Left”"),
            (right, stranger, "not there any more"),
        ):  # fmt: skip
            answer = client_of(user).post(f"/people/{one.pk}/{place}/", typed, headers=script)
            assert answer.status_code == 404, place
            assert (
                answer.json()["error"].startswith("Nothing was saved") and sentence in answer.json()["error"]
            )
