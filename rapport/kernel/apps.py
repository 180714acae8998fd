"""What every record can do; knows no record type."""

from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).resolve().parent


class KernelConfig(AppConfig):
    name = "rapport.kernel"
    label = "kernel"

    def ready(self) -> None:
        from rapport.accounts.setup.actions import when_set_up
        from rapport.kernel.changes import checking
        from rapport.kernel.changes.backlog import read_backlog
        from rapport.kernel.changes.triggers import add_sql
        from rapport.kernel.comments import source as comments
        from rapport.kernel.custom import wiring as custom_fields
        from rapport.kernel.duplicates import block as duplicates
        from rapport.kernel.files import source as files
        from rapport.kernel.notifications import block as followers
        from rapport.kernel.views.install import speak
        from rapport.runtime.observing.measures import measured_by

        for part in (comments, files, followers, duplicates, custom_fields, checking):
            part.register()
        when_set_up(speak)
        measured_by(read_backlog)
        add_sql("kernel_fingerprint", FOLDER / "duplicates" / "sql" / "fingerprints.sql")
        add_sql("kernel_merge", FOLDER / "merge" / "sql" / "references.sql")
        add_sql("kernel_change_set", FOLDER / "merge" / "sql" / "undo.sql")
        add_menu()
        post_migrate.connect(renew_triggers, sender=self, dispatch_uid="rapport.kernel.triggers")


def add_menu() -> None:
    """The pages of the settings, the commands of the palette, and what is pinned to the sidebar."""
    from rapport.accounts.settings_pages import add
    from rapport.kernel.permissions.entries import imports
    from rapport.kernel.pins.pinned import pins_of
    from rapport.ui import navigation

    add("workspace", "territories", _("Territories"), "map", "territories")
    add("data", "imports", _("Imports"), "upload", "imports", administrators_only=False)
    add("data", "relationship_kinds", _("Relationships"), "waypoints", "relationship_kinds")
    add("workspace", "currencies", _("Currencies"), "coins", "currencies")
    add("data", "changes", _("Changes"), "history", "changes", administrators_only=False)
    add("data", "trash", _("Trash"), "trash-2", "trash", administrators_only=False)
    add("data", "duplicates", _("Duplicates"), "copy", "duplicates", administrators_only=False)
    add("you", "notifications", _("Notifications"), "bell", "notification_choices", administrators_only=False)
    navigation.add_account("notifications", "bell", _("Notifications"), "notifications", 50)
    navigation.add_command("duplicates", "copy", _("Find duplicates"), "duplicates")
    navigation.add_command("import", "upload", _("Import a file"), "import_start", when=imports)
    navigation.provide_pins(pins_of)


def renew_triggers(**_facts: Any) -> None:  # Any: Django's signal arguments
    """After every migrate: tables of custom types, triggers and the indexes of lists follow the registry."""
    from rapport.kernel.changes.triggers import install
    from rapport.kernel.custom.record_types import tables
    from rapport.kernel.lists.indexes import ensure

    tables.follow()
    install()
    ensure()
