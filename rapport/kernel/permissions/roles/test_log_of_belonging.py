"""The log of rights beside roles: who belongs to which team and territory, what lies in one, who may come in at all."""

from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import Company, RightsEntry, Role, Team, Territory, User
from rapport.accounts.signin_rules.views import save_rules
from rapport.accounts.single_sign_on.actions import delete_provider, save_provider
from rapport.accounts.single_sign_on.models import Provider
from rapport.accounts.users.actions import (
    add_team,
    add_user,
    change_team,
    deactivate,
    delete_team,
    reactivate,
)
from rapport.kernel.filters.text import parse_text
from rapport.kernel.permissions.roles.test_log import deals, told
from rapport.kernel.permissions.rules import trusted
from rapport.kernel.permissions.territories.actions import (
    add_territory,
    change_territory,
    remove_territory,
    save_filter,
)
from rapport.kernel.testing.make import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden"})
    return make_user("Mara", role="administrator")


def lines(reader: User) -> list[str]:
    """What stands in the log, which is empty afterwards."""
    found = [line[0] for line in told(reader)]
    RightsEntry.objects.all().delete()
    return found


def test_who_comes_into_a_team_and_leaves_it_is_told(client: Client, boss: User) -> None:
    north, south = add_team("North", by=boss), add_team("South", by=boss)
    lines(boss)
    member = Role.objects.get(key="member")
    jonas = add_user(
        name="Jonas", email="jonas@example.com", role=[member], team=north, password=None, by=boss
    )
    assert lines(boss) == ["Mara gave Jonas the role Member", "Mara put Jonas into the team North"]
    client.force_login(boss)
    form = {"name": "Jonas", "email": jonas.email, "role": [member.pk]}
    for team in (south.pk, south.pk, ""):
        assert client.post(f"/settings/users/{jonas.pk}/", form | {"team": team}).status_code == 302
    assert lines(boss) == [
        "Mara took Jonas out of the team South",
        "Mara put Jonas into the team South",
        "Mara took Jonas out of the team North",
    ]


def test_the_tree_of_teams_is_told(boss: User) -> None:
    sales = add_team("Sales", by=boss)
    north = add_team("North", sales, by=boss)
    assert lines(boss) == [
        "Mara made the team North a part of Sales",
        "Mara added the team North",
        "Mara added the team Sales",
    ]
    change_team(north, name="Far north", parent=None, by=boss)
    change_team(north, name="Far north", parent=None, by=boss)
    assert lines(boss) == [
        "Mara renamed the team North to Far north",
        "Mara made the team Far north no longer a part of Sales",
    ]


def test_a_team_that_goes_tells_what_goes_with_it(boss: User) -> None:
    sales, support = add_team("Sales", by=boss), add_team("Support", by=boss)
    add_team("North", sales, by=boss)
    make_user("Jonas", team=sales)
    bavaria = add_territory("Bavaria", None, by=boss)
    change_territory(bavaria, "Bavaria", None, [], [sales], by=boss)
    lines(boss)
    delete_team(sales, move_to=support, by=boss)
    assert lines(boss) == [
        "Mara deleted the team Sales",
        "Mara took the territory Bavaria from the team Sales",
        "Mara made the team North no longer a part of Sales",
        "Mara put Jonas into the team Support",
        "Mara took Jonas out of the team Sales",
    ]


def test_who_works_a_territory_and_what_lies_in_it_is_told(boss: User) -> None:
    germany = add_territory("Germany", None, by=boss)
    bavaria = add_territory("Bavaria", germany, by=boss)
    jonas, sales = make_user("Jonas"), add_team("Sales", by=boss)
    lines(boss)
    for _again in range(2):
        change_territory(bavaria, "Bavaria", germany, [jonas], [sales], by=boss)
        save_filter(bavaria, deals(), parse_text("amount > 500", deals(), trusted(boss)), by=boss)
    in_words = "Amount is more than 500 in any currency"
    assert told(boss) == [
        ("Mara changed which deals lie in the territory Bavaria", "", in_words),
        ("Mara let the team Sales work the territory Bavaria", "", ""),
        ("Mara let Jonas work the territory Bavaria", "", ""),
    ]
    lines(boss)
    remove_territory(germany, by=boss)
    remove_territory(bavaria, by=boss)
    assert told(boss)[1] == ("Mara changed which deals lie in the territory Bavaria", in_words, "")
    assert lines(boss) == [
        "Mara removed the territory Bavaria",
        "Mara changed which deals lie in the territory Bavaria",
        "Mara took the territory Bavaria from the team Sales",
        "Mara took the territory Bavaria from Jonas",
        "Mara removed the territory Germany",
        "Mara made the territory Bavaria no longer a part of Germany",
    ]


