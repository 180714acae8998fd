"""The user's own quarter on My day: what he has won, what will probably come, and what is open beyond that."""

from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.activities.myday.panels import Panel, add_panel
from rapport.kernel.pages.blocks import Context
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import type_of_model
from rapport.sales.deals.forecast import forecast_of
from rapport.sales.deals.models import Deal

TITLES: Final[tuple[Promise, ...]] = (
    _("First quarter"), _("Second quarter"), _("Third quarter"), _("Fourth quarter"),
)  # fmt: skip
NEEDED = {"amount", "outcome", "expected_on", "closed_on"}


def my_quarter(request: HttpRequest) -> Context | None:
    """None for who sees no amounts, or has no deal in this quarter."""
    user = user_of(request)
    kind = seen_by(type_of_model(Deal), user)
    if policy(user, kind.key, "read").reach == "none" or not set(kind.fields) >= NEEDED:
        return None
    main = context_of(request).currency
    found = forecast_of(Deal.objects.visible_to(user).filter(owner=user), main, tells_silent=False)
    if not found.possible and not found.others:
        return None
    address = f"{reverse('board', args=[kind.key])}?owner={user.pk}"
    return {"title": TITLES[found.quarter.number - 1], "f": found, "main": main, "address": address}


def register() -> None:
    add_panel(Panel("my_quarter", "sales/deals/my_quarter.html", my_quarter, 10))
