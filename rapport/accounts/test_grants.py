"""Grants: the most permissive role counts, everything unknown is refused."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command

from rapport.accounts.grants import ACTS, grant
from rapport.accounts.install import install
from rapport.accounts.models import Role
from rapport.accounts.testing import make_user

pytestmark = pytest.mark.django_db


def test_the_three_roles_are_there_after_migration():
    assert list(Role.objects.values_list("key", flat=True)) == ["administrator", "member", "restricted"]


@pytest.mark.parametrize(
    ("role", "reach"), [("administrator", "all"), ("member", "all"), ("restricted", "team")]
)
def test_a_role_reaches_as_far_as_it_says(role, reach):
    user = make_user(role=role)
    assert {act: grant(user, "deals", act) for act in ACTS} == {
        "create": "all", "read": reach, "edit": reach, "delete": reach, "export": reach, "bulk": reach,
    }  # fmt: skip


def test_the_most_permissive_of_several_roles_counts():
    user = make_user(role="restricted")
    user.roles.add(Role.objects.create(key="seller", grants={"deals": {"read": "all", "delete": "none"}}))
    user = type(user).objects.get(pk=user.pk)
    assert grant(user, "deals", "read") == "all"
    assert grant(user, "people", "read") == "team"
    assert grant(user, "deals", "delete") == "team"


def test_what_is_said_of_one_type_goes_before_what_is_said_of_all():
    user = make_user(role=None)
    user.roles.add(
        Role.objects.create(key="x", grants={"*": {"read": "all", "edit": "own"}, "deals": {"read": "none"}})
    )
    assert grant(user, "deals", "read") == "none"
    assert grant(user, "deals", "edit") == "own"


@pytest.mark.parametrize("grants", [{}, {"*": {}}, {"*": {"read": "everything"}}, {"*": {"reed": "all"}}])
def test_what_is_not_granted_or_misspelled_is_refused(grants):
    user = make_user(role=None)
    user.roles.add(Role.objects.create(key="x", grants=grants))
    assert grant(user, "deals", "read") == "none"


def test_strangers_and_deactivated_users_have_no_rights():
    assert grant(AnonymousUser(), "deals", "read") == "none"
    assert grant(make_user(role="administrator", is_active=False), "deals", "read") == "none"
    assert not make_user(role="administrator", is_active=False).is_administrator


def test_roles_are_read_once_per_user_object(django_assert_num_queries):
    user = make_user(role="restricted")
    user = type(user).objects.get(pk=user.pk)
    with django_assert_num_queries(1):
        assert [grant(user, kind, "read") for kind in ("deals", "people", "deals")] == ["team"] * 3
        assert not user.is_administrator


def test_installing_again_keeps_what_was_changed_and_adds_what_is_missing():
    Role.objects.filter(key="member").update(grants={"*": {"read": "own"}})
    Role.objects.filter(key="restricted").delete()
    install()
    assert Role.objects.get(key="member").grants == {"*": {"read": "own"}}
    assert Role.objects.filter(key="restricted").exists()


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_gets_its_roles_back():
    call_command("flush", verbosity=0, interactive=False)
    assert Role.objects.count() == 3
