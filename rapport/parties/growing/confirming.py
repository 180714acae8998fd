"""What follows when a person confirms a value of a party: a guessed name is no guess any more."""

from typing import Any

from rapport.accounts.models import User
from rapport.kernel.changes.sets import change_set
from rapport.kernel.provenance.settling import when_confirmed
from rapport.kernel.records import save_record

OF_NAME = ("name", "given_name", "family_name")


def name_is_right(party: Any, field: str, by: User) -> None:  # Any: a person or organization
    if field in OF_NAME and party.is_name_guessed:
        with change_set(by=by) as opened:
            opened.in_action += 1  # nobody writes this field by hand
            try:
                save_record(party, {"is_name_guessed": False}, by=by)
            finally:
                opened.in_action -= 1


def register() -> None:
    for key in ("people", "organizations"):
        when_confirmed(key, name_is_right)
