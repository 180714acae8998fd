from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_duplicates_and_merges")]

    operations = [
        migrations.AddField(
            model_name="relationshiptype",
            name="most_sources",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="relationshiptype",
            name="most_targets",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
