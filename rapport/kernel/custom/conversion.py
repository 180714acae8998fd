"""Another kind for a field: what its values would become, doing it as one change set, and taking that back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.custom import indexes, schema, uses
from rapport.kernel.custom.define import MOST_CHOICES, UNIQUE, defining, demand_different, key_of
from rapport.kernel.custom.kinds import WORKED_OUT
from rapport.kernel.custom.models import CustomField
from rapport.kernel.fields.base import Context
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType, type_by_key
from rapport.runtime.jobs import LOST
from rapport.ui.formats import HUES

BATCH = 2_000
LOOKED_AT = 2_000  # different values that a preview converts
SHOWN = 8
ALL = 10_000_000
AT_ONCE = 5_000  # so many values are converted while the administrator waits
KEPT = timedelta(days=30)
FROM = {"file", "picture", *WORKED_OUT}  # nothing else can be made of them
INTO = {"autonumber", "link", "user", "team", "file", "picture", "address"}  # no text says which one is meant


@dataclass
class Preview:
    """What would happen to the values: how many there are, how many would be lost, and examples of both.

    `same` are pairs of values that would become the same, where each may stand only once.
    """

    total: int = 0
    lost: int = 0
    kept_examples: list[tuple[str, str]] = field(default_factory=list)
    lost_examples: list[tuple[str, int]] = field(default_factory=list)
    same: list[tuple[str, str]] = field(default_factory=list)
    is_exact: bool = True


class Holder:
    """Stands for a record while a value is read and written."""

    def __init__(self, custom: dict[str, Any]) -> None:
        self.custom = custom


def kinds_for(one: CustomField) -> list[str]:
    """The kinds that the field can get."""
    from rapport.kernel.custom.kinds import CLASSES

    return [] if one.kind in FROM else [kind for kind in CLASSES if kind != one.kind and kind not in INTO]


def as_kind(one: CustomField, kind: str) -> CustomField:
    """The definition as it would be with that kind; choices are made of the values that there are."""
    if kind not in kinds_for(one):
        raise RuleError(gettext("This field cannot become that."))
    keep = one.options if {one.kind, kind} <= {"choice", "choices"} else {}
    if {one.kind, kind} <= {"number", "money", "percent"}:
        keep = {"decimals": one.options.get("decimals", 2)}
    other = CustomField(pk=one.pk, type=one.type, key=one.key, kind=kind, texts=one.texts, options=dict(keep))
    if kind in ("number", "money") and not keep:
        other.options = {"decimals": 2}
    if kind in ("choice", "choices") and not keep:
        other.options = {"choices": _choices_of(one)}
    return other


def _choices_of(one: CustomField) -> list[dict[str, Any]]:
    """A choice for each text that the field has."""
    made = schema.build(one)
    found: list[dict[str, Any]] = []
    for value, currency, _count in _different(one, MOST_CHOICES + 1):
        text = " ".join(_text(made, Holder({one.name: value, one.name + CURRENCY: currency})).split())[:100]
        if text and all(row["label"] != text for row in found):
            keys = [row["key"] for row in found]
            found.append({"key": key_of(text, keys), "label": text, "hue": HUES[len(found) % len(HUES)]})
    if len(found) > MOST_CHOICES:
        raise RuleError(gettext("There are too many different values to make choices of them."))
    return found or [{"key": "yes", "label": gettext("Yes"), "hue": "green"}]


def preview(one: CustomField, kind: str) -> Preview:
    """Convert the values without writing anything."""
    old, new = schema.build(one), schema.build(as_kind(one, kind))
    result = Preview()
    for number, (value, currency, count) in enumerate(_different(one, LOOKED_AT + 1)):
        if number == LOOKED_AT:
            result.is_exact = False
            break
        holder = Holder({one.name: value, one.name + CURRENCY: currency})
        said = _text(old, holder)
        after = _converted(old, new, holder)
        result.total += count
        if after is None:
            result.lost += count
            if len(result.lost_examples) < SHOWN:
                result.lost_examples.append((said, count))
        elif len(result.kept_examples) < SHOWN:
            result.kept_examples.append((said, new.text(new.read(Holder(after)))))
    result.same = _same_after(one, kind, LOOKED_AT)
    return result


def _same_after(one: CustomField, kind: str, most: int = ALL) -> list[tuple[str, str]]:
    """Pairs of values that would become the same; records in the trash do not count."""
    found, first = list[tuple[str, str]](), dict[str, str]()
    if not one.unique or kind not in UNIQUE:
        return found
    old, new = schema.build(one), schema.build(as_kind(one, kind))
    for value, currency, _count in _different(one, most, " and deleted_at is null"):
        holder = Holder({one.name: value, one.name + CURRENCY: currency})
        said, after = _text(old, holder), _converted(old, new, holder)
        other = first.setdefault(str(after[one.name]), said) if after is not None else said
        if other != said:
            found.append((other, said))
        if len(found) == SHOWN:
            break
    return found


def preview_removal(one: CustomField) -> Preview:
    """How many values would go, with examples of them."""
    made, result = schema.build(one), Preview()
    for number, (value, currency, count) in enumerate(_different(one, LOOKED_AT + 1)):
        if number == LOOKED_AT:
            result.is_exact = False
            break
        result.total += count
        if number < SHOWN and made is not None:
            result.lost_examples.append(
                (_text(made, Holder({one.name: value, one.name + CURRENCY: currency})), count)
            )
    return result


def change_kind(one: CustomField, kind: str, *, by: User) -> bool:
    """Give the field another kind and convert its values; True when a job does it, because there are many."""
    from rapport.kernel.custom import jobs

    only_administrators(by)
    uses.demand_unused(one)
    as_kind(one, kind)
    if sum(count for _value, _currency, count in _different(one, AT_ONCE + 1)) > AT_ONCE:
        with transaction.atomic():
            _note(one, kind)
            jobs.convert.defer(field_id=str(one.pk), kind=kind, by=str(by.pk))
        return True
    convert(one, kind, by=by)
    return False


def convert_later(one: CustomField, kind: str, *, by: User) -> None:
    """What a job does while nobody looks: where it does not work, the field's page says why."""
    try:
        convert(one, kind, by=by)
    except RuleError as problem:
        _note(one, kind, problem.sentence)
    except LOST:
        raise  # the job is tried again
    except Exception:  # the page must not say for ever that it is being done
        _note(one, kind, gettext("Something went wrong; the administrator finds it in the log."))
        raise


