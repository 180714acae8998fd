"""OpenID Connect as we speak it: authorization code with PKCE, state and nonce; nothing is believed unsigned.

Every call goes through rapport/runtime/outside.py: a provider in a private network is called only when the operator
allows that network (RAPPORT_SIGN_ON_NETWORKS).
"""

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt
from django.utils.translation import gettext as _

from rapport.accounts.single_sign_on.models import Provider
from rapport.runtime import options, outside

SCOPES: Final = "openid email profile"
SIGNED_WITH: Final = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
]  # fmt: skip
CLOCKS_DIFFER: Final = 60  # seconds
NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# What strange JSON leads to.
NONSENSE: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


class NoTrustError(Exception):
    """The provider's answer is not good enough; the text is a sentence."""


@contextmanager
def reading() -> Iterator[None]:
    """Whatever the provider says instead of what it should, the person gets a sentence."""
    try:
        yield
    except NONSENSE as error:
        text = _("What the provider answers cannot be read. Try again later, or tell an administrator.")
        raise NoTrustError(text) from error


@dataclass(frozen=True)
class Begun:
    """What the browser's session keeps until the person comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


def discover(issuer: str) -> dict[str, Any]:  # Any: JSON of the provider
    """Return what the provider says of itself; it must call itself as we call it."""
    issuer = issuer.rstrip("/")
    said = _called("GET", issuer + "/.well-known/openid-configuration")
    if str(said.get("issuer", "")).rstrip("/") != issuer:
        raise NoTrustError(_("The provider calls itself %(name)s.") % {"name": str(said.get("issuer"))[:200]})
    secure = urlsplit(issuer).scheme
    for name in NEEDED:
        found = urlsplit(str(said.get(name, "")))
        if found.scheme not in ("https", secure) or not found.hostname:
            raise NoTrustError(_("The provider does not say where its “%(what)s” is.") % {"what": name})
    return said


@reading()
def begin(provider: Provider, redirect_uri: str) -> Begun:
    """Return where to send the person, and what to remember until he is back."""
    about = discover(provider.issuer)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _count in range(3))
    challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = urlencode({
        "response_type": "code", "client_id": provider.client_id, "redirect_uri": redirect_uri, "scope": SCOPES,
        "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    })  # fmt: skip
    address = str(about["authorization_endpoint"])
    return Begun(f"{address}{'&' if '?' in address else '?'}{query}", state, nonce, verifier)


@dataclass(frozen=True)
class Known:
    """Who came back, as the provider vouches for it."""

    subject: str
    email: str
    is_verified: bool
    name: str
    id_token: str
    end_session: str


@reading()
def finish(provider: Provider, code: str, begun: Begun, redirect_uri: str) -> Known:
    """Exchange the code and return who it is; NoTrustError when one thing does not fit."""
    if not provider.secret:
        raise NoTrustError(_("The secret of this provider cannot be opened any more. Give it anew."))
    about = discover(provider.issuer)
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
        "code_verifier": begun.verifier,
    }  # fmt: skip
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    methods = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" in methods:
        pair = urlencode({"": provider.client_id})[1:] + ":" + urlencode({"": provider.secret})[1:]
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": provider.client_id, "client_secret": provider.secret}
    given = _called("POST", str(about["token_endpoint"]), urlencode(form).encode(), headers)
    token = str(given.get("id_token", ""))
    claims = _claims(provider, about, token, begun.nonce)
    if not claims.get("email") and about.get("userinfo_endpoint"):
        bearer = {"Authorization": f"Bearer {given.get('access_token', '')}"}
        more = _called("GET", str(about["userinfo_endpoint"]), None, bearer)
        if more.get("sub") != claims["sub"]:
            raise NoTrustError(_("The provider speaks of two different people."))
        claims = more | claims
    if "\0" in f"{claims['sub']}{claims.get('email')}{claims.get('name')}":
        raise ValueError("no text that can be kept")
    email = str(claims.get("email") or "").strip().lower()[:254]
    return Known(
        subject=str(claims["sub"])[:255], email=email,
        is_verified=claims.get("email_verified") is True or provider.trusts_addresses,
        name=str(claims.get("name") or email.partition("@")[0])[:150], id_token=token,
        end_session=str(about.get("end_session_endpoint") or ""),
    )  # fmt: skip


def _claims(provider: Provider, about: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:  # Any: JSON
    """What the token says, when the provider has signed it, for us, for this sign-in and just now."""
    keys = _called("GET", str(about["jwks_uri"]))
    try:
        head = jwt.get_unverified_header(token)
        known = jwt.PyJWKSet.from_dict(keys).keys
        fitting = [one for one in known if head.get("kid") in (None, one.key_id)]
        if not fitting:
            raise NoTrustError(_("The provider has signed with a key that it does not name."))
        claims: dict[str, Any] = jwt.decode(  # Any: JSON
            token, fitting[0], algorithms=SIGNED_WITH, audience=provider.client_id, issuer=about["issuer"],
            leeway=CLOCKS_DIFFER, options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise NoTrustError(_("The provider's token is not good: %(why)s.") % {"why": error}) from error
    if claims.get("nonce") != nonce:
        raise NoTrustError(_("The provider's token belongs to another sign-in."))
    if claims.get("azp") not in (None, provider.client_id):
        raise NoTrustError(_("The provider's token was made for somebody else."))
    return claims


def _called(
    method: str, address: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:  # Any: JSON
    headers = {"Accept": "application/json", "User-Agent": "Rapport"} | (headers or {})
    outcome = outside.call(method, address, body, headers, options.SIGN_ON_NETWORKS.value())
    if not outcome.is_done:
        why = outcome.problem or _("The answer was %(status)s.") % {"status": outcome.status}
        raise NoTrustError(_("The provider does not answer as it should. %(why)s") % {"why": why})
    try:
        found = json.loads(outcome.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise NoTrustError(_("The provider does not answer with JSON."))
    return found
