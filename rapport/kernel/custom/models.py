"""The definitions of custom fields, and the version that tells every process that they have changed."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rapport.kernel.fields.base import Privacy
from rapport.runtime.ids import uuid7

PREFIX = "x_"  # of the names of custom fields: no field of ours begins so


class IndexState(models.TextChoices):
    """Whether lists can be sorted by the field, and filtered without reading every record."""

    NONE = "none", _("Not prepared")
    PREPARING = "preparing", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be prepared")


class CustomField(models.Model):
    """One field that an administrator has added to a record type.

    `texts` holds what people read, by language: {"label": {"": "Color", "de": "Farbe"}, "help": {...}}. `options` holds
    what only some kinds have: choices, decimal places, limits, where a link leads. With `removed_at` the field is
    hidden and its values are kept for a while. `before` is what it was before its kind was changed;
    `conversion` tells of a job that gives it another kind: {"kind", "at"}, and "problem" when that did not work.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.TextField()
    key = models.TextField()
    kind = models.TextField()
    texts = models.JSONField(default=dict)
    group = models.TextField(default="", blank=True)
    required = models.BooleanField(default=False)
    unique = models.BooleanField(default=False)
    default = models.JSONField(null=True)
    options = models.JSONField(default=dict)
    position = models.IntegerField(default=0)
    is_listed = models.BooleanField(default=False)
    is_indexed = models.BooleanField(default=True)
    is_searched = models.BooleanField(default=False)
    index_state = models.TextField(choices=IndexState.choices, default=IndexState.NONE)
    privacy = models.TextField(choices=Privacy.choices, default=Privacy.INTERNAL)
    conditions = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    conversion = models.JSONField(default=dict)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "kernel_custom_field"
        ordering: ClassVar = ["type", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "key"], name="kernel_custom_field_key"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]{0,39}$"), name="kernel_custom_field_word"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        """As filters, addresses and files call the field, and the key of its values in `custom`."""
        return f"{PREFIX}{self.key}"

    @property
    def label(self) -> str:
        return self.said("label") or self.key

    @property
    def help(self) -> str:
        return self.said("help")

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None

    def said(self, what: str) -> str:
        """The label or help in the language of the reader, else as it was first written."""
        return spoken(self.texts.get(what))

    def choices(self) -> list[dict[str, Any]]:  # Any: JSON: key, label, hue, whether it is offered no more
        found = self.options.get("choices")
        return found if isinstance(found, list) else []


class Schema(models.Model):
    """One row: its version changes with every definition, in the same transaction."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    version = models.UUIDField(default=uuid7)

    class Meta:
        db_table = "kernel_schema"

    def __str__(self) -> str:
        return str(self.version)


def spoken(texts: Any) -> str:  # Any: JSON: a text, or texts by language
    """The text in the language of the reader, else as it was first written."""
    if not isinstance(texts, dict):
        return str(texts or "")
    language = (get_language() or "").partition("-")[0]
    return str(texts.get(language) or texts.get("") or next((one for one in texts.values() if one), ""))
