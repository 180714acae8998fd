"""What the trash does at night."""

from django.utils import translation

from rapport.accounts.models import Company
from rapport.kernel.trash import emptying
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="40 3 * * *")
def empty_trash() -> None:
    """Delete for good what has lain in the trash longer than is set."""
    with translation.override(Company.current().language):
        emptying.empty()
