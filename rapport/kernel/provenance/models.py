"""What is kept of values beside the change log: marks, and disagreements that somebody has to decide."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


class ValueMark(models.Model):
    """What is known of one value of a record: it is a guess, somebody doubts it, or has confirmed it.

    A mark belongs to the value for which it was made: whoever writes another one leaves it behind.
    """

    class Kind(models.TextChoices):
        GUESS = "guess", _("Guessed")
        DOUBT = "doubt", _("Doubtful")
        CONFIRMED = "confirmed", _("Confirmed")

    record = models.ForeignKey("kernel.AnyRecord", on_delete=models.CASCADE, related_name="+", db_index=False)
    field = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    value = models.TextField(default="")
    note = models.TextField(default="")
    by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "kernel_value_mark"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "field"], name="a_value_has_one_mark")
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "field", "-at"], name="kernel_value_mark_kind")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}: {self.kind}"


class Disagreement(models.Model):
    """Two sources say two things about a value: somebody decides which one holds.

    `typed` is what a person had entered, `brought` what a program or an import has written over it; both as in the
    change log. Where it was not written (an import that fills gaps only, a merge), `typed` is what stands there still.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        TYPED = "typed", _("What was typed holds")
        BROUGHT = "brought", _("What was brought holds")
        GONE = "gone", _("Settled by another change")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("kernel.AnyRecord", on_delete=models.CASCADE, related_name="+", db_index=False)
    type = models.TextField()
    field = models.TextField()
    typed = models.JSONField()
    brought = models.JSONField()
    typed_by_id = models.UUIDField(null=True)
    typed_at = models.DateTimeField(null=True)
    cause = models.TextField()
    change_set_id = models.UUIDField(null=True)
    is_written = models.BooleanField(default=True)
    at = models.DateTimeField(default=timezone.now)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_disagreement"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record", "field"],
                condition=models.Q(state="open"),
                name="one_open_disagreement_for_a_value",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["type", "-at"], name="kernel_disagreement_open", condition=models.Q(state="open")
            ),
            models.Index(fields=["record"], name="kernel_disagreement_record"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}: {self.state}"
