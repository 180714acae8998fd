"""Whose calendar is shown: everybody's, one's own, that of the team or of a colleague. It stands in the address."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.calendars.registry import CalendarRules

EVERYBODY, ME, TEAM = "", "me", "team"
MOST = 30


@dataclass(frozen=True)
class Whose:
    """Whose records the calendar shows, of those that the user sees at all."""

    key: str
    label: str
    users: tuple[UUID, ...] | None = None  # None: everybody's

    def condition(self, rules: CalendarRules) -> Q:
        return Q() if self.users is None else rules.belongs(self.users)


def read_whose(said: str, user: User) -> Whose:
    """What the address says; everybody's where it says nothing that is known."""
    if said == ME:
        return Whose(ME, gettext("My calendar"), (user.pk,))
    if said == TEAM and user.team_id:
        members = User.objects.filter(team__in=user.team_tree).values_list("pk", flat=True)
        return Whose(TEAM, gettext("Calendar of my team"), tuple(members))
    try:
        key = UUID(said)
    except ValueError:
        return Whose(EVERYBODY, gettext("Everybody"))
    other = User.objects.filter(pk=key).first()
    if other is None:
        return Whose(EVERYBODY, gettext("Everybody"))
    return Whose(str(other.pk), other.name or other.email, (other.pk,))


def choices(user: User) -> list[tuple[str, str]]:
    """[(key, label)] of what can be chosen: oneself, the team, everybody, then colleagues, one's own team first."""
    found = [(ME, gettext("My calendar"))]
    found += [(TEAM, gettext("Calendar of my team"))] if user.team_id else []
    found.append(("all", gettext("Everybody")))
    active = User.objects.filter(is_active=True).exclude(pk=user.pk)
    others = list(active.order_by(F("team").asc(nulls_last=True), "name")[: 4 * MOST])
    others.sort(key=lambda one: one.team_id != user.team_id or one.team_id is None)
    return found + [(str(one.pk), one.name or one.email) for one in others[:MOST]]
