from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0013_views_are_shared"),
    ]

    operations = [
        migrations.AddField(
            model_name="view",
            name="by",
            field=models.TextField(blank=True, default=""),
        ),
    ]
