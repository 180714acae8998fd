"""Amounts in other currencies: converted at the rate of their day, apart without one, never mixed unsaid."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rapport.accounts.testing import make_user
from rapport.kernel.currencies import store
from rapport.kernel.currencies.models import Rate
from rapport.kernel.currencies.reading import read_rates
from rapport.kernel.currencies.totals import Total, total
from rapport.kernel.fields import Amount
from rapport.kernel.imports.readers.table import UnreadableFile
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.testing.make import make

pytestmark = pytest.mark.django_db


def kind_of(key: str) -> RecordType:
    kind = type_by_key(key)
    assert kind is not None
    return kind


def rate(currency: str, value: str, day: date | None = None) -> None:
    store.keep([Rate(base="EUR", currency=currency, rate=Decimal(value), day=day or date(2020, 1, 1))])


def deal(amount: str, currency: str, **values: object) -> object:
    owner = values.pop("owner", None) or make_user(role="administrator")
    return make(kind_of("deals").model, owner=owner, amount=Amount(Decimal(amount), currency), **values)


def plain(text: object) -> str:
    return re.sub("[\u00a0\u202f]", " ", str(text))


def whole() -> Total:
    kind = kind_of("deals")
    return total(kind.model.objects.all(), kind.fields["amount"], "EUR")


def test_other_currencies_take_part_at_their_rate_and_the_sum_says_so() -> None:
    rate("USD", "0.5")
    deal("100", "EUR")
    deal("30", "USD")
    assert plain(whole()) == "≈ € 115"
    assert plain(whole().hint) == "With US$ 30 at the rates of their days."


def test_without_a_rate_an_amount_stands_beside_the_sum() -> None:
    deal("100", "EUR")
    deal("30", "CHF")
    assert plain(whole()) == "€ 100 and CHF 30"
    assert "no exchange rate" in whole().hint


def test_the_rate_of_the_day_counts_and_a_rate_of_tomorrow_does_not() -> None:
    today = timezone.localdate()
    rate("USD", "0.5")
    rate("USD", "0.8", today)
    rate("USD", "9", today + timedelta(days=1))
    deal("100", "USD")
    assert plain(whole()) == "≈ € 80"


def test_a_closed_deal_keeps_the_rate_of_the_day_on_which_it_was_closed() -> None:
    one = deal("100", "USD")
    rate("USD", "0.5")
    rate("USD", "0.8", date(2024, 6, 1))
    model = type(one)
    model.objects.filter(pk=one.pk).update(outcome="won", closed_on=date(2024, 5, 31))
    assert plain(whole()) == "≈ € 50"
    model.objects.filter(pk=one.pk).update(closed_on=date(2024, 6, 1))
    assert plain(whole()) == "≈ € 80"


def test_one_amount_before_the_first_rate_keeps_all_of_its_currency_apart() -> None:
    rate("USD", "0.5", date(2024, 1, 1))
    deal("100", "USD")
    old = deal("10", "USD")
    type(old).objects.filter(pk=old.pk).update(outcome="won", closed_on=date(2023, 1, 1))
    assert plain(whole()) == "US$ 110"


def test_list_board_and_page_tell_the_converted_sum(client: Client) -> None:
    user = make_user(role="administrator")
    client.force_login(user)
    organization = make(kind_of("organizations").model, owner=user)
    rate("USD", "0.5")
    deal("3000", "EUR", owner=user, organization=organization)
    one = deal("4000", "USD", owner=user, organization=organization)
    listed = plain(client.get(reverse("list", args=["deals"]) + "figures/").content.decode())
    assert "≈ € 5,000" in listed
    assert "With US$ 4,000 at the rates of their days." in listed
    board = client.get(reverse("board", args=["deals"])).content.decode()
    assert 'data-total="5000.00"' in board
    assert client.get(reverse("record", args=["organizations", organization.pk])).content.decode().count("≈ ")
    assert "≈ € 2k" in plain(client.get(reverse("record", args=["deals", one.pk])).content.decode())
    grouped = plain(client.get(reverse("list", args=["deals"]) + "?by=stage").content.decode())
    assert "≈ € 5,000" in grouped


# -- keeping rates ----------------------------------------------------------------------------------------------
def test_a_rate_is_added_seen_and_removed(client: Client) -> None:
    client.force_login(make_user(role="administrator"))
    page = reverse("currencies")
    assert client.post(page, {"currency": "USD", "rate": "0.92", "day": "2026-01-05"}).status_code == 302
    assert "1 USD = 0.92 EUR" in client.get(page).content.decode()
    history = client.get(page + "?currency=USD").content.decode()
    assert f'value="{Rate.objects.get().pk}"' in history
    client.post(reverse("rate_remove"), {"rate": Rate.objects.get().pk})
    assert not Rate.objects.exists()
    assert client.post(reverse("rate_remove"), {"rate": "1"}).status_code == 302


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"currency": "EUR", "rate": "1", "day": "2026-01-05"}, "own currency"),
        ({"currency": "USD", "rate": "0", "day": "2026-01-05"}, "larger than zero"),
        ({"currency": "USD", "rate": "1e999999", "day": "2026-01-05"}, "number"),
        ({"currency": "USD", "rate": "0.000000000001", "day": "2026-01-05"}, "too small"),
        ({"currency": "XXX", "rate": "1", "day": "2026-01-05"}, "err"),
        ({"currency": "USD", "rate": "1", "day": "5.1."}, "err"),
    ],
)
def test_what_is_no_rate_is_refused_and_kept_in_the_form(
    client: Client, said: dict[str, str], complaint: str
) -> None:
    client.force_login(make_user(role="administrator"))
    answer = client.post(reverse("currencies"), said)
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert not Rate.objects.exists()


def test_only_administrators_keep_rates(client: Client) -> None:
    client.force_login(make_user(role="member"))
    assert client.get(reverse("currencies")).status_code in (403, 404)
    client.post(reverse("currencies"), {"currency": "USD", "rate": "1", "day": "2026-01-05"})
    assert not Rate.objects.exists()


# -- files ------------------------------------------------------------------------------------------------------
def read(folder: Path, text: str, *, is_of_base: bool | None = None) -> list[tuple[str, str, str]]:
    path = folder / "rates.csv"
    path.write_text(text)
    found = read_rates(path, "EUR", is_of_base=is_of_base)
    return [(one.currency, one.day.isoformat(), f"{one.rate.normalize():f}") for one in found.rates]


def test_the_file_of_the_central_bank_is_read(tmp_path: Path) -> None:
    text = "Date,USD,JPY,CYP,\n2026-01-05,1.25,160,N/A,\n2026-01-02,1.6,200,N/A,\n"
    usual = [
        ("USD", "2026-01-05", "0.8"), ("JPY", "2026-01-05", "0.00625"),
        ("USD", "2026-01-02", "0.625"), ("JPY", "2026-01-02", "0.005"),
    ]  # fmt: skip
    assert read(tmp_path, text) == read(tmp_path, text, is_of_base=True) == usual
    assert read(tmp_path, text, is_of_base=False)[0] == ("USD", "2026-01-05", "1.25")


def test_a_german_list_is_read(tmp_path: Path) -> None:
    text = "Währung;Kurs;gültig ab\nUSD;0,92;31.01.2026\nCHF;1,0512;28.02.2026\n"
    assert read(tmp_path, text) == [("USD", "2026-01-31", "0.92"), ("CHF", "2026-02-28", "1.0512")]


def test_a_file_without_rates_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for text in ("Name,City\nAda,London\n", "Date,Name\n2026-01-01,Ada\n"):
        with pytest.raises(UnreadableFile):
            read(tmp_path, text)


def test_good_rates_of_a_file_are_kept_and_wrong_ones_told(client: Client) -> None:
    client.force_login(make_user(role="administrator"))
    rows = "".join(f"2026-01-{day:02},USD,0.9{day}\n" for day in range(1, 29))
    file = SimpleUploadedFile("rates.csv", f"day,currency,rate\n{rows}2026-02-01,USD,-4\n".encode())
    answer = client.post(reverse("currencies_file"), {"file": file})
    assert answer.status_code == 422
    assert "28 rates are new" in answer.content.decode()
    assert "Line 30" in answer.content.decode()
    assert Rate.objects.count() == 28
    same = SimpleUploadedFile("rates.csv", b"day,currency,rate\n2026-01-01,USD,0.5\n2026-01-02,USD,0.92\n")
    client.post(reverse("currencies_file"), {"file": same})
    assert Rate.objects.get(day=date(2026, 1, 1)).rate == Decimal("0.5")
    assert client.post(reverse("currencies_file"), {}).status_code == 422
