"""What every installation has: people work at organizations."""

from typing import Any

from rapport.kernel.relations.models import RelationshipType


def install(**_facts: Any) -> None:  # Any: Django's signal arguments
    """After every migrate: the relationship type that the places of work need."""
    RelationshipType.objects.get_or_create(
        key="works_at",
        defaults={
            "name": "works at",
            "inverse_name": "employs",
            "source_types": ["people"],
            "target_types": ["organizations"],
            "is_built_in": True,
        },
    )
