"""One size: a database of its own, made once and kept, then all figures."""

import time

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bench.clock import table
from bench.generate import generate
from bench.imports import measure_imports
from bench.pages import measure_pages
from rapport.accounts.models import Company
from rapport.kernel.models import AnyRecord


def run(parties: int) -> None:
    """Generate what is missing, measure, print."""
    use_database(f"rapport_bench_{parties}")
    begin = time.monotonic()
    if not Company.objects.filter(name="Bench").exists():
        generate(parties, lambda what: print(f"  {time.monotonic() - begin:6.0f} s  {what}", flush=True))
    with connection.cursor() as cursor:
        cursor.execute("select version(), pg_size_pretty(pg_database_size(current_database()))")
        version, size = cursor.fetchone()
    records = AnyRecord.objects.count()
    print(f"{parties:,} parties, {records:,} records, {size}, {version.split(' on ')[0]}")
    print(table(measure_pages(parties)), flush=True)
    fresh_database("rapport_bench_imports")  # else every run would make the database of the pages larger
    print(measure_imports(), flush=True)


def fresh_database(name: str) -> None:
    """Connect to an empty, migrated database of that name; what was in it is lost."""
    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f'drop database if exists "{name}"')
    use_database(name)


def use_database(name: str) -> None:
    """Connect to the database of that name on the same server; create and migrate it when it is new."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        is_new = cursor.fetchone() is None
        if is_new:
            cursor.execute(f'create database "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0, skip_checks=True)
    call_command("collectstatic", interactive=False, verbosity=0)
