"""`rapport run`: database, web server and worker in one command, stopped together."""

import argparse
import http.client
import io
import os
import signal
import time
from types import FrameType

from rapport.runtime import addresses, options
from rapport.runtime.commands import application
from rapport.runtime.commands.application import complain, say
from rapport.runtime.errors import Refusal
from rapport.runtime.folders import DataFolder
from rapport.runtime.postgres.locks import Lock
from rapport.runtime.postgres.server import Server
from rapport.runtime.processes import Child, Family

# The sample company's first sign-in, on a floor above: found by name when it is needed.
SAMPLE = "rapport.accounts.setup.sample"
READY_WITHIN = 120
LOOK_EVERY = 1.0


def add_to(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command line."""
    command = parts.add_parser("run", help="start everything: database, web server, worker")
    command.add_argument("--demo", action="store_true", help="start with a sample company")
    command.add_argument("--host", help=options.HOST.help)
    command.add_argument("--port", type=int, help=options.PORT.help)
    command.add_argument("--web", type=int, metavar="N", help=options.WEB.help)
    command.add_argument("--workers", type=int, metavar="N", help=options.WORKERS.help)
    command.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Start everything and stay until told to stop."""
    for name in ("host", "port", "web", "workers"):  # what the command line says counts for the children too
        if (value := getattr(arguments, name)) is not None:
            os.environ[f"RAPPORT_{name.upper()}"] = str(value)
    addresses.require_the_server("rapport run")
    folder = application.prepared_folder()
    lock = only_one(folder)
    addresses.require_free_port()
    server = application.own_server(folder)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
            signal.signal(number, _interrupt)
    family = Family(say)
    try:
        if server:
            server.ensure()
        welcome = prepare(folder, demo=arguments.demo)
        for _number in range(options.WORKERS.value()):
            family.add("worker", "rapport.runtime.worker")
        family.add("web server", "rapport.runtime.web")
        watch(family, server, folder, welcome)
    except KeyboardInterrupt:
        say("\nStopping …")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):  # a second Ctrl-C must not leave things half stopped
            signal.signal(number, signal.SIG_IGN)
        family.stop()
        if server:
            server.stop(even_if_kept=False)
        lock.close()
    say("Stopped.")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def only_one(folder: DataFolder) -> Lock:
    """Take the data folder for this process; a second start is refused."""
    lock = Lock(folder.run_lock)
    for _attempt in range(5):
        if lock.take(wait=False):
            lock.write(f"process {os.getpid()}, {addresses.public_url()}")
            return lock
        time.sleep(0.05)
    raise Refusal(
        f"Rapport is running already with the data folder {folder.path} ({lock.read()}): "
        "use that one, stop it first, or name another folder in RAPPORT_DATA."
    )


def prepare(folder: DataFolder, *, demo: bool) -> str:
    """Bring the database and the collected files up to date; return how to begin.

    It is the only place where this process reads the database itself: once the children run, a lost
    database is theirs to wait for, and must never end the family.
    """
    application.set_up_django()
    with application.sentences():
        from django.core.management import call_command  # needs Django's settings

        from rapport.runtime import assets, restores, upgrades  # as above

        restores.finish_interrupted(folder, say)
        upgrades.bring_up_to_date(say)
        if assets.collect():
            say("The scripts and styles were brought up to date.")
        if demo:
            if has_users():
                say("This data folder is in use already, so the sample company is not added.")
            else:
                say("Making the sample company; this takes half a minute, more on a slow machine …")
                call_command("demo", stdout=io.StringIO())  # the welcome says how to sign in
        return how_to_begin()


def has_users() -> bool:
    """Whether anybody can sign in."""
    from django.contrib.auth import get_user_model  # needs Django's settings

    return get_user_model()._default_manager.exists()


def watch(family: Family, server: Server | None, folder: DataFolder, welcome: str) -> None:
    """Say when it is ready, then keep everything up."""
    wait_until_ready(family)
    say(f"\nRapport is ready: {addresses.public_url()}{welcome}")
    say(f"Everything is kept in {folder.path}. Ctrl-C stops it.\n")
    complaint, pause = "", LOOK_EVERY
    while True:
        time.sleep(pause)
        give_up_on(family.look_after())
        if server is None or server.is_supervised():
            complaint, pause = "", LOOK_EVERY
            continue
        try:  # the database's supervisor was killed, or gave up on a full disk
            server.ensure(may_create=False)  # a disk that went away must not become an empty database
            say("The database is back.")
        except Refusal as refusal:
            if str(refusal) != complaint:
                complain(str(refusal))
            complaint, pause = str(refusal), 10 * LOOK_EVERY


def wait_until_ready(family: Family) -> None:
    """Wait until the web server answers."""
    deadline = time.monotonic() + READY_WITHIN
    while not answers():
        give_up_on(family.look_after())
        if time.monotonic() > deadline:
            raise Refusal(
                f"The web server has not answered for {READY_WITHIN} seconds; its messages are above."
            )
        time.sleep(0.1)


def give_up_on(child: Child | None) -> None:
    """Stop everything when a process does not stay up."""
    if child:
        raise Refusal(f"The {child.name} does not stay up, so everything is stopped; its messages are above.")


def answers() -> bool:
    """Whether the web server says that it is well."""
    host = options.HOST.value()
    target = "127.0.0.1" if host in addresses.EVERYWHERE else host
    connection = http.client.HTTPConnection(target, options.PORT.value(), timeout=10)
    try:
        connection.request("GET", "/health", headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def how_to_begin() -> str:
    """Return the line that tells a newcomer how to get in, empty where people have their own sign-ins."""
    from django.db import connection  # needs Django's settings

    try:
        if not has_users():
            return "\nIts first page sets up your company, or shows you around with a sample company."
        if sample := sample_sign_in():
            return f"\nThis is the sample company. Sign in as {sample[0]} with the password {sample[1]}"
        return ""
    finally:
        connection.close()  # nobody looks after it from now on


def sample_sign_in() -> tuple[str, str] | None:
    """Return address and password of the sample company's administrator while they open the door."""
    from django.contrib.auth import get_user_model  # needs Django's settings
    from django.utils.module_loading import import_string

    email, password = import_string(f"{SAMPLE}.EMAIL"), import_string(f"{SAMPLE}.PASSWORD")
    user = get_user_model()._default_manager.filter(email=email, is_active=True).first()
    return (email, password) if user and user.check_password(password) else None
