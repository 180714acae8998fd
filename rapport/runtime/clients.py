"""PostgreSQL's client programs, called for the database that the settings name."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO

from django.db import connection

from rapport.runtime import options
from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.binaries import find_binaries, major_version
from rapport.runtime.postgres.cluster import last_line


def program(name: str, at_least: int) -> str:
    """Return a client program that is not older than the server."""
    found: list[str] = []
    # An outside server may want TLS, which the embedded programs lack; the system's usually have it.
    if options.DATABASE_URL.value() and not options.PG_BIN.value() and (here := shutil.which(name)):
        found.append(here)
    try:
        found.append(find_binaries().program(name))
    except Refusal:
        if not found:
            raise
    for path in found:
        if major_version(Path(path)) >= at_least:
            return path
    raise Refusal(
        f"{name} for PostgreSQL {at_least} or newer is needed: install it, or name its folder in RAPPORT_PG_BIN."
    )


def environment(database: str | None = None) -> dict[str, str]:
    """Return the environment in which a client program finds the database; no password on the command line."""
    entry = connection.settings_dict
    options_given = entry["OPTIONS"]
    values = {
        "PGHOST": entry["HOST"], "PGPORT": entry["PORT"], "PGUSER": entry["USER"], "PGPASSWORD": entry["PASSWORD"],
        "PGDATABASE": database or entry["NAME"], "PGSSLMODE": options_given.get("sslmode", ""),
        "PGSSLROOTCERT": options_given.get("sslrootcert", ""), "PGAPPNAME": "rapport",
    }  # fmt: skip
    return dict(os.environ) | {name: str(value) for name, value in values.items() if value}


def call(
    command: list[str], what: str, *, database: str | None = None, stdout: IO[bytes] | None = None
) -> None:
    """Run a client program; its complaint becomes a sentence."""
    answer = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, check=False,
        env=environment(database),
    )  # fmt: skip
    if answer.returncode:
        raise Refusal(f"{what}: {last_line(answer.stderr.decode(errors='replace'))}")
