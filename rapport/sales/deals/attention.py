"""Which of one's open deals need one: those without a next step, and those that have gone silent."""

import math
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.models import User
from rapport.kernel.attention.needs import Deed, Need, Source, add_source
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import type_of_model
from rapport.sales.deals.contacts import last_contacts, silent, without_next_step
from rapport.sales.deals.models import Deal, Outcome
from rapport.ui import formats

LOOKED_AT = 200  # the largest ones


def deals(user: User, most: int) -> Sequence[Need]:
    """The largest first; a deal that is silent and has no next step is one line."""
    kind = seen_by(type_of_model(Deal), user)
    if policy(user, kind.key, "read").reach == "none" or "outcome" not in kind.fields:
        return []
    mine = Deal.objects.visible_to(user).filter(owner=user, outcome=Outcome.OPEN)
    rows = mine.select_related("organization", "person", "stage").order_by(
        F("amount").desc(nulls_last=True), "pk"
    )
    quiet = list(rows.filter(silent())[:LOOKED_AT])
    idle = {one.pk: one for one in rows.filter(without_next_step())[:LOOKED_AT]}
    silent_ids = {one.pk for one in quiet}
    quiet, rest = quiet[: 2 * most], [one for key, one in idle.items() if key not in silent_ids][: 2 * most]
    contacts = last_contacts(quiet) if quiet else {}
    names = _names([*quiet, *rest], user)
    found = [_silent(one, contacts, one.pk in idle, names) for one in quiet]
    found += [_idle(one, names) for one in rest]
    return sorted(found, key=lambda one: -one.weight)[:most]


def _size(deal: Deal) -> float:
    """Ten times the money is a few places further up."""
    return min(24.0, 4.0 * math.log10(1 + float(deal.amount or 0)))


def _names(found: Sequence[Deal], user: User) -> dict[UUID, str]:
    """With whom each deal is, as far as the user sees them."""
    keys = {key for one in found for key in (one.organization_id, one.person_id) if key}
    titles: dict[UUID | None, str] = dict(
        AnyRecord.objects.visible_to(user).filter(pk__in=keys).values_list("pk", "title")
    )
    return {one.pk: titles.get(one.organization_id) or titles.get(one.person_id) or "" for one in found}


def _line(deal: Deal, whose: str, title: str, why: str, weight: float, icon: str, tone: str) -> Need:
    value = formats.format_money(deal.amount, deal.amount_currency) if deal.amount is not None else ""
    plan = reverse("my_day_plan", args=[type_of_model(Deal).key, deal.pk])
    return Need(
        f"deal-{deal.pk}",
        title,
        f"{whose}: {why}" if whose else why,
        deal.get_absolute_url(),
        weight,
        icon,
        tone,
        value,
        (Deed(_("Plan"), plan, dialog=True, key="plan"),),
    )


def _silent(deal: Deal, contacts: dict[UUID, datetime], is_idle: bool, names: dict[UUID, str]) -> Need:
    last = contacts.get(deal.pk)
    title = _("%(deal)s is going cold") % {"deal": deal}
    if last is None:
        why = _("no contact so far")
    else:
        days = (timezone.now() - last).days
        why = ngettext("%(num)s day silent", "%(num)s days silent", days) % {"num": days}
    if is_idle:
        why = _("%(why)s, and nothing is planned") % {"why": why}
    return _line(
        deal, names[deal.pk], title, why, 44 + _size(deal) + (6 if is_idle else 0), "hourglass", "warn"
    )


def _idle(deal: Deal, names: dict[UUID, str]) -> Need:
    title = _("%(deal)s has no next step") % {"deal": deal}
    why = _("in %(stage)s, nothing is planned") % {"stage": deal.stage}
    return _line(deal, names[deal.pk], title, why, 34 + _size(deal), "signpost", "")


def register() -> None:
    add_source(Source("deals", gettext_lazy("Deals without next step or silent"), deals))
