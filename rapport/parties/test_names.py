"""Names of people and what e-mail addresses tell about them."""

import pytest

from rapport.parties.names import name_from_email, organization_from_domain, split_name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Anna Müller", ("", "", "Anna", "Müller", "")),
        ("Müller, Anna", ("", "", "Anna", "Müller", "")),
        ("Dr. Karl von der Heide", ("", "Dr.", "Karl", "von der Heide", "")),
        ("von der Heide, Dr. Karl", ("", "Dr.", "Karl", "von der Heide", "")),
        ("Heide, Karl von der", ("", "", "Karl", "von der Heide", "")),
        ("von der Heide", ("", "", "", "von der Heide", "")),
        ("Joost van der Meulen", ("", "", "Joost", "van der Meulen", "")),
        ("De Smet Jan", ("", "", "Jan", "De Smet", "")),
        ("Al Gore", ("", "", "Al", "Gore", "")),
        ("Ludwig van Beethoven", ("", "", "Ludwig", "van Beethoven", "")),
        ("Prof. Dr. med. Eva-Maria Schmidt", ("", "Prof. Dr. med.", "Eva-Maria", "Schmidt", "")),
        ("Herr Prof. Dr. Dr. h.c. Max Planck", ("Mr", "Prof. Dr. Dr. h.c.", "Max", "Planck", "")),
        ("Dr.Müller", ("", "Dr.", "", "Müller", "")),
        ("Frau Dr. Müller", ("Ms", "Dr.", "", "Müller", "")),
        ("Herr Max Mustermann", ("Mr", "", "Max", "Mustermann", "")),
        ("Mr. John Smith Jr.", ("Mr", "", "John", "Smith", "Jr.")),
        ("Mrs Jane O'Neill", ("Ms", "", "Jane", "O'Neill", "")),
        ("Smith, John, Jr.", ("", "", "John", "Smith", "Jr.")),
        ("John Miller, PhD", ("", "", "John", "Miller", "PhD")),
        ("Yo-Yo Ma", ("", "", "Yo-Yo", "Ma", "")),
        ("Amartya Sen", ("", "", "Amartya", "Sen", "")),
        ("María José García López", ("", "", "María José", "García López", "")),
        ("José García López", ("", "", "José", "García López", "")),
        ("Juan Carlos Pérez de la Cruz", ("", "", "Juan Carlos", "Pérez de la Cruz", "")),
        ("José Ortega y Gasset", ("", "", "José", "Ortega y Gasset", "")),
        ("Ana Maria da Silva", ("", "", "Ana Maria", "da Silva", "")),
        ("Anna Maria Luise Müller", ("", "", "Anna Maria Luise", "Müller", "")),
        ("Anna und Max Müller", ("", "", "Anna und Max", "Müller", "")),
        ("MÜLLER Anna", ("", "", "Anna", "Müller", "")),
        ("anna müller", ("", "", "Anna", "Müller", "")),
        ("ANNA-LENA MÜLLER", ("", "", "Anna-Lena", "Müller", "")),
        ("JOHN MCDONALD", ("", "", "John", "McDonald", "")),
        ("Anna", ("", "", "Anna", "", "")),
        ("Müller", ("", "", "", "Müller", "")),
        ("Anna (privat) Müller", ("", "", "Anna", "Müller", "")),
        ("Sabine Müller geb. Meier", ("", "", "Sabine", "Müller", "")),
        ("Dipl.-Ing. (FH) Thomas Huber", ("", "Dipl.-Ing.", "Thomas", "Huber", "")),
        ("M. Lindholm", ("", "", "M.", "Lindholm", "")),
        ("An Nguyen", ("", "", "An", "Nguyen", "")),
        ("Familie Schmidt", ("", "", "", "Schmidt", "")),
        ("  Anna \u00a0\u200b Müller ; ", ("", "", "Anna", "Müller", "")),
        ("Anna Müller <anna@x.de>", ("", "", "Anna", "Müller", "")),
        ("", ("", "", "", "", "")),
    ],
)
def test_a_full_name_is_taken_apart(text, parts):
    name = split_name(text)
    assert (name.salutation, name.title, name.given, name.family, name.suffix) == parts
    assert not name.is_company


@pytest.mark.parametrize(
    "text", ["Siemens AG", "Firma Müller GmbH", "Smith & Sons Ltd.", "Apple Inc", "Stadtwerke Köln"]
)
def test_organizations_are_recognised(text):
    name = split_name(text)
    assert (name.is_company, name.full) == (True, text)


@pytest.mark.parametrize(
    "text", ["\0", "x" * 100_000, ",,,,", "<<<>>>", "‮", "🤷", "Dr.", "Herr Frau", "1 2 3", "a\ud800"]
)
def test_any_text_gives_some_name(text):
    assert len(split_name(text).full) <= 300


@pytest.mark.parametrize(
    ("address", "given", "family", "organization"),
    [
        ("anna.mueller@siemens.com", "Anna", "Mueller", "Siemens"),
        ("Anna_Mueller99@siemens.com", "Anna", "Mueller", "Siemens"),
        ("a.mueller@gmail.com", "A.", "Mueller", ""),
        ("j.p.meier@halden-cycles.de", "J. P.", "Meier", "Halden Cycles"),
        ("mueller.anna@gmx.de", "Anna", "Mueller", ""),
        ("mueller.a@firma.de", "A.", "Mueller", "Firma"),
        ("annamueller@web.de", "Anna", "Mueller", ""),
        ("max@web.de", "Max", "", ""),
        ("mueller@ibm.com", "", "Mueller", "IBM"),
        ("karl.von.der.heide@firma.co.uk", "Karl", "von der Heide", "Firma"),
        ("anna-maria.schmidt@firma.de", "Anna Maria", "Schmidt", "Firma"),
        ("anna+crm@mail.foo-bar.com", "Anna", "", "Foo Bar"),
    ],
)
def test_an_address_tells_a_name_and_an_organization(address, given, family, organization):
    guess = name_from_email(address)
    assert guess.name is not None
    assert guess.name.is_guessed
    assert (guess.name.given, guess.name.family, guess.organization) == (given, family, organization)


@pytest.mark.parametrize(
    "local", ["info", "sales", "no-reply", "sales-team", "vertrieb.nord", "office", "kundenservice"]
)
def test_addresses_of_nobody_tell_the_organization_only(local):
    guess = name_from_email(f"{local}@halden-cycles.co.uk")
    assert (guess.name, guess.is_role) == (None, True)
    assert (guess.organization, guess.domain) == ("Halden Cycles", "halden-cycles.co.uk")


@pytest.mark.parametrize(
    "address", ["12345@qq.com", "m@x.de", "x7f9a2@x.de", "", "@", "nothing", "a@b@c", "é@é"]
)
def test_some_addresses_tell_no_name(address):
    assert name_from_email(address).name is None or name_from_email(address).name.is_guessed


def test_the_title_in_an_address():
    name = name_from_email("dr.karl.meier@firma.de").name
    assert (name.title, name.given, name.family) == ("Dr.", "Karl", "Meier")


def test_organizations_of_domains():
    assert organization_from_domain("xn--bcker-gra.de") == "Bäcker"
    assert organization_from_domain("de") == ""
    assert organization_from_domain("shop.halden.com.au") == "Halden"
