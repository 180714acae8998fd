"""`rapport db`: Rapport's own PostgreSQL by hand."""

import argparse
import os
import subprocess
from pathlib import Path

from rapport.runtime import options
from rapport.runtime.commands import application
from rapport.runtime.commands.application import say
from rapport.runtime.errors import Refusal
from rapport.runtime.folders import data_folder
from rapport.runtime.postgres.binaries import find_binaries
from rapport.runtime.postgres.cluster import major_of
from rapport.runtime.postgres.layout import DATABASE, ROLE
from rapport.runtime.postgres.server import Server
from rapport.runtime.postgres.upgrade import upgrade as upgrade_cluster


def add_to(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command line."""
    actions = parts.add_parser("db", help="start, stop, look at or upgrade Rapport's own PostgreSQL")
    chosen = actions.add_subparsers(metavar="ACTION", required=True)
    chosen.add_parser("start", help="start it and let it stay up").set_defaults(command=start)
    command = chosen.add_parser("stop", help="stop it")
    command.add_argument("--force", action="store_true", help="also while Rapport uses it")
    command.set_defaults(command=stop)
    chosen.add_parser("status", help="say whether it runs").set_defaults(command=status)
    command = chosen.add_parser("shell", help="open psql, or pass it arguments after --")
    command.add_argument("arguments", nargs="*")
    command.set_defaults(command=shell)
    command = chosen.add_parser(
        "upgrade", help="bring the database to the version of PostgreSQL's programs here"
    )
    command.add_argument("--old-bin", type=Path, required=True, help="folder with the old version's programs")
    command.set_defaults(command=upgrade)


def own() -> Server:
    """Return Rapport's own server; there is none when another one is named."""
    if options.DATABASE_URL.value():
        raise Refusal(
            "RAPPORT_DATABASE_URL names another server; `rapport db` is for Rapport's own PostgreSQL."
        )
    return Server(application.prepared_folder().postgres, say=say)


def start(_arguments: argparse.Namespace) -> int:
    """Start the server and let it stay up."""
    server = own()
    server.layout.prepare()
    server.keep()
    say(f"PostgreSQL is running: {server.ensure()}")
    return 0


def stop(arguments: argparse.Namespace) -> int:
    """Stop the server."""
    if not own().stop(even_if_used=arguments.force):
        raise Refusal("Rapport uses the database: stop Rapport first, or add --force.")
    say("PostgreSQL is stopped.")
    return 0


def status(_arguments: argparse.Namespace) -> int:
    """Say whether the server runs, and what it is."""
    if not options.DATABASE_URL.value() and not data_folder().postgres.exists():
        say(f"There is no database in {data_folder().path} yet.")
        return 1
    server = own()
    state, layout = server.state(), server.layout
    used = "in use" if server.is_used() else "not in use"
    say(f"PostgreSQL {major_of(layout) or '(no database yet)'} is {state}, {used}.")
    say(f"Folder: {layout.base}\nRuns as: {layout.account.name}\nAddress: {server.url}")
    return 0 if state == "ready" else 1


def shell(arguments: argparse.Namespace) -> int:
    """Open psql on the application's database."""
    server = own()
    server.ensure()
    asked = [find_binaries().program("psql"), "-h", str(server.layout.run), "-U", ROLE, "-d", DATABASE]
    return subprocess.run(
        [*asked, *arguments.arguments], check=False, env=os.environ | {"PGAPPNAME": "psql"}
    ).returncode


def upgrade(arguments: argparse.Namespace) -> int:
    """Upgrade the cluster to the version of the programs here."""
    upgrade_cluster(own().layout, arguments.old_bin.absolute(), say)
    return 0
