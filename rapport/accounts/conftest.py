"""Hashing passwords is slow on purpose; tests that do not ask about that do without."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:  # Any: pytest-django's own
    settings.PASSWORD_HASHERS = ["rapport.accounts.testing.QuickHasher"]
