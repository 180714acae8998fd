"""The list of deals begins with views for everybody."""

from django.db import migrations

OPEN = {"field": "outcome", "is": "any", "value": "open"}
MINE = {"field": "owner", "is": "me", "value": ""}
SOON = {"field": "expected_on", "is": "next", "value": "30"}
LATE = {"field": "expected_on", "is": "older", "value": "0"}
WON = {"field": "outcome", "is": "any", "value": "won"}
LOST = {"field": "outcome", "is": "any", "value": "lost"}
CLOSED = ["name", "organization", "amount", "closed_on", "owner"]
VIEWS = (
    ("Open", [OPEN], "expected_on", []),
    ("Mine", [OPEN, MINE], "expected_on", []),
    ("Closing in 30 days", [OPEN, SOON], "expected_on", []),
    ("Overdue", [OPEN, LATE], "expected_on", []),
    ("Won", [WON], "-closed_on", CLOSED),
    ("Lost", [LOST], "-closed_on", [*CLOSED, "loss_reason", "competitor"]),
)


def add(apps, schema_editor):
    View = apps.get_model("kernel", "View")
    if View.objects.filter(type="deals", is_shared=True).exists():
        return
    for position, (name, conditions, sort, columns) in enumerate(VIEWS):
        View.objects.create(
            type="deals", name=name, is_shared=True, filter={"all": conditions}, sort=sort, columns=columns,
            position=position,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("sales", "0004_deal_begins"), ("kernel", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
