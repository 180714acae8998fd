"""Adding, changing and removing custom fields: only administrators, and every process knows at once."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.kernel.custom import (
    conditions,
    indexes,
    numbering,
    options,
    schema,
    searching,
    uses,
    worked_options,
)
from rapport.kernel.custom.models import CustomField
from rapport.kernel.fields.base import Context, Privacy
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType, type_by_key

MOST = 500  # fields of one type
MOST_CHOICES = options.MOST_CHOICES
LONGEST = 100
UNIQUE = ("text", "email", "phone", "number", "autonumber")
WITHOUT_CONDITIONS = ("autonumber", "formula", "rollup")  # nobody fills them in
KEPT = timedelta(days=30)
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "ae", "Ö": "oe", "Ü": "ue"})


@dataclass
class Draft:
    """What an administrator says about a field; `default` as text of a form or file."""

    kind: str
    texts: dict[str, dict[str, str]]
    group: str = ""
    required: bool = False
    unique: bool = False
    default: Any = None  # Any: what the field's parse takes
    options: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    is_listed: bool = False
    is_indexed: bool = True
    privacy: str = Privacy.INTERNAL
    key: str = ""
    conditions: dict[str, Any] | None = None  # Any: JSON of filters, or text; None leaves them as they are
    is_searched: bool = False


def add_field(kind: RecordType, draft: Draft, *, by: User) -> CustomField:
    """Add a field to a record type; it is in forms, lists, filters and files at once."""
    only_administrators(by)
    with defining():
        mine = CustomField.objects.filter(type=kind.key)
        if mine.filter(removed_at=None).count() >= MOST:
            raise RuleError(gettext("A record type has up to %(most)s fields of its own.") % {"most": MOST})
        last = mine.aggregate(last=Max("position"))["last"]
        one = CustomField(type=kind.key, kind=draft.kind, position=(last or 0) + 1)
        taken = set(mine.values_list("key", flat=True))
        one.key = key_of(draft.key or label_of(draft.texts), taken)
        _fill(one, draft, by)
        one.save(force_insert=True)
        if one.kind == "autonumber":
            numbering.begin(kind, one, by=by)
        indexes.follow(one)
        _take_over(one)
    return one


def change_field(one: CustomField, draft: Draft, *, by: User) -> CustomField:
    """Change everything but the kind, which `conversion.change_kind` does."""
    return _changed(one, lambda locked: _fill(locked, draft, by), by)


def change_filter(one: CustomField, what: str, said: Any, *, by: User) -> CustomField:  # Any: as in a draft
    """Say anew when it is shown or needed ("visible", "required"), or which records a roll-up counts ("where")."""

    def fill(locked: CustomField) -> None:
        if what in conditions.WHATS:
            others = {key: kept for key, kept in locked.conditions.items() if key != what}
            locked.conditions = others | _conditions(locked, {what: said}, by)
        else:
            options = {**locked.options, what: said}
            locked.options = worked_options.checked(locked.type, locked.kind, options, by)

    return _changed(one, fill, by)


def _changed(one: CustomField, fill: Callable[[CustomField], None], by: User) -> CustomField:
    only_administrators(by)
    with defining():
        locked = CustomField.objects.select_for_update().get(pk=one.pk)
        words, dependents = searching.words_of(locked), uses.dependents_of(locked.type, locked.name)
        fill(locked)
        if "problem" in locked.conversion:  # read by now
            locked.conversion = {}
        locked.save()
        indexes.follow(locked)
        searching.follow(locked, words)
        _take_over(locked, dependents)
    return locked


def _take_over(one: CustomField, dependents: Iterable[CustomField] = ()) -> None:
    """Let everybody know, unless formulas would go round in a circle or others would not work any more."""
    schema.raise_version(field_of=one.type)
    uses.check(one, dependents)
    for other in dependents:
        indexes.follow(other)


def remove_field(one: CustomField, *, by: User) -> None:
    """Hide the field everywhere. Its values stay for 30 days, in which it can be taken back."""
    only_administrators(by)
    with transaction.atomic():
        lock()
        uses.demand_unused(one)
        words = searching.words_of(one)
        CustomField.objects.filter(pk=one.pk, removed_at=None).update(removed_at=timezone.now())
        one.refresh_from_db()
        indexes.follow(one)
        searching.follow(one, words)
        schema.raise_version()


def restore_field(one: CustomField, *, by: User) -> None:
    """Take a removed field back with all its values."""
    only_administrators(by)
    with transaction.atomic():
        lock()
        one.refresh_from_db()
        one.removed_at = None
        if one.unique:
            demand_different(one)
        one.save(update_fields=["removed_at"])
        indexes.follow(one)
        searching.follow(one, None)
        schema.raise_version()


def order_fields(kind: RecordType, ids: Iterable[str], *, by: User) -> None:
    """Put the fields of a type into this order; those that are not named follow."""
    only_administrators(by)
    said = {key: number for number, key in enumerate(ids)}
    with transaction.atomic():
        lock()
        rows = list(CustomField.objects.filter(type=kind.key, removed_at=None))
        rows.sort(key=lambda row: (said.get(str(row.pk), len(said)), row.position))
        for number, row in enumerate(rows, start=1):
            if row.position != number:
                CustomField.objects.filter(pk=row.pk).update(position=number)
        schema.raise_version()


@contextmanager
def defining() -> Iterator[None]:
    """One definition after the other; what is refused is forgotten again, also by this process."""
    before = schema.known()
    try:
        with transaction.atomic():
            lock()
            yield
    except RuleError:
        if schema.known() is not before:
            schema.load()
        raise


def lock() -> None:
    """Two administrators change definitions one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('rapport custom fields'))")


