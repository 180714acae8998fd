"""A link into the trash counts as empty wherever somebody looks, and leads there again when the record comes back."""

from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, Related, compile_filter, trashed
from rapport.kernel.filters.explain import explain_record, why_words
from rapport.kernel.records import delete_record, restore_record
from rapport.kernel.testing import make
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.testing.known import kind_of

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["few", "full"])
def trash(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What leads into a trash that is too full is asked for each row."""
    if request.param == "full":
        monkeypatch.setattr(trashed, "MOST", 0)


def found(user: User, *said: Any) -> set[str]:  # Any: nodes
    people = kind_of("people")
    user = User.objects.get(pk=user.pk)  # as the next request has him
    compiled = compile_filter(Group("all", said), people, Context(user))
    assert not compiled.problems
    return {str(one) for one in people.visible_to(user).filter(compiled.condition)}


@pytest.mark.usefixtures("trash")
def test_filters_agree_with_what_lists_show(administrator: User) -> None:
    people, model = kind_of("people"), kind_of("people").model
    kept, gone = (make(kind_of("organizations").model, owner=administrator, name=name) for name in ("K", "G"))
    own = add_custom_field(people, "link", by=administrator)
    boss = make(model, owner=administrator, name="Boss", organization=kept)
    make(model, owner=administrator, name="Ann", organization=gone, **{own.name: boss})
    make(model, owner=administrator, name="Nobody's")
    for name, target in (("organization", gone), (own.name, boss)):
        delete_record(type(target).objects.get(pk=target.pk), by=administrator)
        among = found(administrator, Condition(name, "empty"))
        assert {"Ann", "Nobody's"} <= among and not among & found(administrator, Condition(name, "filled"))
        assert "Ann" not in found(administrator, Condition(name, "any", str(target.pk)))
        assert "Ann" in found(administrator, Condition(name, "none", str(target.pk)))
        has = Related(
            "people:" + own.name, "count", "", "min", "1", Group("all", (Condition(name, "filled"),))
        )
        assert found(administrator, has) == set()
        restore_record(type(target).objects.get(pk=target.pk), by=administrator)
        assert "Ann" in found(administrator, Condition(name, "filled"))
        assert found(administrator, Condition(name, "any", str(target.pk))) == {"Ann"}


def test_list_groups_explanation_export_and_page_say_the_same(client: Client, administrator: User) -> None:
    organizations, people = kind_of("organizations"), kind_of("people")
    acme = make(organizations.model, owner=administrator, name="Acme")
    ann = make(people.model, owner=administrator, name="Ann", organization=acme)
    delete_record(organizations.model.objects.get(pk=acme.pk), by=administrator)
    client.force_login(administrator)
    for address in (
        "/people/?f=organization.empty",
        "/people/?f=organization.filled",
        "/people/?by=organization",
        f"/people/{ann.pk}/",
        f"/people/{ann.pk}/peek/",
    ):
        text = client.get(address).content.decode()
        assert "Acme" not in text, address
        assert ("Ann" in text) is not address.endswith("filled"), address
    tree = Group("all", (Condition("organization", "filled"),))
    reason = explain_record(tree, people.model.objects.get(pk=ann.pk), people, Context(administrator))
    assert not reason.holds and why_words(reason).endswith("(here: nothing).")
    file = client.get("/people/export/file/?format=csv&columns=name,organization")
    lines = b"".join(file).decode()  # type: ignore[call-overload]
    assert "Ann" in lines and "Acme" not in lines
