"""Security notices: a mail to the user when something about how he signs in has changed, or a new device signed in.

They cannot be switched off: they are how somebody learns that another person has got into his account.
"""

import hashlib
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.accounts.letters.store import base, post
from rapport.accounts.models import Company, SignInEntry, User
from rapport.accounts.signin.places import UNKNOWN, address_of, device_of
from rapport.accounts.signin_log.models import Event
from rapport.ui.formats import format_stamp
from rapport.ui.mails import html_of

SAID: Final = {
    Event.PASSWORD_CHANGED: gettext_lazy("Your password was changed"),
    Event.EMAIL_CHANGED: gettext_lazy("Your e-mail address for signing in was changed"),
    Event.FACTOR_ADDED: gettext_lazy("A second factor was added"),
    Event.FACTOR_REMOVED: gettext_lazy("A second factor was removed"),
    Event.FACTORS_RESET: gettext_lazy("Your second factors were taken away by an administrator"),
    Event.CODES_MADE: gettext_lazy("New recovery codes were made; the old ones do not work any more"),
    Event.CODE_USED: gettext_lazy("A recovery code was used to sign in"),
    Event.LINKED: gettext_lazy("Your account was linked with the company sign-in"),
}
NEW_DEVICE: Final = gettext_lazy("A new device has signed in to your account")
SALT: Final = "rapport.device"
REMEMBERED: Final = 400 * 24 * 3600  # seconds; browsers keep cookies no longer


def tell(request: HttpRequest | None, event: Event, user: User, *, by: User | None, detail: str) -> None:
    """Write the notice for this line of the sign-in log, if it is one of which users are told."""
    if event not in SAID or not user.is_active:
        return
    send_notice(request, user, str(event), by=by, detail=detail)
    if event == Event.EMAIL_CHANGED and detail:
        # To the address until now, too.
        send_notice(request, user, str(event), by=by, detail=detail, to=detail)


def send_notice(
    request: HttpRequest | None, user: User, what: str, *, by: User | None = None, detail: str = "", to: str = ""
) -> None:  # fmt: skip
    company = Company.current()
    zone = ZoneInfo(user.time_zone or company.time_zone)
    with translation.override(user.language or company.language), timezone.override(zone):
        sentence = str(SAID.get(Event(what), NEW_DEVICE) if what else NEW_DEVICE)
        name = company.name or _("Rapport")
        values = {
            "user": user, "company": name, "sentence": sentence, "facts": _facts(request, user, what, detail),
            "base": base().rstrip("/"), **_advice(what, user, by),
        }  # fmt: skip
        post(
            user, f"security:{uuid4()}", f"{name}: {sentence}",
            render_to_string("accounts/security/notice.txt", values),
            html=html_of("accounts/security/notice.html", values), address=reverse("security"), to=to,
        )  # fmt: skip


def _facts(request: HttpRequest | None, user: User, what: str, detail: str) -> list[tuple[str, str]]:
    """What is known of it: when in the user's own time, what exactly, from where."""
    device, network = (device_of(request), address_of(request)) if request else ("", UNKNOWN)
    what_exactly = [(_("What"), detail)]
    if what == Event.EMAIL_CHANGED:
        what_exactly = [(_("Until now"), detail), (_("From now on"), user.email)]
    facts = [
        (_("When"), format_stamp(timezone.now())), *what_exactly, (_("Device"), device),
        (_("IP address"), "" if network == UNKNOWN else network),
    ]  # fmt: skip
    return [(label, said) for label, said in facts if said]


def _advice(what: str, user: User, by: User | None) -> dict[str, str]:
    """What to do about it. One link at most, and how to come there without it."""
    if by is not None and by != user:
        told = _("%(name)s, who administers Rapport, did this.") % {"name": by}
        asked = _(
            "If you know of it, you need not do anything. If not, ask %(name)s or another administrator."
        )
        return {"intro": told, "advice": asked % {"name": by}}
    if what == Event.FACTORS_RESET and by is None:
        return {
            "intro": _("This was done on the server of Rapport, by a command."),
            "advice": _("If you know of it, you need not do anything. If not, ask an administrator."),
        }
    if what == Event.PASSWORD_CHANGED:  # who does not know it any more cannot sign in to do something
        return {
            "intro": _("If this was you, you need not do anything."),
            "advice": _(
                "If it was not, somebody else may be in your account. Choose a new password at once, which ends all"
                " sessions, and tell an administrator:"
            ),
            "link": reverse("password_forgotten"), "label": _("Choose a new password"),
            "otherwise": _("Or without this link: open Rapport as you always do and choose “Forgot it”."),
        }  # fmt: skip
    return {
        "intro": _("If this was you, you need not do anything."),
        "advice": _(
            "If it was not, somebody else may be in your account. Choose a new password at once, end all other"
            " sessions, and tell an administrator:"
        ),
        "link": reverse("security"), "label": _("Sign-in and devices"),
        "otherwise": _("Or without this link: open Rapport as you always do, then Settings, Sign-in and devices."),
    }  # fmt: skip


# -- devices --------------------------------------------------------------------------------------------------------
def is_new_device(request: HttpRequest, user: User) -> bool:
    """Whether this browser has never signed in as this user. His very first sign-in is none to tell of.

    A browser is known by its cookie; who has none yet is known by what the log says of browser and address.
    """
    before = SignInEntry.objects.filter(user=user, event=Event.SIGNED_IN)
    if not before.exists():
        return False
    try:
        said = signing.loads(request.COOKIES.get(_cookie(user), ""), salt=SALT, max_age=REMEMBERED)
    except signing.BadSignature:
        said = None
    if said == str(user.pk):
        return False
    return not before.filter(device=device_of(request), address=address_of(request)[:64]).exists()


def remember_device(answer: HttpResponse, user: User) -> None:
    answer.set_cookie(
        _cookie(user), signing.dumps(str(user.pk), salt=SALT), max_age=REMEMBERED, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip


def _cookie(user: User) -> str:
    """A name for each user: several may work at one browser."""
    return f"known-{hashlib.sha256(str(user.pk).encode()).hexdigest()[:12]}"
