"""The log of rights: who changed which right when, before and after, in the language of the administrator who reads."""

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation

from rapport.accounts.models import Company, RightsEntry, Role, User
from rapport.accounts.rights_log.models import Door
from rapport.accounts.signin_rules.views import save_rules
from rapport.kernel.permissions.roles import log_views
from rapport.kernel.permissions.roles.actions import add_role, describe_role, remove_role, save_tables
from rapport.kernel.permissions.roles.log_words import tell
from rapport.kernel.permissions.roles.rights import save_rights
from rapport.kernel.registry import RecordType, type_of
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Person
from rapport.runtime.commands.users import add_user
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden"})
    return make_user("Mara", role="administrator")


@pytest.fixture
def sales(boss: User) -> Role:
    role = add_role("Sales", None, by=boss)
    save_tables({role.pk: {("people", "read"): "own"}}, by=boss)
    RightsEntry.objects.all().delete()
    return role


def deals() -> RecordType:
    return type_of(Deal())


def told(reader: User) -> list[tuple[str, str, str]]:
    """The lines as they are read, without the marks."""
    lines = [tell(one, reader) for one in RightsEntry.objects.select_related("by")]
    return [(line.said.striptags(), line.old, line.new) for line in lines]


def test_the_table_tells_each_cell_that_changed(boss: User, sales: Role) -> None:
    save_tables(
        {sales.pk: {("people", "read"): "team", ("people", "delete"): "own", ("*", "read"): "all"}}, by=boss
    )
    assert told(boss) == [
        ("Mara changed which people Sales may see", "Own", "Team"),
        ("Mara allowed Sales to delete people", "None", "Own"),
        ("Mara allowed Sales to see other records", "None", "All"),
    ]
    save_tables({sales.pk: {("people", "delete"): "none"}}, by=boss)
    assert told(boss)[0] == ("Mara forbade Sales to delete people", "Own", "None")
    assert RightsEntry.objects.count() == 4


def test_a_type_that_gets_a_line_of_its_own_and_means_the_same_is_not_told(boss: User, sales: Role) -> None:
    save_tables({sales.pk: {("*", "read"): "all", ("deals", "read"): "none"}}, by=boss)
    assert told(boss) == [("Mara allowed Sales to see other records", "None", "All")]


def test_the_rule_its_acts_and_the_fields_are_told(boss: User, sales: Role) -> None:
    levels = {"amount": "hidden", "next_step": "read"}
    save_rights(sales, deals(), levels, "amount > 10000", ["edit"], by=boss)
    assert sorted(told(boss)) == [
        ("Mara changed what else Sales may do with deals that fit its rule", "", "Edit"),
        ("Mara hid Amount of deals from Sales", "As usual", "Hidden"),
        ("Mara let Sales also see deals that fit a rule", "", "Amount is more than 10,000 in any currency"),
        ("Mara made Next step of deals read only for Sales", "As usual", "Read only"),
    ]
    save_rights(sales, deals(), {"amount": "hidden"}, "amount > 500", ["edit"], by=boss)
    assert told(boss)[:2] == [
        (
            "Mara changed the rule by which Sales also sees deals",
            "Amount is more than 10,000 in any currency",
            "Amount is more than 500 in any currency",
        ),
        ("Mara lifted the limits of Sales on Next step of deals", "Read only", "As usual"),
    ]
    save_rights(sales, deals(), {"amount": "hidden"}, "", [], by=boss)
    assert told(boss)[0][0] == "Mara removed the rule by which Sales also saw deals"


def test_what_names_a_field_that_is_gone_can_still_be_read(boss: User, sales: Role) -> None:
    gone = {"field": "shoe_size", "operator": "is", "said": "44"}
    RightsEntry.objects.create(
        deed="rule", by=boss, thing="role", thing_name="Sales", type="deals", new={"all": [gone]}
    )
    RightsEntry.objects.create(
        deed="rule", by=boss, thing="role", thing_name="Sales", type="gone-type", new={"all": [gone]}
    )
    RightsEntry.objects.create(
        deed="field", by=boss, thing="role", thing_name="Sales", type="deals", part="shoe_size", new="hidden"
    )
    assert [line[0] for line in told(boss)] == [
        "Mara hid shoe_size of deals from Sales",
        "Mara let Sales also see gone-type that fit a rule",
        "Mara let Sales also see deals that fit a rule",
    ]


def test_a_role_is_added_renamed_described_and_removed(boss: User) -> None:
    role = add_role("Seller", Role.objects.get(key="member"), by=boss)
    assert told(boss)[-1][0] == "Mara added the role Seller, which begins like Member"
    assert ("Mara allowed Seller to see other records", "None", "All") in told(boss)
    RightsEntry.objects.all().delete()
    describe_role(role, "Sales", "Sells", by=boss)
    remove_role(Role.objects.get(pk=role.pk), by=boss)
    assert told(boss) == [
        ("Mara removed the role Sales", "", ""),
        ("Mara renamed the role Seller to Sales", "", ""),
        ("Mara changed the description of Sales", "", "Sells"),
    ]


