"""An import: the file, where its columns go, how far it has come; and the rows that could not be taken."""

from typing import ClassVar
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.accounts.middleware import zone
from rapport.accounts.models import Company, User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.permissions.fields import type_seen
from rapport.kernel.registry import RecordType
from rapport.runtime.ids import uuid7


class State(models.TextChoices):
    """How far an import has come."""

    MAPPING = "mapping", _("Columns are being matched")
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Checked")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    REVERTING = "reverting", _("Being reverted")
    REVERTED = "reverted", _("Reverted")


class OnDuplicate(models.TextChoices):
    """What happens with a row whose record is already here."""

    FILL = "fill", _("Fill gaps only")
    UPDATE = "update", _("Overwrite")
    SKIP = "skip", _("Skip")
    CREATE = "create", _("Create anew")


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports; everybody sees his own, administrators see all."""

    def visible_to(self, user: User) -> "ImportQuerySet":
        return self if user.is_administrator else self.filter(created_by=user)


def stored_path(one: "Import", _name: str) -> str:
    """Where the file lies below the file storage: never under a name that somebody chose."""
    return f"imports/{one.pk.hex}"


class Import(models.Model):
    """One file on its way to records. `position` is the last line whose batch is committed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.TextField()
    file_name = models.TextField()
    content = models.FileField(upload_to=stored_path, max_length=200, blank=True)
    state = models.TextField(choices=State.choices, default=State.MAPPING)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sheet = models.TextField(default="")
    facts = models.JSONField(default=dict)  # what the reader found: phrases, remarks, header, sample rows
    mapping = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # one entry for each column
    options = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)  # of the run
    checked = models.JSONField(default=dict)  # counts and preview of the dry run
    total = models.IntegerField(default=0)  # rows; an estimate until the check has counted them
    done = models.IntegerField(default=0)  # rows so far, of the check or of the run
    resumed_from = models.IntegerField(default=0)  # rows that were done when it was last started
    position = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    change_set = models.ForeignKey(ChangeSet, null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.TextField(default="")

    objects = ImportQuerySet.as_manager()

    class Meta:
        db_table = "kernel_import"
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["created_by", "-created_at"], name="kernel_import_of_user")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def kind(self) -> RecordType:
        """The type as the one who imports has it."""
        found = type_seen(self.type, self.created_by)
        if found is None:
            raise LookupError(self.type)
        return found

    @property
    def header(self) -> list[str]:
        return list(self.facts.get("header", ()))

    @property
    def mode(self) -> str:
        return str(self.options.get("on_duplicate", OnDuplicate.FILL))

    @property
    def origin(self) -> str:
        """What new records carry in `origin_detail`, so that a list can show what came with this import; it is the same
        for users in other time zones."""
        when = f"{timezone.localtime(self.created_at, zone(Company.current().time_zone)):%Y-%m-%d %H:%M}"
        return f"{self.file_name[:200]} ({when}, {self.pk.hex[-6:]})"

    @property
    def is_busy(self) -> bool:
        return self.state in (State.CHECKING, State.RUNNING, State.REVERTING)

    @property
    def has_begun(self) -> bool:
        """Whether rows were or are being written; then the columns are settled."""
        return self.change_set_id is not None or self.state in (State.RUNNING, State.STOPPED, State.DONE)

    @property
    def is_reverted(self) -> bool:
        """Also when it was taken back by the undo of its notice."""
        return self.state == State.REVERTED or (
            self.change_set is not None and self.change_set.reverted_at is not None
        )

    @property
    def phase(self) -> str:
        """Of which pass the wrong rows are shown."""
        return Phase.RUN if self.has_begun else Phase.CHECK

    @property
    def link_phase(self) -> str:
        """The same for rows of which only a link is wrong."""
        return Phase.RUN_LINK if self.has_begun else Phase.CHECK_LINK

    def rows_per_second(self) -> int:
        if self.started_at is None:
            return 0
        seconds = ((self.finished_at or timezone.now()) - self.started_at).total_seconds()
        return round((self.done - self.resumed_from) / seconds) if seconds > 0 else 0

    def seconds_left(self) -> int:
        speed = self.rows_per_second()
        return max(0, round((self.total - self.done) / speed)) if speed else 0


