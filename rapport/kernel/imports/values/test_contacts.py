"""E-mail addresses, telephone numbers, web addresses, lists and postal addresses of cells."""

import pytest

from rapport.kernel.imports.values import ImportProblem
from rapport.kernel.imports.values.addresses import (
    Address,
    as_in,
    looks_like_postcode,
    looks_like_street,
    parse_address,
    parse_postcode,
    split_postcode_and_city,
)
from rapport.kernel.imports.values.companies import legal_form_of, looks_like_company
from rapport.kernel.imports.values.contacts import (
    EmailAddress,
    parse_email,
    parse_emails,
    parse_phones,
    parse_web,
    split_list,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Anna@X.DE", [("anna@x.de", "")]),
        ("a@x.de; b@y.com", [("a@x.de", ""), ("b@y.com", "")]),
        ("a@x.de,b@y.com\nc@z.org", [("a@x.de", ""), ("b@y.com", ""), ("c@z.org", "")]),
        ("a@x.de a@x.de A@x.de", [("a@x.de", "")]),
        ("a@x.de ::: b@x.de", [("a@x.de", ""), ("b@x.de", "")]),
        ("a@x.de / b@x.de oder c@x.de", [("a@x.de", ""), ("b@x.de", ""), ("c@x.de", "")]),
        ("Anna Müller <A@x.de>", [("a@x.de", "Anna Müller")]),
        ('"Müller, Anna" <a@x.de>; b@x.de', [("a@x.de", "Müller, Anna"), ("b@x.de", "")]),
        ("<a@x.de>", [("a@x.de", "")]),
        ("mailto:a@x.de?subject=hi", [("a@x.de", "")]),
        ("E-Mail: a@x.de", [("a@x.de", "")]),
        ("a(at)x.de", [("a@x.de", "")]),
        ("a [at] x.de", [("a@x.de", "")]),
        ("\u200ba@x.de\u00a0", [("a@x.de", "")]),
        ("a@x.de.", [("a@x.de", "")]),
        ("müller@bäcker.de", [("müller@bäcker.de", "")]),
        ("o'neil+crm@sub.x.co.uk", [("o'neil+crm@sub.x.co.uk", "")]),
    ],
)
def test_addresses_of_a_cell(text, found):
    assert parse_emails(text) == [EmailAddress(*one) for one in found]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("anna.x.de", "the @ is missing"),
        ("anna@x", "there has to be a domain"),
        ("a@@x.de", "more than one @"),
        ("a..b@x.de", "not an e-mail address"),
        ("a@x.de; anna", "“anna” is not"),
        ("a@-x.de", "not an e-mail"),
        ("a" * 260 + "@x.de", "not an e-mail"),
    ],
)
def test_what_is_no_address_says_why(text, said):
    with pytest.raises(ImportProblem, match=said):
        parse_emails(text)


def test_one_address_only():
    assert parse_email("A@x.de") == "a@x.de"
    with pytest.raises(ImportProblem, match="several"):
        parse_email("a@x.de; b@x.de")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0221 123456", ["+49221123456"]),
        ("0221/123456", ["+49221123456"]),
        ("0221 123456; 0171 1234567", ["+49221123456", "+491711234567"]),
        ("030 / 555 01 03", ["+49305550103"]),
        ("0221 123456 / 0171 1234567", ["+49221123456", "+491711234567"]),
        ("0221/123456, 0171/1234567", ["+49221123456", "+491711234567"]),
        ("+49 221 123456\n+49 171 1234567", ["+49221123456", "+491711234567"]),
        ("0171 1234567 oder 0221 123456", ["+491711234567", "+49221123456"]),
        ("+49 171 1234567 ::: 0221 123456", ["+491711234567", "+49221123456"]),
        ("0221 123456; 0221 123456", ["+49221123456"]),
    ],
)
def test_numbers_of_a_cell(text, numbers):
    assert [number.e164 for number in parse_phones(text, "DE")] == numbers


