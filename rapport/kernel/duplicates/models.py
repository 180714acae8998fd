"""What finding duplicates remembers: keys and facts of every record, and pairs that are probably the same."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


class Fingerprint(models.Model):
    """What is compared of one record, and the keys under which records like it are found.

    Two records with a key in common are compared; `loose` keys are too weak for the work list and serve only the
    check while typing. Written by a job that reads the change log (duplicates/jobs.py).
    """

    record = models.OneToOneField(
        "kernel.AnyRecord", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    type = models.TextField()
    keys = ArrayField(models.BigIntegerField(), default=list)
    loose = ArrayField(models.BigIntegerField(), default=list)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "kernel_fingerprint"
        indexes: ClassVar = [
            GinIndex(fields=["keys"], name="kernel_fingerprint_keys"),
            GinIndex(fields=["loose"], name="kernel_fingerprint_loose"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.record_id}"


class FrequentKey(models.Model):
    """A key that so many records have that it says nothing any more, e.g. the number of a switchboard."""

    key = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "kernel_frequent_key"

    def __str__(self) -> str:
        return str(self.key)


class State(models.TextChoices):
    """What became of a suspicion."""

    OPEN = "open", _("To be decided")
    DIFFERENT = "different", _("Different")


class DuplicatePair(models.Model):
    """Two records that are probably the same, or of which somebody said that they are not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.TextField()
    first = models.ForeignKey("kernel.AnyRecord", on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey("kernel.AnyRecord", on_delete=models.CASCADE, related_name="+")
    points = models.SmallIntegerField(default=0)
    reasons = ArrayField(models.TextField(), default=list)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_duplicate"
        indexes: ClassVar = [
            models.Index(
                fields=["type", "-points", "id"], name="kernel_duplicate_open", condition=Q(state="open")
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="a_pair_stands_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="a_pair_is_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}: {self.points}"
