"""The stage that a party is in stands on the party alone: periods are those that are over."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0006_first_views"),
    ]

    operations = [
        migrations.RunSQL(
            "delete from parties_stageperiod where until is null",
            "insert into parties_stageperiod (id, party_id, stage, since)"
            " select gen_random_uuid(), id, stage, stage_since from parties_party",
        ),
    ]
