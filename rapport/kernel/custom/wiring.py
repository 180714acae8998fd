"""Where custom fields hook into what lies below: who asks for the version, and their SQL."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

VALUES = Path(__file__).resolve().parent / "sql" / "values.sql"


def register() -> None:
    """Called once when the app starts."""
    from rapport.accounts import backend, settings_pages
    from rapport.accounts.users.actions import around_team_that_goes
    from rapport.kernel.changes import triggers
    from rapport.kernel.custom import dead_links, named_by, schema
    from rapport.kernel.custom.record_types import menu
    from rapport.runtime import jobs

    backend.when_schema_is_read(schema.follow)
    jobs.before_each_job(schema.ask)
    around_team_that_goes(dead_links.team_goes)
    triggers.add_sql("kernel_custom_field", VALUES)
    settings_pages.add("data", "types", _("Record types"), "boxes", "custom_types")
    settings_pages.add("data", "fields", _("Fields"), "text-cursor-input", "custom_fields")
    menu.register()
    named_by.register()