def _note(one: CustomField, kind: str, problem: str = "") -> None:
    said = {"kind": kind, "at": timezone.now().isoformat(), **({"problem": problem} if problem else {})}
    with transaction.atomic():
        CustomField.objects.filter(pk=one.pk).update(conversion=said)
        schema.raise_version()  # every process shows it in the list of fields


def convert(one: CustomField, kind: str, *, by: User) -> None:
    """All values in one change set, in the transaction that changes the definition."""

    def label() -> str:
        return gettext("Another kind of field: %(field)s") % {"field": one.label}

    with defining(), _each_once(one, kind):
        locked = CustomField.objects.select_for_update().get(pk=one.pk)
        other = as_kind(locked, kind)
        old, new = schema.build(locked), schema.build(other)
        with change_set(by=by, label=label) as opened:
            for batch in _batches(locked):
                _write(
                    locked, [(key, _converted(old, new, holder) or _emptied(locked)) for key, holder in batch]
                )
        locked.before = {
            "kind": locked.kind, "options": locked.options, "default": locked.default, "unique": locked.unique,
            "at": timezone.now().isoformat(), "change_set": str(opened.id),
        }  # fmt: skip
        locked.kind, locked.options, locked.default = kind, other.options, None
        locked.unique, locked.conversion = locked.unique and kind in UNIQUE, {}
        locked.save()
        indexes.follow(locked)
        schema.raise_version()


