"""Codes: of an authenticator app (TOTP, RFC 6238), and recovery codes that work once."""

import base64
import hmac
import secrets
import time
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urlencode

from django.utils import timezone

from rapport.accounts.models import User
from rapport.accounts.second_factor.models import Authenticator, Kind, RecoveryCode

SECONDS: Final = 30
DIGITS: Final = 6
DRIFT: Final = (0, -1, 1)  # a clock may be half a minute off, and people need time to type
RECOVERY_CODES: Final = 10
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


def new_secret() -> str:
    """Return 160 random bits as the apps want to read them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address_for_app(secret: str, user: User, issuer: str) -> str:
    """Return the address that stands in the QR code."""
    label = quote(f"{issuer}:{user.email}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def code_at(secret: str, step: int) -> str:
    """Return the code of that half minute since 1970."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, code: str, now: float | None = None) -> int | None:
    """Return the half minute that the code belongs to, None when it is wrong."""
    current = int((time.time() if now is None else now) // SECONDS)
    said = code.encode()
    found = [
        current + drift
        for drift in DRIFT
        if hmac.compare_digest(code_at(secret, current + drift).encode(), said)
    ]
    return found[0] if found else None


def app_accepts(user: User, code: str) -> bool:
    """Is this the code that the user's app shows now? Each works once, also when two send it at the same moment."""
    app = Authenticator.objects.filter(user=user, kind=Kind.APP).first()
    if app is None or not app.secret:  # empty: sealed with a key that is gone
        return False
    step = step_of(app.secret, code)
    if step is None:
        return False
    rows = Authenticator.objects.filter(pk=app.pk, last_step__lt=step)
    return bool(rows.update(last_step=step, used_at=timezone.now()))


def make_recovery_codes(user: User) -> list[str]:
    """Return new recovery codes; those until now do not work any more. Kept are digests only."""
    codes = [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
        for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user, one)) for one in codes])
    return codes


def use_recovery_code(user: User, code: str) -> bool:
    """Use a code up; False when there is none like it, or it was used already."""
    rows = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    return bool(rows.update(used_at=timezone.now()))


def _digest(user: User, code: str) -> str:
    """A plain digest is enough: a code has 79 random bits, nobody tries them."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return sha256(f"{user.pk} {plain}".encode()).hexdigest()
