"""What can be done with roles: add, name, change what they may, remove. Nothing else changes them."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from rapport.accounts.administered import only_administrators
from rapport.accounts.grants import ACTS, REACHES, narrower, role_grant
from rapport.accounts.models import Invitation, Provider, Role, User
from rapport.accounts.rights_log.writing import note_added, note_removed, noted
from rapport.kernel.permissions.names import checked_name
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import types

EVERYTHING = "*"
Table = Mapping[tuple[str, str], str]  # (type key, act): reach


def rows() -> list[str]:
    """The rows of the table: each record type, then "*" for types that are added later."""
    return [*(one.key for one in types()), EVERYTHING]


def reach_of(role: Role, type_key: str, act: str) -> str:
    """How far the role reaches, administrators everywhere."""
    return "all" if role.is_administrator else role_grant(role, type_key, act)


@transaction.atomic
def save_tables(tables: Mapping[int, Table], *, by: User) -> int:
    """Change what roles may (role id: its table); return for how many roles anything changed.

    Nobody can edit, delete or take along what he does not see, so these reach at most as far as seeing does.
    """
    only_administrators(by)
    changed = 0
    for role in Role.objects.select_for_update().filter(pk__in=tables, is_administrator=False):
        grants = _grants(role, tables[role.pk])
        if grants != role.grants:
            with noted(role, by=by):
                role.grants = grants
                role.save(update_fields=["grants"])
            changed += 1
    return changed


def _grants(role: Role, table: Table) -> dict[str, dict[str, str]]:
    """The grants with what the table says; a type of which nothing is said, now or before, follows "*"."""
    full: dict[str, dict[str, str]] = {}
    named = {EVERYTHING, *role.grants, *(row for row, _act in table)}
    for row in rows():
        if row not in named:
            continue
        said = {act: table.get((row, act), reach_of(role, row, act)) for act in ACTS}
        if any(reach not in REACHES for reach in said.values()):
            raise RuleError(_("Choose none, own, territory, team, team tree or all."))
        full[row] = {
            act: reach if act == "create" else narrower(reach, said["read"]) for act, reach in said.items()
        }
    everywhere = full[EVERYTHING]
    return {key: acts for key, acts in full.items() if key == EVERYTHING or acts != everywhere}


@transaction.atomic
def add_role(name: str, like: Role | None, *, by: User) -> Role:
    """Add a role that may what another one may (nothing without one)."""
    only_administrators(by)
    if like is not None and like.is_administrator:
        raise RuleError(fields={"like": _("Administrators have no table; take another role to begin with.")})
    text = checked_name(name)
    begin = slugify(text)[:30] or "role"
    taken = set(Role.objects.values_list("key", flat=True))
    key = next(
        key
        for number in range(1, 10_000)
        if (key := f"{begin}-{number}" if number > 1 else begin) not in taken
    )
    role = Role.objects.create(key=key, name=text)
    note_added(role, like=like, by=by)
    with noted(role, by=by):
        role.grants = dict(like.grants) if like else {}
        role.save(update_fields=["grants"])
    return role


@transaction.atomic
def describe_role(role: Role, name: str, text: str, *, by: User) -> None:
    """Give a role another name and description; built-in ones keep theirs, which are translated."""
    only_administrators(by)
    if role.is_built_in:
        raise RuleError(_("This role belongs to Rapport; only what it may can be changed."))
    locked = Role.objects.select_for_update().get(pk=role.pk)
    with noted(locked, by=by):
        locked.name, locked.help = checked_name(name), " ".join(text.replace("\0", "").split())[:300]
        locked.save(update_fields=["name", "help"])


@transaction.atomic
def remove_role(role: Role, *, by: User) -> None:
    """Remove a role that nobody has, and that nobody gets who comes."""
    only_administrators(by)
    locked = Role.objects.select_for_update().filter(pk=role.pk).first()
    if locked is None:
        return
    if locked.is_built_in:
        raise RuleError(_("This role belongs to Rapport; only what it may can be changed."))
    if locked.users.exists():
        raise RuleError(_("Some users have this role; give them another one first."))
    if (provider := Provider.objects.filter(role=locked).first()) is not None:
        text = _("New users who come through “%(name)s” get this role; choose another one there first.")
        raise RuleError(text % {"name": provider})
    if (invited := Invitation.objects.filter(roles=locked).first()) is not None:
        text = _("%(name)s is invited with this role; withdraw the invitation first.")
        raise RuleError(text % {"name": invited.name})
    note_removed(locked, by=by)
    locked.delete()
