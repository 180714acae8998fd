"""Stage moves in timelines: who moved, won, lost or reopened which deal."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.timeline.sources import Item, Source, add_source
from rapport.sales.deals.models import Deal, Outcome, StageMove

LOOKS = {"opened": ("handshake", "sky"), "moved": ("move-right", "violet"), "won": ("trophy", "green"),
         "lost": ("circle-slash", "red"), "reopened": ("rotate-ccw", "amber")}  # fmt: skip

# What the log need not tell again beside a move.
TELLS = (
    "created", "stage", "pipeline", "position", "outcome", "closed_on", "loss_reason", "competitor", "loss_note",
)  # fmt: skip


def load(ids: Sequence[UUID], user: User) -> dict[UUID, Item]:
    """The moves of deals that this user may see."""
    moves = StageMove.objects.filter(pk__in=ids, deal__in=Deal.objects.visible_to(user))
    rows = list(moves.select_related("deal__loss_reason", "from_stage", "to_stage"))
    names = dict(User.objects.filter(pk__in={row.actor_id for row in rows}).values_list("pk", "name"))
    return {row.pk: item_of(row, names.get(row.actor_id, "")) for row in rows}


def item_of(move: StageMove, actor: str) -> Item:
    what = what_happened(move)
    icon, hue = LOOKS[what]
    facts: dict[str, Any] = {
        "move": move,
        "deal": move.deal,
        "what": what,
        "actor": actor,
    }  # Any: what is shown
    return Item(move.pk, move.at, "stage_move", "sales/deals/stage_move.html", icon, hue, data=facts)


def what_happened(move: StageMove) -> str:
    """One word for the move: opened, moved, won, lost or reopened."""
    if move.outcome in (Outcome.WON, Outcome.LOST):
        return str(move.outcome)
    if move.from_stage_id is None:
        return "opened"
    return "reopened" if move.from_stage_id == move.to_stage_id else "moved"


def register() -> None:
    """Enter the source; called when the application starts."""
    add_source(Source("stage_move", _("Deals"), load, group="sales", tells={"deals": TELLS}))
