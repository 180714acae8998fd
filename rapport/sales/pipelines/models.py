"""Pipelines, their stages, and the reasons for which deals are lost."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


class Pipeline(models.Model):
    """A way of selling: its stages in order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("Name"), max_length=100, unique=True)
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One step of a pipeline, with the chance that a deal in it is won."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="stages")
    name = models.CharField(_("Name"), max_length=100)
    position = models.IntegerField(default=0)
    chance = models.DecimalField(
        _("Win chance in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(10),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    expected_days = models.PositiveIntegerField(_("Usual days in this stage"), null=True, blank=True)
    hue = models.CharField(_("Color"), max_length=10, default="sky")

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pipeline", "name"], name="a_stage_name_stands_once_in_a_pipeline"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LossReason(models.Model):
    """Why a deal was lost."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("Name"), max_length=100, unique=True)
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(_("In use"), default=True)
    asks_competitor = models.BooleanField(_("Ask which competitor won"), default=False)
    asks_note = models.BooleanField(_("Ask for a note"), default=False)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name
