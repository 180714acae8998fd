"""What can be done with users and teams. Nothing else changes them, save people their own profile."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import Role, Team, User
from rapport.accounts.rights_log.writing import note_added, note_held, note_removed, noted
from rapport.accounts.sessions.ending import end_sessions
from rapport.accounts.signin_log.models import Event
from rapport.accounts.signin_log.writing import note

_followers: list[Callable[[User], None]] = []
_around_teams_that_go: list[Callable[[Team, User], AbstractContextManager[None]]] = []


def when_deactivated(follower: Callable[[User], None]) -> None:
    """Call this for each user who may not sign in any more, e.g. to revoke his tokens."""
    _followers.append(follower)


def around_team_that_goes(follower: Callable[[Team, User], AbstractContextManager[None]]) -> None:
    """Enter this with each team that is deleted and by whom, while it is still there."""
    _around_teams_that_go.append(follower)


@transaction.atomic
def add_user(
    *, name: str, email: str, role: Iterable[Role], team: Team | None, password: str | None, by: User
) -> User:
    """Add somebody who may sign in; without a password he chooses one by the link he is sent."""
    only_administrators(by)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name)
    except IntegrityError as error:
        raise ValidationError({"email": _("Somebody with this e-mail address is here already.")}) from error
    user.set_team(team, by=by)
    user.set_roles(role, by=by)
    return user


@transaction.atomic
def change_user(
    user: User, *, name: str, email: str, role: Iterable[Role], team: Team | None, by: User
) -> None:
    """Change what an administrator decides about a user."""
    only_administrators(by)
    _one_at_a_time()
    before = User.objects.get(pk=user.pk).email
    user.name, user.email = name, email
    try:
        with transaction.atomic():
            user.save(update_fields=["name", "email"])
    except IntegrityError as error:
        raise ValidationError({"email": _("Somebody with this e-mail address is here already.")}) from error
    user.set_team(team, by=by)
    user.set_roles(role, by=by)
    _somebody_must_administer()
    if before.casefold() != email.casefold():
        note(None, Event.EMAIL_CHANGED, user, by=by, detail=before)


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """Keep somebody from signing in, and sign him out everywhere. His records stay."""
    only_administrators(by)
    _one_at_a_time()
    if user == by:
        raise ValidationError(_("Nobody can deactivate himself. Ask another administrator."))
    with noted(user, by=by):
        user.is_active = False
        user.save(update_fields=["is_active"])
    _somebody_must_administer()
    end_sessions(user)
    for follower in _followers:
        follower(user)
    note(None, Event.DEACTIVATED, user, by=by)


@transaction.atomic
def reactivate(user: User, *, by: User) -> None:
    """Let somebody sign in again."""
    only_administrators(by)
    with noted(user, by=by):
        user.is_active = True
        user.save(update_fields=["is_active"])
    note(None, Event.REACTIVATED, user, by=by)


@transaction.atomic
def add_team(name: str, parent: Team | None = None, *, by: User) -> Team:
    only_administrators(by)
    team = Team(name=name)
    note_added(team, by=by)
    _save_team(team, name, parent, by=by)
    return team


@transaction.atomic
def change_team(team: Team, *, name: str, parent: Team | None, by: User) -> None:
    """Give a team a name and the team that it is a part of; no team is a part of itself."""
    only_administrators(by)
    # Two at once must not close a circle.
    mine = {one.pk: one for one in Team.objects.select_for_update().order_by("pk")}.get(team.pk)
    if mine is None:
        raise ValidationError(_("This team was deleted."))
    if parent is not None and parent.pk in team.with_parts():
        raise ValidationError({"parent": _("A team cannot be a part of itself or of one of its parts.")})
    _save_team(mine, name, parent, by=by)


def _save_team(team: Team, name: str, parent: Team | None, *, by: User) -> None:
    try:
        with noted(team, by=by):
            team.name, team.parent = name, parent
            team.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("There is a team of this name already.")}) from error


@transaction.atomic
def delete_team(team: Team, *, move_to: Team | None, by: User) -> None:
    """Delete a team; its members go to another team first, and the teams below it are a part of none."""
    only_administrators(by)
    Team.objects.select_for_update().get(pk=team.pk)
    if move_to == team:
        raise ValidationError(_("The members cannot move to the team that is deleted."))
    if not move_to and team.members.exists():
        raise ValidationError(_("Choose a team for the members first."))
    for member in team.members.all():
        member.set_team(move_to, by=by)
    for part in team.parts.all():
        _save_team(part, part.name, None, by=by)
    note_held([(one, team) for one in team.territories.all()], [], by=by)
    note_removed(team, by=by)
    with ExitStack() as around:
        for follower in _around_teams_that_go:
            around.enter_context(follower(team, by))
        team.delete()


def _one_at_a_time() -> None:
    """Two administrators who demote each other at the same moment must not both succeed."""
    list(Role.objects.select_for_update().filter(is_administrator=True))


def _somebody_must_administer() -> None:
    if not User.objects.filter(is_active=True, roles__is_administrator=True).exists():
        raise ValidationError(_("At least one active administrator must remain."))
