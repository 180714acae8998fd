"""Under which key another system knows a record: for programs and imports that write the same records again."""

from typing import ClassVar

from django.db import models

from rapport.runtime.ids import uuid7

LONGEST_SOURCE, LONGEST_KEY = 60, 200


class ExternalKey(models.Model):
    """The key of a record in a source ("erp"); within a source and a record type a key means one record."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("kernel.AnyRecord", on_delete=models.CASCADE, related_name="external_keys")
    type = models.TextField()
    source = models.CharField(max_length=LONGEST_SOURCE)
    key = models.CharField(max_length=LONGEST_KEY)

    class Meta:
        db_table = "kernel_external_key"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["type", "source", "key"], name="an_external_key_means_one_record"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"