def key_of(said: str, taken: Iterable[str] = ()) -> str:
    """A word for addresses and files, made of the label; another one where it is taken."""
    word = re.sub(r"[^a-z0-9]+", "_", slugify(said.translate(LETTERS))).strip("_")[:36]
    word = word if word[:1].isalpha() else f"field_{word}".strip("_")
    known = set(taken)
    return next(
        key
        for number in range(1, 10_000)
        if (key := word if number == 1 else f"{word}_{number}") not in known
    )


def label_of(texts: dict[str, dict[str, str]]) -> str:
    labels = texts.get("label", {})
    return labels.get("") or next((label for label in labels.values() if label), "")


def _fill(one: CustomField, draft: Draft, by: User) -> None:
    """Put the draft onto the definition; RuleError says what does not fit."""
    _check(one, draft, by)
    was_unique = one.unique
    one.kind, one.texts, one.group = draft.kind, draft.texts, draft.group[:LONGEST]
    one.required = draft.required and draft.kind not in WITHOUT_CONDITIONS
    one.is_listed, one.is_indexed = draft.is_listed, draft.is_indexed
    one.unique = draft.kind == "autonumber" or (draft.unique and draft.kind in UNIQUE)
    one.privacy, one.options = draft.privacy, draft.options
    one.is_searched = draft.is_searched and draft.kind in searching.SEARCHED
    if draft.conditions is not None:
        one.conditions = _conditions(one, draft.conditions, by)
    one.default = _default(one, draft.default)
    if one.unique and not was_unique and not one._state.adding:
        demand_different(one)


def _check(one: CustomField, draft: Draft, by: User) -> None:
    """RuleError names all that does not fit; the draft's options are afterwards as they are kept."""
    from rapport.kernel.custom.kinds import CLASSES, WORKED_OUT

    label = label_of(draft.texts)
    problems = {}
    if not label or any(len(text) > LONGEST for text in draft.texts.get("label", {}).values()):
        problems["label"] = gettext("A name has 1 to %(most)s characters.") % {"most": LONGEST}
    if draft.kind not in CLASSES and draft.kind not in WORKED_OUT:
        problems["kind"] = gettext("Choose what kind of field this is.")
    try:
        if draft.kind in WORKED_OUT:
            draft.options = worked_options.checked(one.type, draft.kind, draft.options, by)
        else:
            draft.options = options.checked(draft.kind, draft.options)
    except RuleError as problem:
        problems |= problem.fields
    offered = draft.options.get("choices", [])
    if draft.kind in ("choice", "choices") and not problems and all(row.get("retired") for row in offered):
        problems["choices"] = gettext("Give at least one choice.")
    if draft.kind == "link" and type_by_key(draft.options.get("to", "")) is None:
        problems["to"] = gettext("Choose what it links to.")
    if problems:
        raise RuleError(fields=problems)


# Any: as in a draft; JSON
def _conditions(one: CustomField, said: Mapping[str, Any], by: User) -> dict[str, Any]:
    """When it is shown and when it is needed; RuleError says what is wrong with it."""
    kind, found, problems = type_by_key(one.type), {}, {}
    for what in conditions.WHATS if kind is not None and one.kind not in WITHOUT_CONDITIONS else ():
        assert kind is not None
        try:
            tree = conditions.read(said.get(what), kind, one.name, Context(by))
        except RuleError as problem:
            problems[what] = problem.sentence
        else:
            found.update({what: tree} if tree else {})
    if problems:
        raise RuleError(fields=problems)
    return found


def _default(one: CustomField, said: Any) -> Any:  # Any: what parse takes; JSON
    """What a new record's `custom` begins with, None without a default."""
    made = schema.build(one)
    if said in (None, "", []) or made is None or one.kind in ("file", "picture", *WITHOUT_CONDITIONS):
        return None

    class Blank:
        custom: dict[str, Any] = {}

    blank = Blank()
    try:
        value = (
            made.clean(made.parse(said, Context()), None)
            if one.kind not in ("link", "user", "team")
            else made.parse(said, Context())
        )
    except ValidationError as problem:
        raise RuleError(fields={"default": " ".join(problem.messages)}) from problem
    made.write(blank, value)
    return blank.custom or None


def demand_different(one: CustomField) -> None:
    """RuleError when several records have the same value already."""
    kind, made = type_by_key(one.type), schema.build(one)
    if kind is None or made is None:
        return
    [(sql, output)] = [made.expressions()[one.name]]
    from rapport.kernel.custom.kinds import expression

    rows = kind.model.objects.filter(deleted_at=None).annotate(said=expression(sql, output)).order_by()
    double = rows.exclude(said__isnull=True).values("said").annotate(n=Count("pk")).filter(n__gt=1)
    if output.get_internal_type() == "TextField":
        double = double.exclude(said="")
    found = list(double.values_list("said", flat=True)[:1000])
    if found:
        text = ngettext(
            "%(count)s value stands on several records, e.g. “%(example)s”. Change these first.",
            "%(count)s values stand on several records, e.g. “%(example)s”. Change these first.",
            len(found),
        )
        raise RuleError(fields={"unique": text % {"count": len(found), "example": made.text(found[0])}})
