"""What stands for all tests of a module: made once in a transaction that is rolled back behind the last of them.

A world of records takes a second, and hundreds of tests try one address each. Each test has its own transaction inside.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings

from rapport.accounts.models import Company
from rapport.kernel.custom import schema


@contextmanager
def standing(blocker: Any, folder: Path) -> Iterator[None]:  # Any: pytest-django's `django_db_blocker`
    """Around a fixture of a module, whose tests are marked `django_db`; files go to that folder.

    Each test begins with `schema.load()`: custom fields and types are forgotten behind every test.
    """
    with blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})
        yield
        transaction.set_rollback(True)
    schema.forget()
