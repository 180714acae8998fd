"""What the list of deals shows besides their fields."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from rapport.accounts.models import User
from rapport.kernel.computed import ComputedColumn, add_column
from rapport.sales.deals.contacts import last_contacts
from rapport.sales.deals.models import Deal
from rapport.ui.components import moment


def last_contact(deals: Sequence[Deal], user: User) -> dict[UUID, Markup]:
    """When somebody last spoke with the people of each deal."""
    prefetch_related_objects(list(deals), "person", "organization")
    return {key: moment(at) for key, at in last_contacts(deals).items()}


def register() -> None:
    """Enter the columns; called when the application starts."""
    add_column(ComputedColumn("last_contact", _("Last contact"), ("deals",), last_contact, listed=False))
