"""Addresses in the environment: of the database, the mail server, and our own."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psutil

from rapport.runtime import options
from rapport.runtime.errors import Refusal
from rapport.runtime.folders import DataFolder
from rapport.runtime.postgres.layout import layout_for

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - recognized, not bound


# Any: Django's own dictionary of options
def database(url: str, setting: str = options.DATABASE_URL.name) -> dict[str, Any]:
    """Return Django's DATABASES entry for a postgresql:// URL."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise Refusal(f"{setting} must look like postgresql://user:password@host:5432/name.")
    given: dict[str, Any] = dict(parse_qsl(parts.query))  # Any: as above
    try:
        port = str(given.pop("port", "") or parts.port or "")
    except ValueError as error:
        raise Refusal(f"The port in {setting} is no number.") from error
    pooler = given.pop("pooler", "")
    if pooler not in ("", "transaction"):
        raise Refusal(f"In {setting} only pooler=transaction is known; leave it out for any other.")
    return {
        "ENGINE": "rapport.runtime.database",
        "NAME": unquote(parts.path.lstrip("/")) or str(given.pop("dbname", "")),
        "USER": unquote(parts.username or "") or str(given.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": str(given.pop("host", "") or unquote(parts.hostname or "")),
        "PORT": port,
        "OPTIONS": {"connect_timeout": 10, "application_name": "rapport"} | given,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # A pooler that gives each transaction any connection cannot keep a cursor behind its end.
        "DISABLE_SERVER_SIDE_CURSORS": pooler == "transaction",
    }


def replica(url: str) -> dict[str, Any] | None:  # Any: as above
    """Return the same for the replica, which is given up early and never written to; None when there is none."""
    if not url:
        return None
    entry = database(url, options.REPLICA_URL.name)
    if entry["DISABLE_SERVER_SIDE_CURSORS"]:
        raise Refusal(f"{options.REPLICA_URL.name} must name the replica itself, not a pooler.")
    # Even if it should be promoted between two statements, it refuses to write for us.
    read_only = "-c default_transaction_read_only=on"
    given = entry["OPTIONS"]
    said = f"{given.get('options', '')} {read_only}".strip()
    entry["OPTIONS"] = given | {"connect_timeout": 2, "tcp_user_timeout": 15_000, "options": said}
    entry |= {"AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "TIME_ZONE": None}
    return entry


def require_the_server(what: str) -> None:
    """Refuse a pooler for what holds on to one connection: listening for jobs, locks, dumps."""
    if "pooler=transaction" in options.DATABASE_URL.value():
        raise Refusal(f"{what} needs the server itself: name it in RAPPORT_DATABASE_URL, not the pooler.")


def own_database(data: DataFolder) -> str:
    """Return the address of Rapport's own database, running or not."""
    base = Path(os.path.realpath(data.postgres))
    try:
        return layout_for(base).url()
    except Refusal:  # no account to run it; whoever starts it gets the sentence
        return "postgresql:///rapport"


def hosts() -> list[str]:
    """Return the host names that are answered."""
    named = {*LOOPBACK, *options.HOSTS.value()}
    url = urlsplit(options.URL.value())
    if url.hostname:
        named.add(url.hostname)
    listens = options.HOST.value()
    if listens in EVERYWHERE:
        named |= {socket.gethostname(), *_own_addresses()}
    elif listens not in LOOPBACK:
        named.add(listens)
    return sorted(f"[{name}]" if ":" in name else name for name in named)


def _own_addresses() -> set[str]:
    families = {socket.AF_INET, socket.AF_INET6}
    return {
        address.address.partition("%")[0]
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family in families
    }


def require_free_port() -> None:
    """Refuse a port that another program has, before anything is started."""
    host, port = options.HOST.value(), options.PORT.value()
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, OverflowError) as error:
        raise Refusal(f"{host}:{port} is no address to listen on (RAPPORT_HOST, RAPPORT_PORT).") from error
    family, kind, _protocol, _name, address = found[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            if isinstance(error, PermissionError):
                reason = f"This user may not listen on port {port}"
            else:
                reason = f"Port {port} on {host} is used by another program ({error.strerror})"
            raise Refusal(
                f"{reason}: choose another one, for example `rapport run --port {port + 1}`."
            ) from error


def public_url() -> str:
    """Return the address that people open."""
    given = options.URL.value().rstrip("/")
    if given:
        return given
    host = options.HOST.value()
    shown = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{options.PORT.value()}"


@dataclass(frozen=True)
class MailServer:
    """Where mail goes."""

    backend: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def mail(url: str) -> MailServer:
    """Return the mail server of a URL; without one, mail becomes files in the data folder."""
    if not url:
        return MailServer("django.core.mail.backends.filebased.EmailBackend")
    parts = urlsplit(url)
    ports = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
    if parts.scheme not in ports or not parts.hostname:
        raise Refusal(
            "RAPPORT_MAIL_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465."
        )
    return MailServer(
        backend="django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=parts.port or ports[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp",
        tls=parts.scheme == "smtps",
    )
