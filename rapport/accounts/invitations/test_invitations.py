"""Invitations by mail: through a real mail server, once, for some days, with a password or a passkey."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from rapport.accounts.jobs import send_new_invitation
from rapport.accounts.models import Company, Invitation, RightsEntry, Role, Team, User
from rapport.accounts.signin_log.models import Event, SignInEntry
from rapport.accounts.testing import make_company, make_user
from rapport.ui.testing.browser import Visit, axe

NEW = {"name": "Nora Lind", "password": "seven-green-lamps", "password_again": "seven-green-lamps"}


class Postbox:
    """What a real SMTP server was given."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - its name
        self.mails.append((envelope.rcpt_tos[0], envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield box
    controller.stop()


@pytest.fixture
def boss(db: None) -> User:
    make_company()
    return make_user("Boss", role="administrator")


def invite(boss: User, email: str = "Nora@Example.com") -> tuple[Client, Invitation]:
    client = Client()
    client.force_login(boss)
    team = Team.objects.get_or_create(name="South")[0]
    role = Role.objects.get(key="restricted").pk
    form = {"name": "Nora", "email": email, "role": role, "team": team.pk, "way": "mail"}
    assert client.post("/settings/users/new/", form).status_code == 302
    return client, Invitation.objects.get(email=email.lower())


def link_of(invitation: Invitation, base: str = "http://testserver/") -> str:
    send_new_invitation(invitation_id=str(invitation.pk), base=base)
    found = re.search(r"https?://[^/]+(/invitation/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_who_is_invited_by_mail_becomes_a_user_with_what_was_decided(boss: User, postbox: Postbox) -> None:
    _client, invitation = invite(boss)
    assert not User.objects.filter(email="nora@example.com").exists()
    send_new_invitation(invitation_id=str(invitation.pk), base="http://testserver/")
    ((to, text),) = postbox.mails
    assert to == "nora@example.com"
    path = re.search(r"http://testserver(/invitation/\S+)", text.replace("=\r\n", "").replace("=3D", "="))[1]  # type: ignore[index]
    nora = Client()
    assert "nora@example.com" in nora.get(path).text
    weak = NEW | {"password": "short", "password_again": "short"}
    assert nora.post(path, weak).status_code == 422
    assert nora.post(path, NEW).headers["Location"] == "/"
    user = User.objects.get(email="nora@example.com")
    assert (user.name, str(user.team), [one.key for one in user.roles.all()]) == (
        "Nora Lind",
        "South",
        ["restricted"],
    )
    told = RightsEntry.objects.values_list("deed", "whom_id", "thing_name", "by")
    assert list(told) == [
        ("given", str(user.pk), "Restricted member", boss.pk),
        ("given", str(user.pk), "South", boss.pk),
    ]
    assert nora.get("/settings/profile/").status_code == 200
    assert Client().post(path, NEW).status_code == 404, "a link works once"
    assert Client().get(path).status_code == 404
    events = list(SignInEntry.objects.order_by("id").values_list("event", flat=True))
    assert events == [Event.INVITED, Event.ACCEPTED, Event.SIGNED_IN]


def test_only_the_newest_link_works_and_only_for_some_days(boss: User) -> None:
    Company.objects.update(invitation_days=2)
    client, invitation = invite(boss)
    first = link_of(invitation)
    assert client.post(f"/settings/invitations/{invitation.pk}/resend/").status_code == 302
    second = link_of(invitation)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert Client().get(second[:-3] + "x/").status_code == 404
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=2, minutes=-1))
    assert Client().get(second).status_code == 200
    Invitation.objects.update(expires_at=timezone.now())
    assert Client().get(second).status_code == 404
    assert "Expired" in client.get("/settings/users/").text


def test_a_withdrawn_invitation_is_dead(boss: User) -> None:
    client, invitation = invite(boss)
    path = link_of(invitation)
    client.post(f"/settings/invitations/{invitation.pk}/withdraw/")
    assert Client().post(path, NEW).status_code == 404
    assert not User.objects.filter(email="nora@example.com").exists()


def test_an_address_is_invited_once_and_never_twice_a_user(boss: User) -> None:
    _client, first = invite(boss)
    old = link_of(first)
    _client, second = invite(boss, "NORA@example.com")
    assert Invitation.objects.count() == 1
    assert Client().get(old).status_code == 404
    path = link_of(second)
    User.objects.create_user("nora@example.com", name="Nora")
    assert Client().post(path, NEW).headers["Location"] == "/sign-in/"
    assert User.objects.filter(email="nora@example.com").count() == 1


def test_the_token_is_kept_nowhere(boss: User) -> None:
    _client, invitation = invite(boss)
    token = link_of(invitation).split("/")[-2]
    invitation.refresh_from_db()
    assert token not in str(invitation.__dict__)


def test_members_neither_invite_nor_withdraw(boss: User) -> None:
    _client, invitation = invite(boss)
    client = Client()
    client.force_login(make_user())
    for act in ("resend", "withdraw"):
        assert client.post(f"/settings/invitations/{invitation.pk}/{act}/").status_code == 404
    assert Invitation.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_who_is_invited_may_take_a_passkey_and_no_password(visit: Visit, boss: User) -> None:
    from rapport.accounts.second_factor.test_passkeys import plug_in

    _client, invitation = invite(boss)
    page = visit(link_of(invitation))
    plug_in(page)
    assert not axe(page)
    page.get_by_label("Name").fill("Nora Lind")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    user = User.objects.get(email="nora@example.com")
    assert (user.name, user.has_usable_password(), user.has_second_factor) == ("Nora Lind", False, True)
