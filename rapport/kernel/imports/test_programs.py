"""Export files of other programs are recognised and matched; what they call a record is a key."""

import csv
import io

import pytest

from rapport.accounts.models import User
from rapport.activities.models import Activity
from rapport.kernel.external.models import ExternalKey
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.imports.programs import holds_other, recognize
from rapport.kernel.testing.make import make
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal
from rapport.sales.programs import EXPORTS

FILES = {
    "salesforce": (
        "people",
        "Id,IsDeleted,AccountId,LastName,FirstName,Salutation,MailingStreet,MailingCity,MailingPostalCode,"
        "MailingCountry,Phone,MobilePhone,Email,Title,OwnerId",
        "0035g00000A1,0,0015g00000B7,Muster,Anna,Frau,Hauptstr. 1,Berlin,10115,Germany,030 5012345,,"
        "anna@a.example,CEO,0055",
    ),
    "hubspot": (
        "people",
        "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Company Name,Job Title",
        "151,Anna,Muster,anna@a.example,+49 30 5012345,,Lead,Muster GmbH,CEO",
    ),
    "pipedrive": (
        "people",
        "Person - ID,Person - Name,Person - Organization,Person - Email - Work,Person - Email - Home,"
        "Person - Phone - Work,Person - Phone - Mobile,Person - Open deals",
        "12,Anna Muster,Muster GmbH,anna@a.example,anna@home.example,030 5012345,0170 5012345,2",
    ),
    "zoho": (
        "people",
        "Record Id,Contact Owner.id,Contact Owner,First Name,Last Name,Account Name.id,Account Name,Email,Phone,"
        "Mailing Street,Mailing City,Mailing Zip,Mailing Country,Created Time",
        "zcrm_501,zcrm_1,,Anna,Muster,zcrm_77,Muster GmbH,anna@a.example,030 5012345,Hauptstr. 1,Berlin,10115,Germany,"
        "2024-01-05 10:00:00",
    ),
    "odoo": (
        "people",
        "id,name,parent_id/name,is_company,function,email,phone,street,zip,city,country_id",
        "__export__.res_partner_7,Anna Muster,Muster GmbH,False,CEO,anna@a.example,030 5012345,Hauptstr. 1,10115,"
        "Berlin,Germany",
    ),
    "suitecrm": (
        "people",
        "First Name,Last Name,ID,Salutation,Title,Account Name,Office Phone,Mobile,Email Address,"
        "Primary Address Street,Primary Address City,Primary Address Postal Code,Primary Address Country,Deleted",
        "Anna,Muster,5a-7,Ms.,CEO,Muster GmbH,030 5012345,,anna@a.example,Hauptstr. 1,Berlin,10115,Germany,0",
    ),
    "google": (
        "people",
        "First Name,Middle Name,Last Name,Organization Name,Organization Title,Birthday,Notes,Labels,"
        "E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value",
        "Anna,,Muster,Muster GmbH,CEO,,Met in Bonn,* myContacts,* Work,anna@a.example,Mobile,030 5012345",
    ),
    "outlook": (
        "people",
        "Anrede,Vorname,Weitere Vornamen,Nachname,Firma,Position,Straße geschäftlich,Ort geschäftlich,"
        "Postleitzahl geschäftlich,Telefon geschäftlich,Mobiltelefon,E-Mail-Adresse,E-Mail-Typ",
        ",Anna,,Muster,Muster GmbH,CEO,Hauptstr. 1,Berlin,10115,030 5012345,,anna@a.example,SMTP",
    ),
}


