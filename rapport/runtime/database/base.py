"""The engine that `DATABASES` names; Django looks for it in a module of this name."""

from functools import lru_cache
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from psycopg import adapters
from psycopg.adapt import AdaptersMap
from psycopg.pq import Format

TIMESTAMPTZ = 1184  # its number in PostgreSQL's catalog


@lru_cache
def _adapters() -> AdaptersMap:
    """Django's, but moments are read by the driver's own compiled reader.

    Django's is written in Python and takes five times as long: a board of deals reads a thousand moments. Both return
    the same, as the connection's time zone is UTC.
    """
    found = AdaptersMap(get_adapters_template(True, None))
    reader = adapters.get_loader(TIMESTAMPTZ, Format.TEXT)
    assert reader is not None
    found.register_loader(TIMESTAMPTZ, reader)
    return found


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread."""

    def get_connection_params(self) -> dict[str, Any]:  # Any: as in Django
        return super().get_connection_params() | {"context": _adapters()}

    def create_cursor(self, name: str | None = None) -> Any:  # Any: as in Django
        """As Django's, without the look whether moments are read in the connection's time zone."""
        if name is None:
            return self.connection.cursor()
        kept = self.connection.autocommit
        return base.ServerSideCursor(  # type: ignore[call-arg]  # the stubs know psycopg 2 only
            self.connection, name=name, scrollable=False, withhold=kept
        )
