import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import rapport.runtime.ids

# A share leaves with its record, also where the row is removed without Django.
CASCADE = """
do $$
declare one record;
begin
    for one in select conname from pg_constraint
        where contype = 'f' and conrelid = 'kernel_share'::regclass and confrelid = 'kernel_record'::regclass
    loop
        execute format('alter table kernel_share drop constraint %I', one.conname);
    end loop;
    alter table kernel_share add constraint kernel_share_record foreign key (record_id)
        references kernel_record (id) on delete cascade deferrable initially deferred;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0009_custom_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=rapport.runtime.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "act",
                    models.TextField(choices=[("read", "See"), ("edit", "See and edit")], default="read"),
                ),
                ("until", models.DateField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="kernel.anyrecord",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "kernel_share",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("team__isnull", False), ("user", None)),
                            models.Q(("team", None), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_share_is_with_a_user_or_a_team",
                    ),
                    models.UniqueConstraint(
                        fields=("record", "user"), name="a_record_is_shared_once_with_a_user"
                    ),
                    models.UniqueConstraint(
                        fields=("record", "team"), name="a_record_is_shared_once_with_a_team"
                    ),
                ],
            },
        ),
        migrations.RunSQL(CASCADE, migrations.RunSQL.noop),
    ]
