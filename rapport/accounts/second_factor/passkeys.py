"""Passkeys (WebAuthn): the device signs a challenge of ours; we keep only its public key."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from rapport.accounts.models import User
from rapport.accounts.second_factor.models import Authenticator, Kind
from rapport.runtime import options

STATE = "passkey_challenge"
MOST = 20  # passkeys of one user


class NotAcceptedError(Exception):
    """What the device has said does not fit; the text is for the log."""


def begin_registration(request: HttpRequest, user: User) -> dict[str, Any]:  # Any: JSON for the browser
    """Return what the browser needs to make a passkey; it must ask for finger, face or number."""
    known = [_known(one) for one in _passkeys(user)]
    entity = PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.email, display_name=user.name)
    said, state = _server(request).register_begin(
        entity, known, resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    request.session[STATE] = {"for": "registration", "user": str(user.pk), "state": state}
    return dict(dict(said)["publicKey"])


def finish_registration(request: HttpRequest, user: User, response: Any) -> dict[str, Any]:  # Any: JSON
    """Return what is kept of the new passkey; NotAcceptedError when it was not made for this challenge."""
    state = _state(request, "registration", user)
    try:
        found = _server(request).register_complete(state, response)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAcceptedError(str(error)) from error
    data = found.credential_data
    if data is None:
        raise NotAcceptedError("no key")
    return {"credential_id": data.credential_id, "public_key": bytes(data), "sign_count": found.counter}


def begin_authentication(request: HttpRequest, user: User | None) -> dict[str, Any]:  # Any: JSON
    """Return what the browser needs to use a passkey: one of this user, or whichever the person chooses.

    As a second factor the password was right already; alone it has to ask for finger, face or number.
    """
    wanted = UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
    known = [_known(one) for one in _passkeys(user)] if user else None
    said, state = _server(request).authenticate_begin(known, user_verification=wanted)
    request.session[STATE] = {"for": "authentication", "user": str(user.pk) if user else "", "state": state}
    return dict(dict(said)["publicKey"])


def finish_authentication(request: HttpRequest, user: User | None, response: Any) -> User:  # Any: JSON
    """Return whose passkey has signed the challenge of this browser."""
    state = _state(request, "authentication", user)
    try:
        read = AuthenticationResponse.from_dict(response)
        of_user = Q(user=user) if user else Q()
        one = (
            Authenticator.objects.select_related("user")
            .filter(of_user, kind=Kind.PASSKEY, credential_id=read.raw_id)
            .first()
        )
        if one is None:
            raise NotAcceptedError("unknown passkey")
        handle = read.response.user_handle
        if handle is not None and bytes(handle) != one.user.pk.bytes:
            raise NotAcceptedError("the passkey is somebody else's")
        _server(request).authenticate_complete(state, [_known(one)], response)
        count = read.response.authenticator_data.counter
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAcceptedError(str(error)) from error
    if (count or one.sign_count) and count <= one.sign_count:
        raise NotAcceptedError("the passkey counts backwards: was it copied?")
    Authenticator.objects.filter(pk=one.pk).update(sign_count=count, used_at=timezone.now())
    return one.user


def _server(request: HttpRequest) -> Fido2Server:
    host = request.get_host()
    name = host if host.startswith("[") else host.partition(":")[0]
    origins = {f"{request.scheme}://{host}", options.URL.value().rstrip("/")}
    entity = PublicKeyCredentialRpEntity(id=name, name="Rapport")
    return Fido2Server(entity, verify_origin=lambda origin: origin in origins)


def _state(request: HttpRequest, purpose: str, user: User | None) -> Any:  # Any: fido2's own
    """A challenge is good for one try, for one purpose and for one user."""
    kept = request.session.pop(STATE, None)
    if not kept or kept["for"] != purpose or kept["user"] != (str(user.pk) if user else ""):
        raise NotAcceptedError("no challenge is open")
    return kept["state"]


def _passkeys(user: User) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=user, kind=Kind.PASSKEY)[:MOST])


def _known(one: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(one.public_key))
