"""Why a record is in a list or not: the same answer as the list gives, in words, and nothing of hidden records."""

from decimal import Decimal
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from django.utils.translation import override

from rapport.accounts.models import User
from rapport.kernel.fields import Amount, Context
from rapport.kernel.filters import Condition, Group, Related, compile_filter, sentence_of, to_pairs
from rapport.kernel.filters.explain import explain_record, why_words
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make
from rapport.kernel.testing.known import kind_of

pytestmark = pytest.mark.django_db


def test_the_answer_is_that_of_the_list_and_names_what_decides(administrator: User) -> None:
    acme = make(kind_of("organizations").model, owner=administrator, name="Acme")
    anna = make(kind_of("people").model, owner=administrator, name="Anna", stage="lead", organization=acme)
    make(kind_of("deals").model, owner=administrator, person=anna, amount=Amount(Decimal(900), "EUR"))
    people, context = kind_of("people"), Context(administrator)
    lead, lost = Condition("stage", "any", "lead"), Condition("stage", "any", "lost")
    rich = Related("deals:person", "sum", "amount", "over", "1000")
    path = Condition("organization.name", "is", "Acme")
    said = {
        Group("all", (lead, path)): "In, because Stage is Lead and Organization → Name is Acme.",
        Group("all", (lead, rich)): "Out, because it is not so that sum of Amount of deals is more than"
        " €\N{NO-BREAK SPACE}1,000 (here: €\N{NO-BREAK SPACE}900).",
        Group("any", (lost, lead)): "In, because Stage is Lead.",
        Group("not", (lost, rich)): "In, because it is not so that Stage is Lost (here: Lead) and it is not so"
        " that sum of Amount of deals is more than €\N{NO-BREAK SPACE}1,000 (here: €\N{NO-BREAK SPACE}900).",
        Group("not", (lost, lead)): "Out, because Stage is Lead.",
        Group("all", (Group("any", (lost, Related("deals:person"))), lead)):
        "In, because has deals and Stage is Lead.",
        Group(): "In, because the list has no filter.",
    }  # fmt: skip
    for tree, sentence in said.items():
        reason = explain_record(tree, people.model.objects.get(pk=anna.pk), people, context)
        compiled = compile_filter(tree, people, context)
        is_in = people.visible_to(administrator).filter(compiled.condition, pk=anna.pk).exists()
        assert reason.holds == is_in
        assert why_words(reason) == sentence


def test_it_tells_nothing_of_hidden_records(client: Client, administrator: User, restricted: User) -> None:
    acme = make(kind_of("organizations").model, owner=administrator, name="Secret")
    anna = make(kind_of("people").model, owner=restricted, by=administrator, name="Anna", organization=acme)
    make(kind_of("deals").model, owner=administrator, person=anna, amount=Amount(Decimal(900), "EUR"))
    client.force_login(restricted)
    tree = Group(
        "all",
        (
            Condition("organization.name", "filled"),
            Condition("organization", "filled"),
            Related("deals:person", "count", "", "min", "2"),
        ),
    )
    query = quote(urlencode(to_pairs(tree)))
    answer = client.get(f"/people/{anna.pk}/why/?list={query}")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Secret" not in html
    assert "here: 0" in html
    assert html.count("here: nothing") == 4  # in the sentence and in the lines
    hidden = make(kind_of("people").model, owner=administrator)
    assert client.get(f"/people/{hidden.pk}/why/").status_code == 404
    assert client.get(f"/people/{anna.pk}/why/?list=f%3Dnonsense.is.1").status_code == 200


def test_every_node_has_a_sentence_in_both_languages(administrator: User) -> None:
    tree = Group(
        "all",
        (
            Condition("organization.city", "is_not", "Ulm"),
            Condition("birthday", "anniversary", "2w"),
            Condition("created_at", "in", "last_quarter"),
            Condition("stage", "never"),
            Condition("owner", "me"),
            Group(
                "any", (Related("deals:person", "none"), Related("deals:person", "count", "", "under", "3"))
            ),
            Group("not", (Related("deals:person", "max", "created_at", "last", "1y"),)),
        ),
    )
    said = {
        "en": "Organization → City is not Ulm and Birthday has its anniversary within the next 2 weeks and"
        " Created is in last quarter and Stage was never changed and Owner is me and (has no deals"
        " or number of deals is less than 3)"
        " and not (latest Created of deals is within the last 1 year)",
    }
    for language in ("en", "de"):
        with override(language):
            sentence = sentence_of(tree, type_by_key("people"), Context(administrator))  # type: ignore[arg-type]  # known
        assert sentence == said.get(language, sentence)
    assert "jährt sich in den nächsten 2 Wochen" in sentence
    assert "wurde nie geändert" in sentence
    assert " und nicht (" in sentence
