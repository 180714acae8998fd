"""Records found by keys: that of another program, unique fields; for links also e-mail, number and the like."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection

from rapport.accounts.models import User
from rapport.kernel.external.models import LONGEST_KEY, ExternalKey
from rapport.kernel.fields import Context, FieldType
from rapport.kernel.fields.phone_numbers import parse_phone
from rapport.kernel.imports.extensions import Draft, Plan
from rapport.kernel.imports.slots import KEY
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import RecordType, type_of_model
from rapport.runtime.ids import uuid7

if TYPE_CHECKING:
    from rapport.kernel.imports.planning import Manner

ANY_SOURCE = "import"  # of files whose program is not known


def note_key(draft: Draft) -> None:
    """Turn what the column with the other program's key says into a natural key of the row."""
    said = next((str(said.value)[:LONGEST_KEY] for said in draft.said if said.key == KEY), "")
    if said:
        draft.facts[KEY] = said
        draft.keys.append(f"x {said}|")


def unique_names(kind: RecordType, names: Sequence[str]) -> list[str]:
    """Those of the mapped fields that tell one record from all others."""
    return [name for name in names if name in kind.fields and getattr(kind.fields[name], "unique", False)]


def match_keys(drafts: Sequence[Draft], manner: "Manner") -> None:
    """Set `known` where a key says so; keys are surer than all else."""
    for name in manner.unique:
        _match_field(drafts, name, manner)
    said = {draft.facts[KEY] for draft in drafts if KEY in draft.facts}
    if not said:
        return
    rows = ExternalKey.objects.filter(type=manner.kind.key, source=manner.program, key__in=said)
    found = dict(rows.values_list("key", "record_id"))
    seen = _seen(found.values(), manner)
    for draft in drafts:
        key = found.get(draft.facts.get(KEY, ""))
        if key in seen:
            draft.known = key


def _match_field(drafts: Sequence[Draft], name: str, manner: "Manner") -> None:
    one = manner.kind.fields[name]
    wanted = [draft.values[name] for draft in drafts if not one.is_empty(draft.values.get(name))]
    if not wanted:
        return
    rows = manner.kind.visible_to(manner.by).filter(**{f"{name}__in": wanted})
    found = {str(value): key for value, key in rows.values_list(name, "pk")}
    for draft in drafts:
        if (key := found.get(str(draft.values.get(name)))) is not None:
            draft.known = key


def _seen(keys: Any, manner: "Manner") -> set[UUID]:  # Any: an iterable of ids
    wanted = list(keys)
    return (
        set(manner.kind.visible_to(manner.by).filter(pk__in=wanted).values_list("pk", flat=True))
        if wanted
        else set()
    )


def keep_keys(plans: Sequence[Plan], manner: "Manner") -> None:
    """Note under which keys the other program knows these records."""
    pairs = {
        draft.facts[KEY]: plan.record.pk
        for plan in plans
        for draft in plan.drafts
        if KEY in draft.facts and not draft.problems
    }
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into kernel_external_key (id, type, source, key, record_id)
            select w.id, %s, %s, w.key, w.record_id
            from unnest(%s::uuid[], %s::text[], %s::uuid[]) as w (id, key, record_id)
            on conflict (type, source, key) do update set record_id = excluded.record_id
            """,
            [manner.kind.key, manner.program, [uuid7() for _ in pairs], list(pairs), list(pairs.values())],
        )


# -- links -----------------------------------------------------------------------------------------------------------
def linked(one: FieldType, said: str, context: Context, program: str) -> Any:  # Any: a record
    """The record that a cell means: by its name, else the other program's key, an e-mail address, a number."""
    try:
        return one.parse(said, context)
    except ValidationError:
        found = linked_by_key(one, said, context, program)
        if found is None:
            raise
        return found


def find_record(kind: RecordType, said: str, by: User, country: str) -> Any:  # Any: a record, or None
    """The one record of this type that a text means for that user."""
    kind = seen_by(kind, by)
    seen = kind.visible_to(by)
    return _only(seen.filter(**{f"{kind.title}__iexact": said})) or _by_number(
        kind, seen, said, country, ANY_SOURCE
    )


# Any: a link, a record or None
def linked_by_key(one: Any, said: str, context: Context, program: str) -> Any:
    """The same without its name."""
    kind = seen_by(type_of_model(one.related_model), context.user)
    return _by_number(kind, one.candidates(context), said.strip(), context.country, program)


# Any: query set, record
def _by_number(kind: RecordType, seen: Any, said: str, country: str, program: str) -> Any:
    keys = ExternalKey.objects.filter(type=kind.key, key=said[:LONGEST_KEY])
    for known in (keys.filter(source=program), keys):
        if found := _only(seen.filter(pk__in=known.values("record_id"))):
            return found
    number = parse_phone(said, country) if "@" not in said else None
    for name, field in kind.fields.items():
        wanted: Any = None
        if field.kind == "email" and "@" in said:
            wanted = said.lower()
        elif field.kind == "phone" and (number is not None or said[:1] in "+0"):
            wanted = number.e164 if number is not None else said  # as the field keeps what is no valid number
        elif getattr(field, "unique", False):
            wanted = said
        if wanted is not None and (found := _only(seen.filter(**{name: wanted}))):
            return found
    return None


def _only(rows: Any) -> Any:  # Any: a query set of records, one of them
    try:
        found = list(rows[:2])
    except (ValueError, ValidationError):  # a number where the field holds none
        return None
    return found[0] if len(found) == 1 else None
