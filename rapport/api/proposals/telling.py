"""Who must decide learns that something waits: in the frame of every page, and where he reads what is new."""

from collections.abc import Iterator

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.api.proposals.models import Proposal, State
from rapport.kernel.notifications import Kind, Mail, add_kind, notify
from rapport.ui import navigation
from rapport.ui.navigation import Entry

KEY, LABEL = "proposal", _("Proposed changes")
WAITING = """
select count(*) from api_proposal p join api_token t on t.id = p.token_id where p.state = 'open' and t.user_id = %s
"""


def register() -> None:
    """Once, when the area starts."""
    add_kind(
        Kind(
            KEY,
            _("Changes that a program of yours proposes"),
            _("%(program)s has proposed a change, which waits for you."),
            "check-check",
            True,
            Mail.NEVER,
            60,
        )
    )
    navigation.add_source("top", _entries)


def tell_of(one: Proposal) -> None:
    """Tell whose token it is; not again while others of the same program wait."""
    others = Proposal.objects.filter(token=one.token_id, state=State.OPEN).exclude(pk=one.pk)
    if not others.exists():
        values = {"program": one.token.name}
        notify([one.token.user], KEY, text=one.label, address=reverse("proposals"), values=values)


def _entries(request: HttpRequest) -> Iterator[Entry]:
    """An entry of the sidebar as long as something waits."""
    if not isinstance(request.user, User):
        return
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [request.user.pk])
        [count] = cursor.fetchone()
    if count:
        known = int(count)
        yield Entry(
            "proposals", "check-check", LABEL, "proposals", 40, count=lambda _request: known, hot=True
        )
