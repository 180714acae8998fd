"""Imports as a person does them: messy files through the pages to records."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rapport.accounts.models import User
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.imports.models import Import, ImportRow, State
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


def test_a_german_list_with_semicolons_in_windows_letters_comes_in(importer: Importer, member: User) -> None:
    text = "Name;E-Mail;Telefon;Firma;Geburtstag\nDr. Anna Müller;Anna@Example.com;030 9018200;Müller GmbH;03.05.1980\n"
    one = importer.bring(text.encode("cp1252"), source="Trade fair", tag="Fair 2026")
    person = Person.objects.get()
    assert (person.given_name, person.family_name, person.academic_title) == ("Anna", "Müller", "Dr.")
    assert (person.email, person.phone, str(person.birthday)) == (
        "anna@example.com",
        "+49309018200",
        "1980-05-03",
    )
    assert person.organization is not None and person.organization.name == "Müller GmbH"
    assert (person.owner, person.origin, person.source, person.tags) == (
        member,
        "import",
        "Trade fair",
        ["Fair 2026"],
    )
    assert person.origin_detail == one.origin and one.counts["new"] == 1
    page = importer.client.get("/people/", {"f": f"origin_detail.is.{one.origin}"}).content.decode()
    assert "Anna Müller" in page


def test_utf_16_with_tabs_and_a_repeated_header_comes_in(importer: Importer) -> None:
    head = "Vorname\tNachname\tMail\n"
    text = f"{head}Zoë\tŁuczak\tzoe@example.com\n{head}\t\t\n陈\t伟\tchen@example.com\n"
    importer.bring(text.encode("utf-16"))
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Zoë Łuczak", "陈 伟"]


def test_several_addresses_in_one_cell_become_contact_points(importer: Importer) -> None:
    text = (
        'Name,E-Mail,Telefon (privat)\nAnna Muster,"anna@example.com; a.muster@firma.example",+49 30 901820\n'
    )
    importer.bring(text)
    person = Person.objects.get()
    points = person.contact_points.order_by("kind", "-is_primary").values_list(
        "kind", "value", "purpose", "is_primary"
    )
    assert list(points) == [
        ("email", "anna@example.com", "work", True),
        ("email", "a.muster@firma.example", "work", False),
        ("phone", "+4930901820", "private", True),
    ]
    assert person.email == "anna@example.com"


def test_a_workbook_with_real_dates_and_numbers_comes_in(importer: Importer) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Firma", "Mitarbeiterzahl", "Branche", "Straße", "PLZ", "Ort", "Land"])
    sheet.append(["Müller GmbH", 1250, "Maschinenbau", "Werkstraße 7", 1067, "Dresden", "Deutschland"])
    file = io.BytesIO()
    book.save(file)
    importer.bring(file.getvalue(), "customers.xlsx", "organizations")
    one = Organization.objects.get()
    assert (one.name, one.employees, one.industry, one.city, one.country) == (
        "Müller GmbH",
        1250,
        "Maschinenbau",
        "Dresden",
        "DE",
    )
    address = one.addresses.get()
    assert address.is_primary
    assert (address.address["street"], address.address["postcode"]) == ("Werkstraße 7", "01067")


def test_german_numbers_and_dates_in_text_are_read(importer: Importer) -> None:
    importer.bring("Firma;Mitarbeiterzahl\nA GmbH;1.250\nB GmbH;12.000\n", type="organizations")
    assert sorted(Organization.objects.values_list("employees", flat=True)) == [1250, 12000]


def test_cards_come_in_with_their_organization_and_address(importer: Importer) -> None:
    card = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Muster;Anna;;Dr.;\r\nFN:Dr. Anna Muster\r\nORG:Muster AG;Einkauf\r\n"
        "TEL;TYPE=CELL:+49 170 1234567\r\nEMAIL;TYPE=WORK:anna@muster.example\r\n"
        "ADR;TYPE=WORK:;;Weg 1;Köln;;50667;Germany\r\nBDAY:19800503\r\nEND:VCARD\r\n"
    )
    importer.bring(card, "contacts.vcf")
    person = Person.objects.get()
    assert (person.name, person.mobile, person.city) == ("Dr. Anna Muster", "+491701234567", "Köln")
    assert person.organization is not None and person.organization.name == "Muster AG"


def test_an_e_mail_address_alone_is_a_person(importer: Importer) -> None:
    importer.bring("E-Mail\nanna.muster@example.com\n")
    person = Person.objects.get()
    assert person.name == "Anna Muster" and person.is_name_guessed


def test_what_is_chosen_on_the_page_counts(importer: Importer) -> None:
    one = importer.upload("Name;Ding;E-Mail\nAnna Muster;Hallo;anna@example.com\n")
    answer = importer.client.post(
        f"/import/{one.pk}/columns/", {"column-1": "source", "column-2": ""}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200 and b"<html" not in answer.content
    importer.finish(importer.check(one))
    person = Person.objects.get()
    assert (person.source, person.email) == ("Hallo", "")


def test_two_columns_for_one_field_are_told_before_anything_happens(importer: Importer) -> None:
    one = importer.upload("Name;X;E-Mail\nAnna Muster;Hallo;anna@example.com\n")
    said = {"column-0": "position", "column-1": "position", "then": "check"}
    answer = importer.client.post(f"/import/{one.pk}/columns/", said)
    assert answer.status_code == 422 and b"Several columns go to" in answer.content
    one.refresh_from_db()
    assert one.state == State.MAPPING


def test_what_is_no_table_gets_a_sentence(importer: Importer) -> None:
    for name, content in (
        ("a.pdf", b"%PDF-1.7 x"),
        ("empty.csv", b" \n"),
        ("page.xls", b"<html><table></table></html>"),
    ):
        answer = importer.client.post(
            "/import/", {"type": "people", "file": SimpleUploadedFile(name, content)}
        )
        assert answer.status_code == 422, name
    assert importer.client.post("/import/", {"type": "people"}).status_code == 422
    assert not Import.objects.exists()


def test_hostile_cells_are_text_or_told(importer: Importer) -> None:
    huge = "x" * 1_000_000
    lines = [
        "Name;E-Mail;Notiz",
        "<script>alert(1)</script> Bo;bo@example.com;=cmd|' /C calc'!A0",
        f"Anna Muster;anna@example.com;{huge}",
        "Nul\x00l Zeichen;nul@example.com;a\x00b",
        "\u202eRechts Links;rl@example.com;😀",
        ";;;",
    ]
    one = importer.bring("\n".join(lines))
    page = importer.client.get("/people/").content.decode()
    assert "<script>alert(1)</script>" not in page
    assert Person.objects.filter(email="bo@example.com", about__startswith="=cmd").exists()
    assert Person.objects.get(email="nul@example.com").about == "ab"
    assert ImportRow.objects.filter(source=one, phase="run").count() == 1  # the huge one
    problems = b"".join(importer.client.get(f"/import/{one.pk}/problems.csv").streaming_content)  # type: ignore[attr-defined]  # it streams
    assert b"100,000 characters" in problems


def test_the_wrong_rows_are_mended_and_imported_with_the_same_columns(importer: Importer) -> None:
    text = (
        "Wer;Kontakt;Wann\nAnna Muster;anna@example.com;03.05.1980\nBo Lund;bo@;04.05.1981\n=Cara;+4930;x\n"
    )
    one = importer.upload(text)
    said = {"column-0": "name", "column-1": "email", "column-2": "birthday"}
    one = importer.finish(importer.check(one, **said))
    assert one.counts["new"] == 1 and one.counts["wrong"] == 2
    file = b"".join(importer.client.get(f"/import/{one.pk}/problems.csv").streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    assert "'=Cara" in file and "Problem" in file.splitlines()[0]
    mended = file.replace("bo@;", "bo@lund.example;").replace("+4930;x", "cara@example.com;05.05.1982")
    again = importer.upload(mended)
    assert [entry["target"] for entry in again.mapping] == ["name", "email", "birthday", ""]
    again = importer.finish(importer.check(again))
    assert again.counts["new"] == 2 and not again.counts["wrong"]
    assert set(Person.objects.values_list("email", flat=True)) == {
        "anna@example.com",
        "bo@lund.example",
        "cara@example.com",
    }
    assert str(Person.objects.get(email="bo@lund.example").birthday) == "1981-05-04"


def test_cancelling_leaves_nothing(importer: Importer) -> None:
    one = importer.check(importer.upload("Name\nAnna Muster\n"))
    assert importer.client.post(f"/import/{one.pk}/do/", {"deed": "forget"}).status_code == 303
    assert not Import.objects.exists() and not Person.objects.exists()
    assert not one.content.storage.exists(one.content.name)


def test_an_owner_in_the_file_is_found_by_name_or_address(importer: Importer, administrator: User) -> None:
    rows = (
        "Anna Muster;Ada Administrator",
        f"Bo Lund;{administrator.email}",
        "Cara Holm;Niemand",
        "Dora Ek;",
    )
    one = importer.bring("\n".join(["Name;Besitzer", *rows]))
    assert Person.objects.filter(owner=administrator).count() == 2
    assert one.counts["wrong"] == 1 and Person.objects.get(name="Dora Ek").owner == one.created_by


def test_companies_of_an_address_book_become_organizations(importer: Importer) -> None:
    cards = (
        "BEGIN:VCARD\nVERSION:3.0\nN:Berg;Anna;;;\nFN:Anna Berg\nORG:Halden GmbH\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Halden GmbH\nORG:Halden GmbH\nX-ABShowAs:COMPANY\n"
        "EMAIL:info@halden.example\nADR;TYPE=WORK:;;Hafen 3;Kiel;;24103;Germany\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nKIND:org\nFN:Nordhavn A/S\nTEL:+45 33 12 34 56\nEND:VCARD\n"
    )
    people = importer.upload(cards, "all.vcf")
    assert (
        people.total == 1
        and "2 contacts of this file" in importer.client.get(f"/import/{people.pk}/columns/").content.decode()
    )
    importer.finish(importer.check(people))
    assert [one.name for one in Person.objects.all()] == ["Anna Berg"]
    address = f"/import/{people.pk}/others/"
    assert address in importer.client.get(f"/import/{people.pk}/").content.decode()
    assert importer.client.post(address).status_code == 303
    others = Import.objects.latest("created_at")
    assert (others.type, others.total) == ("organizations", 2)
    importer.finish(importer.check(others))
    halden = Organization.objects.get(name="Halden GmbH")
    assert (halden.email, halden.city, Organization.objects.count()) == ("info@halden.example", "Kiel", 2)
    assert Organization.objects.get(name="Nordhavn A/S").phone == "+4533123456"
    only = SimpleUploadedFile("firms.vcf", cards[cards.index("BEGIN", 9) :].encode())
    answer = importer.client.post("/import/", {"type": "people", "file": only})
    assert answer.status_code == 422 and "are organizations" in answer.content.decode()
