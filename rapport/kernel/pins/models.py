"""What a user has pinned to his sidebar: a view or a record."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Pin(models.Model):
    """A view or a record in one user's sidebar; never both."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    view = models.ForeignKey("kernel.View", null=True, on_delete=models.CASCADE, related_name="+")
    record = models.ForeignKey("kernel.AnyRecord", null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "kernel_pin"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "view"], name="a_user_pins_a_view_once"),
            models.UniqueConstraint(fields=["user", "record"], name="a_user_pins_a_record_once"),
            models.CheckConstraint(
                name="a_pin_is_of_a_view_or_of_a_record",
                condition=Q(view=None, record__isnull=False) | Q(view__isnull=False, record=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.view_id or self.record_id}"
