"""Secrets at rest: what stands in the database sealed, with a key that is made of the data folder's key.

A copy of the database alone opens nothing. AES-256-GCM; each purpose has a key of its own, so that a secret that
somebody copies into another column does not open there. Secrets that we only compare are kept as digests instead.
"""

import base64
import binascii
import logging
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

logger = logging.getLogger(__name__)

SIGN = "sealed:1:"  # how a sealed text begins; the number tells how it was made
NONCE = 12


class CannotBeOpened(Exception):
    """The text was sealed with another key or for another purpose, or somebody has changed it."""


def seal(text: str, purpose: str) -> str:
    """Return the text as it may stand in the database; the same text is never sealed alike twice."""
    nonce = os.urandom(NONCE)
    box = nonce + AESGCM(_key(settings.SECRET_KEY, purpose)).encrypt(nonce, text.encode(), None)
    return SIGN + base64.urlsafe_b64encode(box).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Return what was sealed for this purpose, with today's key or one of SECRET_KEY_FALLBACKS."""
    try:
        box = base64.urlsafe_b64decode(sealed.removeprefix(SIGN)) if sealed.startswith(SIGN) else b""
    except (binascii.Error, ValueError) as error:
        raise CannotBeOpened(purpose) from error
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(secret, purpose)).decrypt(box[:NONCE], box[NONCE:], None).decode()
        except (InvalidTag, ValueError):  # ValueError: not long enough for a nonce
            continue
    raise CannotBeOpened(purpose)


@lru_cache(maxsize=64)
def _key(secret: str, purpose: str) -> bytes:
    info = b"rapport sealed " + purpose.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())


class SealedText(models.TextField):  # type: ignore[type-arg]  # generic in the stubs only, not when it runs
    """A secret that we need in plain words again, e.g. to sign with it: a column that holds it sealed.

    The purpose is table and column. A secret that cannot be opened any more (the key is another one) reads as
    empty, and the log says so: whoever uses it treats it like one that was never given. It cannot be searched.
    """

    @property
    def purpose(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:  # Any: Django's own
        text = super().get_prep_value(value)
        return seal(text, self.purpose) if text else text

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        if not value:
            return value
        try:
            return unseal(value, self.purpose)
        except CannotBeOpened:
            logger.error("a secret of %s cannot be opened: was the secret key exchanged?", self.purpose)
            return ""

    def get_lookup(self, lookup_name: str) -> Any:  # Any: Django's own
        return super().get_lookup(lookup_name) if lookup_name in ("isnull",) else None
