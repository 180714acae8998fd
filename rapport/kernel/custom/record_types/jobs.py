"""Record types that were removed a month ago go for good."""

from django.utils import timezone

from rapport.kernel.custom.record_types.define import KEPT, forget_type
from rapport.kernel.custom.record_types.models import CustomType
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="43 2 * * *")
def forget_removed_types() -> None:
    """Take away the tables and records of types that nobody has taken back."""
    for one in CustomType.objects.filter(removed_at__lt=timezone.now() - KEPT):
        forget_type(one)
