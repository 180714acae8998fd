"""Every field type answers for its values: what people say, what it means, how it is shown and compared."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from rapport.kernel import fields as f
from rapport.kernel.fields import Amount, Context, operator_named
from rapport.kernel.registry import types

GERMAN, ENGLISH = "de", "en"
CONTEXT = Context(country="DE", currency="EUR")
COLORS = [("red", "Red"), ("blue", "Blue")]


def made(kind: type[Any], **options: Any) -> Any:
    field = kind("Thing", privacy=f.INTERNAL, **options)
    field.set_attributes_from_name("thing")
    return field


@pytest.mark.parametrize(
    ("field", "said", "language", "value"),
    [
        (made(f.Text), "  two \t words\x00 ", ENGLISH, "two words"),
        (made(f.Text), "bill\u202efdp.exe", ENGLISH, "billfdp.exe"),
        (made(f.LongText), "a\r\nb ", ENGLISH, "a\nb"),
        (made(f.Number), "1.234", GERMAN, Decimal(1234)),
        (made(f.Number, decimal_places=2), "1,234.5", ENGLISH, Decimal("1234.50")),
        (made(f.Number), "", ENGLISH, None),
        (made(f.Percent), "35 %", ENGLISH, Decimal(35)),
        (made(f.Money), "1.234,50 €", GERMAN, Amount(Decimal("1234.50"), "EUR")),
        (made(f.Money), "CHF 12", ENGLISH, Amount(Decimal(12), "CHF")),
        (made(f.Money), "99.9", ENGLISH, Amount(Decimal("99.90"), "EUR")),
        (made(f.Money), "3.900 Euro", GERMAN, Amount(Decimal(3900), "EUR")),
        (made(f.Money), "100,- €", GERMAN, Amount(Decimal(100), "EUR")),
        (made(f.Money), "Fr. 1'200.–", ENGLISH, Amount(Decimal(1200), "CHF")),
        (made(f.Date), "31.12.2026", GERMAN, date(2026, 12, 31)),
        (made(f.Date), "2026-12-31", ENGLISH, date(2026, 12, 31)),
        (made(f.YesNo), "ja", GERMAN, True),
        (made(f.YesNo), "", ENGLISH, False),
        (made(f.Choice, choices=COLORS), "Blue", ENGLISH, "blue"),
        (made(f.Choices, among=COLORS), "red; Blue", ENGLISH, ["red", "blue"]),
        (made(f.Tags), "fleet, pilot; fleet", ENGLISH, ["fleet", "pilot"]),
        (made(f.Email), " Ingrid@Example.COM ", ENGLISH, "ingrid@example.com"),
        (made(f.Phone), "0170 5550188", GERMAN, "+491705550188"),
        (made(f.Phone), "+44 20 7946 0123", GERMAN, "+442079460123"),
        (made(f.Web), "example.com/a", ENGLISH, "https://example.com/a"),
        (made(f.Country), "Deutschland", GERMAN, "DE"),
        (made(f.Country), "Germany", GERMAN, "DE"),
        (made(f.Language), "German", ENGLISH, "de"),
    ],
    ids=lambda part: type(part).__name__ if isinstance(part, f.FieldType) else repr(part)[:20],
)
def test_what_people_say_becomes_a_value(field: Any, said: str, language: str, value: Any) -> None:
    with translation.override(language):
        assert field.parse(said, CONTEXT) == value


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (made(f.Text), "x" * 251),
        (made(f.LongText), "x" * 100_001),
        (made(f.Number), "many"),
        (made(f.Number), "NaN"),
        (made(f.Number), "1e30"),
        (made(f.Number, lowest=0), "-1"),
        (made(f.Percent), "101"),
        (made(f.Money, lowest=0), "-5 EUR"),
        (made(f.Date), "31.02.2026"),
        (made(f.Moment), "soon"),
        (made(f.YesNo), "perhaps"),
        (made(f.Choice, choices=COLORS), "green"),
        (made(f.Choices, among=COLORS), "red, green"),
        (made(f.Tags), ",".join(f"t{number}" for number in range(51))),
        (made(f.Email), "not an address"),
        (made(f.Email), "a@b@c.de"),
        (made(f.Phone), "call me"),
        (made(f.Web), "javascript:alert(1)"),
        (made(f.Web), "https://two words.de"),
        (made(f.Country), "Atlantis"),
        (made(f.Address), {"planet": "Mars"}),
    ],
    ids=lambda part: type(part).__name__ if isinstance(part, f.FieldType) else repr(part)[:20],
)
def test_what_cannot_be_is_refused_with_a_sentence(field: Any, said: Any) -> None:
    with pytest.raises(ValidationError) as problem:
        field.parse(said, CONTEXT)
    assert str(problem.value.messages[0]).endswith((".", "!"))


@pytest.mark.parametrize("language", [ENGLISH, GERMAN])
@pytest.mark.parametrize(
    "field",
    [
        made(f.Number, decimal_places=2), made(f.Percent), made(f.Money), made(f.Date), made(f.Moment), made(f.Tags),
        made(f.Choice, choices=COLORS), made(f.Choices, among=COLORS), made(f.Country), made(f.Language),
        made(f.Email), made(f.Phone), made(f.Web), made(f.Text), made(f.Address),
    ],
    ids=lambda part: type(part).__name__,
)  # fmt: skip
def test_what_the_form_shows_is_read_back_as_the_same_value(field: Any, language: str) -> None:
    with translation.override(language), timezone.override("Europe/Berlin"):
        value = field.sample(7)
        said = value if isinstance(value, dict) else field.input(value)
        assert field.parse(said, CONTEXT) == value


def test_values_are_shown_in_the_language_of_the_reader() -> None:
    money = Amount(Decimal("1234.5"), "EUR")
    with translation.override(GERMAN):
        assert made(f.Money).text(money).replace("\xa0", " ") in ("1.234,50 €", "€ 1.234,50")
        assert made(f.YesNo).text(True) == "Ja"
        assert made(f.Country).text("AT") == "Österreich"
    with translation.override(ENGLISH):
        assert made(f.Country).text("AT") == "Austria"


@pytest.mark.parametrize(
    "field",
    [made(f.Text), made(f.Email), made(f.Web), made(f.Phone), made(f.Tags), made(f.Choice, choices=COLORS)],
    ids=lambda part: type(part).__name__,
)
def test_markup_in_values_is_never_markup_on_the_page(field: Any) -> None:
    said = "<script>alert(1)</script>"
    html = str(field.html([said] if field.is_multiple else said, CONTEXT))
    assert "<script" not in html and "&lt;script" in html


def test_money_of_the_web_address_is_compared_by_its_number() -> None:
    field = made(f.Money)
    operator = operator_named(field.operators, "between")
    assert field.parse_operand(operator, "10..20 EUR", CONTEXT) == (Decimal(10), Decimal(20))


def test_a_moment_without_zone_is_meant_in_the_time_zone_of_the_user() -> None:
    with timezone.override("Europe/Berlin"):
        moment = made(f.Moment).parse("2026-07-01 14:30", CONTEXT)
    assert moment.astimezone(UTC) == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


def test_a_field_without_privacy_class_cannot_be_migrated() -> None:
    field = f.Text("Thing")
    field.set_attributes_from_name("thing")
    field.model = type_of_model_for_checks()
    assert [problem.id for problem in field.check() if problem.id == "rapport.E001"]
    with_class = made(f.Text)
    with_class.model = field.model
    assert not [problem.id for problem in with_class.check() if problem.id == "rapport.E001"]


def type_of_model_for_checks() -> Any:
    """Any model: Django's own checks of a field look at it."""
    return types()[0].model


def test_labels_and_flags_cause_no_migration() -> None:
    plain = made(f.Text, listed=True, searched=True, help="Help")
    _name, path, _args, kwargs = plain.deconstruct()
    assert (path, kwargs) == ("django.db.models.TextField", {"blank": True, "default": ""})
    assert type(plain.clone()).__module__.startswith("django.")


def test_an_address_leads_to_a_map_unless_the_installation_wants_none(settings: Any) -> None:
    field = f.Address("", privacy=f.PERSONAL)
    value = {"street": "Am Kai 3 & 4", "postcode": "20457", "city": "Hamburg"}
    assert (
        'href="https://www.openstreetmap.org/search?query=Am%20Kai%203%20%26%204%2C%2020457%20Hamburg"'
        in field.html(value, Context())
    )
    settings.MAP_URL = ""
    assert "href" not in field.html(value, Context())
