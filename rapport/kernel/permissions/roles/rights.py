"""What a role may see and change of single fields, and which records it reaches by a rule: saying it, for one type."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import Role, User
from rapport.accounts.rights_log.writing import noted
from rapport.kernel.filters import FilterError, Group
from rapport.kernel.permissions.fields import LEVELS, governed
from rapport.kernel.permissions.jobs import prepare_indexes
from rapport.kernel.permissions.rules import RULED, check_tree, read_rule
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType

LONGEST = 4_000


@transaction.atomic
def save_rights(
    role: Role,
    kind: RecordType,
    levels: Mapping[str, str],
    rule: str | Group,
    acts: Sequence[str],
    *,
    by: User,
) -> bool:
    """Replace what the role says of fields and records of the type; returns whether anything changed.

    `levels` names fields and parts that are hidden or only read, `rule` is a filter or typed as one, `acts`
    are what it allows; it always allows seeing. RuleError says what is wrong with the rule.
    """
    only_administrators(by)
    locked = Role.objects.select_for_update().get(pk=role.pk)
    if locked.is_administrator:
        raise RuleError(_("Administrators see everything; take another role."))
    known = set(governed(kind))
    fields = {name: level for name, level in levels.items() if name in known and level in LEVELS}
    tree = _tree(rule, kind, by)
    rules = {act: tree for act in RULED if tree and (act == "read" or act in acts)}
    rights, ruled = {**locked.field_rights, kind.key: fields}, {**locked.rules, kind.key: rules}
    after = [{key: said for key, said in one.items() if said} for one in (rights, ruled)]
    if after == [locked.field_rights, locked.rules]:
        return False
    with noted(locked, by=by):
        locked.field_rights, locked.rules = after
        locked.save(update_fields=["field_rights", "rules"])
    prepare_indexes.defer_once("rules")
    return True


# Any: the JSON of a filter
def _tree(rule: str | Group, kind: RecordType, by: User) -> dict[str, Any] | None:
    if isinstance(rule, Group):
        return _checked(lambda: check_tree(rule, kind, by)) if rule.parts else None
    text = " ".join(rule.replace("\0", "").split())
    if not text:
        return None
    if len(text) > LONGEST:
        raise RuleError(fields={"rule": _("This is too long.")})
    return _checked(lambda: read_rule(text, kind, by))


def _checked(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:  # Any: as above
    try:
        return read()
    except FilterError as problem:
        raise RuleError(fields={"rule": str(problem)}) from problem