@pytest.mark.parametrize(
    ("text", "region", "said"),
    [
        ("siehe unten", "DE", "not a telephone number"),
        ("4.91512E+12", "DE", "shortened by a spreadsheet"),
        ("0221 123456", "", "no country code"),
        ("0221 123456; 12", "DE", "“12” is not"),
    ],
)
def test_what_is_no_number_to_call_says_why(text, region, said):
    with pytest.raises(ImportProblem, match=said):
        parse_phones(text, region)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("www.X.de", "https://www.x.de"),
        ("x.de/", "https://x.de"),
        ("HTTP://X.de/A?b=C#d", "http://x.de/A?b=C#d"),
        ("<https://x.de>", "https://x.de"),
        ("bäcker.de", "https://bäcker.de"),
        ("x.de:8080/a", "https://x.de:8080/a"),
    ],
)
def test_web_addresses(text, address):
    assert parse_web(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "ftp://x.de",
        "hallo welt",
        "localhost",
        "http://a@b.de",
        "http://",
        "http://[::1",
    ],
)
def test_what_is_no_web_address(text):
    with pytest.raises(ImportProblem, match="web address"):
        parse_web(text)


def test_lists():
    assert split_list("Messe; Dock ;;Messe") == ["Messe", "Dock"]
    assert split_list("Messe, Dock") == ["Messe", "Dock"]
    assert split_list("* myContacts ::: Friends") == ["myContacts", "Friends"]
    assert split_list("Messe, Köln; Dock") == ["Messe, Köln", "Dock"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Weg 12, 50667 Köln, Deutschland", Address("Weg 12", "50667", "Köln", "", "DE")),
        ("Hauptstr. 5\n10115 Berlin", Address("Hauptstr. 5", "10115", "Berlin")),
        (
            "10 Downing Street, London SW1A 2AA, UK",
            Address("10 Downing Street", "SW1A 2AA", "London", "", "GB"),
        ),
        ("1 Infinite Loop, Cupertino, CA 95014", Address("1 Infinite Loop", "95014", "Cupertino", "CA")),
        ("c/o Meier, Ring 5, D-50667 Köln", Address("Ring 5", "50667", "Köln", extra="c/o Meier")),
        ("Am Markt 3", Address("Am Markt 3")),
    ],
)
def test_addresses_in_one_cell(text, address):
    assert parse_address(text) == address


def test_postcodes():
    assert split_postcode_and_city("D-50667 Köln") == ("50667", "Köln")
    assert split_postcode_and_city("1234 AB Delft") == ("1234 AB", "Delft")
    assert split_postcode_and_city("Köln") == ("", "Köln")
    assert parse_postcode("1067", "DE") == "01067"
    assert parse_postcode("1010", "AT") == "1010"
    assert [as_in("CH", parse_postcode("8001", "DE")), as_in("DE", "01067"), as_in("", "01067")] == [
        "8001",
        "01067",
        "01067",
    ]
    assert parse_postcode("sw1a 2aa") == "SW1A 2AA"
    assert all(
        map(looks_like_postcode, ("50667", "D-50667", "1010", "1234 AB", "SW1A 2AA", "00-950", "110 00"))
    )
    assert not any(map(looks_like_postcode, ("Köln", "0221 12345", "1234567", "50667 Köln")))


def test_streets():
    assert all(
        map(
            looks_like_street,
            ("Hauptstraße 5", "Weg 12a", "10 Downing Street", "Am Markt 3-5", "Postfach 1234"),
        )
    )
    assert not any(map(looks_like_street, ("Köln", "50667", "anna@x.de", "Anna Müller")))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Müller GmbH & Co. KG", "GmbH & Co. KG"),
        ("Siemens AG", "AG"),
        ("Apple Inc.", "Inc"),
        ("Shell plc", "plc"),
        ("Velo Nord A/S", "A/S"),
        ("BASF SE", "SE"),
        ("Stadtwerke Köln", ""),
        ("Smith & Sons", ""),
        ("Universität Bonn", ""),
    ],
)
def test_organizations_are_told_by_their_form_or_words(name, form):
    assert (looks_like_company(name), legal_form_of(name)) == (True, form)


@pytest.mark.parametrize(
    "name", ["Anna Müller", "Joost van der Meulen", "Max Bauer", "Se Ri Pak", "Ag Meier", ""]
)
def test_people_are_no_organizations(name):
    assert not looks_like_company(name)
