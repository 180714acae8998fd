"""Users for the tests of all areas."""

import pytest

from rapport.accounts.models import Company, User
from rapport.kernel.testing.make import make_stranger, make_user


@pytest.fixture
def company(db: None) -> Company:
    """The company is set up, so that pages answer."""
    return Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})[0]


@pytest.fixture
def administrator(company: Company) -> User:
    return make_user("Ada Administrator", role="administrator")


@pytest.fixture
def member(company: Company) -> User:
    return make_user("Mara Member", role="member", team="North")


@pytest.fixture
def restricted(company: Company) -> User:
    """Sees his own and his team's records."""
    return make_user("Rita Restricted", role="restricted", team="South")


@pytest.fixture
def stranger(company: Company) -> User:
    """He has every narrow reach, by team, territory and rule, and sees nothing of the others."""
    return make_stranger()
