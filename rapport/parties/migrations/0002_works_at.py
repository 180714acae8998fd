"""People work at organizations: the relationship type is there from the beginning."""

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("kernel", "RelationshipType").objects.get_or_create(
        key="works_at",
        defaults={
            "name": "works at",
            "inverse_name": "employs",
            "source_types": ["people"],
            "target_types": ["organizations"],
            "is_built_in": True,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("kernel", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
