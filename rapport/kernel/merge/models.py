"""The journal of merges: who became whom, and every link that was moved, so that it can be taken back."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from rapport.runtime.ids import uuid7


class Merge(models.Model):
    """One merge: the record that stays, and the change set in which the others went into it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change_set = models.OneToOneField("kernel.ChangeSet", on_delete=models.CASCADE, related_name="merge")
    survivor = models.ForeignKey("kernel.AnyRecord", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "kernel_merge"

    def __str__(self) -> str:
        return f"{self.survivor_id} {self.at}"


class MergedRecord(models.Model):
    """Where a record has gone that was merged into another one: its old addresses lead there."""

    record = models.OneToOneField(
        "kernel.AnyRecord", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    into = models.ForeignKey("kernel.AnyRecord", on_delete=models.CASCADE, related_name="+")
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="records")

    class Meta:
        db_table = "kernel_merged_record"

    def __str__(self) -> str:
        return f"{self.record_id} {self.into_id}"


class MovedLink(models.Model):
    """One link that a merge moved; `line` is the whole row where it left because the survivor had the same one."""

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="moved")
    table = models.TextField()
    column = models.TextField()
    row = models.TextField()
    old = models.UUIDField()
    line = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "kernel_moved_link"

    def __str__(self) -> str:
        return f"{self.table}.{self.column} {self.row}"
