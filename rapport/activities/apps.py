"""Django entry of the area."""

from pathlib import Path

from django.apps import AppConfig

from rapport.kernel.changes import triggers


class ActivitiesConfig(AppConfig):
    name = "rapport.activities"
    label = "activities"

    def ready(self) -> None:
        triggers.add_sql("activities_activity", Path(__file__).parent / "sql" / "timeline.sql")
