"""The column guesser, on files of people and on exports of other programs."""

import pytest

from rapport.kernel.imports.guess import Target, guess_mapping
from rapport.kernel.imports.guess.headers import match_header, normal
from rapport.kernel.imports.guess.looks import look_at
from rapport.kernel.imports.guess.synonyms import ALIASES, FALLBACKS, SYNONYMS

TARGETS = [
    Target("name", "Name", "name", concept="full_name"),
    Target("given_name", "First name"),
    Target("family_name", "Last name"),
    Target("salutation", "Salutation"),
    Target("academic_title", "Title"),
    Target("position", "Position"),
    Target("organization", "Organization", "company"),
    Target("email", "E-mail", "email", many=True),
    Target("phone", "Phone", "phone", many=True),
    Target("mobile", "Mobile", "phone", many=True),
    Target("website", "Web address", "web", many=True),
    Target("street", "Street", many=True),
    Target("postcode", "Postcode", "postcode", many=True),
    Target("city", "City", many=True),
    Target("postcode_city", "Postcode and city", "postcode_city", many=True),
    Target("country", "Country", "country", many=True),
    Target("address", "Address", "address", many=True),
    Target("birthday", "Birthday", "date"),
    Target("first_contact_at", "First contact", "date"),
    Target("language", "Language", "language"),
    Target("tags", "Tags", "tags", many=True),
    Target("about", "About", "longtext", many=True),
    Target("owner", "Owner", "user"),
    Target("stage", "Stage", "choice", options={"lead": "lead", "customer": "customer", "kunde": "customer"}),
    Target("revenue", "Revenue", "money"),
    Target("probability", "Win chance", "percent"),
]


def guessed(header, rows=(), *, language="de", targets=TARGETS, **options):
    return guess_mapping(header, rows, targets, language, **options)


def mapping(header, rows=(), **options):
    return {guess.header: guess.target for guess in guessed(header, rows, **options)}


# -- names of columns -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "strasse"),
        ("Geschäftlich", "geschaeftlich"),
        ("MailingPostalCode", "mailing postal code"),
        ("E-Mail", "e_mail"),
        ("Kd.-Nr.", "KD NR"),
        ("street2", "Street 2"),
    ],
)
def test_writing_does_not_matter(one, other):
    assert normal(one) == normal(other)


