"""Takes all second factors from a user, for the day when the last administrator has lost his own."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rapport.accounts.models import User
from rapport.accounts.second_factor.actions import reset


class Command(BaseCommand):
    help = "Takes all second factors from a user; he signs in with his password and adds new ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *_: Any, **said: Any) -> None:  # Any: Django's own
        user = User.objects.filter(email__iexact=said["email"]).first()
        if user is None:
            raise CommandError(f"Nobody has the address {said['email']}.")
        reset(user, by=None)
