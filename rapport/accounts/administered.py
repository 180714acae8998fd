"""What all deeds of administrators ask first: whether an administrator does them."""

from django.utils.functional import Promise
from django.utils.translation import gettext

from rapport.accounts.models import User


class Refused(Exception):
    """The user may not do that, though he may know of it (403)."""

    def __init__(self, sentence: str | Promise = "") -> None:
        super().__init__(str(sentence) or gettext("Your role does not allow this. Ask an administrator."))


def only_administrators(by: User) -> None:
    """Raise Refused for everybody else."""
    if not by.is_administrator:
        raise Refused
