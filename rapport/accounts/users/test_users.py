"""Users and teams in the settings: administrators only, and one of them always remains."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from rapport.accounts.administered import Refused
from rapport.accounts.jobs import send_invitation
from rapport.accounts.models import Invitation, Role, Team, User
from rapport.accounts.testing import PASSWORD, make_company, make_user
from rapport.accounts.users import actions

pytestmark = pytest.mark.django_db
HOSTILE = [
    "<script>alert(1)</script>",
    "=1+1",
    "'; DROP TABLE accounts_user; --",
    "שלום",
    "🚲" * 10,
    "{{ 7 * 7 }}%s%(x)s",
]


@pytest.fixture
def boss(client):
    make_company()
    user = make_user("Boss", role="administrator", password=PASSWORD)
    client.force_login(user)
    return user


def role(key):
    return Role.objects.get(key=key)


def values(user, **changes):
    return {
        "name": user.name,
        "email": user.email,
        "role": user.roles.get().pk,
        "team": user.team_id or "",
    } | changes


def settings_urls(user, team):
    return [
        reverse("company_settings"), reverse("users"), reverse("user_new"), reverse("user", args=[user.pk]),
        reverse("user_deactivate", args=[user.pk]), reverse("user_reactivate", args=[user.pk]),
        reverse("user_link", args=[user.pk]), reverse("teams"), reverse("team", args=[team.pk]),
        reverse("team_delete", args=[team.pk]), reverse("roles"),
    ]  # fmt: skip


# ---- strangers


@pytest.mark.parametrize("key", ["member", "restricted", None])
def test_for_all_but_administrators_the_settings_do_not_exist(client, boss, key):
    team = Team.objects.create(name="South")
    client.force_login(make_user("Stranger", role=key))
    before = list(User.objects.values()), list(Team.objects.values())
    for url in settings_urls(boss, team):
        post = {"name": "Mallory", "email": "mallory@example.com", "role": role("administrator").pk}
        assert client.post(url, post).status_code == 404, url
        assert client.get(url).status_code in (404, 405), url
    assert before == (list(User.objects.values()), list(Team.objects.values()))
    assert client.get("/settings/profile/").status_code == 200


def test_who_is_not_signed_in_is_led_to_the_sign_in(client, boss):
    team = Team.objects.create(name="South")
    client.logout()
    urls = [
        *settings_urls(boss, team),
        "/settings/",
        "/settings/profile/",
        "/settings/password/",
        "/preferences/",
    ]
    for url in urls:
        answer = client.post(url)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/sign-in/"), url
    part = client.get("/settings/users/", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"].split("?")[0] == "/sign-in/"


def test_members_see_only_their_own_entry_in_the_menu(client, boss):
    assert 'href="/settings/users/"' in client.get("/settings/profile/").text
    client.force_login(make_user())
    assert 'href="/settings/users/"' not in client.get("/settings/profile/").text


def test_a_page_below_one_of_the_menu_leads_back_to_it(client, boss):
    html = client.get(f"/settings/users/{boss.pk}/").text
    crumbs = html[html.index('<nav class="crumbs"') :]
    assert crumbs.index('href="/settings/users/"') < crumbs.index(f'<h1><span class="desk">{boss.name}')
    assert '<nav class="crumbs"' not in client.get("/settings/users/").text


def test_unknown_users_and_teams_are_not_found(client, boss):
    for name in ("user", "team"):
        url = reverse(name, args=["01900000-0000-7000-8000-000000000000"])
        assert client.get(url).status_code == 404


# ---- users


def test_a_user_may_get_his_first_password_in_person(client, boss):
    form = {"name": "New", "email": "new@example.com", "role": role("restricted").pk, "way": "given"}
    assert client.post("/settings/users/new/", form).status_code == 422
    weak = form | {"password": "short", "password_again": "short"}
    assert client.post("/settings/users/new/", weak).status_code == 422
    good = form | {"password": "seven-green-lamps", "password_again": "seven-green-lamps"}
    assert client.post("/settings/users/new/", good).status_code == 302
    assert User.objects.get(email="new@example.com").check_password("seven-green-lamps")


def test_an_address_belongs_to_one_user(client, boss):
    other = make_user()
    form = {"name": "Double", "email": boss.email.upper(), "role": role("member").pk, "way": "mail"}
    assert "is here already" in client.post("/settings/users/new/", form).text
    answer = client.post(reverse("user", args=[other.pk]), values(other, email=boss.email))
    assert answer.status_code == 422
    other.refresh_from_db()
    assert other.email != boss.email


def test_role_and_team_are_changed(client, boss):
    user, team = make_user(), Team.objects.create(name="South")
    answer = client.post(
        reverse("user", args=[user.pk]), values(user, role=role("restricted").pk, team=team.pk)
    )
    assert answer.status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.team, user.roles.get().key) == (team, "restricted")


@pytest.mark.parametrize("name", HOSTILE)
def test_strange_names_are_kept_and_shown_as_text(client, boss, name):
    form = {"name": name, "email": "new@example.com", "role": role("member").pk, "way": "mail"}
    assert client.post("/settings/users/new/", form).status_code == 302
    assert Invitation.objects.get(email="new@example.com").name == name
    user = make_user(name)
    for url in ("/settings/users/", reverse("user", args=[user.pk])):
        assert "<script>alert" not in client.get(url).text


@pytest.mark.parametrize("name", ["", "   ", "\n", "a\0b", "x" * 10_000, "\u202e"])
def test_impossible_names_are_refused(client, boss, name):
    form = {"name": name, "email": "new@example.com", "role": role("member").pk, "way": "mail"}
    assert client.post("/settings/users/new/", form).status_code == 422
    team = client.post("/settings/teams/", {"name": name})
    assert team.status_code == 422
    assert not Team.objects.exists()


def test_line_breaks_in_a_name_cannot_forge_a_mail(client, boss):
    user = make_user("Eve")
    send_invitation(user_id=str(user.pk), by="Boss\nBcc: all@example.com", base="http://testserver/")
    assert "\n" not in mail.outbox[0].subject


def test_users_are_found_by_name_and_address(client, boss):
    make_user("Zora Zonk")
    assert "Zora" in client.get("/settings/users/?q=zora+zonk").text
    assert "Zora Zonk" not in client.get("/settings/users/?q=boss").text
    for words in ("%00", "<script>alert(1)</script>", "x" * 5000, "%25"):
        html = client.get("/settings/users/", {"q": words}).text
        assert "<script>alert" not in html


def test_the_list_of_users_takes_few_queries(client, boss, django_assert_max_num_queries):
    for _ in range(30):
        make_user()
    with django_assert_max_num_queries(12):
        assert client.get("/settings/users/").status_code == 200


# ---- somebody must administer


def test_the_last_administrator_cannot_lose_his_role(client, boss):
    answer = client.post(reverse("user", args=[boss.pk]), values(boss, role=role("member").pk))
    assert "At least one active administrator must remain" in answer.text
    assert User.objects.get(pk=boss.pk).is_administrator


def test_nobody_deactivates_himself_and_the_last_administrator_stays(client, boss):
    client.post(reverse("user_deactivate", args=[boss.pk]))
    assert User.objects.get(pk=boss.pk).is_active
    second = make_user(role="administrator")
    client.post(reverse("user_deactivate", args=[second.pk]))
    assert not User.objects.get(pk=second.pk).is_active
    second = User.objects.get(pk=second.pk)
    with pytest.raises(Refused):
        actions.deactivate(boss, by=second)


def test_a_deactivated_user_comes_back(client, boss):
    user = make_user()
    client.post(reverse("user_deactivate", args=[user.pk]))
    assert "Let in again" in client.get(reverse("user", args=[user.pk])).text
    client.post(reverse("user_reactivate", args=[user.pk]))
    assert User.objects.get(pk=user.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_demote_each_other_at_the_same_moment():
    ada, bob = make_user("Ada", role="administrator"), make_user("Bob", role="administrator")
    barrier = Barrier(2)

    def demote(victim, by):
        barrier.wait(10)
        try:
            actions.deactivate(User.objects.get(pk=victim.pk), by=User.objects.get(pk=by.pk))
        except (Refused, ValidationError):
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(demote, [ada, bob], [bob, ada]))
    assert User.objects.filter(is_active=True, roles__is_administrator=True).count() >= 1


# ---- teams


def test_teams_are_added_renamed_and_named_once(client, boss):
    client.post("/settings/teams/", {"name": "South"})
    client.post("/settings/teams/", {"name": "North"})
    team = Team.objects.get(name="South")
    assert client.post("/settings/teams/", {"name": "South"}).status_code == 422
    assert client.post(reverse("team", args=[team.pk]), {"name": "North"}).status_code == 422
    assert client.post(reverse("team", args=[team.pk]), {"name": "Deep south"}).status_code == 302
    assert set(Team.objects.values_list("name", flat=True)) == {"Deep south", "North"}


def test_a_team_with_members_is_deleted_only_by_moving_them(client, boss):
    south, north = Team.objects.create(name="South"), Team.objects.create(name="North")
    user = make_user(team=south)
    url = reverse("team_delete", args=[south.pk])
    assert client.post(url).status_code == 422
    assert client.post(url, {"move_to": south.pk}).status_code == 422
    assert client.post(url, {"move_to": "rubbish"}).status_code == 422
    assert client.post(url, {"move_to": north.pk}).status_code == 302
    assert User.objects.get(pk=user.pk).team == north
    assert client.post(reverse("team_delete", args=[north.pk])).status_code == 422
    User.objects.update(team=None)
    assert client.post(reverse("team_delete", args=[north.pk])).status_code == 302
    assert not Team.objects.exists()


def test_a_team_is_part_of_another_and_never_of_itself(client, boss):
    top, middle, leaf = (Team.objects.create(name=name) for name in ("Top", "Middle", "Leaf"))
    for team, parent in ((middle, top), (leaf, middle)):
        answer = client.post(reverse("team", args=[team.pk]), {"name": team.name, "parent": parent.pk})
        assert answer.status_code == 302
    assert top.with_parts() == [top.pk, middle.pk, leaf.pk]
    for parent in (top, leaf):
        answer = client.post(reverse("team", args=[top.pk]), {"name": "Top", "parent": parent.pk})
        assert answer.status_code == 422
        assert "part of itself" in answer.text
    assert Team.objects.get(pk=top.pk).parent is None


def test_somebody_may_have_several_roles(client, boss):
    user = make_user(role="member")
    said = values(user, role=[role("member").pk, role("restricted").pk])
    assert client.post(reverse("user", args=[user.pk]), said).status_code == 302
    assert {one.key for one in user.roles.all()} == {"member", "restricted"}
    answer = client.post(reverse("user", args=[user.pk]), said | {"role": []})
    assert answer.status_code == 422


# ---- profile and company


def test_language_and_time_follow_the_profile(client, boss):
    assert '<html lang="en"' in client.get("/settings/profile/").text
    form = {
        "name": "Boss",
        "language": "de",
        "time_zone": "Asia/Tokyo",
        "theme": "dark",
        "density": "compact",
    }
    assert client.post("/settings/profile/", form).status_code == 302
    answer = client.get("/settings/profile/")
    assert '<html lang="de" data-theme="dark" data-density="compact"' in answer.text
    assert answer.headers["Content-Language"] == "de"
    client.post("/settings/profile/", {"name": "Boss", "language": "", "time_zone": ""})
    assert client.get("/settings/profile/").headers["Content-Language"] == "en"


def test_without_an_own_choice_the_company_decides(client, boss):
    client.post(
        "/settings/company/",
        {
            "name": "Halden",
            "country": "AT",
            "language": "de",
            "currency": "EUR",
            "time_zone": "Europe/Vienna",
        },
    )
    assert client.get("/settings/profile/").headers["Content-Language"] == "de"
    client.logout()
    assert client.get("/sign-in/", headers={"accept-language": "en"}).headers["Content-Language"] == "de"


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "xx"},
        {"time_zone": "../../etc/passwd"},
        {"theme": "pink"},
        {"density": "x"},
        {"name": ""},
    ],
)
def test_a_profile_takes_only_what_there_is(client, boss, wrong):
    assert client.post("/settings/profile/", {"name": "Boss"} | wrong).status_code == 422


def test_a_spoiled_time_zone_in_the_database_breaks_no_page(client, boss):
    for name in ("Mars/Olympus", "../../etc/passwd", "Europe", "\x7f"):
        User.objects.filter(pk=boss.pk).update(time_zone=name, language="tlh")
        assert client.get("/settings/profile/").status_code == 200


def test_the_scripts_keep_theme_and_density(client, boss):
    assert client.post("/preferences/", {"theme": "dark"}).status_code == 204
    assert client.post("/preferences/", {"density": "comfortable"}).status_code == 204
    boss.refresh_from_db()
    assert (boss.theme, boss.density, boss.single_keys) == ("dark", "comfortable", True)
    client.post("/preferences/", {"theme": "system", "density": "regular", "single_keys": "false"})
    boss.refresh_from_db()
    assert (boss.theme, boss.density, boss.single_keys) == ("", "", False)
    assert client.post("/preferences/", {"theme": "pink"}).status_code == 422
    assert client.get("/preferences/").status_code == 405


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(client, boss):
    from django.test import Client

    elsewhere = Client()
    elsewhere.force_login(boss)
    new = {"password": "seven-green-lamps", "password_again": "seven-green-lamps"}
    assert client.post("/settings/password/", new | {"old_password": "wrong"}).status_code == 422
    assert client.post("/settings/password/", new | {"old_password": PASSWORD}).status_code == 302
    assert client.get("/settings/profile/").status_code == 200
    assert elsewhere.get("/settings/profile/").status_code == 302


def test_guessing_the_old_password_is_throttled(client, boss):
    new = {"password": "seven-green-lamps", "password_again": "seven-green-lamps"}
    for _ in range(10):
        client.post("/settings/password/", new | {"old_password": "wrong"})
    assert "Too many tries" in client.post("/settings/password/", new | {"old_password": PASSWORD}).text
