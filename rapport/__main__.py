"""The `rapport` command: run, import, user, backup, restore, doctor, db, migrate, worker, mcp."""

import argparse
import errno
import sys
from collections.abc import Sequence

from rapport.runtime.commands import agents, backup, database, doctor, importing, maintenance, run, users
from rapport.runtime.commands.application import complain
from rapport.runtime.errors import Refusal
from rapport.runtime.version import VERSION

COMMANDS = (run, importing, users, backup, doctor, database, maintenance, agents)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser(
        prog="rapport",
        description="Rapport, customer relationship management.",
        epilog="Settings are environment variables; `rapport doctor` prints each with its value and source.",
    )
    whole.add_argument("--version", action="version", version=f"rapport {VERSION}")
    parts = whole.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(parts)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what goes wrong for a known reason is one sentence and exit code 1."""
    given = parser().parse_args(arguments)
    try:
        return int(given.command(given))
    except Refusal as refusal:
        complain(str(refusal))
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        complain(f"The disk is full ({error.filename or 'no space left'}). Free some space and try again.")
        return 1


if __name__ == "__main__":
    sys.exit(main())
