"""Names in typed filters: fields and relations by their key and by their label in the active language."""

from rapport.kernel.fields import Context, FieldType
from rapport.kernel.filters.compiler import filterable_fields
from rapport.kernel.filters.relations import Relation, relations_of, slug, target_of
from rapport.kernel.registry import RecordType

SUFFIXES = ("_at", "_on")


def field_named(kind: RecordType, said: str, context: Context) -> FieldType | None:
    """The field of that key or label; `last_contact` is as good as `last_contact_at`."""
    fields, wanted = filterable_fields(kind, context), slug(said)
    for key in (said, wanted, *(wanted + suffix for suffix in SUFFIXES)):
        if key in fields:
            return fields[key]
    return next((one for one in fields.values() if slug(one.label) == wanted), None)


def path_named(kind: RecordType, said: str, context: Context) -> tuple[str, FieldType] | None:
    """A path by keys or labels, as the tree keeps it, and its last field."""
    walked = _walked(kind, said, context)
    if walked is None:
        return None
    keys, end, last = walked
    found = field_named(end, last, context)
    return None if found is None else (".".join([*keys, str(found.name)]), found)


def relation_named(kind: RecordType, said: str, context: Context) -> tuple[str, Relation] | None:
    """A relation behind a path, as the tree keeps it ("organization.deals:organization"), and what it is."""
    walked = _walked(kind, said, context)
    if walked is None:
        return None
    keys, end, last = walked
    every = relations_of(end, context.reader)
    wanted = slug(last)
    found = next((one for one in every if last in one.names), None)
    found = found or next((one for one in every if wanted in one.names or wanted == slug(one.label)), None)
    return None if found is None else (".".join([*keys, found.key]), found)


def _walked(kind: RecordType, said: str, context: Context) -> tuple[list[str], RecordType, str] | None:
    """The keys of the links before the last name, the type that they lead to, and that name."""
    *steps, last = said.split(".")
    keys = []
    for step in steps:
        link = field_named(kind, step, context)
        target = target_of(link)
        if link is None or target is None:
            return None
        keys.append(str(link.name))
        kind = target
    return keys, kind, last


def short_name(kind: RecordType, relation: Relation, context: Context) -> str:
    """The shortest name that means this relation and no other."""
    for name in relation.names:
        meant = relation_named(kind, name, context)
        if meant is not None and meant[1].key == relation.key:
            return name
    return relation.key