@contextmanager
def _each_once(one: CustomField, kind: str = "") -> Iterator[None]:
    """RuleError where values that are different in one kind are the same in the other, and each may stand only once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        found = _same_after(one, kind) if kind else []
        raise RuleError(_said_of_same(one, found)) from problem


def _said_of_same(one: CustomField, found: list[tuple[str, str]]) -> str:
    if not found:
        text = gettext(
            "Some values of “%(field)s” would become the same. Let values stand on several records first."
        )
        return text % {"field": one.label}
    text = gettext(
        "Some values of “%(field)s” would become the same, e.g. “%(first)s” and “%(second)s”."
        " Change these, or let values stand on several records first."
    )
    return text % {"field": one.label, "first": found[0][0], "second": found[0][1]}


def can_be_taken_back(one: CustomField) -> bool:
    at = one.before.get("at", "")
    return bool(at) and at > (timezone.now() - KEPT).isoformat()


def take_back(one: CustomField, *, by: User) -> None:
    """The kind that the field had, with the values that it had; what was changed since stays where it still fits."""
    only_administrators(by)
    uses.demand_unused(one)
    with defining(), _each_once(one):
        locked = CustomField.objects.select_for_update().get(pk=one.pk)
        if not can_be_taken_back(locked):
            raise RuleError(gettext("This cannot be taken back any more."))
        before = locked.before
        done = ChangeSet.objects.filter(pk=before["change_set"]).first()
        if done is not None and done.reverted_at is None:
            revert(done, by=by)
        locked.kind, locked.options = before["kind"], before["options"]
        locked.default, locked.unique, locked.before = before["default"], before["unique"], {}
        if locked.unique:
            demand_different(locked)
        locked.save()
        indexes.follow(locked)
        schema.raise_version()


def _text(made: Any, holder: Holder) -> str:  # Any: a field type of kinds.py
    """The value in words, as another kind would read it."""
    value = made.read(holder)
    if made.is_empty(value):
        return ""
    is_spoken = made.is_multiple or made.is_relation or made.kind in SPOKEN
    return str(made.text(value) if is_spoken else made.input(value))


SPOKEN = ("choice", "country", "language", "address", "yesno", "phone")


def _converted(old: Any, new: Any, holder: Holder) -> dict[str, Any] | None:
    """The entries of `custom` in the new kind; None when the value would be lost."""
    value, after = old.read(holder), Holder({})
    if old.is_empty(value):
        return None
    try:
        if old.kind in ("choice", "choices") and new.kind in ("choice", "choices"):
            said: Any = old.input(value) if old.kind == "choice" else list(value)
            said = said[0] if new.kind == "choice" and len(said) == 1 and isinstance(said, list) else said
            if isinstance(said, list) and new.kind == "choice":
                return None
        elif {old.kind, new.kind} == {"date", "moment"}:
            said = value
        else:
            said = _text(old, holder)
        parsed = new.parse(said, Context())
        if new.is_empty(parsed):
            return None
        new.write(
            after,
            new.clean(parsed[0], None) and parsed if isinstance(parsed, tuple) else new.clean(parsed, None),
        )
    except (ValidationError, ValueError, ArithmeticError):
        return None
    return after.custom


def _emptied(one: CustomField) -> dict[str, Any]:
    return {one.name: None}


def _place(one: CustomField) -> tuple[RecordType, str]:
    kind = type_by_key(one.type)
    if kind is None:
        raise RuleError(gettext("This record type is not there any more."))
    return kind, f" and kind = '{kind.kind}'" if kind.kind else ""


def _different(one: CustomField, most: int, where: str = "") -> list[tuple[Any, str | None, int]]:
    """(value, currency, how often) of the field's different values, the most frequent first."""
    kind, kinds = _place(one)
    with connection.cursor() as cursor:
        cursor.execute(
            f'select (custom -> %s)::text, custom ->> %s, count(*) from "{kind.table}"'  # noqa: S608 - names of ours
            f" where nullif(custom -> %s, 'null') is not null{kinds}{where} group by 1, 2 order by 3 desc limit %s",
            [one.name, one.name + CURRENCY, one.name, most],
        )
        return [(json.loads(said), currency, count) for said, currency, count in cursor.fetchall()]


def _batches(one: CustomField) -> Iterator[list[tuple[Any, Holder]]]:
    """(id, values) of all records that have one, locked, some thousand at a time."""
    kind, kinds = _place(one)
    last = "00000000-0000-0000-0000-000000000000"
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f'select id, custom ->> %s, (custom -> %s)::text from "{kind.table}"'  # noqa: S608 - as above
                f" where id > %s and nullif(custom -> %s, 'null') is not null{kinds} order by id limit %s for update",
                [one.name + CURRENCY, one.name, last, one.name, BATCH],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield [
            (key, Holder({one.name: json.loads(said), one.name + CURRENCY: currency}))
            for key, currency, said in rows
        ]
        last = rows[-1][0]


def _write(one: CustomField, rows: list[tuple[Any, dict[str, Any]]]) -> None:
    kind, _kinds = _place(one)
    with connection.cursor() as cursor:
        cursor.execute(
            f'update "{kind.table}" t set custom = t.custom || v.said'  # noqa: S608 - as above
            " from unnest(%s::uuid[], %s::jsonb[]) as v(id, said) where v.id = t.id"
            " and t.custom is distinct from t.custom || v.said",
            [[key for key, _custom in rows], [json.dumps(custom) for _key, custom in rows]],
        )
