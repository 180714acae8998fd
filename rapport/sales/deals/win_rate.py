"""How often deals that came as far as a stage were won: what a loss does to it is said where it is written down."""

from datetime import timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.filters import TooExpensive, bounded
from rapport.kernel.permissions.veil import tells
from rapport.kernel.registry import type_of_model
from rapport.sales.deals.models import Deal, Outcome, StageMove
from rapport.ui.formats import format_percent

LOOKED_AT: Final = 500  # the newest closed deals: as many however many there are
FEWEST: Final = 5  # of less a rate says nothing
SECONDS: Final = 1


def after_a_loss(deal: Deal, user: User) -> str:
    """What losing this deal does to the win rate of its stage, as a sentence; "" where that is not known."""
    kind = type_of_model(Deal)
    if not all(tells(kind, user, name) for name in ("outcome", "stage", "closed_on")):
        return ""
    came = StageMove.objects.filter(deal=OuterRef("pk"), to_stage=deal.stage_id)
    since = timezone.localdate() - timedelta(days=365)
    closed = Deal.objects.visible_to(user).filter(
        pipeline_id=deal.pipeline_id, outcome__in=(Outcome.WON, Outcome.LOST), closed_on__gte=since
    )
    newest = closed.order_by("-closed_on").values("pk")[:LOOKED_AT]
    try:
        with bounded(SECONDS):
            rows = Deal.objects.visible_to(user).filter(Exists(came), pk__in=newest)
            found = rows.aggregate(won=Count("pk", filter=Q(outcome=Outcome.WON)), all=Count("pk"))
    except TooExpensive:
        return ""
    if found["all"] < FEWEST:
        return ""
    before, after = (round(found["won"] * 100 / number) for number in (found["all"], found["all"] + 1))
    said = {"stage": deal.stage, "rate": format_percent(after)}
    if after == before:
        return _("Win rate in %(stage)s stays at %(rate)s") % said
    return _("Win rate in %(stage)s falls to %(rate)s") % said
