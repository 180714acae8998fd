"""The lists of people and organizations begin with views for everybody."""

from django.db import migrations

MINE = {"field": "owner", "is": "me", "value": ""}
CUSTOMERS = {"field": "stage", "is": "any", "value": "customer|valued|won_back"}
LEADS = {"field": "stage", "is": "any", "value": "lead|prospect"}
SILENT = {"field": "last_contact_at", "is": "older", "value": "90"}
VIEWS = (
    ("Mine", [MINE], "-last_contact_at"),
    ("Leads", [LEADS], "-last_contact_at"),
    ("Customers", [CUSTOMERS], "-last_contact_at"),
    ("Customers without contact for 90 days", [CUSTOMERS, SILENT], "last_contact_at"),
)


def add(apps, schema_editor):
    View = apps.get_model("kernel", "View")
    for type_key in ("people", "organizations"):
        if View.objects.filter(type=type_key, is_shared=True).exists():
            continue
        for position, (name, conditions, sort) in enumerate(VIEWS):
            View.objects.create(
                type=type_key,
                name=name,
                is_shared=True,
                filter={"all": conditions},
                sort=sort,
                position=position,
            )


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_fewer_indexes"), ("kernel", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
