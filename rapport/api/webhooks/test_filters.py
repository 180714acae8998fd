"""The filter of a webhook is built or typed; another record type, several or none never lose it unsaid."""

import re
from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.api.webhooks.models import Subscription
from rapport.kernel.lists.panels.test_builder import Form
from rapport.kernel.testing import make
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db
NEW = "/settings/webhooks/new/"
FORM = {"name": "ERP", "url": "https://example.com/in", "types": ["people"], "acts": ["create"]}
BUILT = {
    **FORM, "built-of": "people", "typed": "", "typed-before": "", "n": ["0"], "form-0": "condition",
    "field-0": "city", "is-0": "is", "value-0": "Ulm",
}  # fmt: skip
IN_ULM = {"all": [{"field": "city", "is": "is", "value": "Ulm"}]}


@pytest.fixture
def admin(administrator: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("rapport.api.webhooks.forms.checked_url", lambda url: url)
    make(Person, by=administrator, owner=administrator, name="Ada", city="Ulm")
    client.force_login(administrator)
    return client


def said(client: Client, address: str, form: dict[str, Any]) -> str:
    answer = client.post(address, form)
    assert answer.status_code in (200, 422)
    return answer.content.decode()


def test_the_filter_is_built_counted_and_kept(admin: Client) -> None:
    seen = said(admin, f"{NEW}?preview=1", BUILT)
    assert '<b class="t2">1</b> person<' in seen and "City is Ulm</p>" in seen
    assert 'value="city = Ulm"' in seen and not Subscription.objects.exists()
    assert admin.post(NEW, BUILT).status_code == 302
    hook = Subscription.objects.get()
    assert hook.filter == IN_ULM
    page = admin.get(f"/settings/webhooks/{hook.pk}/").content.decode()
    assert 'value="city = Ulm"' in page and "City is Ulm</p>" in page and 'name="field-0"' in page
    sent: dict[str, list[str]] = {}
    for name, value in Form(page).pairs:
        sent.setdefault(name, []).append(value)
    hook_before = Subscription.objects.values().get()
    assert admin.post(f"/settings/webhooks/{hook.pk}/", sent).status_code == 302
    assert Subscription.objects.values().get() == hook_before
    cleared = {**BUILT, "n": [], "typed": "", "typed-before": "city = Ulm"}
    assert admin.post(f"/settings/webhooks/{hook.pk}/", cleared).status_code == 302
    assert Subscription.objects.get().filter == {}


def test_without_scripts_it_is_typed_before_a_type_is_ticked(admin: Client) -> None:
    page = admin.get(NEW).content.decode()
    assert 'name="typed"' in page and 'name="field-0"' not in page
    assert admin.post(NEW, {**FORM, "typed": "city = Ulm"}).status_code == 302
    assert Subscription.objects.get().filter == IN_ULM


@pytest.mark.parametrize("kinds", [[], ["people", "deals"]])
def test_of_several_types_or_none_it_stays_as_text_and_is_told(admin: Client, kinds: list[str]) -> None:
    seen = said(admin, f"{NEW}?preview=1", {**BUILT, "types": kinds})
    assert 'id="hook-filter" hx-swap-oob="true"' in seen and 'value="city = Ulm"' in seen
    assert "A filter needs exactly one record type." in seen and 'name="field-0"' not in seen
    seen = said(admin, NEW, {**BUILT, "types": kinds})
    assert "A filter needs exactly one record type." in seen and 'value="city = Ulm"' in seen
    again = said(admin, f"{NEW}?preview=1", {**FORM, "types": ["organizations"], "typed": "city = Ulm"})
    assert 'name="built-of" value="organizations"' in again and re.search(
        r'name="value-0" value="Ulm"', again
    )
    assert admin.post(NEW, {**FORM, "types": kinds, "typed": ""}).status_code == 302


def test_another_type_keeps_what_it_has_too_and_tells_the_rest_at_its_line(admin: Client) -> None:
    others = said(admin, f"{NEW}?preview=1", {**BUILT, "types": ["organizations"]})
    assert 'name="built-of" value="organizations"' in others and "/organizations/filter/line/" in others
    assert 'value="Ulm"' in others and 'class="err"' not in others
    deals = {**BUILT, "types": ["deals"]}
    for seen in (said(admin, f"{NEW}?preview=1", deals), said(admin, NEW, deals)):
        assert 'value="Ulm"' in seen and seen.count('<span class="err">') == 1
    assert not Subscription.objects.exists()


def test_what_cannot_be_read_stays_as_it_was_typed(admin: Client) -> None:
    wrong = {**FORM, "built-of": "people", "typed": "nonsense is this", "typed-before": ""}
    assert 'class="bad"' in said(admin, f"{NEW}?preview=1", wrong)
    assert 'value="nonsense is this"' in said(admin, NEW, wrong)
    assert 'value="nonsense is this"' in said(admin, f"{NEW}?preview=1", {**wrong, "types": ["deals"]})
    assert not Subscription.objects.exists()