EXPORTS = {
    "Salesforce": (
        "Id=external_id Salutation=salutation FirstName=first_name LastName=last_name MailingStreet=street "
        "MailingCity=city MailingPostalCode=postcode MailingCountry=country MobilePhone=mobile Email=email "
        "AccountName=organization LeadSource=source OwnerId=owner HasOptedOutOfEmail=do_not_email "
        "DoNotCall=do_not_call NumberOfEmployees=employees AnnualRevenue=revenue Birthdate=birthday"
    ),
    "HubSpot": (
        "Record_ID=external_id First_Name=first_name Phone_Number=phone Mobile_Phone_Number=mobile "
        "Contact_owner=owner Lifecycle_Stage=stage Company_name=organization Job_Title=job_title "
        "State/Region=state Country/Region=country Postal_Code=postcode Street_Address=street "
        "Company_Domain_Name=website Create_Date=created_at Original_Source=source"
    ),
    "Pipedrive": (
        "Person_-_Name=full_name Person_-_Email_-_Work=email Person_-_Phone_-_Mobile=mobile Person_-_Owner=owner "
        "Organization_-_Name=organization Organization_-_Address=organization_address Deal_-_Title=deal_name "
        "Deal_-_Value=amount Deal_-_Stage=deal_stage Person_-_Label=tags"
    ),
    "Zoho": (
        "Contact_Owner=owner Account_Name=organization Home_Phone=phone Mailing_Zip=postcode Other_Street=street "
        "Secondary_Email=email Email_Opt_Out=do_not_email Date_of_Birth=birthday Tag=tags Description=notes"
    ),
    "Odoo": (
        "display_name=full_name street2=address_line_2 zip=postcode state_id=state country_id=country "
        "parent_id=organization function=job_title category_id=tags vat=vat_number comment=notes lang=language "
        "is_company=is_company"
    ),
    "SuiteCRM": (
        "first_name=first_name account_name=organization email1=email phone_work=phone phone_mobile=mobile "
        "primary_address_street=street primary_address_postalcode=postcode alt_address_city=city "
        "assigned_user_name=owner date_entered=created_at lead_source=source"
    ),
    "Google": (
        "Given_Name=first_name Family_Name=last_name Group_Membership=tags E-mail_1_-_Value=email "
        "E-mail_2_-_Value=email Phone_1_-_Value=phone Address_1_-_Street=street Address_1_-_PO_Box=po_box "
        "Address_1_-_Postal_Code=postcode Organization_1_-_Name=organization Organization_1_-_Title=job_title "
        "Website_1_-_Value=website Labels=tags Name_Prefix=title"
    ),
    "Outlook": (
        "E-mail_Address=email E-mail_2_Address=email Business_Phone=phone Business_Phone_2=phone Home_Phone=phone "
        "Mobile_Phone=mobile Business_Fax=fax Company=organization Business_Street=street Business_City=city "
        "Business_Postal_Code=postcode Business_Country/Region=country Web_Page=website Categories=tags"
    ),
    "Outlook in German": (
        "Weitere_Vornamen=middle_name Firma=organization Straße_geschäftlich=street Ort_geschäftlich=city "
        "Postleitzahl_geschäftlich=postcode Land/Region_geschäftlich=country Telefon_geschäftlich_2=phone "
        "Telefon_(privat)=phone Mobiltelefon=mobile E-Mail-Adresse=email E-Mail_2:_Adresse=email Kategorien=tags "
        "Notizen=notes Webseite=website Geburtstag=birthday"
    ),
    "by hand": (
        "Kd.-Nr.=customer_number Ansprechpartner=full_name Tel.=phone Handy=mobile E-Mail_(privat)=email "
        "PLZ/Ort=postcode_city Straße/Nr.=street Land=country Bemerkungen=notes Umsatz_2025=revenue Betreuer=owner "
        "Newsletter_ja/nein=newsletter USt-IdNr.=vat_number Telefonnumer=phone Postleizahl=postcode "
        "E-Mail_Firma=organization_email Telefon_Firma=organization_phone"
    ),
}


@pytest.mark.parametrize("program", EXPORTS)
def test_the_columns_of_other_programs_are_known(program):
    wrong = []
    for pair in EXPORTS[program].split():
        name, _equals, concept = pair.rpartition("=")
        name = name.replace("_", " ") if " " not in name and program not in ("Odoo", "SuiteCRM") else name
        match = match_header(name)
        if match is None or match.concept != concept:
            wrong.append((name, concept, match))
    assert wrong == []


def test_purpose_and_number_are_read_from_the_name():
    assert [
        (match.concept, match.purpose, match.number)
        for match in map(
            match_header,
            [
                "Telefon (privat)",
                "Business Phone 2",
                "E-mail (work) 2",
                "Billing Street",
                "Handy privat",
                "Other City",
                "Address line 2 (work)",
            ],
        )
        if match
    ] == [
        ("phone", "private", 0),
        ("phone", "work", 2),
        ("email", "work", 2),
        ("street", "billing", 0),
        ("mobile", "private", 0),
        ("city", "other", 0),
        ("address_line_2", "work", 0),
    ]


def test_columns_that_only_say_the_type_of_another_are_no_values():
    assert match_header("E-mail 1 - Type") is None
    assert match_header("Phone 2 - Label") is None


