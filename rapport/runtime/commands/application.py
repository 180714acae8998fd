"""What commands share: the data folder, the database, Django, and errors as sentences."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rapport.runtime import options
from rapport.runtime.errors import Refusal
from rapport.runtime.folders import DataFolder, data_folder
from rapport.runtime.postgres.server import Server


def say(text: str) -> None:
    """Print a line for the person at the keyboard."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # `rapport doctor | head`: the reader has seen enough, the work goes on without him.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def complain(text: str) -> None:
    """Print a line about what went wrong."""
    sys.stderr.write(f"rapport: {text}\n")
    sys.stderr.flush()


def prepared_folder() -> DataFolder:
    """Return the data folder, created and with its secret key."""
    folder = data_folder()
    folder.create()
    folder.ensure_secret_key()
    return folder


def own_server(folder: DataFolder) -> Server | None:
    """Return Rapport's own PostgreSQL, not yet started; None when another server is named."""
    return None if options.DATABASE_URL.value() else Server(folder.postgres, say=say)


@contextmanager
def database(folder: DataFolder) -> Iterator[Server | None]:
    """Keep the database up while a command needs it."""
    server = own_server(folder)
    if server:
        server.ensure()
    try:
        yield server
    finally:
        if server:
            server.release()


@contextmanager
def application(*, up_to_date: bool = True) -> Iterator[DataFolder]:
    """Start the database and Django for one command; a lost database becomes a sentence."""
    folder = prepared_folder()
    with database(folder) as server:
        set_up_django()
        with sentences():
            from rapport.runtime import restores, upgrades  # need Django's settings

            restores.finish_interrupted(folder, say)
            if up_to_date:
                upgrades.require_current(may_migrate=server is not None)
            yield folder


def set_up_django() -> None:
    """Load the settings and all areas."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.settings")
    import django  # the other commands start faster without it

    django.setup()


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what the database and the disk say into one clear sentence."""
    from django.db import DatabaseError, InterfaceError, OperationalError, connections  # see above

    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Refusal(f"{unreachable()} {first_line(error)}") from error
    except DatabaseError as error:
        raise Refusal(f"The database refused: {first_line(error)}") from error
    finally:
        connections.close_all()


def unreachable() -> str:
    """Say that the database cannot be reached, and what to look at."""
    url = options.DATABASE_URL.value()
    where = f"at {options.mask(url)} (RAPPORT_DATABASE_URL)" if url else "of this data folder"
    return f"The database {where} cannot be reached:"


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text."""
    lines = str(error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
