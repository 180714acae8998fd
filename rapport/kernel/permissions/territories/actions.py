"""What can be done with territories: add, name, staff, say which records lie in them, remove. Nothing else does."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import Team, Territory, User
from rapport.kernel.filters import FilterError, Group
from rapport.kernel.permissions.jobs import prepare_indexes
from rapport.kernel.permissions.names import checked_name
from rapport.kernel.permissions.rules import check_tree
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType


def add_territory(name: str, parent: Territory | None, *, by: User) -> Territory:
    """Add a territory, perhaps as a part of another one. Nobody works it yet, and no record lies in it."""
    only_administrators(by)
    return _saved(Territory(name=checked_name(name), parent=parent))


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
    mine.name, mine.parent = checked_name(name), parent
    _saved(mine)
    mine.users.set(users)
    mine.teams.set(teams)


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
    mine.filters = filters
    mine.save(update_fields=["filters"])
    prepare_indexes.defer_once("rules")
    return True


@transaction.atomic
def remove_territory(territory: Territory, *, by: User) -> None:
    """Remove a territory; its parts become parts of the one above it."""
    only_administrators(by)
    locked = Territory.objects.select_for_update().filter(pk=territory.pk).first()
    if locked is None:
        return
    Territory.objects.filter(parent=locked).update(parent=locked.parent_id)
    locked.delete()
    prepare_indexes.defer_once("rules")


def _saved(one: Territory) -> Territory:
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError as problem:
        raise RuleError(fields={"name": _("There is a territory of this name already.")}) from problem
    return one
