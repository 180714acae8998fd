"""`rapport user`: users from the command line, for instance when nobody can sign in."""

import argparse
import getpass
import os
import sys
from typing import Any

from rapport.runtime.commands import application
from rapport.runtime.commands.application import say
from rapport.runtime.errors import Refusal


def add_to(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command line."""
    users = parts.add_parser("user", help="add users, take lost second factors from them").add_subparsers(
        metavar="ACTION", required=True
    )
    command = users.add_parser("add", help="add somebody who may sign in")
    command.add_argument("email")
    command.add_argument("--name", help="how the person is called; guessed from the address otherwise")
    command.add_argument(
        "--role", default="member", help="administrator, member or restricted; default: member"
    )
    command.add_argument("--password", help="default: RAPPORT_PASSWORD, else it is asked for")
    command.set_defaults(command=add)
    command = users.add_parser("reset-factors", help="take lost second factors from a user")
    command.add_argument("email")
    command.set_defaults(command=reset_factors)


def add(arguments: argparse.Namespace) -> int:
    """Add a user."""
    password = arguments.password or os.environ.get("RAPPORT_PASSWORD") or ask_for_password()
    with application.application():
        add_user(arguments.email, name_of(arguments), arguments.role, password)
    say(f"{arguments.email} may sign in now.")
    return 0


def reset_factors(arguments: argparse.Namespace) -> int:
    """Take all second factors from a user."""
    with application.application():
        from django.core.management import CommandError, call_command  # need Django's settings

        try:
            call_command("reset_second_factors", arguments.email)
        except CommandError as error:
            raise Refusal(str(error)) from error
    say(f"{arguments.email} signs in with the password alone and adds a new second factor.")
    return 0


def name_of(arguments: argparse.Namespace) -> str:
    """Return the given name, or one guessed from the address."""
    guessed = arguments.email.partition("@")[0].replace(".", " ").replace("_", " ").title()
    return str(arguments.name or guessed)


def ask_for_password() -> str:
    """Ask for the password, twice; never when nobody is there to answer."""
    if not sys.stdin.isatty():
        raise Refusal("Give the password with --password or in RAPPORT_PASSWORD.")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Once more: "):
        raise Refusal("The two passwords differ.")
    return password


def add_user(email: str, name: str, role: str, password: str) -> None:
    """Add the user with his role, or say why not."""
    from django.apps import apps  # needs Django's settings
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.db import transaction

    user_model: Any = get_user_model()  # Any: the floor above, reached through Django's own seam
    roles = apps.get_model("accounts", "Role")._default_manager.all()
    keys = list(roles.values_list("key", flat=True))
    if role not in keys:
        raise Refusal(f"There is no role {role!r}; there are: {', '.join(keys)}.")
    try:
        validate_email(email)
        user = user_model(email=user_model.objects.normalize_email(email), name=name)
        validate_password(password, user)
        if user_model.objects.filter(email__iexact=email).exists():
            raise Refusal(f"Somebody with the address {email} is here already.")
        with transaction.atomic():
            user = user_model.objects.create_user(email, password, name=name)
            user.set_roles(roles.filter(key=role), by=None, door="server")
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
