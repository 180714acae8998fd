"""What can be done with territories: add, name, staff, say which records lie in them, remove. Nothing else does."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import Team, Territory, User
from rapport.accounts.rights_log.writing import Held, note_added, note_held, note_removed, noted
from rapport.kernel.filters import FilterError, Group
from rapport.kernel.permissions.jobs import prepare_indexes
from rapport.kernel.permissions.names import checked_name
from rapport.kernel.permissions.rules import check_tree
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType


@transaction.atomic
def add_territory(name: str, parent: Territory | None, *, by: User) -> Territory:
    """Add a territory, perhaps as a part of another one. Nobody works it yet, and no record lies in it."""
    only_administrators(by)
    one = Territory(name=checked_name(name))
    note_added(one, by=by)
    _save(one, one.name, parent, by=by)
    return one


@transaction.atomic
def change_territory(
    territory: Territory, name: str, parent: Territory | None, users: Iterable[User], teams: Iterable[Team], *,
    by: User,
) -> None:  # fmt: skip
    """Say how a territory is called, which one it is a part of, and who works it."""
    only_administrators(by)
    locked = {one.pk: one for one in Territory.objects.select_for_update().order_by("pk")}
    mine = locked.get(territory.pk)
    if mine is None:
        raise RuleError(_("This territory was removed."))
    above = parent
    while above is not None:
        if above.pk == mine.pk:
            raise RuleError(
                fields={"parent": _("A territory cannot be a part of itself or of one of its parts.")}
            )
        above = locked.get(above.parent_id) if above.parent_id else None
    _save(mine, checked_name(name), parent, by=by)
    _staff(mine, users, teams, by=by)


@transaction.atomic
def save_filter(territory: Territory, kind: RecordType, tree: Group, *, by: User) -> bool:
    """Say which records of the type lie in the territory, none for an empty filter; returns whether that is new."""
    only_administrators(by)
    mine = Territory.objects.select_for_update().get(pk=territory.pk)
    filters = {key: said for key, said in mine.filters.items() if key != kind.key}
    if tree.parts:
        try:
            filters[kind.key] = check_tree(tree, kind, by)
        except FilterError as problem:
            raise RuleError(fields={"filter": str(problem)}) from problem
    if filters == mine.filters:
        return False
    with noted(mine, by=by):
        mine.filters = filters
        mine.save(update_fields=["filters"])
    prepare_indexes.defer_once("rules")
    return True


@transaction.atomic
def remove_territory(territory: Territory, *, by: User) -> None:
    """Remove a territory; its parts become parts of the one above it. What lay in it, and who worked it, is noted."""
    only_administrators(by)
    locked = Territory.objects.select_for_update().filter(pk=territory.pk).first()
    if locked is None:
        return
    for part in locked.parts.all():
        _save(part, part.name, locked.parent, by=by)
    _staff(locked, [], [], by=by)
    with noted(locked, by=by):
        locked.filters = {}
    note_removed(locked, by=by)
    locked.delete()
    prepare_indexes.defer_once("rules")


def _save(one: Territory, name: str, parent: Territory | None, *, by: User) -> None:
    try:
        with noted(one, by=by):
            one.name, one.parent = name, parent
            one.save()
    except IntegrityError as problem:
        raise RuleError(fields={"name": _("There is a territory of this name already.")}) from problem


def _staff(one: Territory, users: Iterable[User], teams: Iterable[Team], *, by: User) -> None:
    before = _workers(one)
    one.users.set(users)
    one.teams.set(teams)
    note_held(before, _workers(one), by=by)


def _workers(one: Territory) -> list[Held]:
    return [(one, who) for who in (*one.teams.all(), *one.users.all())]
