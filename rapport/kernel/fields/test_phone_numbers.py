"""Telephone numbers in every notation."""

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

from rapport.kernel.fields.phone_numbers import digits, format_phone, parse_phone


@pytest.mark.parametrize(
    "text",
    [
        "+49 221 1234567",
        "0221 1234567",
        "0221/1234567",
        "(0221) 123-45-67",
        "+49 (0) 221 1234567",
        "+49(0)221/1234567",
        "0049 221 1234567",
        "0049 (0)221 1234567",
        "Tel.: 0221 1234567",
        "Zentrale: +49 221 1234567",
        "+49\u00a0221\u20111234567",
        " \u202a+49 221 1234567\u202c ",
        "221 1234567",
        "0221 1234567 (work)",
    ],
)
def test_every_notation_of_a_german_number_is_the_same_number(text):
    number = parse_phone(text, "DE")
    assert number is not None
    assert (number.e164, number.digits) == ("+492211234567", "492211234567")


@pytest.mark.parametrize(
    ("text", "region", "e164", "extension"),
    [
        ("(415) 555-2671", "US", "+14155552671", ""),
        ("+1 (415) 555-2671 x3", "DE", "+14155552671", "3"),
        ("0221 1234567 DW 12", "DE", "+492211234567", "12"),
        ("0221 1234567 ext. 12", "DE", "+492211234567", "12"),
        ("06 12345678", "NL", "+31612345678", ""),
        ("0031 6 555 0190", "DE", "+3165550190", ""),
        ("044 668 18 00", "CH", "+41446681800", ""),
        ("06 1234 5678", "IT", "+390612345678", ""),
        ("020 7946 0018", "GB", "+442079460018", ""),
        ("01 23 45 67 89", "FR", "+33123456789", ""),
        ("8 (495) 123-45-67", "RU", "+74951234567", ""),
        ("011 49 221 1234567", "US", "+492211234567", ""),
        ("+49 221 1234567", "", "+492211234567", ""),
    ],
)
def test_numbers_of_the_world(text, region, e164, extension):
    number = parse_phone(text, region)
    assert number is not None
    assert (number.e164, number.extension, number.raw) == (e164, extension, " ".join(text.split()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "12",
        "112",
        "none",
        "2026-12-31",
        "31.12.2026",
        "1,5",
        "Hauptstraße 12345",
        "a@b.de",
        "9" * 200,
        "+49" + "1" * 30,
        "\0\0\0",
        "x" * 59 + "1",
        "🤷🤷🤷 1",
        "=1+1",
        "<b>0221</b>",
    ],
)
def test_what_is_no_number_is_none(text):
    assert parse_phone(text, "DE") is None


def test_a_national_number_needs_a_region():
    assert parse_phone("0221 1234567", "") is None
    assert parse_phone("555-2671", "US") is None  # the area code is missing


def test_the_short_cut_finds_what_the_library_finds():
    """Plain numbers take a quicker way than the library; both have to agree for every country."""
    dice = random.Random(7)
    wrong = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in range(11):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            national = int(str(example.national_number)[:-3] + str(dice.randrange(100, 999)))
            number = phonenumbers.PhoneNumber(
                country_code=example.country_code,
                national_number=national,
                italian_leading_zero=example.italian_leading_zero,
            )
            for style in (
                PhoneNumberFormat.E164,
                PhoneNumberFormat.INTERNATIONAL,
                PhoneNumberFormat.NATIONAL,
            ):
                text = phonenumbers.format_number(number, style)
                found, expected = parse_phone(text, region), _by_library(text, region)
                if (found.e164 if found else None) != expected:
                    wrong.append((region, text, found, expected))
    assert wrong == []


def _by_library(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    is_possible = (
        phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if is_possible else None


def test_numbers_are_shown_national_at_home_and_international_abroad():
    assert format_phone("+492211234567", "DE") == "0221 1234567"
    assert format_phone("+492211234567", "FR") == "+49 221 1234567"
    assert format_phone("+492211234567") == "+49 221 1234567"
    assert format_phone("whatever") == "whatever"


def test_digits():
    assert digits("+49 (0)221/12-34") == "4902211234"
