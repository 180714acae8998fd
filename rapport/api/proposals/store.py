"""Keeping what a program proposes; knows nothing of calls, so that calls can know of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.api.problems import Problem
from rapport.api.proposals.models import Proposal, State
from rapport.api.proposals.telling import tell_of
from rapport.api.tokens.models import Token

LONGEST = 500_000  # characters of what a call says
MOST_OPEN = 200  # proposals of one token; a person reads them
KEPT = timedelta(days=30)


def keep(
    token: Token, name: str, method: str, parts: Mapping[str, str], query: Mapping[str, str], body: str,
    *, version: str, label: str, changes: list[Any],
) -> Proposal:  # fmt: skip  # Any: JSON
    """Keep a call until a person has decided."""
    if len(body) > LONGEST:
        raise Problem(413, _("This is too much for somebody to confirm. Propose less at once."))
    if Proposal.objects.filter(token=token, state=State.OPEN)[:MOST_OPEN].count() >= MOST_OPEN:
        raise Problem(409, _("Too many proposals wait already. Somebody must decide some of them first."))
    with transaction.atomic():
        one = Proposal.objects.create(
            token=token, name=name, method=method, parts=dict(parts), query=dict(query), body=body,
            version=version[:200], label=label, changes=changes,
        )  # fmt: skip
        tell_of(one)
    return one


def forget_old() -> None:
    """What nobody decided, and what was decided long ago, leaves; what was changed stands in the log."""
    Proposal.objects.filter(at__lt=timezone.now() - KEPT).delete()
