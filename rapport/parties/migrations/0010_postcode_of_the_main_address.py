"""The postal code of the main address stands on the party, as its city does: lists are filtered and ordered by it."""

from django.db import migrations, models

# Nobody changes anything: neither the log nor the index of words need to know.
FILL = """
    alter table parties_party disable trigger user;
    update parties_party t set postcode = f.postcode
    from (select distinct on (party_id) party_id, coalesce(address ->> 'postcode', '') as postcode
          from parties_partyaddress where coalesce(valid_until, 'infinity') >= current_date
          order by party_id, is_primary desc, id) as f
    where t.id = f.party_id and f.postcode <> '';
    alter table parties_party enable trigger user;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0009_growing_records"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="postcode",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
