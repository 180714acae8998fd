"""How long the trash keeps what was deleted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

USUAL_DAYS = 30


class TrashRule(models.Model):
    """One row: after how many days deleted records go for good; 0 means never."""

    days = models.PositiveIntegerField(_("Days in the trash"), default=USUAL_DAYS)

    class Meta:
        db_table = "kernel_trash_rule"

    def __str__(self) -> str:
        return str(self.days)

    @classmethod
    def kept_days(cls) -> int:
        """What is set, or 30 days where nobody has set anything."""
        found = cls.objects.values_list("days", flat=True).first()
        return USUAL_DAYS if found is None else found
