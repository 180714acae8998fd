"""Idempotency keys: a call that is repeated under the same key gets the answer of the first one, and is done once."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.api.bulk.models import Answer
from rapport.api.problems import Problem
from rapport.api.tokens.models import Token
from rapport.runtime.ids import uuid7

KEPT = timedelta(days=1)
HEADERS = ("Content-Type", "ETag", "Location")


def once(request: HttpRequest, token: Token, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run the call unless it was done under this key. Refusals are not kept: they have written nothing."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return run()
    if len(key) > 200 or not key.isprintable():
        raise Problem(400, _("An Idempotency-Key has up to 200 characters."))
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    fingerprint = sha256(said).hexdigest()
    with transaction.atomic():
        Answer.objects.filter(token=token, key=key, at__lt=timezone.now() - KEPT).delete()
        # Who comes a moment later with the same key waits here until the first one is done.
        if not _claim(token, key, fingerprint):
            return _again(Answer.objects.get(token=token, key=key), fingerprint)
        answer = run()
        if isinstance(answer, HttpResponse):
            headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
            Answer.objects.filter(token=token, key=key).update(
                status=answer.status_code, headers=headers, body=answer.content.decode()
            )
    return answer


def _claim(token: Token, key: str, fingerprint: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into api_answer (id, token_id, key, fingerprint, status, headers, body, at)"
            " values (%s, %s, %s, %s, 0, '{}', '', %s) on conflict (token_id, key) do nothing",
            [uuid7(), token.pk, key, fingerprint, timezone.now()],
        )
        return bool(cursor.rowcount)


def _again(kept: Answer, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        sentence = _("This Idempotency-Key was used for another call.")
        raise Problem(422, sentence, code="idempotency-key")
    headers = {**kept.headers, "Idempotent-Replayed": "true"}
    answer = HttpResponse(kept.body, status=kept.status, headers=headers)
    if "Content-Type" not in kept.headers:
        del answer.headers["Content-Type"]
    return answer


def forget_old() -> None:
    Answer.objects.filter(at__lt=timezone.now() - KEPT).delete()
