"""What every installation has before anybody sells: a pipeline, reasons for losing, people who take part in deals."""

from typing import Any

from rapport.kernel.relations.models import RelationshipType
from rapport.sales.pipelines.models import LossReason, Pipeline, Stage

STAGES = (
    ("Qualified", 20, 14, "sky"),
    ("Needs understood", 35, 14, "petrol"),
    ("Proposal", 50, 21, "violet"),
    ("Negotiation", 70, 14, "amber"),
    ("Contract sent", 90, 7, "green"),
)
# (name, asks for the competitor, asks for a note)
REASONS = (
    ("Price", True, False),
    ("Competitor", True, False),
    ("No budget", False, False),
    ("No decision", False, False),
    ("Bad timing", False, False),
    ("Not a fit", False, False),
    ("No answer", False, False),
    ("Other", False, True),
)


def install(**_facts: Any) -> None:  # Any: Django's signal arguments
    """After every migrate: what is missing altogether is made; what somebody has changed stays."""
    if not Pipeline.objects.exists():
        pipeline = Pipeline.objects.create(name="Sales")
        Stage.objects.bulk_create(
            Stage(pipeline=pipeline, name=name, chance=chance, expected_days=days, hue=hue, position=position)
            for position, (name, chance, days, hue) in enumerate(STAGES)
        )
    if not LossReason.objects.exists():
        LossReason.objects.bulk_create(
            LossReason(name=name, asks_competitor=competitor, asks_note=note, position=position)
            for position, (name, competitor, note) in enumerate(REASONS)
        )
    RelationshipType.objects.get_or_create(
        key="takes_part",
        defaults={
            "name": "takes part in",
            "inverse_name": "involves",
            "source_types": ["people"],
            "target_types": ["deals"],
            "is_built_in": True,
        },
    )
