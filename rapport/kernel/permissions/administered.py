"""What all deeds of administrators ask first: who does it, and whether a name is one."""

from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.records.errors import Refused, RuleError

LONGEST = 100


def only_administrators(by: User) -> None:
    """Raise Refused for everybody else."""
    if not by.is_administrator:
        raise Refused


def checked_name(said: str) -> str:
    """Return the name in one line; RuleError for none, or for one that is too long."""
    text = " ".join(said.replace("\0", "").split())
    if not text or len(text) > LONGEST:
        raise RuleError(fields={"name": _("A name has 1 to %(most)s characters.") % {"most": LONGEST}})
    return text
