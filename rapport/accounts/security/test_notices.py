"""Users are told by mail when something about how they sign in has changed, or a new device signed in."""

import pytest
from django.core import mail
from django.test import Client

from rapport.accounts.letters.sending import deliver
from rapport.accounts.models import User
from rapport.accounts.second_factor.actions import add_app, renew_codes, reset
from rapport.accounts.testing import PASSWORD, make_company, make_user
from rapport.accounts.users.actions import change_user

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


@pytest.fixture
def ada() -> User:
    make_company()
    return make_user("Ada", password=PASSWORD)


def said() -> list[tuple[list[str], str]]:
    """What went out since the last question."""
    deliver()
    found = [(one.to, one.subject.partition(": ")[2]) for one in mail.outbox]
    mail.outbox.clear()
    return found


def sign_in(client: Client, user: User) -> None:
    answer = client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    client.post("/sign-out/")


def test_a_sign_in_from_a_new_device_is_told_once(ada: User) -> None:
    first, other = Client(headers={"user-agent": FIREFOX}), Client(headers={"user-agent": SAFARI})
    sign_in(first, ada)
    sign_in(first, ada)
    assert said() == []  # his very first sign-in is none to tell of
    sign_in(other, ada)
    assert said() == [([ada.email], "A new device has signed in to your account")]
    other.defaults["REMOTE_ADDR"] = "203.0.113.9"  # the browser is known wherever it is
    sign_in(other, ada)
    assert said() == []
    stranger = Client(headers={"user-agent": SAFARI}, REMOTE_ADDR="203.0.113.10")
    known = next(one for one in other.cookies if one.startswith("known-"))
    stranger.cookies["known-000000000000"] = other.cookies[known].value  # of another user
    sign_in(stranger, ada)
    assert len(said()) == 1
    assert (other.cookies[known]["httponly"], other.cookies[known]["samesite"]) == (True, "Lax")


def test_every_change_about_signing_in_is_told_in_ones_own_language(ada: User, client: Client) -> None:
    boss = make_user("Boss", role="administrator")
    client.force_login(ada)
    request = client.get("/settings/security/").wsgi_request
    new = "seven-green-lamps"
    client.post("/settings/password/", {"old_password": PASSWORD, "password": new, "password_again": new})
    add_app(request, ada, "secret", 1)
    renew_codes(request, ada)
    reset(ada, by=boss)
    before = ada.email
    change_user(ada, name="Ada", email="ada@new.example", role=ada.roles.all(), team=None, by=boss)
    heard = said()
    assert [what for _to, what in heard] == [
        "Your password was changed",
        "A second factor was added", "New recovery codes were made; the old ones do not work any more",
        "Your second factors were taken away by an administrator",
        "Your e-mail address for signing in was changed", "Your e-mail address for signing in was changed",
    ]  # fmt: skip
    assert [to for to, _what in heard][-2:] == [["ada@new.example"], [before]]

    User.objects.filter(pk=ada.pk).update(language="de")
    reset(User.objects.get(pk=ada.pk), by=boss)
    deliver()
    [sent] = mail.outbox
    html = str(sent.alternatives[0][0])  # type: ignore[attr-defined]  # an EmailMultiAlternatives
    for said_so in (str(sent.body), html):
        assert "Guten Tag Ada," in said_so and "Ihre zweiten Faktoren wurden" in said_so and "Boss" in said_so


def last_body() -> str:
    deliver()
    return str(mail.outbox[-1].body)


def test_a_notice_says_when_from_where_and_what_to_do_if_it_was_somebody_else(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="America/New_York")
    client = Client(headers={"user-agent": FIREFOX}, REMOTE_ADDR="203.0.113.9")
    client.force_login(ada)
    new = "seven-green-lamps"
    client.post("/settings/password/", {"old_password": PASSWORD, "password": new, "password_again": new})
    told = last_body()
    assert "Device: Firefox, Linux" in told and "IP address: 203.0.113.9" in told
    assert "When: " in told and (" EST" in told or " EDT" in told)
    # whoever does not know the password any more cannot sign in to do something about it
    assert "/password/" in told and "/settings/security/" not in told and told.count("http") == 1
    assert "\n\n\n" not in told


def test_what_an_administrator_did_is_his_to_explain(ada: User) -> None:
    boss, before = make_user("Boss", role="administrator"), ada.email
    change_user(ada, name="Ada", email="ada@new.example", role=ada.roles.all(), team=None, by=boss)
    told = last_body()
    assert f"Until now: {before}" in told and "From now on: ada@new.example" in told
    assert "Boss, who administers Rapport, did this." in told and "ask Boss or another administrator" in told
    assert "http" not in told and "If this was you" not in told and "IP address" not in told


def test_what_the_command_did_was_not_the_reader(ada: User) -> None:
    reset(ada, by=None)
    told = last_body()
    assert "on the server of Rapport, by a command" in told and "If not, ask an administrator." in told
    assert "http" not in told and "If this was you" not in told
