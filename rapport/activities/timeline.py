"""Activities in timelines."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.activities.models import Activity
from rapport.activities.shown import Shown, load
from rapport.kernel.timeline.sources import Item, Source, add_source

TEMPLATE = "activities/timeline_item.html"


def items(ids: Sequence[UUID], user: User) -> dict[UUID, Item]:
    """The items of these activities that the user may see."""
    return {key: item(shown) for key, shown in load(ids, user).items()}


def item(shown: Shown) -> Item:
    return Item(
        shown.id,
        shown.at,
        "activity",
        TEMPLATE,
        shown.icon,
        shown.hue or "grey",
        is_planned=shown.is_planned,
        is_slim=shown.is_slim,
        data={"shown": shown},
    )


def register() -> None:
    add_source(Source("activity", _("Activities"), items, "activities", seen=Activity.objects.visible_to))
