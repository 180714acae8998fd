"""Mappings under a name: kept for oneself or for everybody, found again by the names of the columns."""

from uuid import UUID

from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.imports.mapping import PROBLEM, use_mapping_of
from rapport.kernel.imports.models import Import, ImportTemplate
from rapport.kernel.records import Refused, RuleError

LONGEST = 80


def templates_for(one: Import, user: User) -> list[ImportTemplate]:
    """The templates for such records, his own first."""
    found = list(
        ImportTemplate.objects.visible_to(user).filter(type=one.type).select_related("created_by")[:200]
    )
    return sorted(found, key=lambda each: (each.created_by_id != user.pk, each.name.casefold()))


def fitting(one: Import, user: User) -> ImportTemplate | None:
    """The template that knows every column of this file; the one with the fewest others."""
    names = {name for name in one.header if name.strip().lower() not in PROBLEM}
    fits = [each for each in templates_for(one, user) if names and names <= set(each.header)]
    return min(fits, key=lambda each: len(each.header), default=None)


def use(one: Import, template: ImportTemplate, context: Context) -> None:
    """Send the columns where the template says. Saves nothing."""
    use_mapping_of(
        one, template, context, gettext("As in the template “%(name)s”.") % {"name": template.name}
    )
    one.facts["template"] = {"id": str(template.pk), "name": template.name}
    one.facts.pop("as_before", None)


def save(one: Import, name: str, *, by: User, is_shared: bool) -> ImportTemplate:
    """Keep the mapping of this import; an own template of that name is replaced."""
    name = " ".join(name.replace("\0", "").split())[:LONGEST]
    if not name:
        raise RuleError(gettext("Give the template a name."))
    kept = {
        "is_shared": is_shared,
        "header": one.header,
        "mapping": one.mapping,
        "options": {
            key: value
            for key, value in one.options.items()
            if key in ("on_duplicate", "alike", "tag", "source")
        },
    }
    template, _is_new = ImportTemplate.objects.update_or_create(
        type=one.type, created_by=by, name=name, defaults=kept
    )
    one.facts["template"] = {"id": str(template.pk), "name": template.name}
    return template


def named(one: Import, said: str, user: User) -> ImportTemplate | None:
    """The template that a form means."""
    try:
        key = UUID(said)
    except ValueError:
        return None
    return ImportTemplate.objects.visible_to(user).filter(type=one.type, pk=key).first()


def remove(template: ImportTemplate, *, by: User) -> None:
    """Forget a template; what was imported with it stays."""
    if not template.may_remove(by):
        raise Refused
    template.delete()
