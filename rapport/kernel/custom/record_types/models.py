"""The definitions of custom record types."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rapport.kernel.custom.models import spoken
from rapport.runtime.ids import uuid7


class CustomType(models.Model):
    """One record type that an administrator has added.

    `texts` holds what people read, by language: {"label": {"": "Machine", "de": "Maschine"}, "plural": ...,
    "help": ..., "title": how the name of a record is called}. With `removed_at` the type is hidden and its records are
    kept for a while.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.TextField(unique=True)
    texts = models.JSONField(default=dict)
    icon = models.TextField(default="box")
    hue = models.TextField(default="petrol")
    board = models.TextField(default="", blank=True)
    subtitle = ArrayField(models.TextField(), default=list, blank=True)
    in_menu = models.BooleanField(default=True)
    position = models.IntegerField(default=0)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "kernel_custom_type"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]{0,29}$"), name="kernel_custom_type_word"
            ),
        ]

    def __str__(self) -> str:
        return self.said("plural") or self.key

    def said(self, what: str) -> str:
        """A text in the language of the reader, else as it was first written."""
        return spoken(self.texts.get(what))

    @property
    def label(self) -> str:
        return self.said("label") or self.key
