"""What every installation has before anybody sells: a pipeline, reasons for losing, people who take part in deals."""

from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from rapport.accounts.models import Company
from rapport.kernel.relations.models import RelationshipType
from rapport.sales.pipelines.models import LossReason, Pipeline, Stage

STAGES = (
    (_("Qualified"), 20, 14, "sky"),
    (_("Needs understood"), 35, 14, "petrol"),
    (_("Proposal"), 50, 21, "violet"),
    (_("Negotiation"), 70, 14, "amber"),
    (_("Contract sent"), 90, 7, "green"),
)
# (name, asks for the competitor, asks for a note)
REASONS = (
    (_("Price"), True, False),
    (_("Competitor"), True, False),
    (_("No budget"), False, False),
    (_("No decision"), False, False),
    (_("Bad timing"), False, False),
    (_("Not a fit"), False, False),
    (_("No answer"), False, False),
    (_("Other"), False, True),
)


def install(**_facts: Any) -> None:  # Any: Django's signal arguments
    """After every migrate: what is missing altogether is made; what somebody has changed stays."""
    if not Pipeline.objects.exists():
        pipeline = Pipeline.objects.create(name=_("Sales"))
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
            "name": _("takes part in"),
            "inverse_name": _("involves"),
            "source_types": ["people"],
            "target_types": ["deals"],
            "is_built_in": True,
        },
    )


def speak(company: Company) -> None:
    """What was installed in English gets names in the language of the company when that is set up."""
    with override(company.language):
        for rows in (Pipeline.objects.all(), Stage.objects.all(), LossReason.objects.all()):
            for one in rows:
                one.name = gettext(one.name)
                one.save(update_fields=["name"])
