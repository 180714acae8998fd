"""Growing records: what a stage needs, what to ask next, where values come from, what to mend first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.changes.models import Cause, Change, ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.provenance.disagreements import look_through
from rapport.kernel.provenance.models import Disagreement, ValueMark
from rapport.kernel.provenance.sources import forget_left_behind, sources_of
from rapport.kernel.records import save_record
from rapport.kernel.registry import type_by_key, type_of
from rapport.kernel.testing import make
from rapport.kernel.testing.known import client_of
from rapport.parties.growing import needs, quality
from rapport.parties.growing.attention import (
    find_birthdays,
    find_to_check,
    tell_birthdays,
    tell_to_check,
)
from rapport.parties.growing.completeness import completeness
from rapport.parties.growing.models import FieldNeed, QualityFigures
from rapport.parties.models import Person
from rapport.ui.formats import format_day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def starting_needs(company: object) -> None:
    FieldNeed.objects.all().delete()
    FieldNeed.objects.bulk_create(
        FieldNeed(type="people", field=field, from_stage=stage, weight=weight)
        for field, stage, weight in needs.STARTING["people"]
    )


def test_completeness_is_of_what_the_stage_needs_and_asks_what_helps_most(member: User) -> None:
    person = save_record(Person(), {"email": "ingrid.solberg@sw-elmenau.de"}, by=member)
    found = completeness(person, member)
    assert (found.percent, found.words) == (100, "Complete for Suspect")
    assert found.question is not None and (found.question.name, found.to_check) == ("name", 1)  # a guess
    person = save_record(person, {"stage": "lead"}, by=member)
    found = completeness(person, member)
    # E-mail 3, last name 3, first name 1; phone, position, language lack.
    assert found.percent == round(100 * 7 / 11)
    assert found.question is not None and found.question.name == "phone"
    on_his_way = save_record(make(Person, by=member, stage="lead"), {"mobile": "+491701234567"}, by=member)
    assert "phone" not in [one.name for one in completeness(on_his_way, member).gaps]  # he can be called
    page = client_of(member).get(f"/people/{person.pk}/").content.decode()
    assert "64 % of what Lead needs" in page and "Most useful next: Phone" in page


def test_a_guess_is_marked_until_somebody_confirms_or_corrects_it(member: User) -> None:
    person = save_record(Person(), {"email": "ingrid.solberg@sw-elmenau.de"}, by=member)
    assert ValueMark.objects.get(record_id=person.pk).kind == ValueMark.Kind.GUESS
    client = client_of(member)
    client.post(f"/people/{person.pk}/values/", {"field": "name", "mark": "confirmed"})
    person.refresh_from_db()
    mark = ValueMark.objects.get(record_id=person.pk)
    assert (mark.kind, mark.by, person.is_name_guessed) == (ValueMark.Kind.CONFIRMED, member, False)
    client.post(f"/people/{person.pk}/values/", {"field": "email", "mark": "doubt"})
    assert completeness(Person.objects.get(pk=person.pk), member).to_check == 1
    save_record(Person.objects.get(pk=person.pk), {"email": "i@sw-elmenau.de"}, by=member)
    # The mark was of the old value.
    assert completeness(Person.objects.get(pk=person.pk), member).to_check == 0


def brought(person: Person, by: User, **values: object) -> Person:
    """A program writes, and the reader of the log sees it (within a test the log is not committed)."""
    with change_set(by=by, cause=Cause.API, label="Sync"):
        person = save_record(person, values, by=by)
    Change.objects.filter(record_id=person.pk, cause=Cause.API).update(at=timezone.now())
    last = Change.objects.order_by("-transaction").values_list("transaction", flat=True).first() or 0
    look_through(last - 1, last)
    return person


def test_what_a_program_brings_over_a_typed_value_waits_for_a_decision(member: User, stranger: User) -> None:
    person = make(Person, by=member, owner=member, name="Karl Voss", position="CEO", phone="+49301234567")
    person = brought(person, member, position="CFO", mobile="+491701234567")
    row = Disagreement.objects.get()
    assert (row.field, row.typed, row.brought, row.typed_by_id) == ("position", "CEO", "CFO", member.pk)
    address = f"/people/{person.pk}/values/"
    page = client_of(member).get(address).content.decode()
    assert "Mara Member typed “CEO”" in page and "CFO" in page
    assert client_of(stranger).post(f"/disagreements/{row.pk}/", {"takes": "typed"}).status_code == 404
    brought(person, member, position="CTO")
    assert Disagreement.objects.get().brought == "CTO"
    client_of(member).post(f"/disagreements/{row.pk}/", {"takes": "typed"})
    person.refresh_from_db()
    row.refresh_from_db()
    assert (person.position, row.state, row.decided_by) == ("CEO", Disagreement.State.TYPED, member)


def test_a_name_is_asked_once_and_not_again_for_its_parts(member: User) -> None:
    person = save_record(Person(), {"name": "Anna-Lena Krüger"}, by=member)
    person = brought(person, member, family_name="Kruger", position="Buyer")
    row = Disagreement.objects.get()
    assert (row.field, row.typed, row.brought) == ("name", "Anna-Lena Krüger", "Anna-Lena Kruger")
    client_of(member).post(f"/disagreements/{row.pk}/", {"takes": "typed"})
    person.refresh_from_db()
    assert (person.name, person.family_name) == ("Anna-Lena Krüger", "Krüger")


def test_a_doubt_goes_with_the_value_that_it_was_about(member: User) -> None:
    person = make(Person, by=member, owner=member, name="Karl Voss", position="CEO", phone="+49301234567")
    client = client_of(member)
    for field in ("position", "phone"):
        client.post(f"/people/{person.pk}/values/", {"field": field, "mark": "doubt"})
    person = save_record(Person.objects.get(pk=person.pk), {"position": "CFO"}, by=member)
    page = client.get("/data-quality/marks/?type=people&kind=doubt").content.decode()
    assert ("CEO" in page, "Phone" in page) == (False, True)
    for _again in range(2):
        forget_left_behind([person.pk])
    assert [one.field for one in ValueMark.objects.filter(kind="doubt")] == ["phone"]
    [need] = tell_to_check(member, find_to_check(member, 5))
    assert "marked as doubtful" in need.why and need.address.endswith("kind=doubt")


def test_what_was_brought_and_taken_back_asks_nothing_any_more(member: User) -> None:
    person = make(Person, by=member, owner=member, name="Karl Voss", position="CEO")
    for position in ("CFO", "CTO"):
        person = brought(person, member, position=position)
    first, second = ChangeSet.objects.filter(cause=Cause.API).order_by("at")
    revert(second, by=member)
    row = Disagreement.objects.get()  # what the first one had brought stands again, over what was typed
    assert (row.state, row.typed, row.brought, row.change_set_id) == ("open", "CEO", "CFO", first.pk)
    revert(first, by=member)
    assert Disagreement.objects.get().state == "gone"
    brought(Person.objects.get(pk=person.pk), member, position="CIO")
    row = Disagreement.objects.get(state="open")  # the corrected file: what was typed is typed still
    assert (row.typed, row.brought) == ("CEO", "CIO")


def test_each_value_has_its_source_and_date(member: User, administrator: User) -> None:
    person = make(Person, by=member, owner=member, name="Karl Voss", email="k@voss.de")
    person = brought(person, administrator, position="CFO")
    found = sources_of(person, type_of(person))
    assert (found["email"].who, found["email"].is_first) == ("Mara Member", True)
    assert (found["position"].words, found["position"].is_first) == ("Ada Administrator, by a program", False)
    assert "phone" not in found


def test_completeness_becomes_a_field_of_lists_that_sorts_filters_and_equals_the_page(
    administrator: User,
) -> None:
    kind = type_by_key("people")
    assert kind is not None
    said = {one.field: (one.from_stage, str(one.weight)) for one in FieldNeed.objects.all()}
    assert needs.save_needs(kind, said, in_lists=True, by=administrator)
    filled = {"email": "a@b.de", "phone": "+49301234567", "position": "x", "language": "de"}
    full = make(Person, by=administrator, name="Ada Full", stage="lead", **filled)
    bare = make(Person, by=administrator, name="Bo Bare", stage="valued", mobile="+491701234567")
    rows = Person.objects.visible_to(administrator).order_by("-x_completeness", "pk")
    shown = list(rows.values_list("pk", "x_completeness"))
    on_page = completeness(bare, administrator).percent
    assert [(key, int(number)) for key, number in shown] == [(full.pk, 100), (bare.pk, on_page)]
    assert "Bo Bare" in client_of(administrator).get("/people/?f=x_completeness.max.50").content.decode()
    assert not needs.save_needs(kind, said, in_lists=True, by=administrator)
    del said["phone"]
    assert needs.save_needs(kind, said, in_lists=False, by=administrator) and needs.column_of(kind) is None
    assert needs.save_needs(kind, said, in_lists=True, by=administrator) and needs.column_of(kind) is not None


def test_the_quality_page_begins_with_what_brings_most_of_what_one_sees(
    administrator: User, restricted: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make(
            Person, by=administrator, owner=administrator, name=f"Lead {number}", stage="lead", email="a@b.de"
        )
    make(Person, by=administrator, name="On Way", stage="lead", email="b@b.de", mobile="+491701234567")
    mine = make(Person, by=restricted, owner=restricted, name="Mine Only", stage="prospect")
    lines, counted = quality.lines_of(administrator)
    assert counted is None
    assert (lines[0].key, lines[0].count) == ("people-phone", 3)
    listed = client_of(administrator).get(lines[0].address).content.decode()
    assert "Lead 0" in listed and "On Way" not in listed  # a mobile is a phone
    assert ("people-email", 1) in [(one.key, one.count) for one in lines]
    assert [(one.key, one.count) for one in quality.lines_of(restricted)[0]] == [("people-email", 1)]
    quality.count_all()
    monkeypatch.setattr(quality, "LIVE", -1)
    kept, counted = quality.lines_of(administrator)
    assert counted is not None and QualityFigures.objects.filter(pk="people").exists()
    assert [one.key for one in kept] == [one.key for one in lines]
    client = client_of(restricted)
    assert "E-mail is missing: People" in client.get("/data-quality/").content.decode()
    asked = client.get("/data-quality/next/?type=people&field=email").content.decode()
    assert "Mine Only" in asked and "Lead 0" not in asked and " autofocus" in asked
    answer = {"record": str(mine.pk), "email": "mine@example.com"}
    done = client.post("/data-quality/next/?type=people&field=email", answer)
    mine.refresh_from_db()
    assert done.status_code in (302, 303) and mine.email == "mine@example.com"
    other = Person.objects.exclude(pk=mine.pk)[0]
    hidden = client.post("/data-quality/next/?type=people&field=email", {"record": str(other.pk)})
    assert hidden.status_code == 404


def test_administrators_say_what_stages_need(administrator: User, member: User) -> None:
    data = {"stage-email": "lead", "weight-email": "3", "stage-birthday": "valued", "weight-birthday": "1"}
    assert client_of(member).post("/settings/needs/?type=people", data).status_code in (403, 404)
    client_of(administrator).post("/settings/needs/?type=people", data)
    assert sorted(FieldNeed.objects.filter(type="people").values_list("field", "from_stage", "weight")) == [
        ("birthday", "valued", 1), ("email", "lead", 3),
    ]  # fmt: skip
    wrong = client_of(administrator).post(
        "/settings/needs/?type=people", {"stage-email": "x", "weight-email": "3"}
    )
    assert wrong.status_code == 422


def test_a_birthday_that_is_a_week_away_is_told_with_its_date(member: User) -> None:
    day = timezone.localdate() + timedelta(days=7)  # of the same weekday as today
    make(Person, by=member, owner=member, name="Ida Lund", birthday=day.replace(year=1980))
    [need] = tell_birthdays(member, find_birthdays(member, 5))
    assert need.title.endswith(f"on {format_day(day)}")
