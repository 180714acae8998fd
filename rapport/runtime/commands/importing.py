"""`rapport import FILE`: the import of the product from the command line."""

import argparse
from pathlib import Path
from typing import Any

from rapport.runtime.commands import application
from rapport.runtime.commands.application import say
from rapport.runtime.errors import Refusal

IMPORT_FILE = "rapport.kernel.imports.command.import_file"  # a floor above: found by name when it is needed


def add_to(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command line."""
    command = parts.add_parser("import", help="import records of any type from CSV, XLSX or vCard")
    command.add_argument("file", type=Path)
    command.add_argument(
        "--type", default="people", help="organizations, deals, a type of your own …; default: people"
    )
    command.add_argument(
        "--as", dest="email", metavar="EMAIL", help="the user who imports; default: an administrator"
    )
    command.set_defaults(command=import_file)


def import_file(arguments: argparse.Namespace) -> int:
    """Import a file as a user."""
    path: Path = arguments.file
    if not path.is_file():
        raise Refusal(f"There is no file {path}.")
    with application.application():
        from django.utils.module_loading import import_string  # needs Django's settings

        try:
            imports = import_string(IMPORT_FILE)
        except ImportError as error:
            raise Refusal("This version cannot import from the command line; use the import page.") from error
        outcome = imports(path, arguments.type, acting_user(arguments.email))
        if outcome is not None:
            say(str(outcome))
    return 0


def acting_user(email: str | None) -> Any:  # Any: the user model belongs to the floor above
    """Return the user who imports: the named one, else the first active administrator."""
    from django.contrib.auth import get_user_model  # needs Django's settings

    users = get_user_model()._default_manager.filter(is_active=True)
    if email:
        found = users.filter(email__iexact=email).first()
        if not found:
            raise Refusal(f"There is no active user {email}.")
        return found
    found = users.filter(roles__is_administrator=True).order_by("id").first()
    if not found:
        raise Refusal(
            "Nobody can import yet: add an administrator with `rapport user add EMAIL --role administrator`."
        )
    return found
