"""How fast an import writes people, beside the bare set-based SQL that writes the same rows.

`python -m bench imports 1000000` measures only this, in a database of its own.
"""

import csv
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import BooleanField, JSONField

from bench.server_cpu import ServerCpu
from rapport.accounts.models import User
from rapport.kernel.custom import schema
from rapport.kernel.imports import command, deeds, engine
from rapport.kernel.imports.models import Import, State
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Party

ROWS = 100_000
GIVEN = (
    "Anna",
    "Bernd",
    "Carla",
    "David",
    "Emma",
    "Felix",
    "Greta",
    "Hans",
    "Ida",
    "Jan",
    "Karla",
    "Lars",
    "Mia",
)
FAMILY = (
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
)
STAGING = """
create temporary table bench_staging (name text, email text, phone text, organization text) on commit drop
"""
COMMON = {
    "id": "kernel_uuid7()",
    "origin": "'import'",
    "origin_detail": "'bench'",
    "owner_id": "%(owner)s",
    "created_at": "now()",
    "changed_at": "now()",
    "version": "1",
    "stage": "'suspect'",
    "stage_since": "current_date",
}
ORGANIZATION = {"kind": "'organization'", "name": "s.organization"}
PERSON = {
    "kind": "'person'",
    "name": "s.name",
    "given_name": "split_part(s.name, ' ', 1)",
    "family_name": "split_part(s.name, ' ', 2)",
    "email": "lower(s.email)",
    "phone": "'+49' || ltrim(replace(s.phone, ' ', ''), '0')",
    "organization_id": "o.id",
}
ORGANIZATIONS = "(select distinct organization from bench_staging) as s"
PEOPLE = """
bench_staging s join parties_party o
    on o.kind = 'organization' and o.origin_detail = 'bench' and o.name = s.organization
where not exists (select from parties_contactpoint c where c.normalized = lower(s.email))
"""


def _insert(values: dict[str, str], source: str) -> str:
    """SQL that writes parties: the values given, for all other columns what an empty field has."""
    given = COMMON | values
    columns = {
        str(one.column): given.get(str(one.column)) or ("null" if one.null else _empty(one))
        for one in Party._meta.concrete_fields
    }
    listed = ", ".join(f'"{name}"' for name in columns)
    return f"insert into parties_party ({listed}) select {', '.join(columns.values())} from {source}"


def _empty(one: object) -> str:
    if isinstance(one, ArrayField | JSONField):
        return "'{}'"
    return "false" if isinstance(one, BooleanField) else "''"


def measure_imports(rows: int = ROWS) -> str:
    """Import generated people through the engine, write as many with bare SQL, and say both speeds and the memory."""
    user = User.objects.filter(roles__is_administrator=True).first() or make_user(
        "Bench", role="administrator"
    )
    before = _memory()
    with tempfile.TemporaryDirectory() as folder:
        file = _file(Path(folder), rows, "a")
        check, ours, one = _import(file, user)
        memory = _memory()
        file = _file(Path(folder), rows, "b")
        bare = _used(lambda: _bare(file, user))
    assert one.counts["new"] == rows, one.counts
    each, whole = 1e6 / rows, ours.wall + check.wall
    cores = f"{(ours.python + ours.server) / ours.wall:.2f} of {os.cpu_count()} cores"
    return (
        f"import of {rows:,} people with e-mail, phone and organization: {rows / ours.wall:,.0f} rows/s "
        f"({rows / whole:,.0f} with the check before it), on {cores}; bare set-based SQL with the same triggers: "
        f"{rows / bare.wall:,.0f} rows/s; ours takes {ours.wall / bare.wall:.2f} times as long; {memory:,} MB of "
        f"memory at most, {memory - before:,} more than before; microseconds of a core for each row: "
        f"import {each * (ours.python + ours.server):.0f} (Python {each * ours.python:.0f}, PostgreSQL "
        f"{each * ours.server:.0f}), check {each * (check.python + check.server):.0f} (Python "
        f"{each * check.python:.0f}), bare SQL {each * bare.server:.0f}; {os.getloadavg()[0]:.1f} processes "
        f"wanted the cores"
    )


def _import(file: Path, user: User) -> "tuple[_Used, _Used, Import]":
    """What the check used, what the import did, and what came of it."""
    schema.ask()
    with engine.speaking(user) as context:
        kind = type_by_key("people")
        assert kind is not None
        one = deeds.take_in_path(kind, file, context)
        check = _used(lambda: command.go_through(one, State.CHECKING, engine.check))
        ours = _used(lambda: command.go_through(one, State.RUNNING, engine.run))
    return check, ours, one


@dataclass
class _Used:
    """Seconds by the clock, and of the processors."""

    wall: float
    python: float
    server: float


def _memory() -> int:
    """The most that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _used(work: Callable[[], object]) -> _Used:
    wall, python = time.monotonic(), time.process_time()
    with ServerCpu() as server:
        work()
    return _Used(time.monotonic() - wall, time.process_time() - python, server.seconds)


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
        cursor.execute("analyze bench_staging")
        for sql in (_insert(ORGANIZATION, ORGANIZATIONS), _insert(PERSON, PEOPLE)):
            cursor.execute(sql, {"owner": user.pk})
