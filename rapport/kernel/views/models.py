"""Saved views: a filter, sort order, columns and a layout under a name."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7

if TYPE_CHECKING:
    from rapport.accounts.models import Team, User

TABLE, BOARD, CALENDAR = "table", "board", "calendar"
LAYOUTS = (TABLE, BOARD, CALENDAR)
ICONS = {TABLE: "table-2", BOARD: "square-kanban", CALENDAR: "calendar-days"}


def place_of(type_key: str, layout: str) -> str:
    """Where records of a type are shown in that form."""
    return f"/{type_key}/" if layout not in (BOARD, CALENDAR) else f"/{type_key}/{layout}/"


# Every list asks for its views; Django would take half a millisecond to write this.
GIVEN = """
select view_id from kernel_view_users where user_id = %s
union all select view_id from kernel_view_teams where team_id = %s
"""


class ViewQuerySet(models.QuerySet["View"]):
    """Views of lists."""

    def visible_to(self, user: "User") -> "ViewQuerySet":
        """His own, those for everybody, those for him and for his team."""
        given = RawSQL(GIVEN, [user.pk, user.team_id])  # noqa: S611 - the values are parameters
        return self.filter(Q(owner=user) | Q(is_shared=True) | Q(pk__in=given))


class View(models.Model):
    """A saved list of one record type; a tab for its owner, for teams and users he names, or for everybody.

    `filter` is a condition tree: {"all": [{"field": "stage", "is": "any", "value": "customer|lead"}, ...]}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.TextField()
    name = models.CharField(_("Name"), max_length=100)
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="views")
    is_shared = models.BooleanField(_("For everybody"), default=False)
    teams: "models.ManyToManyField[Team, models.Model]" = models.ManyToManyField(
        "accounts.Team", verbose_name=_("For teams"), blank=True, related_name="+"
    )
    users: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(
        "accounts.User", verbose_name=_("For users"), blank=True, related_name="+"
    )
    layout = models.TextField(default=TABLE)
    # What a table is grouped by, a board has its lanes by, a calendar its days: a field, perhaps with a period.
    by = models.TextField(default="", blank=True)
    filter = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    sort = models.TextField(default="")
    position = models.IntegerField(default=0)

    objects = ViewQuerySet.as_manager()

    class Meta:
        db_table = "kernel_view"
        ordering: ClassVar = ["position", "id"]
        indexes: ClassVar = [models.Index(fields=["type", "owner"], name="kernel_view_of_owner")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where this view is shown."""
        return f"{place_of(self.type, self.layout)}?view={self.pk}"

    @property
    def icon(self) -> str:
        return ICONS.get(self.layout, ICONS[TABLE])

    def may_be_changed_by(self, user: "User") -> bool:
        """Its owner may change a view of his own; one for everybody only administrators."""
        return user.is_administrator if self.is_shared else self.owner_id == user.pk
