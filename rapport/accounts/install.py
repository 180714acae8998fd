"""What every installation has from its first migration on: the three roles."""

from typing import Any

from django.utils.translation import gettext_noop as _

from rapport.accounts.models import Role

FULL = {"create": "all", "read": "all", "edit": "all", "delete": "all", "export": "all"}
TEAM = {"create": "all", "read": "team", "edit": "team", "delete": "team", "export": "team"}
ROLES: tuple[dict[str, Any], ...] = (  # Any: values of different model fields
    {
        "key": "administrator",
        "name": _("Administrator"),
        "help": _("Works with every record and administers users, teams and settings."),
        "grants": {"*": FULL},
        "is_administrator": True,
    },
    {
        "key": "member",
        "name": _("Member"),
        "help": _("Works with every record."),
        "grants": {"*": FULL},
    },
    {
        "key": "restricted",
        "name": _("Restricted member"),
        "help": _("Sees and changes only his own records and those of his team."),
        "grants": {"*": TEAM},
    },
)


def install(**_: object) -> None:
    """Add the roles that are missing; never change one that is there.

    Runs after every migration and not as one, so that an emptied database gets its roles back.
    """
    missing = {str(role["key"]) for role in ROLES} - set(Role.objects.values_list("key", flat=True))
    Role.objects.bulk_create(
        [Role(**role) for role in ROLES if role["key"] in missing], ignore_conflicts=True
    )
