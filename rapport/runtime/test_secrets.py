"""Secrets at rest: sealed in the table, open for us, closed with another key."""

import logging

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.test import override_settings

from rapport.accounts.testing import make_user
from rapport.api.testing import make_webhook
from rapport.api.webhooks.models import Subscription
from rapport.runtime.secrets import SIGN, CannotBeOpened, seal, unseal


def test_what_is_sealed_opens_for_its_purpose_only() -> None:
    sealed = seal("whsec_é🚲", "webhooks")
    assert sealed.startswith(SIGN)
    assert "whsec" not in sealed
    assert sealed != seal("whsec_é🚲", "webhooks"), "never alike twice"
    assert unseal(sealed, "webhooks") == "whsec_é🚲"
    with pytest.raises(CannotBeOpened):
        unseal(sealed, "calendars")


@pytest.mark.parametrize("spoiled", ["", "plain", SIGN, SIGN + "AA", SIGN + "§", SIGN + "A" * 80])
def test_what_nobody_sealed_does_not_open(spoiled: str) -> None:
    with pytest.raises(CannotBeOpened):
        unseal(spoiled, "webhooks")


def test_another_key_opens_nothing_and_an_old_one_still_does() -> None:
    with override_settings(SECRET_KEY="old"):
        sealed = seal("x", "webhooks")
    with pytest.raises(CannotBeOpened):
        unseal(sealed, "webhooks")
    with override_settings(SECRET_KEY_FALLBACKS=["older", "old"]):
        assert unseal(sealed, "webhooks") == "x"


@pytest.mark.django_db
def test_a_column_holds_its_secret_sealed(caplog: pytest.LogCaptureFixture) -> None:
    made = make_webhook(make_user())
    with connection.cursor() as cursor:
        cursor.execute("select secret from api_subscription where id = %s", [made.pk])
        assert cursor.fetchone()[0].startswith(SIGN)
    assert Subscription.objects.get(pk=made.pk).secret == "whsec_x"
    with pytest.raises(FieldError):
        Subscription.objects.filter(secret="whsec_x").exists()
    with override_settings(SECRET_KEY="another"), caplog.at_level(logging.ERROR):
        assert Subscription.objects.get(pk=made.pk).secret == ""
    assert "api.subscription.secret cannot be opened" in caplog.text
