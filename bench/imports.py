"""How fast an import writes people, beside the bare set-based SQL that writes the same rows."""

import csv
import random
import tempfile
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from rapport.accounts.models import User
from rapport.kernel.imports import command
from rapport.kernel.testing.make import make_user

ROWS = 100_000
GIVEN = tuple(
    "Anna Bernd Carla David Emma Felix Greta Hans Ida Jan Karla Lars Mia Nils Olga Paul Rosa Sven Tina Uwe".split()  # noqa: SIM905  # reads better
)
FAMILY = tuple(
    [
        "Müller",
        "Schmidt",
        "Weber",
        "Wagner",
        "Becker",
        "Schulz",
        "Hoffmann",
        "Koch",
        "Bauer",
        "Richter",
        "Klein",
        "Wolf",
        "Neumann",
        "Schwarz",
        "Braun",
        "Krüger",
        "Hartmann",
        "Lange",
        "Werner",
        "Krause",
    ]  # as above
)

STAGING = """
create temporary table bench_staging (name text, email text, phone text, organization text) on commit drop
"""
SETS = (
    """
    insert into parties_party (id, kind, name, is_name_guessed, salutation, academic_title, given_name, family_name,
        position, industry, stage, stage_since, next_step, email, phone, mobile, website, city, country, language,
        legal_form, vat_number, about, tags, source, origin, origin_detail, owner_id, created_at, changed_at, version,
        custom)
    select kernel_uuid7(), 'organization', s.organization, false, '', '', '', '', '', '', 'suspect', current_date, '', '',
        '', '', '', '', '', '', '', '', '', '{}', '', 'import', 'bench', %(owner)s, now(), now(), 1, '{}'
    from (select distinct organization from bench_staging) as s
    """,
    """
    insert into parties_party (id, kind, name, is_name_guessed, salutation, academic_title, given_name, family_name,
        position, industry, stage, stage_since, next_step, email, phone, mobile, website, city, country, language,
        legal_form, vat_number, about, tags, source, origin, origin_detail, owner_id, created_at, changed_at, version,
        custom, organization_id)
    select kernel_uuid7(), 'person', s.name, false, '', '', split_part(s.name, ' ', 1), split_part(s.name, ' ', 2), '', '',
        'suspect', current_date, '', lower(s.email), '+49' || ltrim(replace(s.phone, ' ', ''), '0'), '', '', '', '', '',
        '', '', '', '{}', '', 'import', 'bench', %(owner)s, now(), now(), 1, '{}', o.id
    from bench_staging s
    join parties_party o on o.kind = 'organization' and o.origin_detail = 'bench' and o.name = s.organization
    where not exists (select from parties_contactpoint c where c.normalized = lower(s.email))
    """,
)


def measure_imports(rows: int = ROWS) -> str:
    """Import generated people through the engine, write as many with bare SQL, and say both speeds."""
    call_command("migrate", verbosity=0)
    user = User.objects.filter(roles__is_administrator=True).first() or make_user(
        "Bench", role="administrator"
    )
    with tempfile.TemporaryDirectory() as folder:
        ours = _timed(lambda: command.import_file(_file(Path(folder), rows, "a"), "people", user))
        bare = _timed(lambda: _bare(_file(Path(folder), rows, "b"), user))
    return (
        f"import of {rows:,} people with e-mail, phone and organization, checked first: {rows / ours:,.0f} rows/s; "
        f"bare set-based SQL with the same triggers: {rows / bare:,.0f} rows/s; ratio {ours / bare:.1f}"
    )


def _timed(work: object) -> float:
    begin = time.monotonic()
    work()  # type: ignore[operator]  # a function without arguments
    return time.monotonic() - begin


def _file(folder: Path, rows: int, seed: str) -> Path:
    chance = random.Random(seed)  # not for secrets
    path = folder / f"people-{seed}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Name", "E-Mail", "Telefon", "Firma"])
        for number in range(rows):
            given, family = chance.choice(GIVEN), chance.choice(FAMILY)
            company = f"Firma {seed}{chance.randrange(rows // 20 + 1)} GmbH"
            phone = f"030 {('5', '6')[seed == 'b']}{number:07d}"
            writer.writerow(
                [f"{given} {family}", f"{given}.{number}.{seed}@example.com".lower(), phone, company]
            )
    return path


def _bare(path: Path, user: User) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGING)
        with (
            cursor.copy("copy bench_staging from stdin with (format csv, header)") as copy,
            path.open("rb") as file,
        ):
            while piece := file.read(1 << 16):
                copy.write(piece)
        for sql in SETS:
            cursor.execute(sql, {"owner": user.pk})
