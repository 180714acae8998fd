"""Names that administrators give: in one line, neither empty nor too long."""

from django.utils.translation import gettext as _

from rapport.kernel.records.errors import RuleError

LONGEST = 100


def checked_name(said: str) -> str:
    """Return the name in one line; RuleError for none, or for one that is too long."""
    text = " ".join(said.replace("\0", "").split())
    if not text or len(text) > LONGEST:
        raise RuleError(fields={"name": _("A name has 1 to %(most)s characters.") % {"most": LONGEST}})
    return text
