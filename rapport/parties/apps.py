"""Django entry of the area."""

from pathlib import Path

from django.apps import AppConfig

SQL = Path(__file__).resolve().parent / "sql"


class PartiesConfig(AppConfig):
    name = "rapport.parties"
    label = "parties"
    verbose_name = "Parties"

    def ready(self) -> None:
        from rapport.kernel.changes.triggers import add_sql

        add_sql("parties_contactpoint", SQL / "contact_points.sql")
        add_sql("parties_partyaddress", SQL / "addresses.sql")
        add_sql("kernel_relationship", SQL / "works_at.sql")
        add_sql("parties_party", SQL / "parties.sql")
