"""Django's command, which goes the short way when the database is empty."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from rapport.runtime import baseline

# With one of these somebody wants to see or steer the steps.
OWN_WAY = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "prune")


class Command(migrate.Command):
    """Bring the database up to date."""

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's
        """Begin a new database with the baseline; what is newer than that follows as always."""
        if not any(options[name] for name in OWN_WAY):
            baseline.begin(connections[options["database"]])
        super().handle(*args, **options)
