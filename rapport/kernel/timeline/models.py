"""The index of everything that happened with a record: one row per record and item, newest first."""

from typing import ClassVar

from django.db import models


class TimelineEntry(models.Model):
    """That something (an activity, a comment, a file, a stage move) concerns a record.

    `kind` names the source that can show the item; `origin` is the record through which it came when that is another
    one (an organization shows what happened with its people). Changes are not repeated here: the timeline reads them
    from the change log.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey("kernel.AnyRecord", on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    kind = models.TextField()
    item_id = models.UUIDField()
    origin_id = models.UUIDField(null=True)

    class Meta:
        db_table = "kernel_timeline"
        indexes: ClassVar = [
            models.Index(fields=["record", "-at", "-id"], name="kernel_timeline_newest"),
            models.Index(fields=["record", "kind", "-at", "-id"], name="kernel_timeline_newest_of_kind"),
            models.Index(fields=["item_id"], name="kernel_timeline_item"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record", "kind", "item_id"], name="an_item_stands_once_in_a_timeline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id}"