def test_who_gets_and_loses_a_role_is_told_through_every_door(
    client: Client, boss: User, sales: Role
) -> None:
    jonas = make_user("Jonas")
    member = jonas.roles.get()
    client.force_login(boss)
    form = {"name": "Jonas", "email": jonas.email, "team": "", "role": [member.pk, sales.pk]}
    assert client.post(f"/settings/users/{jonas.pk}/", form).status_code == 302
    assert client.post(f"/settings/users/{jonas.pk}/", form).status_code == 302
    assert [line[0] for line in told(boss)] == ["Mara gave Jonas the role Sales"]
    jonas.set_roles([], by=None, door=Door.SIGN_IN)
    add_user("ada@example.com", "Ada", "member", "seven-green-lamps")
    assert [line[0] for line in told(boss)[:3]] == [
        "Somebody on the server gave Ada the role Member",
        "The company sign-in took the role Member from Jonas",
        "The company sign-in took the role Sales from Jonas",
    ]


def test_a_second_factor_that_a_role_needs_is_told(boss: User, sales: Role) -> None:
    rules = {"everybody": False, "log_months": 6, "invitation_days": 7, "by": boss}
    save_rules(**rules, roles=[sales])
    save_rules(**rules, roles=[sales])
    save_rules(**rules, roles=[])
    assert [line[0] for line in told(boss)] == [
        "Mara made a second factor unnecessary for Sales",
        "Mara made a second factor necessary for Sales",
    ]


def test_what_is_saved_unchanged_writes_nothing(client: Client, boss: User, sales: Role) -> None:
    client.force_login(boss)
    for _again in range(2):
        client.post(
            "/settings/roles/", {f"{sales.pk}:people:read": "own", f"{sales.pk}:people:delete": "none"}
        )
        client.post(f"/settings/roles/{sales.pk}/", {"name": "Sales", "help": ""})
        client.post(f"/settings/roles/{sales.pk}/of/people/", {"field-birthday": ""})
    assert not RightsEntry.objects.exists()


def test_what_is_not_saved_is_not_told(boss: User, sales: Role) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        save_tables({sales.pk: {("people", "read"): "all"}}, by=boss)
        assert RightsEntry.objects.exists()
        raise ZeroDivisionError
    assert not RightsEntry.objects.exists()


def test_the_log_outlives_roles_and_users(boss: User, sales: Role) -> None:
    other, jonas = make_user("Olga", role="administrator"), make_user("Jonas")
    jonas.set_roles([sales], by=other)
    jonas.set_roles([], by=other)
    remove_role(sales, by=other)
    other.delete()
    jonas.delete()
    assert [line[0] for line in told(boss)] == [
        "Olga removed the role Sales",
        "Olga took the role Sales from Jonas",
        "Olga gave Jonas the role Sales",
        "Olga took the role Member from Jonas",
    ]


def test_who_reads_german_reads_german(client: Client, boss: User, sales: Role) -> None:
    add_role("Open", Role.objects.get(key="restricted"), by=boss)
    client.force_login(boss)
    boss.language = "de"
    boss.save()
    page = client.get("/settings/roles/log/").text
    with translation.override("de"):
        assert "Eingeschränktes Mitglied" in page
        assert translation.gettext("Open") != "Open"
    assert '<b class="med">Open</b>' in page, "what people wrote is not translated"


def test_the_page_shows_some_at_a_time_and_finds_by_name_and_role(
    client: Client, boss: User, sales: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_views, "SHOWN", 3)
    jonas = make_user("Jonas <b>Berg")
    jonas.set_roles([], by=boss)
    for reach in ("own", "team", "all", "none"):
        save_tables({sales.pk: {("deals", "read"): reach}}, by=boss)
    client.force_login(boss)
    page = client.get("/settings/roles/log/").text
    assert page.count("<tr><td") == 3
    assert "Jonas" not in page
    more = page.split('data-more><td colspan="3" hx-get="')[1].split('"')[0]
    rest = client.get(more, headers={"HX-Request": "true"}).text
    assert rest.count("<tr><td") == 2
    assert "Jonas &lt;b&gt;Berg" in rest
    assert "hx-get" not in rest
    assert client.get("/settings/roles/log/?q=mara+jonas").text.count("<tr><td") == 1
    assert client.get(f"/settings/roles/log/?of=role:{sales.pk}").text.count("<tr><td") == 3
    for strange in (
        "q=%00",
        "of=x",
        "before=" + "9" * 30,
        "of=role:" + "9" * 90,
        "of=user:x",
        "of=%00",
        "before=²",
    ):
        assert client.get(f"/settings/roles/log/?{strange}").status_code == 200


def test_the_page_takes_few_queries(
    client: Client, boss: User, sales: Role, django_assert_max_num_queries
) -> None:
    for number in range(20):
        make_user(f"User {number}").set_roles([sales], by=boss)
        save_rights(
            sales,
            type_of(Person()),
            {},
            f"stage = lead and country = {'AT' if number % 2 else 'DE'}",
            [],
            by=boss,
        )
    client.force_login(boss)
    client.get("/settings/roles/log/")
    with django_assert_max_num_queries(12):
        assert "User 19" in client.get("/settings/roles/log/").text


def test_only_administrators_read_it(client: Client, boss: User, sales: Role) -> None:
    jonas = make_user("Jonas")
    client.force_login(jonas)
    assert client.get("/settings/roles/log/").status_code == 404
    client.force_login(boss)
    assert 'href="/settings/roles/log/"' in client.get("/settings/roles/").text
