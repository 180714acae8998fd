"""An activity with what is shown of it: who, with whom, the beginning of its text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.lists import format_list
from django.db.models import Q
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from markupsafe import Markup

from rapport.accounts.models import User
from rapport.activities.models import Activity, Kind, Outcome
from rapport.activities.participants import participants_of
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.mentions.naming import marked_texts
from rapport.kernel.permissions.veil import tells
from rapport.kernel.registry import type_of_model
from rapport.ui import formats
from rapport.ui.days import day_of, is_whole_day

LONGEST_TEXT = 1500  # more of it stands on the activity's own page
HUES = {Kind.CALL: "green", Kind.MEETING: "amber", Kind.TASK: "petrol"}
ICONS = {Kind.NOTE: "notebook-pen", Kind.MEETING: "calendar", Kind.TASK: "check-check"}
NOT_HELD = (Outcome.NOT_REACHED, Outcome.CANCELED)


@dataclass
class Shown:
    """One activity as pages show it."""

    activity: Activity
    records: list[AnyRecord] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    text: str = ""
    is_cut: bool = False
    said: Markup | str = ""  # the text with those marked whom it names

    @property
    def id(self) -> UUID:
        return self.activity.pk

    @property
    def at(self) -> datetime:
        at: datetime = self.activity.at
        return at

    @property
    def is_planned(self) -> bool:
        return self.activity.is_open

    @property
    def is_slim(self) -> bool:
        """A line suffices where nothing was written down."""
        return not self.is_planned and not self.text

    @property
    def icon(self) -> str:
        if self.activity.type == Kind.CALL:
            if self.is_planned:
                return "phone"
            return "phone-incoming" if self.activity.direction == "in" else "phone-outgoing"
        return ICONS[Kind(self.activity.type)]

    @property
    def hue(self) -> str:
        if self.activity.outcome in NOT_HELD:
            return "grey"
        return HUES.get(Kind(self.activity.type), "")

    @property
    def outcome(self) -> str:
        """Said only where it says something: a task that is done is done, a meeting took place."""
        if self.activity.outcome in ("", Outcome.DONE, Outcome.HELD):
            return ""
        return str(Outcome(self.activity.outcome).label)

    @property
    def outcome_hue(self) -> str:
        return {Outcome.REACHED: "green", Outcome.MESSAGE_LEFT: "sky"}.get(
            Outcome(self.activity.outcome), "grey"
        )

    @property
    def who(self) -> str:
        return first_name(self.activity.owner.name) if self.activity.owner else gettext("Somebody")

    @property
    def people(self) -> list[AnyRecord | User]:
        return [*self.records, *self.users]

    @property
    def faces(self) -> list[AnyRecord | User]:
        """Whose pictures stand beside it: people of theirs and of ours, not what it is about."""
        return [*(one for one in self.records if one.type == "people"), *self.users]

    @property
    def names(self) -> str:
        """The people among those who take part; where there are none the organizations, else whatever it is about."""
        for kinds in (("people",), ("organizations",)):
            if found := [one for one in self.records if one.type in kinds]:
                return names([*found, *self.users])
        return names(self.people)

    @property
    def subject(self) -> str:
        """The subject where it is not only the beginning of the text."""
        said = self.activity.subject
        return "" if self.text.startswith(said.rstrip("…")) else said

    @property
    def title(self) -> str:
        """What happened, in words."""
        said: dict[str, Any] = {"who": self.who, "names": self.names, "subject": self.activity.subject}
        if self.activity.type == Kind.CALL and self.names:
            if self.activity.direction == "in":
                return gettext("%(names)s called %(who)s") % said
            return gettext("%(who)s called %(names)s") % said
        if self.activity.type == Kind.MEETING and self.names:
            return gettext("%(who)s met %(names)s") % said
        if self.activity.type == Kind.TASK:
            return gettext("%(who)s did a task") % said
        return gettext("%(who)s wrote a note") % said if self.activity.type == Kind.NOTE else self.who

    @property
    def heading(self) -> str:
        """The same on a card, where the faces of those who met stand beside it."""
        return gettext("Meeting") if self.activity.type == Kind.MEETING else self.title

    @property
    def is_today(self) -> bool:
        due = self.activity.due_at
        return due is not None and day_of(due) == timezone.localdate()

    @property
    def when(self) -> str:
        """The day that it is planned for, with the hour where it has one."""
        due = self.activity.due_at
        if due is None:
            return gettext("No date")
        day = formats.format_day(due)
        return f"{day}, {formats.format_time(due)}" if self.activity.has_hour else day

    @property
    def hour(self) -> str:
        return formats.format_time(self.activity.due_at) if self.activity.has_hour else ""

    @property
    def done_hour(self) -> str:
        """When it was done, where an hour was said."""
        return "" if is_whole_day(self.activity.at) else formats.format_time(self.activity.at)

    @property
    def when_today(self) -> str:
        """The same in the list of a day: the hour suffices for today, the days for what is overdue."""
        due = self.activity.due_at
        if due is None:
            return ""
        days = (timezone.localdate() - day_of(due)).days
        if days > 0:
            return ngettext("%(count)s day overdue", "%(count)s days overdue", days) % {"count": days}
        if days == 0:
            return self.hour
        return self.when


def first_name(name: str) -> str:
    return name.split(" ", 1)[0] if name else ""


def names(people: Sequence[AnyRecord | User], most: int = 3) -> str:
    """The names as a list in words: Ingrid, Jonas and 2 more."""
    said = [one.title if isinstance(one, AnyRecord) else first_name(one.name) for one in people[:most]]
    more = len(people) - most
    if more > 0:
        said.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    return format_list(said, locale=formats.locale()) if said else ""


def show(activities: Iterable[Activity], user: User) -> list[Shown]:
    """Load who takes part in these activities: a fixed number of queries."""
    listed = list(activities)
    people = participants_of([one.pk for one in listed], user)
    found, is_told = [], tells(type_of_model(Activity), user, "body")
    for one in listed:
        text = getattr(one, "beginning", None)
        text = "" if not is_told else one.body if text is None else text
        found.append(
            Shown(
                one,
                [record for record in people[one.pk] if isinstance(record, AnyRecord)],
                [other for other in people[one.pk] if isinstance(other, User) and other.pk != one.owner_id],
                text[:LONGEST_TEXT].strip(),
                len(text) > LONGEST_TEXT,
            )
        )
    for shown, said in zip(found, marked_texts([one.text for one in found], user), strict=True):
        shown.said = said
    return found


def visible(user: User, condition: Q | None = None) -> Any:  # Any: a query set of activities
    """The activities that the user may see, with the beginning of their text only."""
    return (
        Activity.objects.visible_to(user)
        .filter(condition or Q())
        .select_related("owner")
        .defer("body", "custom")
        .annotate(beginning=Left("body", LONGEST_TEXT + 1))
    )


def load(ids: Sequence[UUID], user: User) -> dict[UUID, Shown]:
    """These activities, as far as the user may see them."""
    return {one.id: one for one in show(visible(user, Q(pk__in=ids)), user)}
