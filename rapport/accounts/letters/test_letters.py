"""Letters are sent once, whatever dies when, and none is lost without a word."""

from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from rapport.accounts.letters.models import Letter, State
from rapport.accounts.letters.sending import deliver
from rapport.accounts.letters.store import post
from rapport.accounts.models import User
from rapport.kernel.notifications.jobs import send_bundles
from rapport.kernel.notifications.models import Notification

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The worker is killed at this moment."""


class Dying(EmailBackend):
    """A mail server during whose work something happens: `open`, `before` it takes the mail or `after` it has."""

    at = ""
    what: BaseException = Killed()

    def open(self) -> bool:
        self._die("open")
        return True

    def send_messages(self, messages: Sequence[Any]) -> int:
        self._die("before")
        count = super().send_messages(messages)
        self._die("after")
        return count

    def _die(self, where: str) -> None:
        if self.at == where:
            raise self.what


@pytest.fixture(autouse=True)
def _server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Dying"
    monkeypatch.setattr(Dying, "at", "")


def later() -> None:
    """The next tries of the job, a day long."""
    for _try in range(3):
        Letter.objects.filter(state__in=(State.WAITING, State.HANDED)).update(due_at=timezone.now())
        deliver()
        send_bundles()


@pytest.mark.parametrize(
    ("at", "what", "mails", "is_told"),
    [
        ("open", Killed(), 1, False),
        ("open", ConnectionRefusedError(), 1, False),
        ("before", SMTPRecipientsRefused({}), 1, False),
        ("before", SMTPServerDisconnected(), 0, True),
        ("before", Killed(), 0, True),
        ("after", Killed(), 1, True),
    ],
)
def test_a_letter_comes_once_or_is_told_in_the_page(
    member: User, monkeypatch: pytest.MonkeyPatch, at: str, what: BaseException, mails: int, is_told: bool
) -> None:
    assert [post(member, "day:1", "Your day", "Much to do", address="/") for _again in range(2)] == [
        True,
        False,
    ]
    monkeypatch.setattr(Dying, "at", at)
    monkeypatch.setattr(Dying, "what", what)
    if isinstance(what, Killed):
        with pytest.raises(Killed):
            deliver()
    else:
        assert deliver() == 0
    monkeypatch.setattr(Dying, "at", "")
    assert deliver() == 0  # another worker keeps out of the way
    later()
    letter = Letter.objects.get()
    assert (len(mail.outbox), letter.state, letter.text) == (mails, "told" if is_told else "sent", "")
    assert all(one.extra_headers["Message-ID"] == f"<{letter.pk}@rapport.invalid>" for one in mail.outbox)
    told = Notification.objects.filter(user=member, kind="mail.unclear")
    assert [(one.text, one.address) for one in told] == ([("Your day", "/")] if is_told else [])


def test_what_could_not_be_sent_for_a_day_is_told_in_the_page(
    member: User, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    post(member, "day:2", "Your day", "Much to do", address="/")
    monkeypatch.setattr(Dying, "at", "open")
    monkeypatch.setattr(Dying, "what", ConnectionRefusedError())
    deliver()
    Letter.objects.update(until=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr(Dying, "at", "")
    later()
    assert mail.outbox == []
    client.force_login(member)
    assert "A mail may not have reached you." in client.get("/notifications/").content.decode()