def test_the_synonym_table_is_in_order():
    seen = {}
    for concept, names in SYNONYMS.items():
        for name in names.split("|"):
            assert name.strip() == name != "", concept
            seen.setdefault(normal(name), []).append(concept)
    doubled = {name: concepts for name, concepts in seen.items() if len(set(concepts)) > 1}
    assert set(doubled) <= {"title"}  # a position or a "Dr.", which the values decide
    assert {*ALIASES.values(), *FALLBACKS} <= set(SYNONYMS)


# -- whole files ------------------------------------------------------------------------------------------------
FAIR = """
Full name|Firma|E-Mail|Tel.|Land|Interesse|Budget|Datum|Newsletter|Besuch von|Notiz
Joost van der Meulen|Gemeente Delft|j@w.example|0031 6 555 0190|NL|Rad; Dock|25.000 - 40.000|11.05.26|ja|M. Lindholm|x
Anna Müller|Halden GmbH|anna@h.example; a@h.example|0221 123456|DE|Dock|10.000 - 20.000|12.05.26|nein|M. Lindholm|
Bert Beispiel|Stadtwerke Köln|bert|0171 1234567|DE|Dock||13.05.26|ja|I. Solberg|x
"""
FAIR_HEADER, *FAIR_ROWS = [line.split("|") for line in FAIR.strip().splitlines()]


def test_a_list_from_a_fair_is_matched_and_explained():
    found = {guess.header: guess for guess in guessed(FAIR_HEADER, FAIR_ROWS)}
    assert {name: guess.target for name, guess in found.items()} == {
        "Full name": "name",
        "Firma": "organization",
        "E-Mail": "email",
        "Tel.": "phone",
        "Land": "country",
        "Interesse": "tags",
        "Budget": None,
        "Datum": "first_contact_at",
        "Newsletter": None,
        "Besuch von": "owner",
        "Notiz": "about",
    }
    happens = {name: str(guess.happens) for name, guess in found.items() if guess.happens}
    assert happens["Full name"] == "split into first and last name"
    assert happens["Firma"] == "finds or makes an organization"
    assert happens["Tel."].startswith("to +31 6")
    assert happens["Land"] == "codes to names"
    assert happens["Interesse"] == "split at “;”"
    assert happens["Budget"] == "looks like a range of numbers"
    assert happens["Datum"] == "day.month.year"
    assert happens["Newsletter"] == "looks like yes and no"
    assert (found["E-Mail"].fits, found["E-Mail"].misfits) == (pytest.approx(2 / 3), ["bert"])
    assert str(found["Firma"].reason) == "“Firma” is a usual name for “Organization”."
    assert all(0 <= guess.confidence <= 1 for guess in found.values())


def test_a_file_without_header_is_matched_by_its_content():
    rows = [
        f"Anna Müller{letter}|{letter}@x.de|0221 12345{number}|{'AT' if number % 2 else 'DE'}|"
        f"5066{number}|Hauptstr. {number}|Firma {letter} GmbH"
        for number, letter in enumerate("abcdefghi")
    ]
    header = [f"Column {number}" for number in range(1, 8)]
    found = guessed(header, [row.split("|") for row in rows])
    assert [guess.target for guess in found] == [
        "name",
        "email",
        "phone",
        "country",
        "postcode",
        "street",
        "organization",
    ]
    assert str(found[1].reason) == "The values look like “E-mail”."
    assert max(guess.confidence for guess in found) < 0.9


def test_name_beside_first_name_is_the_last_name():
    rows = [["Müller", "Anna"], ["Meier", "Bert"]]
    assert mapping(["Name", "Vorname"], rows) == {"Name": "family_name", "Vorname": "given_name"}


def test_name_full_of_companies_is_the_organization():
    rows = [["Halden GmbH", "Bonn"], ["Siemens AG", "Köln"], ["Velo Nord", "Ulm"]]
    assert mapping(["Name", "Ort"], rows) == {"Name": "organization", "Ort": "city"}


def test_name_of_one_word_or_several_is_the_full_name():
    assert mapping(["Name", "Firma"], [["Anna Müller", "X GmbH"], ["Bert", "Y AG"]])["Name"] == "name"


