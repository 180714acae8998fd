"""Secrets of webhooks are kept sealed from now on."""

from django.db import migrations

import rapport.runtime.secrets
from rapport.runtime.secrets import SIGN, seal


def seal_secrets(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select id, secret from api_subscription for update")
        for key, secret in cursor.fetchall():
            if not secret.startswith(SIGN):
                sealed = seal(secret, "api.subscription.secret")
                cursor.execute("update api_subscription set secret = %s where id = %s", [sealed, key])


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0002_proposals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="subscription",
            name="secret",
            field=rapport.runtime.secrets.SealedText(),
        ),
        migrations.RunPython(seal_secrets, migrations.RunPython.noop),
    ]
