"""Django entry of the area."""

from pathlib import Path

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ActivitiesConfig(AppConfig):
    name = "rapport.activities"
    label = "activities"

    def ready(self) -> None:
        from rapport.accounts import settings_pages
        from rapport.activities import columns, timeline
        from rapport.activities.caldav import sync
        from rapport.activities.calendar import rules
        from rapport.activities.ics import forms
        from rapport.activities.imports import ActivityExtension
        from rapport.activities.menu import add_menu
        from rapport.activities.myday import attention, many, quiet
        from rapport.activities.reminders import sending
        from rapport.kernel.changes.triggers import add_sql
        from rapport.kernel.duplicates.comparison import compare
        from rapport.kernel.imports.extensions import add_extension
        from rapport.kernel.leaving import only_these
        from rapport.kernel.merge.links import stays

        stays("activities.NextStep")
        only_these("activities", Q(done_at=None))
        compare("activities", None)
        add_sql("activities_activity", Path(__file__).parent / "sql" / "timeline.sql")
        timeline.register()
        columns.register()
        attention.register()
        quiet.register()
        many.register()
        settings_pages.add("you", "digest", _("My day by mail"), "sun", "digest", administrators_only=False)
        rules.register()
        forms.register()
        sending.register()
        sync.register()
        settings_pages.add(
            "you", "own_calendar", _("Calendar"), "calendar-sync", "own_calendar", administrators_only=False
        )
        settings_pages.add(
            "you", "reminders", _("Reminders"), "alarm-clock", "reminders", administrators_only=False
        )
        add_extension("activities", ActivityExtension)
        add_menu()
