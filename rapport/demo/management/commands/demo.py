"""`rapport run --demo` and the setup page: fill an empty database with the sample company."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rapport.demo import words
from rapport.demo.load import AlreadySetUp, load


class Command(BaseCommand):
    help = "Fill an empty database with the sample company."

    def add_arguments(self, parser: Any) -> None:  # Any: Django's parser
        parser.add_argument("--parties", type=int, default=2000)

    def handle(self, *_args: Any, **options: Any) -> None:  # Any: Django's options
        try:
            user = load(parties=options["parties"], activities=options["parties"] * 3)
        except AlreadySetUp as problem:
            raise CommandError(
                "There is a company in this database already; it was left as it is."
            ) from problem
        self.stdout.write(f"Sign in as {user.email} with the password {words.PASSWORD}")
