"""Typed, dated edges between any two records."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rapport.kernel import fields as f
from rapport.runtime.ids import uuid7

if TYPE_CHECKING:
    from rapport.accounts.models import User


class RelationshipType(models.Model):
    """What an edge means, with a name for each direction: "works at" and "employs"."""

    key = models.SlugField(_("Key"), max_length=60, unique=True)
    name = models.CharField(_("Name"), max_length=100)
    inverse_name = models.CharField(_("Name from the other side"), max_length=100)
    source_types = ArrayField(models.TextField(), verbose_name=_("From"), default=list, blank=True)
    target_types = ArrayField(models.TextField(), verbose_name=_("To"), default=list, blank=True)
    # How many a record may have at the same time; none is any number.
    most_targets = models.PositiveSmallIntegerField(null=True, blank=True)
    most_sources = models.PositiveSmallIntegerField(null=True, blank=True)
    is_built_in = models.BooleanField(default=False, editable=False)

    class Meta:
        db_table = "kernel_relationship_type"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_mutual(self) -> bool:
        """Whether both sides read the same: "is a partner of"."""
        return self.name == self.inverse_name and self.source_types == self.target_types


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    """Edges; seen by those who see both ends."""

    def of(self, record_id: object) -> "RelationshipQuerySet":
        return self.filter(Q(source_id=record_id) | Q(target_id=record_id))

    def visible_to(self, user: "User") -> "RelationshipQuerySet":
        from rapport.kernel.changes.models import AnyRecord

        seen = AnyRecord.objects.visible_to(user)
        return self.filter(source__in=seen, target__in=seen)

    def valid_on(self, day: object) -> "RelationshipQuerySet":
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gte=day)
        )


class Relationship(models.Model):
    """One edge from a record to a record, with a role, a share and the time in which it holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.ForeignKey(RelationshipType, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.ForeignKey(
        "kernel.AnyRecord", on_delete=models.CASCADE, related_name="relationships_out", db_index=False
    )
    target = models.ForeignKey(
        "kernel.AnyRecord", on_delete=models.CASCADE, related_name="relationships_in", db_index=False
    )
    role = f.Text(_("Role"), privacy=f.PERSONAL)
    note = f.Text(_("Note"), privacy=f.PERSONAL, longest=1000)
    share = f.Percent(_("Share"), privacy=f.FINANCIAL, decimal_places=2)
    is_primary = f.YesNo(_("Main one"), privacy=f.INTERNAL)
    valid_from = f.Date(_("From"), privacy=f.PERSONAL)
    valid_until = f.Date(_("Until"), privacy=f.PERSONAL)

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        db_table = "kernel_relationship"
        indexes: ClassVar = [
            models.Index(fields=["source", "type"], name="kernel_relationship_out"),
            models.Index(fields=["target", "type"], name="kernel_relationship_in"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_relationship_joins_two_records",
                condition=~Q(source=F("target")),
                violation_error_message=_("A record cannot be related to itself."),
            ),
            models.CheckConstraint(
                name="a_relationship_ends_after_it_begins",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("The relationship would end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.type} {self.target_id}"