def test_what_other_columns_tell_in_parts_is_not_taken_twice():
    header = ["Full name", "First name", "Last name", "Adresse", "Straße", "Ort"]
    found = guessed(header, [["Anna Müller", "Anna", "Müller", "Weg 1, 53111 Bonn", "Weg 1", "Bonn"]])
    assert [guess.target for guess in found] == [None, "given_name", "family_name", None, "street", "city"]
    assert str(found[0].reason) == "Other columns tell the same in parts."
    assert mapping(["Full name", "Vorname"], [["Anna Müller", "Anna"]])["Full name"] == "name"
    rows = [["Anna Müller", "Anna", "Müller"], ["Bo Berg", "", ""]]  # in one row it alone tells the name
    assert mapping(["Full name", "First name", "Last name"], rows)["Full name"] == "name"


def test_a_known_column_without_a_field_is_not_pressed_into_another():
    found = guessed(["Abteilung", "E-mail 1 - Type"], [["Vertrieb Nord", "* Work"], ["Einkauf Süd", "Home"]])
    assert [guess.target for guess in found] == [None, None]
    assert found[0].concept == "department"
    assert "of which kind" in str(found[1].reason)


def test_title_is_what_its_values_are():
    positions = [["Müller", "Head of Sales"], ["Meier", "Leiter"]]
    degrees = [["Müller", "Dr."], ["Meier", "Prof. Dr."]]
    assert mapping(["Nachname", "Titel"], positions)["Titel"] == "position"
    assert mapping(["Nachname", "Titel"], degrees)["Titel"] == "academic_title"
    assert mapping(["Name prefix", "Job title"], [["Herr", "Leiter"]])["Job title"] == "position"


def test_a_column_called_otherwise_than_what_it_holds_is_left_to_the_person():
    (guess,) = guessed(["E-Mail"], [["ja"], ["nein"], ["keine"]])
    assert guess.target is None
    assert "only 0 % of its values fit" in str(guess.reason)
    assert str(guess.happens) == "None" or guess.misfits


def test_several_addresses_and_numbers_share_their_field_but_a_birthday_is_one():
    header = ["E-Mail 1", "E-Mail 2", "Telefon geschäftlich", "Telefon privat", "Geburtstag", "Geb.datum"]
    found = guessed(header, [["a@x.de", "b@x.de", "0221 12345", "0221 54321", "1.1.1980", "1.1.1980"]])
    assert [guess.target for guess in found] == ["email", "email", "phone", "phone", "birthday", None]
    assert [(guess.purpose, guess.number) for guess in found[:4]] == [
        ("", 1),
        ("", 2),
        ("work", 0),
        ("private", 0),
    ]
    assert "Another column fits better" in str(found[5].reason)


def test_parts_of_addresses_are_kept_apart_by_purpose():
    header = ["Business Street", "Business City", "Home Street", "Home City", "Street"]
    found = guessed(header, [["Weg 1", "Bonn", "Ring 2", "Köln", "Allee 3"]], language="en")
    assert [(guess.target, guess.purpose) for guess in found] == [
        ("street", "work"),
        ("city", "work"),
        ("street", "private"),
        ("city", "private"),
        ("street", ""),
    ]
    doubled = guessed(["Street", "Straße"], [["Weg 1", "Weg 1"]])
    assert sorted(str(guess.target) for guess in doubled) == ["None", "street"]


def test_the_names_and_synonyms_of_fields_come_first():
    targets = [*TARGETS, Target("custom.frame", "Rahmennummer", synonyms=("Frame no.",))]
    assert mapping(["Frame No"], [["x"]], targets=targets) == {"Frame No": "custom.frame"}
    assert mapping(["rahmen-nummer"], [["x"]], targets=[Target("custom.x", "Rahmen Nummer")]) == {
        "rahmen-nummer": "custom.x"
    }


