"""Django entry of the area."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "rapport.api"
    label = "api"

    def ready(self) -> None:
        from rapport.accounts import settings_pages
        from rapport.accounts.users.actions import when_deactivated
        from rapport.api.proposals import telling
        from rapport.api.tokens.store import revoke_all
        from rapport.api.urls import RESERVED
        from rapport.api.webhooks.backlog import read_backlog
        from rapport.api.webhooks.forms import name_fields
        from rapport.kernel.custom.named_by import add_namings
        from rapport.kernel.custom.record_types.define import reserve
        from rapport.runtime.observing.measures import measured_by

        reserve(*RESERVED)
        telling.register()
        add_namings(name_fields)
        measured_by(read_backlog)
        when_deactivated(revoke_all)

        settings_pages.add(
            "you", "tokens", _("Access for programs"), "key-round", "tokens", administrators_only=False
        )
        settings_pages.add(
            "you", "api_documents", _("API"), "braces", "api_documents", administrators_only=False
        )
        settings_pages.add(
            "you", "proposals", _("Proposed changes"), "check-check", "proposals", administrators_only=False
        )
        settings_pages.add("channels", "webhooks", _("Webhooks"), "webhook", "webhooks")
