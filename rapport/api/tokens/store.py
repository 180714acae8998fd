"""Making, finding and revoking tokens."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.db.models import Q
from django.utils import timezone

from rapport.accounts.models import User
from rapport.api.tokens.models import Token

SIGN = "rapport_"
LONGEST = 200
SEEN_EVERY = timedelta(minutes=1)


def digest_of(secret: str) -> str:
    """A plain digest is enough: the secret has 256 random bits, nobody tries them."""
    return sha256(secret.encode(errors="replace")).hexdigest()


def make_token(
    user: User,
    name: str,
    *,
    may_write: bool = False,
    waits: bool = False,
    may_administer: bool = False,
    types: dict[str, list[str]] | None = None,
    expires_at: datetime | None = None,
    per_minute: int = 600,
) -> tuple[Token, str]:
    """Return the new token and its secret, which is kept nowhere."""
    secret = SIGN + token_urlsafe(32)
    values: dict[str, Any] = {
        "may_write": may_write,
        "waits": waits,
        "may_administer": may_administer,
        "types": types or {},
        "per_minute": per_minute,
    }
    token = Token.objects.create(
        user=user, name=name, beginning=secret[:14], digest=digest_of(secret), expires_at=expires_at, **values
    )
    return token, secret


def find_token(secret: str) -> Token | None:
    """The working token of that secret."""
    if not secret.startswith(SIGN) or len(secret) > LONGEST:
        return None
    token = Token.objects.filter(digest=digest_of(secret)).first()
    return token if token is not None and token.works else None


def note_use(token: Token) -> None:
    """Remember that the token was used, once a minute at most."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - SEEN_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def revoke(token: Token) -> None:
    """From now on the token opens nothing; it stays in the list as what it was."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def revoke_all(user: User) -> None:
    """Who may not sign in any more has no programs either; should he come back, he makes new tokens."""
    Token.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
