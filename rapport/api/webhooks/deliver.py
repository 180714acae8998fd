"""Telling a subscriber what has happened since he was told last: in order, signed, again and again until he has it."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rapport.accounts.backend import Backend
from rapport.api.changes.events import events_of
from rapport.api.changes.log import Position, read_log
from rapport.api.tokens.scope import Scope, Viewer, narrowed, readable_types
from rapport.api.webhooks.models import Delivery, Subscription
from rapport.kernel.changes.models import Cause
from rapport.kernel.filters import FilterError, compile_filter, from_json
from rapport.kernel.registry import RecordType
from rapport.runtime import options, outside
from rapport.runtime.ids import uuid7

BATCH: Final = 100  # entries of the log in one call
LONGEST_RUN: Final = 50.0  # seconds; the next run goes on
KEPT: Final = 200  # attempts that the settings page can show
WAITS: Final = (1, 2, 5, 10, 20, 30, 60)  # minutes; the last one again and again
GIVES_UP: Final = timedelta(days=7)
GONE: Final = 410


class Broken(Exception):
    """The subscription cannot be served until somebody mends it; the text says why."""


@contextmanager
def alone(key: UUID) -> Iterator[bool]:
    """Only one worker tells a subscriber at a time. A lock of the session, as no transaction may wait for strangers."""
    name = f"rapport webhook {key}"
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtext(%s))", [name])
        held = bool(cursor.fetchone()[0])
        try:
            yield held
        finally:
            if held:
                cursor.execute("select pg_advisory_unlock(hashtext(%s))", [name])


def deliver(key: UUID) -> None:
    """Tell the subscriber everything behind his position, batch by batch, until an attempt fails."""
    with alone(key) as mine:
        end = time.monotonic() + LONGEST_RUN
        while mine and time.monotonic() < end:
            subscription = Subscription.objects.filter(
                pk=key, is_on=True, next_at__lte=timezone.now()
            ).first()
            if subscription is None or not _batch(subscription):
                return


def _batch(subscription: Subscription) -> bool:
    """One call; says whether there may be more to tell."""
    try:
        viewer = viewer_of(subscription)
        after = Position(subscription.transaction, subscription.change)
        kinds = wanted_types(subscription, viewer)
        entries, position, more = read_log(after, kinds, BATCH)
        events = events_for(subscription, viewer, entries)
    except (Broken, FilterError) as problem:
        stop(subscription, str(problem))
        return False
    if events:
        outcome = send(subscription, events, position)
        if not outcome.is_done:
            fail(subscription, outcome)
            return False
    # Somebody may have set another position meanwhile: that one counts.
    same = Subscription.objects.filter(
        pk=subscription.pk, transaction=subscription.transaction, change=subscription.change
    )
    same.update(
        transaction=position.transaction, change=position.change, failures=0, failing_since=None, problem=""
    )
    return more


def viewer_of(subscription: Subscription) -> Viewer:
    """The user of the subscription, as he may see things today."""
    user = Backend().get_user(subscription.user_id)
    if user is None:
        raise Broken(_("The user of this webhook may not sign in any more."))
    scope = Scope(may_write=False, types={key: [] for key in subscription.types})
    return Viewer(narrowed(user, scope), scope)


def wanted_types(subscription: Subscription, viewer: Viewer) -> list[str]:
    return [kind.key for kind in readable_types(viewer.user)]


def events_for(subscription: Subscription, viewer: Viewer, entries: list[Any]) -> list[Any]:  # Any: JSON
    """The events of these entries that the subscriber wants."""
    if subscription.skips_programs:
        entries = [one for one in entries if one.cause != Cause.API]

    def condition(kind: RecordType) -> Q:
        return condition_of(subscription, kind, viewer)

    found = events_of(entries, viewer, condition=condition)
    return [one for one in found if not subscription.acts or one["act"] in subscription.acts]


def condition_of(subscription: Subscription, kind: RecordType, viewer: Viewer) -> Q:
    """The filter of the subscription; one that fits no more stops it, for without it too much would be told."""
    if not subscription.filter:
        return Q()
    with translation.override("en"):
        compiled = compile_filter(from_json(subscription.filter), kind, viewer.context)
    if compiled.problems:
        raise Broken(_("The filter does not fit any more: %(why)s") % {"why": " ".join(compiled.problems)})
    return compiled.condition


def send(subscription: Subscription, events: list[Any], position: Position) -> outside.Outcome:
    """Post the events and note the attempt."""
    if not subscription.secret:  # without it nobody could tell the call from a forged one
        return outside.Outcome(
            0, 0, _("The secret of this webhook cannot be opened any more. Make a new webhook.")
        )
    delivery = uuid7()
    body = json.dumps(
        {
            "webhook": str(subscription.pk),
            "delivery": str(delivery),
            "position": str(position),
            "events": events,
        },
        ensure_ascii=False,
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Rapport-Webhook/1",
        "Rapport-Webhook": str(subscription.pk),
        "Rapport-Delivery": str(delivery),
        "Rapport-Signature": signature(subscription.secret, body, int(time.time())),
    }
    networks = options.WEBHOOK_NETWORKS.value()
    outcome = outside.call("POST", subscription.url, body, headers, networks)
    Delivery.objects.create(
        pk=delivery, subscription=subscription, events=len(events), attempt=subscription.failures + 1,
        status=outcome.status, milliseconds=outcome.milliseconds, problem=outcome.problem,
        first_position=events[0].get("position", ""),
    )  # fmt: skip
    old = Delivery.objects.filter(subscription=subscription).order_by("-at").values("pk")[KEPT : KEPT + 1000]
    Delivery.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return outcome


def signature(secret: str, body: bytes, at: int) -> str:
    """“t=…,v1=…”: HMAC-SHA256 over the moment, a point and the body, so that nothing old can be sent again."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def fail(subscription: Subscription, outcome: outside.Outcome) -> None:
    """Try again later; the position stays, so nothing is lost."""
    now = timezone.now()
    since = subscription.failing_since or now
    why = outcome.problem or _("The answer was %(status)s.") % {"status": outcome.status}
    if outcome.status == GONE:
        stop(subscription, _("The receiver has answered that it is gone (410)."))
    elif now - since > GIVES_UP:
        stop(subscription, _("It has failed for a week. %(why)s") % {"why": why})
    else:
        wait = WAITS[min(subscription.failures, len(WAITS) - 1)]
        Subscription.objects.filter(pk=subscription.pk).update(
            failures=subscription.failures + 1, failing_since=since, problem=why,
            next_at=now + timedelta(minutes=wait),
        )  # fmt: skip


def stop(subscription: Subscription, why: str) -> None:
    """Nothing more is sent until somebody switches it on; it then goes on where it stopped."""
    Subscription.objects.filter(pk=subscription.pk).update(is_on=False, problem=why)


def due() -> list[UUID]:
    """The subscriptions whose turn it is."""
    return list(
        Subscription.objects.filter(is_on=True, next_at__lte=timezone.now()).values_list("pk", flat=True)
    )
