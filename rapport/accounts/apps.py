"""Django entry of the area."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rapport.ui import navigation


class AccountsConfig(AppConfig):
    name = "rapport.accounts"
    label = "accounts"

    def ready(self) -> None:
        from rapport.accounts import settings_pages  # models are importable only now
        from rapport.accounts.install import install

        post_migrate.connect(install, sender=self, dispatch_uid="rapport.accounts.install")
        settings_pages.add("you", "profile", _("Profile"), "user-round", "profile", administrators_only=False)
        settings_pages.add(
            "you", "security", _("Sign-in and devices"), "shield-check", "security", administrators_only=False
        )
        settings_pages.add("workspace", "company", _("Company"), "building", "company_settings")
        settings_pages.add("workspace", "users", _("Users"), "users", "users")
        settings_pages.add("workspace", "teams", _("Teams"), "users-round", "teams")
        settings_pages.add("workspace", "roles", _("Roles"), "key-round", "roles")
        settings_pages.add("workspace", "signin_rules", _("Signing in"), "lock-keyhole", "signin_rules")
        settings_pages.add("workspace", "providers", _("Company sign-in"), "building-2", "providers")
        settings_pages.add("workspace", "jobs", _("Jobs"), "cog", "jobs")
        navigation.add("foot", "settings", "settings", _("Settings"), "settings", 90, go="s")
        navigation.add_account("profile", "user-round", _("Profile"), "profile")
        navigation.add_source("settings", settings_pages.commands)
        navigation.provide_company(company_name)
        navigation.provide_preferences(preferences)


def company_name(request: HttpRequest) -> str:
    """Return the name for the head of the sidebar."""
    return str(request.company.name)  # type: ignore[attr-defined]  # the middleware adds it


def preferences(request: HttpRequest) -> dict[str, object]:
    """Return how the user wants his pages to look; strangers see the system's looks."""
    user = request.user
    if not user.is_authenticated:
        return {"theme": "", "density": "", "single_keys": True}
    return {"theme": user.theme, "density": user.density, "single_keys": user.single_keys}
