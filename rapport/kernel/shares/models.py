"""Sharing one record: somebody, or a team, may see or edit it although his roles would not let him."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7

if TYPE_CHECKING:
    from rapport.accounts.models import User


class Act(models.TextChoices):
    """What a share allows."""

    READ = "read", _("See")
    EDIT = "edit", _("See and edit")


class ShareQuerySet(models.QuerySet["Share"]):
    """Shares of records."""

    def valid(self) -> "ShareQuerySet":
        """Those that have not run out; the last day counts."""
        return self.filter(Q(until=None) | Q(until__gte=timezone.localdate()))

    def to(self, user: "User") -> "ShareQuerySet":
        """Those that count for this user, his own and his team's."""
        mine = Q(user_id=user.pk)
        return self.filter(mine | Q(team_id=user.team_id) if user.team_id else mine)


class Share(models.Model):
    """One record shared with one user or one team. Adds to what roles allow, never takes away."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey(
        "kernel.AnyRecord", on_delete=models.CASCADE, related_name="shares", db_index=False
    )
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey("accounts.Team", null=True, on_delete=models.CASCADE, related_name="+")
    act = models.TextField(choices=Act.choices, default=Act.READ)
    until = models.DateField(null=True)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ShareQuerySet.as_manager()

    class Meta:
        db_table = "kernel_share"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_share_is_with_a_user_or_a_team",
                condition=Q(user=None, team__isnull=False) | Q(user__isnull=False, team=None),
            ),
            models.UniqueConstraint(fields=["record", "user"], name="a_record_is_shared_once_with_a_user"),
            models.UniqueConstraint(fields=["record", "team"], name="a_record_is_shared_once_with_a_team"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.team)