class Phase(models.TextChoices):
    """When a row was found wanting."""

    CHECK = "check", _("Check")
    RUN = "run", _("Import")
    CHECK_LINK = "check_link", _("Check of links")  # the row can be taken, but a link of it leads nowhere
    RUN_LINK = "run_link", _("Import of links")


class RowOfFile(models.Model):
    """A row as it stands in the file of an import."""

    source_id: UUID
    id = models.BigAutoField(primary_key=True)
    line = models.IntegerField()
    cells = models.JSONField(default=list)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.source_id} {self.line}"


class ImportRow(RowOfFile):
    """A row that could not be taken, and why. Rows that can be taken have none."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_index=False)
    phase = models.TextField(choices=Phase.choices)
    problems = models.JSONField(default=list)  # [column or -1, sentence]

    class Meta:
        db_table = "kernel_import_row"
        ordering: ClassVar = ["line", "id"]
        indexes: ClassVar = [models.Index(fields=["source", "phase", "line"], name="kernel_import_row_line")]


class MendedRow(RowOfFile):
    """A row as somebody mended it in the check: it is read like this, the file stays as it is."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="mended", db_index=False)
    places = models.JSONField(default=list)  # of the cells that are not as in the file

    class Meta:
        db_table = "kernel_import_mended"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "line"], name="a_row_is_mended_once")
        ]


class Verdict(models.TextChoices):
    """What somebody said of a row that looks like a record, or like an earlier row."""

    SAME = "same", _("Same")
    NEW = "new", _("New")


class AlikeRow(RowOfFile):
    """A row that is probably about a record, or about what an earlier row is about; and what somebody said of it."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="alike", db_index=False)
    record_id = models.UUIDField(null=True)  # also what the earlier row has become, once it is in
    like_line = models.IntegerField(null=True)  # the earlier row
    like_cells = models.JSONField(default=list)  # of the earlier row
    title = models.TextField()  # of the record, or what the earlier row says
    points = models.SmallIntegerField()
    words = models.JSONField(default=list)
    verdict = models.TextField(choices=Verdict.choices, default="", blank=True)
    wins = models.JSONField(default=dict)  # {field: whether the file wins}, where somebody chose it

    class Meta:
        db_table = "kernel_import_alike"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "line"], name="a_row_is_judged_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["source", "verdict", "-points", "line"], name="kernel_import_alike_surest")
        ]


class AwaitedLink(RowOfFile):
    """What a row says of other rows of its file: looked up when all of them are in."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="awaited", db_index=False)
    phase = models.TextField(choices=Phase.choices)
    said = models.JSONField(default=dict)  # {field: [column, text]}
    # What the row came to; null where the check knows no record for it.
    record_id = models.UUIDField(null=True)
    is_new = models.BooleanField(default=True)
    is_unchanged = models.BooleanField(default=False)  # so far nothing of its record changed

    class Meta:
        db_table = "kernel_awaited_link"
        indexes: ClassVar = [
            models.Index(fields=["source", "phase", "line"], name="kernel_awaited_link_line")
        ]


class TemplateQuerySet(models.QuerySet["ImportTemplate"]):
    """Templates; everybody sees his own and the shared ones."""

    def visible_to(self, user: User) -> "TemplateQuerySet":
        return self.filter(models.Q(created_by=user) | models.Q(is_shared=True))


class ImportTemplate(models.Model):
    """Where the columns of such files go, under a name; proposed for every file whose columns are called the same."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.TextField()
    name = models.CharField(max_length=80)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    is_shared = models.BooleanField(default=False)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    options = models.JSONField(default=dict)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        db_table = "kernel_import_template"
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["type", "created_by", "name"], name="an_import_template_has_a_name_of_its_own"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def may_remove(self, user: User) -> bool:
        return user.is_administrator or self.created_by_id == user.pk
