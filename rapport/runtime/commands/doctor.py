"""`rapport doctor`: every setting with its source, and what is wrong and what to do about it."""

import argparse
import os
import shutil
import stat
from collections.abc import Callable, Iterator

from rapport.runtime import options
from rapport.runtime.commands import application, checkups
from rapport.runtime.commands.application import say
from rapport.runtime.commands.checkups import Finding
from rapport.runtime.errors import Refusal
from rapport.runtime.folders import data_folder
from rapport.runtime.postgres.binaries import find_binaries
from rapport.runtime.postgres.cluster import major_of
from rapport.runtime.postgres.locks import is_held
from rapport.runtime.postgres.tuning import MB, usable_memory
from rapport.runtime.version import VERSION

LITTLE_DISK = 1024 * MB


def add_to(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command line."""
    command = parts.add_parser("doctor", help="print the settings, say what is wrong and what to do")
    command.set_defaults(command=doctor)


def doctor(_arguments: argparse.Namespace) -> int:
    """Print settings and findings; the exit code is 1 when something is wrong."""
    say(f"Rapport {VERSION}\n\nSettings")
    for option in options.ALL:
        say(f"  {option.name:<22} {option.shown()}  [{option.source}]")
    say("\nChecks")
    is_well = True
    for check in CHECKS:
        try:
            for finding in check():
                is_well = is_well and finding.is_well
                say(f"  {'ok   ' if finding.is_well else 'WRONG'} {finding.what}: {finding.detail}")
        except Refusal as refusal:
            is_well = False
            what = checkups.advice(str(refusal))
            say(f"  WRONG {(check.__doc__ or '').rstrip('.')}: {refusal}{f' – {what}' if what else ''}")
            if check in NEEDED_BY_THE_REST:
                break
    say("\nAll is well." if is_well else "\nSomething is wrong; see above.")
    return 0 if is_well else 1


def values() -> Iterator[Finding]:
    """Settings."""
    for option in options.ALL:
        option.value()
    url, hosts = options.URL.value(), options.HOST.value()
    if options.PROXIES.value() and not url:
        yield Finding(
            False, "settings", "RAPPORT_PROXIES is set but RAPPORT_URL is not: name the public address."
        )
    elif url.startswith("http://") and hosts not in ("127.0.0.1", "localhost"):
        yield Finding(
            False, "settings", "RAPPORT_URL is http://, so passwords travel readably: put HTTPS in front."
        )
    else:
        yield Finding(True, "settings", "every value can be read")


def folder() -> Iterator[Finding]:
    """Data folder."""
    place = data_folder()
    place.create()
    free = shutil.disk_usage(place.path).free
    detail = f"{place.path}, {free // MB} MB free, {usable_memory() // MB} MB memory"
    if free < LITTLE_DISK:
        yield Finding(False, "disk", f"{detail}: less than {LITTLE_DISK // MB} MB; free some space soon")
    else:
        yield Finding(True, "data folder", detail)
    key = place.secret_key
    if not options.SECRET_KEY.value() and key.exists():
        mode = stat.S_IMODE(key.stat().st_mode)
        is_private = not mode & 0o077 and key.stat().st_uid == os.geteuid()
        yield Finding(
            is_private, "secret key", f"{key}" if is_private else f"others can read it: chmod 600 {key}"
        )
    is_new = not options.DATABASE_URL.value() and not place.postgres.exists()
    yield from checkups.key_is_there(place, is_new=is_new)
    yield from checkups.places(place)
    if is_held(place.run_lock):
        yield Finding(True, "rapport run", f"is running ({place.run_lock.read_text()})")
    else:
        yield from checkups.port()


def programs() -> Iterator[Finding]:
    """PostgreSQL's programs."""
    if options.DATABASE_URL.value():
        return
    found = find_binaries()
    yield Finding(True, "PostgreSQL's programs", f"version {found.major}, {found.bin} ({found.origin})")


def database() -> Iterator[Finding]:
    """Database."""
    place = data_folder()
    if not options.DATABASE_URL.value():
        if not place.postgres.exists():
            yield Finding(True, "database", "not made yet; `rapport run` makes it")
            return
        server = application.own_server(place)
        if server is not None:
            layout = server.layout
            yield Finding(
                True, "database files", f"PostgreSQL {major_of(layout)}, {layout.base}, {layout.account.name}"
            )
    with application.database(place):
        application.set_up_django()
        with application.sentences():
            yield from inside_database()


def inside_database() -> Iterator[Finding]:
    """Look at the database from inside."""
    from rapport.runtime import upgrades  # needs Django's settings

    version = upgrades.server_version()
    upgrades.refuse_newer()
    yield Finding(True, "database", f"reachable, PostgreSQL {version}")
    missing = upgrades.missing()
    if missing:
        yield Finding(
            False, "migrations", f"{len(missing)} are missing: run `rapport migrate` (or `rapport run`)"
        )
        return
    yield Finding(True, "migrations", "none is missing")
    yield checkups.rights()
    yield from checkups.indexes()
    yield from checkups.of_areas()
    yield checkups.clocks()
    yield checkups.secrets()
    yield from checkups.replica()
    yield checkups.worker(is_running=is_held(data_folder().run_lock))


def assets() -> Iterator[Finding]:
    """Scripts and styles."""
    application.set_up_django()
    from rapport.runtime import assets as static  # needs Django's settings

    if not static.are_built():
        yield Finding(False, "scripts and styles", "not built: run `pip install -e .` in the checkout again")
    elif not static.is_collected():
        yield Finding(
            True, "scripts and styles", "built; collected at the next `rapport run` or `rapport migrate`"
        )
    else:
        yield Finding(True, "scripts and styles", "built and collected")


def mail() -> Iterator[Finding]:
    """Mail server."""
    application.set_up_django()
    yield from checkups.mail()


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (values, folder, programs, assets, mail, database)
NEEDED_BY_THE_REST = (values, folder)
