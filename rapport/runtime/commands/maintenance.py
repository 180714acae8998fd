"""`rapport migrate` and `rapport worker`: the parts of `run` for installations on several machines."""

import argparse

from rapport.runtime import addresses
from rapport.runtime.commands import application
from rapport.runtime.commands.application import say


def add_to(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command line."""
    command = parts.add_parser("migrate", help="bring the database and the collected files up to date")
    command.set_defaults(command=migrate)
    command = parts.add_parser("worker", help="run one worker for jobs")
    command.set_defaults(command=worker)
    command = parts.add_parser("web", help="run the web server alone")
    command.set_defaults(command=web)


def migrate(_arguments: argparse.Namespace) -> int:
    """Bring the database and the collected files up to date."""
    addresses.require_the_server("rapport migrate")
    with application.application(up_to_date=False):
        from rapport.runtime import assets, upgrades  # need Django's settings

        upgrades.bring_up_to_date(say)
        assets.collect()
        say("The database is up to date.")
    return 0


def worker(_arguments: argparse.Namespace) -> int:
    """Run one worker until told to stop."""
    addresses.require_the_server("rapport worker")
    with application.database(application.prepared_folder()):
        from rapport.runtime import worker as process  # loads the job system

        process.main()
    return 0


def web(_arguments: argparse.Namespace) -> int:
    """Run the web server alone until told to stop."""
    with application.database(application.prepared_folder()):
        from rapport.runtime import web as process  # loads the web server

        process.main()
    return 0
