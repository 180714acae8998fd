"""The row that stands for every record, and the change log with its change sets."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.kernel.changes.labels import told
from rapport.runtime.ids import uuid7

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.records.base import Record


class AnyRecordQuerySet(models.QuerySet["AnyRecord"]):
    """Rows of records of all types."""

    def visible_to(self, user: "User") -> "AnyRecordQuerySet":
        """The rows of records that the user may see, without those in the trash."""
        return self.readable_by(user).filter(deleted_at=None)

    def in_trash_visible_to(self, user: "User") -> "AnyRecordQuerySet":
        """The rows of records in the trash that the user may see."""
        return self.readable_by(user).filter(deleted_at__isnull=False)

    def readable_by(self, user: "User") -> "AnyRecordQuerySet":
        """The rows of records that the user may see, in the trash or not."""
        from rapport.kernel.permissions import policy
        from rapport.kernel.registry import removed_types

        reaches = _reaches(user)
        if set(reaches) == {"all"}:
            removed = removed_types()
            return self.exclude(type__in=removed) if removed else self.all()
        seen = Q(pk__in=[])
        for keys in reaches.values():
            seen |= Q(type__in=keys) & policy(user, keys[0], "read").on_entries
        return self.filter(seen)


def reads_everything(user: "User") -> bool:
    """Whether no record of any type is hidden from the user."""
    return set(_reaches(user)) == {"all"}


def _reaches(user: "User") -> dict[str, list[str]]:
    """How far the user sees -> the types of which he sees so far."""
    from rapport.kernel.permissions import policy
    from rapport.kernel.registry import types

    found: dict[str, list[str]] = {}
    for kind in types():
        reading = policy(user, kind.key, "read")
        found.setdefault(f"{kind.key} by rules" if reading.rules else reading.reach, []).append(kind.key)
    return found


class AnyRecord(models.Model):
    """One row for every record of any type: what search shows and what everything else refers to.

    Kept by triggers on the record tables (kernel/changes/triggers.py); nothing else writes it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    type = models.TextField()
    title = models.TextField(default="")
    owner_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    deleted_at = models.DateTimeField(null=True)
    rank_at = models.DateTimeField(default=timezone.now)
    lexemes = SearchVectorField(null=True)

    objects = AnyRecordQuerySet.as_manager()

    class Meta:
        db_table = "kernel_record"
        indexes: ClassVar = [
            GinIndex(fields=["lexemes"], name="kernel_record_lexemes"),
            models.Index(fields=["-rank_at"], name="kernel_record_rank"),
            models.Index(fields=["owner_id", "-rank_at"], name="kernel_record_owner_rank"),
            models.Index(
                fields=["-deleted_at", "-id"],
                name="kernel_record_trash",
                condition=Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("record", args=[self.type, self.pk])

    def load(self) -> "Record":
        """The record itself."""
        from rapport.kernel.registry import type_by_key

        found = type_by_key(self.type)
        if found is None:
            raise LookupError(self.type)
        record: Record = found.model.objects.get(pk=self.pk)
        return record


class Cause(models.TextChoices):
    """Through which door changes came."""

    PAGE = "page", _("by hand")
    IMPORT = "import", _("by an import")
    API = "api", _("by a program")
    JOB = "job", _("by Rapport")
    LIFE_CYCLE = "life_cycle", _("by the life cycle")
    DEMO = "demo", _("with the sample company")
    UNDO = "undo", _("by undoing")
    DATABASE = "database", _("directly in the database")


class ChangeSet(models.Model):
    """The changes of one act: an edit, a bulk edit, an import. Can be reverted as a whole.

    `types` are the keys of the record types whose records it touched; a set without any changed nothing. `facts` is
    what is worth telling of the act itself: what was left out when it took another one back, or edited many records;
    and `label` in other languages (labels.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    cause = models.TextField(choices=Cause.choices, default=Cause.PAGE)
    label = models.TextField(default="")
    events = models.JSONField(default=list)
    reverts = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="reverted_by")
    reverted_at = models.DateTimeField(null=True)
    types = ArrayField(models.TextField(), default=list)
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "kernel_change_set"
        indexes: ClassVar = [
            models.Index(fields=["-at"], name="kernel_change_set_at"),
            models.Index(fields=["-at", "-id"], name="kernel_change_set_newest", condition=~Q(types=[])),
            models.Index(
                fields=["actor", "-at", "-id"], name="kernel_change_set_actor", condition=~Q(types=[])
            ),
            models.Index(
                fields=["cause", "-at", "-id"], name="kernel_change_set_cause", condition=~Q(types=[])
            ),
            GinIndex(fields=["types"], name="kernel_change_set_types"),
        ]

    def __str__(self) -> str:
        return self.told or str(self.pk)

    @property
    def told(self) -> str:
        """What it is called, in the language of the reader."""
        return told(self.label, self.facts)


class Run(models.Model):
    """An act on so many records that it goes on in the background: how far it is, and what it still needs.

    `ids` and `values` are what the person has chosen; both are forgotten when it has ended.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Ended early")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deed = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    change_set = models.OneToOneField(ChangeSet, on_delete=models.CASCADE, related_name="run")
    type = models.TextField(default="")
    ids = ArrayField(models.UUIDField(), default=list)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.TextField(choices=State.choices, default=State.RUNNING)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    message = models.TextField(default="")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_run"

    def __str__(self) -> str:
        return f"{self.deed} {self.done}/{self.total}"

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


class Change(models.Model):
    """One entry of the change log: which record, who, when, why, and the old and new values.

    Partitioned by month. `diff` is {"field": [old, new]}; the entry of a new record has none (its values are the
    record); entries of parts name the part. Written by triggers only.
    """

    id = models.BigIntegerField(primary_key=True, editable=False)
    at = models.DateTimeField()
    record_id = models.UUIDField()
    type = models.TextField()
    act = models.TextField()
    part = models.TextField(default="")
    part_id = models.UUIDField(null=True)
    diff = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    version = models.IntegerField(null=True)
    actor_id = models.UUIDField(null=True)
    cause = models.TextField()
    change_set_id = models.UUIDField(null=True)
    transaction = models.BigIntegerField()

    class Meta:
        db_table = "kernel_change"
        managed = False

    def __str__(self) -> str:
        return f"{self.type} {self.record_id}: {self.act} {', '.join(self.diff)}"


class Cursor(models.Model):
    """How far a reader of the change log has come: the last transaction it has seen whole."""

    name = models.TextField(primary_key=True)
    transaction = models.BigIntegerField(default=0)

    class Meta:
        db_table = "kernel_cursor"

    def __str__(self) -> str:
        return f"{self.name}: {self.transaction}"


def last_change(record: "Record") -> dict[str, tuple[Any, Any]]:
    """Return what the newest change of that record changed: {"field": (old, new)}."""
    change = Change.objects.filter(record_id=record.pk).order_by("-at", "-id").first()
    return {} if change is None else {name: (pair[0], pair[1]) for name, pair in change.diff.items()}
