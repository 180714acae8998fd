"""Numbers, money and percentages in every notation."""

from decimal import Decimal

import pytest

from rapport.kernel.imports.values import ImportProblem
from rapport.kernel.imports.values.numbers import decimal_mark, parse_money, parse_number, parse_percent


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
