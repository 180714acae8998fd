"""Django entry of the area."""

from pathlib import Path

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

SQL = Path(__file__).resolve().parent / "sql"


class PartiesConfig(AppConfig):
    name = "rapport.parties"
    label = "parties"
    verbose_name = "Parties"

    def ready(self) -> None:
        from rapport.kernel.changes.triggers import add_sql
        from rapport.kernel.custom.named_by import add_namings
        from rapport.kernel.duplicates.comparison import compare
        from rapport.kernel.imports.extensions import add_extension
        from rapport.kernel.merge.links import stays
        from rapport.kernel.timeline.entries import follow
        from rapport.parties import blocks, cards
        from rapport.parties.duplicates import OrganizationComparison, PersonComparison
        from rapport.parties.growing import attention, completeness, confirming
        from rapport.parties.imports import OrganizationExtension, PeopleExtension
        from rapport.parties.install import install
        from rapport.parties.life_cycle import given
        from rapport.parties.life_cycle.rules import name_fields

        post_migrate.connect(install, sender=self, dispatch_uid="rapport.parties.install")
        stays("parties.StagePeriod", "parties.StagePin", "parties.RuleWait")
        stays("kernel.ValueMark", "kernel.Disagreement")
        add_sql("parties_contactpoint", SQL / "contact_points.sql")
        add_sql("parties_partyaddress", SQL / "addresses.sql")
        add_sql("kernel_relationship", SQL / "works_at.sql")
        add_sql("parties_party", SQL / "parties.sql")
        follow("people", blocks.organizations_of)
        blocks.register()
        cards.register()
        for part in (given, completeness, confirming, attention):
            part.register()
        compare("people", PersonComparison)
        compare("organizations", OrganizationComparison)
        add_extension("people", PeopleExtension)
        add_extension("organizations", OrganizationExtension)
        add_namings(name_fields)
        add_menu()


def add_menu() -> None:
    """The area's entries in the sidebar, the create menu and the settings."""
    from rapport.accounts import settings_pages
    from rapport.kernel.permissions.entries import may
    from rapport.ui import navigation

    navigation.add("relations", "people", "users", _("People"), people_list, 10, go="p", phone=True)
    navigation.add(
        "relations", "organizations", "building-2", _("Organizations"), organization_list, 20, go="o"
    )
    settings_pages.add("data", "life_cycle_rules", _("Life cycle"), "repeat", "life_cycle_rules")
    settings_pages.add("data", "needs", _("What stages need"), "clipboard-check", "needs")
    navigation.add(
        "understand",
        "data_quality",
        "shield-check",
        _("Data quality"),
        "data_quality",
        30,
        when=sees_parties,
    )
    navigation.add("understand", "life_cycle", "funnel", _("Life cycle"), "life_cycle", 20, when=sees_parties)
    navigation.add_create(
        "people", "user-plus", _("New person"), new_person, 10, when=may("people", "create")
    )
    navigation.add_create(
        "organizations",
        "building-2",
        _("New organization"),
        new_organization,
        20,
        when=may("organizations", "create"),
    )


def people_list(request: HttpRequest) -> str:
    return reverse("list", args=["people"])


def organization_list(request: HttpRequest) -> str:
    return reverse("list", args=["organizations"])


def new_person(request: HttpRequest) -> str:
    return reverse("record_new", args=["people"])


def new_organization(request: HttpRequest) -> str:
    return reverse("record_new", args=["organizations"])


def sees_parties(request: HttpRequest) -> bool:
    from rapport.accounts.models import User
    from rapport.kernel.permissions import policy
    from rapport.parties.life_cycle.engine import kinds

    user = request.user
    return isinstance(user, User) and any(policy(user, one.key, "read").reach != "none" for one in kinds())
