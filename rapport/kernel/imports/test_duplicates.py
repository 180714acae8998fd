"""Who is here already: by e-mail, by phone and name, in the database and in the file, in each manner."""

from collections.abc import Callable

import pytest

from rapport.accounts.models import User
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.provenance.disagreements import decide, open_of
from rapport.kernel.provenance.models import Disagreement
from rapport.kernel.records import delete_record, save_record
from rapport.kernel.testing.make import make
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db

FILE = """Vorname;Nachname;E-Mail;Telefon;Position
Anna;Muster;anna@example.com;030 9018201;Chefin
Bo;Lund;bo@example.com;;
"""


@pytest.fixture
def anna(member: User) -> Person:
    return make(Person, owner=member, name="Anna Muster", email="anna@example.com", position="Leiterin")


def test_gaps_are_filled_and_nothing_is_overwritten(importer: Importer, anna: Person, member: User) -> None:
    one = importer.bring(FILE, on_duplicate="fill")
    anna.refresh_from_db()
    assert (anna.position, anna.phone, anna.origin) == ("Leiterin", "+49309018201", "page")
    assert (one.counts["new"], one.counts["changed"]) == (1, 1) and Person.objects.count() == 2
    row = Disagreement.objects.get()  # what was left out is listed, until somebody decides
    assert (row.record_id, row.field, row.typed, row.brought) == (anna.pk, "position", "Leiterin", "Chefin")
    assert (row.is_written, row.typed_by_id) == (False, anna.owner_id)
    [shown] = open_of(anna, member)
    assert (shown.typed, shown.brought) == ("Leiterin", "Chefin") and shown.door != "a program"
    decide(row, "brought", by=member)
    anna.refresh_from_db()
    assert anna.position == "Chefin" and open_of(anna, member) == []
    save_record(anna, {"position": "Leiterin"}, by=member)
    importer.bring(FILE + "\n", on_duplicate="fill")
    assert Disagreement.objects.filter(record_id=anna.pk).count() == 1  # what was decided is not asked again


def test_the_file_wins_when_told_so(importer: Importer, anna: Person) -> None:
    importer.bring(FILE, on_duplicate="update")
    anna.refresh_from_db()
    assert (anna.position, anna.phone) == ("Chefin", "+49309018201") and Person.objects.count() == 2


def test_known_records_are_left_alone_when_told_so(importer: Importer, anna: Person) -> None:
    one = importer.bring(FILE, on_duplicate="skip")
    before = anna.version
    anna.refresh_from_db()
    assert (anna.position, anna.phone, anna.version) == ("Leiterin", "", before)
    assert (one.counts["new"], one.counts["skipped"]) == (1, 1)


def test_a_second_record_is_made_when_told_so(importer: Importer, anna: Person) -> None:
    one = importer.bring(FILE, on_duplicate="create")
    assert Person.objects.filter(email="anna@example.com").count() == 2 and one.counts["new"] == 2


def test_the_check_foretells_what_the_import_does(importer: Importer, anna: Person) -> None:
    text = FILE + "Anna;Muster;ANNA@example.com;;\nBo;Lund;bo@example.com;030 9018299;\n;;x@;;\n"
    one = importer.check(importer.upload(text))
    told = one.checked["counts"]
    assert (told["new"], told["wrong"]) == (1, 1)
    one = importer.finish(one)
    assert (one.counts["new"], one.counts["wrong"]) == (1, 1)
    assert Person.objects.count() == 2 and Person.objects.get(name="Bo Lund").phone == "+49309018299"


def test_the_check_foretells_that_a_known_record_gets_a_further_number(
    importer: Importer, anna: Person
) -> None:
    text = "Name;E-Mail;E-Mail 2\nAnna Muster;anna@example.com;a.muster@example.com\n"
    one = importer.check(importer.upload(text))
    assert (one.checked["counts"]["changed"], one.checked["counts"].get("unchanged", 0)) == (1, 0)
    one = importer.finish(one)
    assert one.counts["changed"] == 1 and anna.contact_points.count() == 2


def test_a_number_that_colleagues_share_does_not_make_them_one(importer: Importer) -> None:
    importer.bring("Name;Telefon\nAnna Muster;030 9018200\nBo Lund;030 9018200\nMuster, Anna;030/9018200\n")
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Anna Muster", "Bo Lund"]


def test_an_address_that_colleagues_share_does_not_make_them_one(importer: Importer) -> None:
    importer.bring("Name;E-Mail\nAnna Muster;info@firma.example\nBo Lund;info@firma.example\n")
    one = importer.bring("Name;E-Mail\nBo Lund;info@firma.example\n")
    assert Person.objects.count() == 2 and one.counts["unchanged"] == 1


def test_further_addresses_are_added_to_known_people(importer: Importer, anna: Person) -> None:
    importer.bring('Name,E-Mail\nAnna Muster,"anna@example.com, anna@home.example"\n')
    assert list(anna.contact_points.order_by("-is_primary").values_list("value", flat=True)) == [
        "anna@example.com",
        "anna@home.example",
    ]
    anna.refresh_from_db()
    assert anna.email == "anna@example.com"


def test_a_guessed_name_is_a_gap(importer: Importer, member: User) -> None:
    known = save_record(Person(), {"email": "a.m@example.com"}, by=member)
    assert known.is_name_guessed
    importer.bring("Name;E-Mail\nAnna Muster;a.m@example.com\n")
    known.refresh_from_db()
    assert known.name == "Anna Muster" and not known.is_name_guessed


def test_an_organization_is_found_by_its_name_and_made_once(importer: Importer, member: User) -> None:
    known = make(Organization, owner=member, name="Müller GmbH")
    importer.bring("Name;Firma\nAnna Muster;MÜLLER  GmbH\nBo Lund;Neu AG\nCara Holm;neu ag\n")
    assert Person.objects.get(name="Anna Muster").organization == known
    assert Organization.objects.count() == 2


def test_organizations_of_one_name_in_two_cities_are_two(importer: Importer) -> None:
    text = "Firma;Ort\nBäcker;Köln\nBäcker;Bonn\nBäcker;Köln\n"
    importer.bring(text, type="organizations")
    importer.bring(text, type="organizations")
    assert sorted(Organization.objects.values_list("name", "city")) == [
        ("Bäcker", "Bonn"),
        ("Bäcker", "Köln"),
    ]


def test_a_restricted_user_neither_finds_nor_changes_what_he_cannot_see(
    importer_of: Callable[[User], Importer], anna: Person, restricted: User
) -> None:
    one = importer_of(restricted).bring(FILE, on_duplicate="update")
    anna.refresh_from_db()
    assert one.counts["new"] == 2 and anna.position == "Leiterin"
    assert one.checked["counts"]["new"] == 2


def test_known_records_in_the_trash_are_not_known(importer: Importer, anna: Person, member: User) -> None:
    delete_record(anna, by=member)
    assert importer.bring(FILE).counts["new"] == 2
