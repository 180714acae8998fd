"""The short way to a new database: what the migrations make of an empty one, in one piece of SQL."""

import re
from pathlib import Path

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from rapport.runtime.ids import uuid7

FILE = Path(__file__).resolve().parents[1] / "baseline.sql"  # written by tools/baseline.py
STEP = re.compile(r"^-- (\w+)\.(\w+)$", re.MULTILINE)
ID = re.compile(r"<id (\d+)>")
# Nothing is there but what extensions brought, and these are where the SQL looks for them.
IS_EMPTY = """
select current_schema() is not distinct from 'public' and not exists (
    select from pg_class c where c.relnamespace = 'public'::regnamespace and not exists (
        select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
and not exists (
    select from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname in ('pg_trgm', 'unaccent') and n.nspname <> 'public')
"""


def steps() -> list[tuple[str, str]]:
    """The migrations that are in it, as (area, name) in their order."""
    return STEP.findall(FILE.read_text())


def begin(connection: BaseDatabaseWrapper) -> bool:
    """Make the tables and note the migrations as applied; False where anything speaks against it: nothing was done.

    Rows get ids of their own in each installation.
    """
    done = steps()
    with connection.cursor() as cursor:
        cursor.execute(IS_EMPTY)
        if not cursor.fetchone()[0]:
            return False
    # A library may have put others in the place of its migrations; those of newer versions just follow.
    if not set(done) <= MigrationLoader(None, ignore_no_migrations=True).disk_migrations.keys():
        return False
    ids: dict[str, str] = {}
    sql = ID.sub(lambda found: ids.setdefault(found[1], str(uuid7())), FILE.read_text())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(sql)
        recorder = MigrationRecorder(connection)
        recorder.migration_qs.bulk_create(recorder.Migration(app=area, name=name) for area, name in done)
    return True