def test_mobile_goes_to_phone_when_there_is_no_field_for_it():
    targets = [target for target in TARGETS if target.key != "mobile"]
    assert mapping(["Handy"], [["0171 1234567"]], targets=targets) == {"Handy": "phone"}


# -- formats ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "language", "order", "is_ambiguous"),
    [
        (["31/12/1980", "01/02/1990"], "en-US", "dmy", False),
        (["12/31/1980", "01/02/1990"], "de", "mdy", False),
        (["05/06/1980"], "en-US", "mdy", True),
        (["05/06/1980"], "en-GB", "dmy", True),
        (["05.06.1980"], "en-US", "dmy", False),
    ],
)
def test_the_order_of_dates_is_decided_by_evidence_then_by_habit(values, language, order, is_ambiguous):
    (guess,) = guessed(["Birthday"], [[value] for value in values], language=language)
    assert (guess.target, guess.how.date_order, guess.is_ambiguous) == ("birthday", order, is_ambiguous)
    assert ("otherwise" in str(guess.happens)) == is_ambiguous


def test_the_decimal_mark_and_shares_are_decided_for_the_column():
    revenue, chance = guessed(["Umsatz", "Wahrscheinlichkeit"], [["1.234", "0.5"], ["12,50", "0.25"]])
    assert (revenue.how.decimal, str(revenue.happens)) == (",", "decimal comma")
    assert chance.how.is_share


def test_the_region_reads_national_numbers():
    (german,) = guessed(["Phone"], [["0221 123456"]], language="de")
    (american,) = guessed(["Phone"], [["(415) 555-2671"]], language="en", region="US")
    assert str(german.happens) == "to +49 221 123456"
    assert str(american.happens) == "to +1 415-555-2671"


def test_choices_fit_by_their_labels():
    (guess,) = guessed(["Lifecycle Stage"], [["Lead"], ["Kunde"], ["whatever"]], language="en")
    assert (guess.target, guess.misfits) == ("stage", ["whatever"])


# -- content ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a@x.de", "b@x.de; c@x.de"], "email"),
        (["0221 123456", "+49 171 1234567"], "phone"),
        (["www.x.de", "https://y.com/a"], "web"),
        (["31.12.2026", "2026-01-02"], "date"),
        (["1.234,56 €", "EUR 12"], "money"),
        (["19 %", "7,5%"], "percent"),
        (["25.000 - 40.000", "1000-2000"], "range"),
        (["ja", "nein"], "yesno"),
        (["Deutschland", "Austria"], "country"),
        (["50667 Köln", "D-10115 Berlin"], "postcode_city"),
        (["50667", "10115"], "postcode"),
        (["Hauptstr. 5", "10 Downing Street"], "street"),
        (["Halden GmbH", "Siemens AG"], "company"),
        (["Anna Müller", "Bert von Beispiel"], "name"),
        (["DE89 3704 0044 0532 0130 00"], "iban"),
        (["x" * 100, "hello\nyou"], "longtext"),
        (["blue", "green"], ""),
        (["", "-", "n/a"], ""),
    ],
)
def test_what_values_look_like(values, kind):
    assert look_at(values, "DE").best == kind


def test_empty_columns_and_empty_files():
    found = guessed(["E-Mail", "Xyz"], [])
    assert [guess.target for guess in found] == ["email", None]
    assert (found[0].fits, str(found[1].reason)) == (
        None,
        "The column is empty in all rows that were looked at.",
    )
    assert guessed([], []) == []
    assert guessed(["A"], [[]], targets=[])[0].target is None


def test_hostile_names_and_values_do_no_harm():
    header = ["\0", "x" * 10_000, "<b>E-Mail</b>", "%s", "🤷", ""]
    rows = [["\0" * 10, "x" * 100_000, "a" * 1000 + "@x", "%(x)s", "‮", "=1+1"]] * 20
    assert len([str(guess.reason) for guess in guessed(header, rows)]) == 6
