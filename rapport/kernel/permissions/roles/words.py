"""What the table of roles calls acts, reaches and levels."""

from django.utils.translation import gettext as _

from rapport.accounts.grants import ACTS


def act_words() -> dict[str, str]:
    """What a role may do, in words, in the order of the table."""
    words = {
        "read": _("See"), "create": _("Create"), "edit": _("Edit"), "delete": _("Delete"), "export": _("Export"),
        "bulk": _("Change many"),
    }  # fmt: skip
    return {act: word for act, word in words.items() if act in ACTS}


def reach_words() -> dict[str, str]:
    return {
        "none": _("None"), "own": _("Own"), "territory": _("Territory"), "team": _("Team"), "tree": _("Team tree"),
        "all": _("All"),
    }  # fmt: skip


def level_words() -> dict[str, str]:
    """How a role has a field."""
    return {"": _("As usual"), "read": _("Read only"), "hidden": _("Hidden")}
