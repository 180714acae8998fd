"""What every installation has: people work at organizations, and the life cycle has rules to begin with."""

from typing import Any

from django.utils.translation import gettext_noop as _

from rapport.kernel.relations.models import RelationshipType
from rapport.parties.growing import needs
from rapport.parties.life_cycle import starting


def install(**_facts: Any) -> None:  # Any: Django's signal arguments
    """After every migrate: the relationship type that the places of work need, the rules of the life cycle."""
    starting.begin()
    needs.begin()
    needs.renew()
    RelationshipType.objects.get_or_create(
        key="works_at",
        defaults={
            "name": _("works at"),
            "inverse_name": _("employs"),
            "source_types": ["people"],
            "target_types": ["organizations"],
            "is_built_in": True,
        },
    )
