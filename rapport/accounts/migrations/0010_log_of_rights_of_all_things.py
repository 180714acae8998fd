"""The log of rights is about more than roles: what it is about, and whom, is said by kind, key and name."""

from django.db import migrations, models

MOVE = """
update accounts_rightsentry set thing = 'role', thing_id = coalesce(role_id::text, ''),
  whom = case when whom_name = '' then '' else 'user' end, whom_id = coalesce(user_id::text, '')
"""
BACK = """
update accounts_rightsentry e set role_id = (select id from accounts_role where id::text = e.thing_id and e.thing = 'role'),
  user_id = (select id from accounts_user where id::text = e.whom_id and e.whom = 'user')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_log_of_rights"),
    ]

    operations = [
        migrations.RenameField("rightsentry", "role_name", "thing_name"),
        migrations.RenameField("rightsentry", "user_name", "whom_name"),
        migrations.AddField("rightsentry", "thing", models.TextField(default="role"), preserve_default=False),
        migrations.AddField("rightsentry", "thing_id", models.TextField(default="")),
        migrations.AddField("rightsentry", "whom", models.TextField(default="")),
        migrations.AddField("rightsentry", "whom_id", models.TextField(default="")),
        migrations.RunSQL(MOVE, BACK),
        migrations.RemoveField("rightsentry", "role"),
        migrations.RemoveField("rightsentry", "user"),
    ]