def test_a_territory_that_is_saved_unchanged_keeps_who_is_deactivated(client: Client, boss: User) -> None:
    bavaria, jonas = add_territory("Bavaria", None, by=boss), make_user("Jonas")
    change_territory(bavaria, "Bavaria", None, [jonas], [], by=boss)
    deactivate(jonas, by=boss)
    lines(boss)
    client.force_login(boss)
    address = f"/settings/territories/{bavaria.pk}/"
    assert client.post(address, {"name": "Bavaria", "users": [jonas.pk]}).status_code == 303
    assert (list(bavaria.users.all()), lines(boss)) == ([jonas], [])
    assert client.post(address, {"name": "Bavaria"}).status_code == 303
    assert lines(boss) == ["Mara took the territory Bavaria from Jonas"]


def test_who_is_kept_out_and_let_in_again_is_told(boss: User) -> None:
    jonas = make_user("Jonas")
    for _again in range(2):
        deactivate(jonas, by=boss)
    for _again in range(2):
        reactivate(jonas, by=boss)
    assert lines(boss) == ["Mara let Jonas in again", "Mara deactivated Jonas"]


def test_whom_a_company_sign_in_makes_a_user_is_told(boss: User) -> None:
    values: dict[str, Any] = {
        "name": "Halden account", "issuer": "https://id.example", "client_id": "x", "secret": "y", "is_on": True,
        "trusts_addresses": False, "creates_users": False, "role": Role.objects.get(key="member"), "domains": [],
    }  # fmt: skip
    save_provider(None, values, by=boss)
    assert lines(boss) == ["Mara added the company sign-in Halden account"]
    one = Provider.objects.get()
    opened = values | {"creates_users": True, "domains": ["halden.example", "halden.test"]}
    for _again in range(2):
        save_provider(one, opened, by=boss)
    assert told(boss) == [
        ("Mara let whoever comes through Halden account and is not here yet become a user", "", "Member"),
        (
            "Mara changed from which domains new users may come through Halden account",
            "",
            "halden.example, halden.test",
        ),
    ]
    lines(boss)
    save_provider(one, opened | {"role": Role.objects.get(key="restricted")}, by=boss)
    assert told(boss)[0][1:] == ("Member", "Restricted member")
    save_provider(one, opened | {"is_on": False}, by=boss)
    assert told(boss)[0][0] == ("Mara let nobody become a user any more who comes through Halden account")
    lines(boss)
    delete_provider(one, by=boss)
    assert lines(boss) == ["Mara deleted the company sign-in Halden account"]


def test_a_second_factor_that_everybody_needs_is_told(boss: User) -> None:
    rules: dict[str, Any] = {"roles": [], "log_months": 6, "invitation_days": 7, "by": boss}
    for everybody in (True, True, False):
        save_rules(everybody=everybody, **rules)
    assert lines(boss) == [
        "Mara made a second factor unnecessary for everybody",
        "Mara made a second factor necessary for everybody",
    ]


def test_lines_of_a_team_a_territory_or_a_user_are_found(client: Client, boss: User) -> None:
    north = add_team("North", by=boss)
    south, jonas = add_team("South", north, by=boss), make_user("Jonas")
    jonas.set_team(north, by=boss)
    bavaria = add_territory("Bavaria", None, by=boss)
    change_territory(bavaria, "Bavaria", None, [jonas], [south], by=boss)
    client.force_login(boss)

    def count(of: str) -> int:
        return client.get("/settings/roles/log/", {"of": of}).text.count("<tr><td")

    assert [count("team"), count(f"team:{north.pk}"), count(f"team:{south.pk}")] == [5, 2, 3]
    assert [count("territory"), count(f"territory:{bavaria.pk}")] == [3, 3]
    assert [count("user"), count(f"user:{jonas.pk}"), count("role")] == [2, 2, 0]
    page = client.get("/settings/roles/log/", {"of": f"user:{jonas.pk}"}).text
    assert f'<option value="user:{jonas.pk}" selected>Jonas</option>' in page
    for path, of in [
        ("teams/", "team"),
        (f"teams/{north.pk}/", f"team:{north.pk}"),
        ("territories/", "territory"),
        (f"territories/{bavaria.pk}/", f"territory:{bavaria.pk}"),
        (f"users/{jonas.pk}/", f"user:{jonas.pk}"),
    ]:
        assert f'href="/settings/roles/log/?of={of}"' in client.get(f"/settings/{path}").text


def test_the_log_outlives_teams_and_territories(boss: User) -> None:
    north, bavaria = add_team("North", by=boss), add_territory("Bavaria", None, by=boss)
    jonas = make_user("Jonas", team=north)
    before = [line[0] for line in told(boss)]
    jonas.delete()
    Territory.objects.filter(pk=bavaria.pk).delete()
    Team.objects.filter(pk=north.pk).delete()
    assert [line[0] for line in told(boss)] == before != []
