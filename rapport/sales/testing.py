"""A company that sells, for tests in the browser: they begin with an empty database."""

from rapport.accounts.models import User
from rapport.accounts.testing import make_company
from rapport.kernel.testing import make_user
from rapport.sales.install import install


def make_seller() -> User:
    """Mara Lindholm, who administers a company with the first pipeline."""
    install()
    make_company()
    return make_user("Mara Lindholm", role="administrator")
