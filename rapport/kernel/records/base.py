"""The record: what every row of every record type has."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.accounts.grants import has_field_rights
from rapport.kernel import fields as f
from rapport.kernel.custom.query import RecordQuery, names_custom
from rapport.runtime.ids import uuid7
from rapport.runtime.models import QuickModel
from rapport.ui.addresses import address

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.changes.models import AnyRecord

R = TypeVar("R", bound="Record")


class RecordQuerySet(models.QuerySet[R], Generic[R]):
    """Records as the database has them; `visible_to` is the door for reading. Custom fields are named like columns."""

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model, query or RecordQuery(model), using, hints)

    def _values(self, *fields: Any, **expressions: Any) -> Any:  # Any: Django's signature
        """Custom fields in `values` and `values_list` become columns of the result."""
        named = {one: F(one) for one in fields if names_custom(self.query, one)}
        return super()._values(*fields, **{**named, **expressions})  # type: ignore[misc]  # Django's own

    def visible_to(self, user: "User") -> "RecordQuerySet[R]":
        """The records that the user may see, without those in the trash."""
        from rapport.kernel.permissions import condition

        return self.filter(condition(user, self.model, "read"), deleted_at=None).read_by(user)

    def read_by(self, reader: Any) -> "RecordQuerySet[R]":  # Any: a user, or EVERYBODY for the product itself
        """The same rows; what is worked out in this query from now on is what that user may know."""
        rows = self._chain()  # type: ignore[attr-defined]  # Django's own
        rows.query.reader = reader
        found: RecordQuerySet[R] = rows
        return found

    def _fetch_all(self) -> None:
        """What the reader must not see is taken from the records; those that are locked to be written come whole."""
        is_new = self._result_cache is None
        super()._fetch_all()
        if is_new and not self.query.select_for_update and has_field_rights(reader := _reader(self)):
            _veil_all(self._result_cache or (), reader)

    def iterator(self, chunk_size: int | None = None) -> "Iterator[R]":
        rows = super().iterator(chunk_size)
        if self.query.select_for_update or not has_field_rights(reader := _reader(self)):
            return rows
        return (_veil_all((one,), reader)[0] for one in rows)

    def in_trash_visible_to(self, user: "User") -> "RecordQuerySet[R]":
        from rapport.kernel.permissions import condition

        return self.filter(condition(user, self.model, "read"), deleted_at__isnull=False)


def _reader(rows: Any) -> Any:  # Any: a query set; a user, or nobody
    return getattr(rows.query, "reader", None)


def _veil_all(found: Any, reader: "User") -> Any:  # Any: what the query gives: records, or plain values
    from rapport.kernel.permissions.veil import veil

    for one in found:
        veil(one, reader)
    return found


class RecordManager(models.Manager[R], Generic[R]):
    """Gives only the kind of the type where several types share a table."""

    def get_queryset(self) -> RecordQuerySet[R]:
        rows: RecordQuerySet[R] = RecordQuerySet(self.model, using=self._db)
        return rows.filter(kind=self.model.kind_value) if self.model.kind_value else rows

    def visible_to(self, user: "User") -> RecordQuerySet[R]:
        return self.get_queryset().visible_to(user)


class Origin(models.TextChoices):
    """Through which door a record came."""

    PAGE = "page", _("Entered by hand")
    IMPORT = "import", _("Import")
    API = "api", _("Program")
    DEMO = "demo", _("Sample company")
    SYSTEM = "system", _("Rapport itself")


class Record(QuickModel):
    """Something the company keeps data about: it has an owner, a history, a timeline, tags, files, relationships."""

    kind_value: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Owner and team have no index of their own: lists make one that begins with each of them.
    owner = f.UserLink(
        _("Owner"), privacy=f.INTERNAL, listed=True, db_index=False, help=_("Who looks after it.")
    )
    team = f.TeamLink(
        _("Team"),
        privacy=f.INTERNAL,
        db_index=False,
        help=_("Whose members may see it when rights are restricted."),
    )
    tags = f.Tags(_("Tags"), privacy=f.INTERNAL, searched=True)
    source = f.Text(_("Source"), privacy=f.INTERNAL, help=_("Where we know this from, e.g. a trade fair."))
    origin = f.Choice(
        _("Came through"), privacy=f.INTERNAL, choices=Origin.choices, default=Origin.PAGE, editable=False
    )
    origin_detail = f.Text(_("Came with"), privacy=f.INTERNAL, editable=False, logged=False)
    created_at = f.Moment(
        _("Created"), privacy=f.INTERNAL, default=timezone.now, editable=False, required=True
    )
    changed_at = f.Moment(
        _("Changed"), privacy=f.INTERNAL, default=timezone.now, editable=False, required=True, logged=False
    )
    deleted_at = models.DateTimeField(null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)
    custom = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)

    objects: ClassVar[RecordManager[Any]] = RecordManager()  # Any: each type narrows it

    class Meta:
        abstract = True

    def rules(self) -> None:
        """Raise RuleError where the record as it stands must not be."""

    def prepare(self, changed: set[str]) -> None:
        """Fill in what follows from other fields; `changed` names the fields that the person has set."""

    @classmethod
    def links(cls) -> tuple[str, ...]:
        """Foreign keys that a list of these records reads along."""
        return tuple(
            one.name for one in cls._meta.get_fields() if isinstance(one, f.LinkBase) and one.flags.listed
        )

    def get_absolute_url(self) -> str:
        from rapport.kernel.registry import type_of

        return address("record", type_of(self).key, self.pk)

    @property
    def entry(self) -> "AnyRecord":
        """The row of `kernel_record` that stands for this record."""
        from rapport.kernel.changes.models import AnyRecord

        return AnyRecord.objects.get(pk=self.pk)

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None