@pytest.mark.parametrize("program", FILES)
@pytest.mark.django_db
def test_the_contacts_of_every_program_come_in_without_a_touch(
    program: str, importer: Importer, member: User
) -> None:
    kind, header, row = FILES[program]
    one = importer.upload(f"{header}\n{row}\n", type=kind)
    assert one.options["program"] == program and one.facts["program"]
    page = importer.client.get(f"/import/{one.pk}/columns/").content.decode()
    assert f"This is an export of {one.facts['program']}" in page
    done = importer.finish(importer.check(one))
    assert (done.counts["new"], done.counts["wrong"]) == (1, 0)
    anna = Person.objects.visible_to(member).get()
    assert (anna.given_name, anna.family_name) == ("Anna", "Muster")
    assert (anna.email, anna.phone) == ("anna@a.example", "+49305012345")


@pytest.mark.parametrize("one", EXPORTS, ids=lambda one: f"{one.key}-{one.type}")
def test_each_file_is_taken_for_what_it_is(one: object) -> None:
    for sign in one.signs:  # type: ignore[attr-defined]  # an export
        found = recognize(sign.split("|"), one.type)  # type: ignore[attr-defined]  # as above
        assert found is not None and found.key == one.key  # type: ignore[attr-defined]  # as above


def test_a_list_made_by_hand_is_no_export() -> None:
    assert recognize(["Name", "E-Mail", "Telefon", "Firma"], "people") is None
    other = holds_other(["Record ID", "Deal Name", "Deal Stage"], "people")
    assert other is not None and other.type == "deals"


@pytest.mark.django_db
def test_the_key_of_the_other_program_finds_the_record_again(importer: Importer, member: User) -> None:
    header = "Record ID,First Name,Last Name,Email,Contact owner,Lifecycle Stage"
    importer.bring(f"{header}\n151,Anna,Muster,anna@a.example,,Lead\n152,Bert,Beispiel,,,Lead\n")
    again = importer.bring(f"{header}\n151,Anna,Neumann,neu@a.example,,Lead\n", on_duplicate="update")
    assert (again.counts.get("new", 0), again.counts["changed"]) == (0, 1)
    assert Person.objects.visible_to(member).get(family_name="Neumann").email == "neu@a.example"
    assert ExternalKey.objects.filter(source="hubspot", type="people").count() == 2


@pytest.mark.django_db
def test_deals_find_their_organization_by_name_mail_number_or_key(importer: Importer, member: User) -> None:
    halden = make(
        Organization, owner=member, name="Halden AG", email="info@halden.example", phone="+49305012399"
    )
    importer.bring(
        "Id,Name,BillingStreet,BillingCity,NumberOfEmployees\n001,Halden AG,,,12\n", type="organizations"
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Id", "Name", "AccountId", "StageName", "CloseDate", "Amount"])
    for number, said in enumerate(["Halden AG", "info@halden.example", "030 5012399", "001"]):
        writer.writerow([f"006{number}", f"Deal {number}", said, "", "2026-12-01", "100"])
    writer.writerow(["0069", "Deal 9", "Nobody", "", "2026-12-01", "100"])
    one = importer.bring(text.getvalue(), name="deals.csv", type="deals")
    assert (one.counts["new"], one.counts["wrong"]) == (4, 1)
    assert {deal.organization_id for deal in Deal.objects.visible_to(member)} == {halden.pk}
    again = importer.bring(text.getvalue(), name="deals.csv", type="deals")
    assert (again.counts.get("new", 0), again.counts["unchanged"]) == (0, 4)


@pytest.mark.django_db
def test_activities_come_with_whom_they_are_about(importer: Importer, member: User) -> None:
    anna = make(Person, owner=member, name="Anna Muster", email="anna@a.example")
    halden = make(Organization, owner=member, name="Halden AG")
    file = 'Betreff;Fällig;Mit\nAnrufen;01.12.2026;"anna@a.example;Halden AG"\nMahnen;;Niemand\n'
    said = {"column-0": "subject", "column-2": "participants"}
    one = importer.bring(file, name="tasks.csv", type="activities", **said)
    assert (one.counts["new"], one.counts["wrong"]) == (1, 1)
    call = Activity.objects.visible_to(member).get()
    assert {part.record_id for part in call.participants.all()} == {anna.pk, halden.pk}
