"""A won deal has an amount; reasons that ask for a note; positions that put new deals on top."""

from django.db import migrations, models

import rapport.sales.deals.models


SHORTER = {
    "Lost to a competitor": "Competitor",
    "Product does not fit": "Not a fit",
    "No answer any more": "No answer",
}


def ask_for_notes(apps, schema_editor):
    reasons = apps.get_model("sales", "LossReason").objects
    reasons.filter(name="Other").update(asks_note=True)
    for long, short in SHORTER.items():
        reasons.filter(name=long).update(name=short)


class Migration(migrations.Migration):
    dependencies = [("sales", "0002_first_pipeline")]

    operations = [
        migrations.AlterModelOptions(name="stagemove", options={"ordering": ["at", "id"]}),
        migrations.AddField(
            model_name="lossreason",
            name="asks_note",
            field=models.BooleanField(default=False, verbose_name="Ask for a note"),
        ),
        migrations.AlterField(
            model_name="deal",
            name="position",
            field=models.FloatField(default=rapport.sales.deals.models.on_top, editable=False),
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                condition=models.Q(models.Q(("outcome", "open"), _negated=True), ("deleted_at", None)),
                fields=["pipeline", "outcome", "closed_on"],
                name="deal_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "won"), _negated=True),
                    models.Q(("amount", None), _negated=True),
                    _connector="OR",
                ),
                name="a_won_deal_has_an_amount",
                violation_error_message="A won deal needs an amount.",
            ),
        ),
        migrations.RunPython(ask_for_notes, migrations.RunPython.noop),
    ]
