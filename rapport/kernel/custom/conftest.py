"""For the tests of custom fields: who adds them, and the record type that a module is about."""

from typing import Any

import pytest

from rapport.accounts.models import User
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.testing import make_user


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> RecordType:
    """The type that the module names as KIND."""
    found = type_by_key(request.module.KIND)
    assert found is not None
    return found


@pytest.fixture
def by(db: Any) -> User:
    return make_user(role="administrator")
