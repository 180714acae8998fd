"""Stage moves in timelines: who moved, won, lost or reopened which deal."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from markupsafe import Markup, escape

from rapport.accounts.models import User
from rapport.activities.shown import first_name
from rapport.kernel.permissions.veil import veil
from rapport.kernel.timeline.sources import Item, Source, add_source
from rapport.sales.deals.models import Deal, Outcome, StageMove
from rapport.ui.formats import format_money

LOOKS = {"opened": ("handshake", "sky"), "moved": ("move-right", "violet"), "won": ("trophy", "green"),
         "lost": ("circle-slash", "red"), "reopened": ("rotate-ccw", "amber")}  # fmt: skip

# On the deal's own page, and on the pages of its organization and person.
OWN = {
    "opened": _("%(who)s opened the deal in %(new)s"),
    "moved": _("%(who)s moved the deal from %(old)s to %(new)s"),
    "won": _("%(who)s won the deal"),
    "won_for": _("%(who)s won the deal, %(sum)s"),
    "lost": _("%(who)s lost the deal"),
    "lost_because": _("%(who)s lost the deal because of %(reason)s"),
    "lost_to": _("%(who)s lost the deal because of %(reason)s to %(competitor)s"),
    "reopened": _("%(who)s reopened the deal in %(new)s"),
}
NAMED = {
    "opened": _("%(who)s opened the deal %(deal)s in %(new)s"),
    "moved": _("%(who)s moved %(deal)s from %(old)s to %(new)s"),
    "won": _("%(who)s won %(deal)s"),
    "won_for": _("%(who)s won %(deal)s, %(sum)s"),
    "lost": _("%(who)s lost %(deal)s"),
    "lost_because": _("%(who)s lost %(deal)s because of %(reason)s"),
    "lost_to": _("%(who)s lost %(deal)s because of %(reason)s to %(competitor)s"),
    "reopened": _("%(who)s reopened %(deal)s in %(new)s"),
}
# What the log need not tell again beside a move.
TELLS = (
    "created", "stage", "pipeline", "position", "outcome", "closed_on", "loss_reason", "competitor", "loss_note",
)  # fmt: skip


def load(ids: Sequence[UUID], user: User) -> dict[UUID, Item]:
    """The moves of deals that this user may see."""
    rows = list(seen(user).filter(pk__in=ids).select_related("deal__loss_reason", "from_stage", "to_stage"))
    for row in rows:
        veil(row.deal, user)
    names = dict(User.objects.filter(pk__in={row.actor_id for row in rows}).values_list("pk", "name"))
    return {row.pk: item_of(row, names.get(row.actor_id, "") if row.actor_id else "") for row in rows}


def seen(user: User) -> Any:  # Any: a query set of moves
    return StageMove.objects.filter(deal__in=Deal.objects.visible_to(user))


def item_of(move: StageMove, actor: str) -> Item:
    icon, hue = LOOKS[what_happened(move)]
    facts: dict[str, Any] = {"say": partial(sentence, move, actor)}  # Any: what the template shows
    return Item(move.pk, move.at, "stage_move", "sales/deals/stage_move.html", icon, hue, data=facts)


def sentence(move: StageMove, actor: str, is_own: bool) -> Markup:
    """What happened in one sentence; on the deal's own page without its name."""
    deal, what = move.deal, what_happened(move)
    key = what
    if what == "won" and deal.amount is not None:
        key = "won_for"
    elif what == "lost" and deal.loss_reason is not None:
        key = "lost_to" if deal.competitor else "lost_because"
    bold, gone = Markup('<b class="med">{}</b>'), _("a stage that was removed")
    facts = {
        "who": bold.format(first_name(actor) or "Rapport"),
        "deal": Markup('<a class="med" href="{}">{}</a>').format(deal.get_absolute_url(), deal.name),
        "old": str(move.from_stage or gone),
        "new": str(move.to_stage or gone),
        "sum": "" if deal.amount is None else format_money(deal.amount, deal.amount_currency),
        "reason": str(deal.loss_reason or ""),
        "competitor": deal.competitor,
    }
    template = str((OWN if is_own else NAMED)[key])
    return Markup(template) % {name: escape(fact) for name, fact in facts.items()}  # noqa: S704 - our sentences


def what_happened(move: StageMove) -> str:
    """One word for the move: opened, moved, won, lost or reopened."""
    if move.outcome in (Outcome.WON, Outcome.LOST):
        return str(move.outcome)
    if move.from_stage_id is None:
        return "opened"
    return "reopened" if move.from_stage_id == move.to_stage_id else "moved"


def register() -> None:
    """Enter the source; called when the application starts."""
    add_source(Source("stage_move", _("Deals"), load, group="sales", tells={"deals": TELLS}, seen=seen))
