"""The list of activities begins with three views for everybody."""

from django.db import migrations

OPEN = {"field": "done_at", "is": "empty", "value": ""}
MINE = {"field": "owner", "is": "me", "value": ""}
LATE = {"field": "due_at", "is": "older", "value": "0"}
VIEWS = (("My open tasks", [OPEN, MINE]), ("Overdue", [OPEN, LATE]), ("All open", [OPEN]))


def add(apps, schema_editor):
    View = apps.get_model("kernel", "View")
    if View.objects.filter(type="activities", is_shared=True).exists():
        return
    for position, (name, conditions) in enumerate(VIEWS):
        View.objects.create(
            type="activities",
            name=name,
            is_shared=True,
            filter={"all": conditions},
            sort="due_at",
            position=position,
        )


class Migration(migrations.Migration):
    dependencies = [("activities", "0002_timelines"), ("kernel", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
