"""What a unit of another currency is worth, from a day on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PLACES = 10


class Rate(models.Model):
    """1 `currency` = `rate` `base`, from `day` until the day of the next rate of the pair."""

    currency = models.CharField(max_length=3)
    base = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=PLACES)

    class Meta:
        db_table = "kernel_rate"
        verbose_name = _("Exchange rate")
        verbose_name_plural = _("Exchange rates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["base", "currency", "day"], name="a_currency_has_one_rate_a_day"),
            models.CheckConstraint(
                name="a_rate_is_positive_and_of_two_currencies",
                condition=Q(rate__gt=0) & ~Q(currency=models.F("base")),
            ),
        ]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f} {self.base}"
