"""The area's entries in the sidebar, the create menu and the palette."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.activities.next_steps import due_by_tonight
from rapport.kernel.permissions.entries import may
from rapport.ui import navigation

MOST = 99  # more is not counted


def open_now(request: HttpRequest) -> int:
    """How many of the user's open activities are due by the end of today."""
    if not isinstance(request.user, User):
        return 0
    return due_by_tonight(request.user, MOST)


def tasks_address(_request: HttpRequest) -> str:
    """The user's own open activities, the next first."""
    return f"{reverse('list', args=['activities'])}?f=done_at.empty&f=owner.me&sort=due_at"


def add_menu() -> None:
    makes = may("activities", "create")
    navigation.add("top", "home", "sun", _("My day"), "home", 10, go="h", phone=True)
    navigation.add(
        "top", "tasks", "list-checks", _("Tasks"), tasks_address, 30, go="t", count=open_now, hot=True,
        phone=True,
    )  # fmt: skip
    navigation.add("top", "calendar", "calendar-days", _("Calendar"), calendar_address, 20, go="a")
    navigation.add_create("activities", "list-checks", _("New activity"), new_address, 40, when=makes)
    navigation.add_command(
        "import_calendar", "calendar-plus", _("Take in a calendar file"), "import_calendar", when=makes
    )
    navigation.add_command(
        "quick_task", "zap", _("Quick task"), "quick_task", keys="Q", dialog=True, when=makes
    )


def calendar_address(_request: HttpRequest) -> str:
    """The user's own week."""
    return f"{reverse('calendar', args=['activities'])}?span=week&who=me"


def new_address(_request: HttpRequest) -> str:
    return reverse("record_new", args=["activities"])
