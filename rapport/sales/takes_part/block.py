"""The block "People on this deal" on the deal's page."""

from typing import Any

from django.http import HttpRequest

from rapport.kernel.pages.blocks import Block, add_block
from rapport.kernel.pages.context import user_of
from rapport.kernel.permissions import can
from rapport.sales.deals.models import Deal
from rapport.sales.takes_part.people import ROLES, people_of


def block(request: HttpRequest, deal: Deal) -> dict[str, Any]:  # Any: what the template shows
    user = user_of(request)
    return {
        "people": people_of(deal, user),
        "may_edit": can(user, "edit", deal),
        "roles": ROLES,
        "deal": deal,
        "problem": "",
        "said": {},
    }


def register() -> None:
    """Enter the block; called when the application starts."""
    add_block(Block("deal_people", ("deals",), "right", "sales/takes_part/block.html", block, order=20))
