"""Which of one's open deals need one: those without a next step, and those that have gone silent."""

import math
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.models import User
from rapport.kernel.attention.needs import Deed, Hint, Need, Source, add_source
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import type_of_model
from rapport.sales.deals.contacts import last_contacts, silent, without_next_step
from rapport.sales.deals.models import Deal, Outcome
from rapport.ui import formats

LOOKED_AT = 200  # the largest ones


def find(user: User, most: int) -> Sequence[Hint]:
    """The largest first; a deal that is silent and has no next step is one line."""
    kind = seen_by(type_of_model(Deal), user)
    if policy(user, kind.key, "read").reach == "none" or "outcome" not in kind.fields:
        return []
    mine = Deal.objects.visible_to(user).filter(owner=user, outcome=Outcome.OPEN)
    rows = mine.order_by(F("amount").desc(nulls_last=True), "pk").values_list("pk", "amount")
    quiet, idle = dict(rows.filter(silent())[:LOOKED_AT]), dict(rows.filter(without_next_step())[:LOOKED_AT])
    found = [
        Hint(f"deal-{key}", 44 + _size(amount) + (6 if key in idle else 0), (key, True, key in idle))
        for key, amount in quiet.items()
    ]
    found += [
        Hint(f"deal-{key}", 34 + _size(amount), (key, False, True))
        for key, amount in idle.items()
        if key not in quiet
    ]
    return sorted(found, key=lambda one: -one.weight)[:most]


def tell(user: User, hints: Sequence[Hint]) -> Sequence[Need]:
    """What is wrong with each of these deals."""
    rows = Deal.objects.visible_to(user).filter(pk__in=[hint.of[0] for hint in hints])
    deals = {one.pk: one for one in rows.select_related("organization", "person", "stage")}
    contacts, names = last_contacts(list(deals.values())), _names(list(deals.values()), user)
    found = []
    for hint in hints:
        key, is_silent, is_idle = hint.of
        if deal := deals.get(key):
            found.append(
                _silent(hint, deal, contacts, is_idle, names) if is_silent else _idle(hint, deal, names)
            )
    return found


def _size(amount: Decimal | None) -> float:
    """Ten times the money is a few places further up."""
    return min(24.0, 4.0 * math.log10(1 + float(amount or 0)))


def _names(found: Sequence[Deal], user: User) -> dict[UUID, str]:
    """With whom each deal is, as far as the user sees them."""
    keys = {key for one in found for key in (one.organization_id, one.person_id) if key}
    titles: dict[UUID | None, str] = dict(
        AnyRecord.objects.visible_to(user).filter(pk__in=keys).values_list("pk", "title")
    )
    return {one.pk: titles.get(one.organization_id) or titles.get(one.person_id) or "" for one in found}


def _line(hint: Hint, deal: Deal, whose: str, title: str, why: str, icon: str, tone: str) -> Need:
    value = formats.format_money(deal.amount, deal.amount_currency) if deal.amount is not None else ""
    plan = reverse("my_day_plan", args=[type_of_model(Deal).key, deal.pk])
    return Need(
        hint.key,
        title,
        f"{whose}: {why}" if whose else why,
        deal.get_absolute_url(),
        hint.weight,
        icon,
        tone,
        value,
        (Deed(_("Plan"), plan, dialog=True, key="plan"),),
    )


def _silent(
    hint: Hint, deal: Deal, contacts: dict[UUID, datetime], is_idle: bool, names: dict[UUID, str]
) -> Need:
    last = contacts.get(deal.pk)
    title = _("%(deal)s is going cold") % {"deal": deal}
    if last is None:
        why = _("no contact so far")
    else:
        days = (timezone.now() - last).days
        why = ngettext("%(num)s day silent", "%(num)s days silent", days) % {"num": days}
    if is_idle:
        why = _("%(why)s, and nothing is planned") % {"why": why}
    return _line(hint, deal, names[deal.pk], title, why, "hourglass", "warn")


def _idle(hint: Hint, deal: Deal, names: dict[UUID, str]) -> Need:
    title = _("%(deal)s has no next step") % {"deal": deal}
    why = _("in %(stage)s, nothing is planned") % {"stage": deal.stage}
    return _line(hint, deal, names[deal.pk], title, why, "signpost", "")


def register() -> None:
    add_source(Source("deals", gettext_lazy("Deals without next step or silent"), find, tell))
