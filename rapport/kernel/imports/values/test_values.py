"""Values in every notation, and sentences for what is none."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from rapport.kernel.imports.values import ColumnFormat, ImportProblem, parser_for
from rapport.kernel.imports.values.addresses import (
    Address,
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
from rapport.kernel.imports.values.dates import date_order, parse_date, parse_moment
from rapport.kernel.imports.values.numbers import decimal_mark, parse_money, parse_number, parse_percent
from rapport.kernel.imports.values.words import is_blank, parse_country, parse_language, parse_yes_no
from rapport.kernel.imports.words import words

HOSTILE = [
    "",
    " ",
    "\0",
    "x" * 100_000,
    "9" * 100_000,
    "1." * 5000,
    "@" * 1000,
    "a@" * 500,
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "‮abc",
    "🤷🏽‍♀️",
    "١٢٣",
    "²",
    "½",
    "1²",
    "NaN",
    "Infinity",
    "1e999999",
    "--",
    "99999999-99-99",
    "0/0/0",
    "%s %(x)s {0}",
    "\ud800",
]


# -- dates ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "31.12.2026",
        "31.12.26",
        "31. 12. 2026",
        "2026-12-31",
        "2026/12/31",
        "20261231",
        "31/12/2026",
        "31-12-2026",
        "31-Dez-26",
        "31-Dec-2026",
        "31. Dezember 2026",
        "31 December 2026",
        "31st December 2026",
        "Dec 31, 2026",
        "December 31st, 2026",
        "Do, 31.12.2026",
        "Thursday, December 31, 2026",
        "Thu Dec 31 2026",
        "31 décembre 2026",
        "31 de diciembre de 2026",
        "31.12.2026 14:30",
        "31.12.2026, 14:30 Uhr",
        "2026-12-31T14:30:00.123Z",
        "2026-12-31 00:00:00",
        "46387",
        "46387.604",
        "46387,604",
        " 31.12.2026 ",
    ],
)
def test_one_day_in_many_notations(text):
    assert parse_date(text) == date(2026, 12, 31)


def test_the_order_of_the_column_decides():
    assert parse_date("05/06/2026", "dmy") == date(2026, 6, 5)
    assert parse_date("05/06/2026", "mdy") == date(2026, 5, 6)
    assert parse_date("26/12/31", "ymd") == date(2026, 12, 31)
    assert parse_date("2026-05-06", "mdy") == date(2026, 5, 6)


def test_two_digits_mean_the_century_around_us():
    this_year = date.today().year  # noqa: DTZ011  # only the year
    assert parse_date(f"1.5.{(this_year + 20) % 100:02}").year == this_year + 20
    assert parse_date(f"1.5.{(this_year + 21) % 100:02}").year == this_year - 79


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31.02.2026", "does not exist"),
        ("29.02.2026", "does not exist"),
        ("32.01.2026", "does not exist"),
        ("12/31/2026", "has no month 31"),
        ("morgen", "is not a date"),
        ("12", "is not a date"),
        ("31.12.", "is not a date"),
        ("1.2.3", "is not a date"),
        ("31.12.2026 sometime", "is not a date"),
    ],
)
def test_what_is_no_date_says_why(text, said):
    with pytest.raises(ImportProblem, match=said):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("31.12.2026 14:30", datetime(2026, 12, 31, 14, 30)),  # noqa: DTZ001  # as written, without a zone
        ("12/31/2026 2:30 PM", None),
        ("31.12.2026 2:30:15 pm", datetime(2026, 12, 31, 14, 30, 15)),  # noqa: DTZ001
        ("31.12.2026 12:05 am", datetime(2026, 12, 31, 0, 5)),  # noqa: DTZ001
        ("2026-12-31T14:30:00Z", datetime(2026, 12, 31, 14, 30, tzinfo=UTC)),
        ("2026-12-31 14:30 +0200", datetime(2026, 12, 31, 14, 30, tzinfo=timezone(timedelta(hours=2)))),
        ("46387.5", datetime(2026, 12, 31, 12)),  # noqa: DTZ001
        ("31.12.2026", datetime(2026, 12, 31)),  # noqa: DTZ001
        ("31.12.2026 25:00", None),
        ("31.12.2026 14:75", None),
    ],
)
def test_moments(text, moment):
    if moment is None:
        with pytest.raises(ImportProblem):
            parse_moment(text)
    else:
        assert parse_moment(text) == moment


@pytest.mark.parametrize(
    ("samples", "region", "order", "is_certain"),
    [
        (["05/06/2026", "31/12/2026"], "US", "dmy", True),
        (["05/06/2026", "12/31/2026"], "DE", "mdy", True),
        (["05.06.2026", "07.08.2026"], "US", "dmy", True),
        (["05/06/2026", "07/08/2026"], "US", "mdy", False),
        (["05/06/2026", "07/08/2026"], "GB", "dmy", False),
        (["2026-12-31"], "US", "ymd", True),
        ([], "", "ymd", True),
    ],
)
def test_the_values_prove_the_order_of_day_and_month(samples, region, order, is_certain):
    found = date_order(samples, region)
    assert (found.order, found.is_certain) == (order, is_certain)


def test_a_column_that_mixes_both_orders_is_reported():
    assert date_order(["31/12/2026", "30/12/2026", "12/31/2026"]).is_mixed


# -- numbers ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234", "1234"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1’234,50", "1234.50"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("12,34,567.89", "1234567.89"),
        ("0,5", "0.5"),
        (",5", "0.5"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("5-", "-5"),
        ("(1.234,50)", "-1234.50"),
        ("+5", "5"),
        ("12,-", "12"),
        ("12,--", "12"),
        ("12k", "12000"),
        ("1,5 Mio.", "1500000"),
        ("2 Mrd", "2000000000"),
        ("3 Tsd.", "3000"),
    ],
)
def test_one_number_in_many_notations(text, number):
    assert parse_number(text) == Decimal(number)


def test_the_decimal_mark_of_the_column_decides_what_is_open():
    assert (parse_number("1.234", "."), parse_number("1.234", ",")) == (Decimal("1.234"), Decimal(1234))
    assert parse_number("1234.5", ",") == Decimal("1234.5")  # cannot be thousands


@pytest.mark.parametrize(
    ("samples", "language", "mark", "is_certain"),
    [
        (["1.234,56", "12"], "en", ",", True),
        (["1,234.56"], "de", ".", True),
        (["1.234", "12,5"], "en", ",", True),
        (["1.234", "5.678"], "de", ",", False),
        (["1.234", "5.678"], "en", ".", False),
        (["19,9 %", "7,0 %"], "en", ",", True),
        (["1.234.567"], "en", ",", True),
    ],
)
def test_the_values_prove_the_decimal_mark(samples, language, mark, is_certain):
    found = decimal_mark(samples, language)
    assert (found.mark, found.is_certain) == (mark, is_certain)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("25.000 - 40.000", "is a range"),
        ("1.2.3", "not a number"),
        ("zwölf", "not a number"),
        ("1e5", "not a number"),
    ],
)
def test_what_is_no_number_says_why(text, said):
    with pytest.raises(ImportProblem, match=said):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [
        ("1.234,56 €", "1234.56", "EUR"),
        ("1.234,56€", "1234.56", "EUR"),
        ("€ 12,50", "12.50", "EUR"),
        ("EUR 12", "12", "EUR"),
        ("12 Euro", "12", "EUR"),
        ("$1,234.56", "1234.56", "USD"),
        ("US$ 5", "5", "USD"),
        ("-12,50 €", "-12.50", "EUR"),
        ("€-5", "-5", "EUR"),
        ("CHF 1'234.50", "1234.50", "CHF"),
        ("Fr. 12.50", "12.50", "CHF"),
        ("12.-- CHF", "12", "CHF"),
        ("25 T€", "25000", "EUR"),
        ("5 Mio. €", "5000000", "EUR"),
        ("£1.2m", "1200000", "GBP"),
        ("99 zł", "99", "PLN"),
        ("100", "100", "SEK"),
        ("1.000 kr", "1000", "SEK"),
    ],
)
def test_money_in_many_notations(text, number, currency):
    assert parse_money(text, "", "SEK") == (Decimal(number), currency)


def test_percentages():
    assert parse_percent("19 %") == parse_percent("19%") == parse_percent("19 Prozent") == 19
    assert parse_percent("7,5 %") == Decimal("7.5")
    assert parse_percent("0.19", is_share=True) == 19
    assert parse_percent("19 %", is_share=True) == 19


# -- words ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["yes", "Ja", "TRUE", "WAHR", "x", "1", "✓", "y", "on", " JA "])
def test_yes(text):
    assert parse_yes_no(text) is True


@pytest.mark.parametrize("text", ["no", "Nein", "FALSE", "FALSCH", "0", "n", "off"])
def test_no(text):
    assert parse_yes_no(text) is False


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("D", "DE"),
        ("Deutschland", "DE"),
        ("GERMANY", "DE"),
        ("DEU", "DE"),
        ("Bundesrepublik Deutschland", "DE"),
        ("Deutschland (DE)", "DE"),
        ("Österreich", "AT"),
        ("Oesterreich", "AT"),
        ("Schweiz", "CH"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("The Netherlands", "NL"),
        ("Holland", "NL"),
        ("España", "ES"),
        ("Türkei", "TR"),
        ("Turkey", "TR"),
        ("Czech Republic", "CZ"),
        ("Korea, Republic of", "KR"),
        ("Hong Kong", "HK"),
    ],
)
def test_countries_by_name_and_code(text, code):
    assert parse_country(text) == code


def test_an_unknown_country_says_what_to_write():
    with pytest.raises(ImportProblem, match="two letters"):
        parse_country("Narnia")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "de"),
        ("Deutsch", "de"),
        ("German", "de"),
        ("de-DE", "de"),
        ("en_US", "en"),
        ("français", "fr"),
        ("ger", "de"),
    ],
)
def test_languages_by_name_and_code(text, code):
    assert parse_language(text) == code


def test_what_says_nothing_is_blank():
    assert all(is_blank(text) for text in ("", " ", "-", "n/a", "#NV", "NULL", "k. A.", "0000-00-00"))
    assert not any(is_blank(text) for text in ("0", "no", "x", "NA"))


# -- ways to reach somebody -------------------------------------------------------------------------------------
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


# -- addresses and organizations --------------------------------------------------------------------------------
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


# -- columns ----------------------------------------------------------------------------------------------------
KINDS = sorted(
    words(
        "text longtext name link user number money percent date moment yesno choice choices email phone web address "
        "postcode country language tags"
    )
)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_cell_says_the_answer_is_a_value_or_a_sentence(kind):
    read = parser_for(kind, ColumnFormat(region="DE", options={"lead": "lead"}))
    for text in HOSTILE:
        try:
            read(text)
        except ImportProblem as problem:
            assert 5 < len(str(problem)) < 400


def test_blank_cells_are_none_but_a_name_may_be_null():
    how = ColumnFormat(options={"lead": "lead"})
    for kind in KINDS:
        assert parser_for(kind, how)("  ") is None
    assert parser_for("date", how)("n/a") is None
    assert parser_for("text", how)("Null") == "Null"


def test_choices_are_compared_by_label_and_key():
    read = parser_for("choice", ColumnFormat(options={"in contact": "lead", "lead": "lead"}))
    assert read(" In  Contact ") == read("LEAD") == "lead"
    with pytest.raises(ImportProblem, match="none of the choices"):
        read("maybe")
    several = parser_for("choices", ColumnFormat(options={"a": "a", "b": "b"}, separator=";"))
    assert several("a; b") == ["a", "b"]


def test_a_problem_is_said_in_the_language_of_the_reader():
    problem = ImportProblem("%(count)s of 100 %%", count=3)
    assert str(problem) == "3 of 100 %"
