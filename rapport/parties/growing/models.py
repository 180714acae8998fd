"""What administrators say that stages of the life cycle need to be known."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class FieldNeed(models.Model):
    """From a stage on, a field of a kind of party should be filled; the weight says how much that matters."""

    type = models.TextField()
    field = models.TextField()
    from_stage = models.TextField()
    weight = models.IntegerField(default=2)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "field"], name="a_field_is_needed_from_one_stage_on")
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.field} from {self.from_stage}"


class QualityFigures(models.Model):
    """What was missing in all records of a type, counted at night where there are too many to count for each page."""

    type = models.TextField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    figures = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.type
