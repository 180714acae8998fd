"""A pipeline to begin with, the usual reasons for losing, and people take part in deals."""

from django.db import migrations

STAGES = [
    ("Qualified", 20, 14, "sky"),
    ("Needs understood", 35, 14, "petrol"),
    ("Proposal", 50, 21, "violet"),
    ("Negotiation", 70, 14, "amber"),
    ("Contract sent", 90, 7, "green"),
]
REASONS = [
    ("Price", True),
    ("Lost to a competitor", True),
    ("No budget", False),
    ("No decision", False),
    ("Bad timing", False),
    ("Product does not fit", False),
    ("No answer any more", False),
    ("Other", False),
]


def add(apps, schema_editor):
    pipeline = apps.get_model("sales", "Pipeline").objects.create(name="Sales", position=0)
    for position, (name, chance, days, hue) in enumerate(STAGES):
        apps.get_model("sales", "Stage").objects.create(
            pipeline=pipeline, name=name, chance=chance, expected_days=days, hue=hue, position=position
        )
    for position, (name, competitor) in enumerate(REASONS):
        apps.get_model("sales", "LossReason").objects.create(
            name=name, asks_competitor=competitor, position=position
        )
    apps.get_model("kernel", "RelationshipType").objects.get_or_create(
        key="takes_part",
        defaults={
            "name": "takes part in",
            "inverse_name": "involves",
            "source_types": ["people"],
            "target_types": ["deals"],
            "is_built_in": True,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial"), ("kernel", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
