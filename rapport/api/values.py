"""Values in JSON: precise both ways. What the field types parse for people is not guessed here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.api.endpoint import Call
from rapport.api.problems import wrong_values
from rapport.api.related import Read, load, related_said
from rapport.api.tokens.scope import Viewer
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.custom.worked import work_out
from rapport.kernel.fields import Amount, Context, DayOrMoment, FieldType, File, Link, LinkBase
from rapport.kernel.filters import TooExpensive
from rapport.kernel.lists.columns import Column, needed_fields
from rapport.kernel.registry import PartType, RecordType
from rapport.ui.days import whole_day

Json: TypeAlias = Any
NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
CURRENCY = re.compile(r"[A-Z]{3}")
NUMBERS, TEXTS, LISTS = ("number", "percent"), (str,), ("choices", "tags")


def decimal_of(said: Json) -> Decimal:
    """A number, or its digits as text; never a guess."""
    if isinstance(said, int | Decimal) and not isinstance(said, bool):
        text = str(said)
        if isinstance(said, Decimal):
            text = f"{said:f}" if -40 < said.adjusted() < 40 else ""
    else:
        text = said if isinstance(said, str) else ""
    if not NUMBER.fullmatch(text):
        raise ValidationError(_("Give a number, or its digits as text: 1234.50."))
    try:
        return Decimal(text)
    except InvalidOperation as problem:  # pragma: no cover - the pattern leaves none
        raise ValidationError(_("Give a number, or its digits as text: 1234.50.")) from problem


def _money(said: Json, field: FieldType, context: Context) -> Any:
    if not isinstance(said, dict) or set(said) != {"amount", "currency"}:
        raise ValidationError(_("Give an object with amount and currency."))
    if not isinstance(said["currency"], str) or not CURRENCY.fullmatch(said["currency"]):
        raise ValidationError(_("Give the currency as three capital letters, as EUR."))
    return field.parse(Amount(decimal_of(said["amount"]), said["currency"]), context)


def _date(said: Json) -> date:
    try:
        if isinstance(said, str) and len(said) == 10:
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise ValidationError(_("Give a day as 2026-12-31."))


def _moment(said: Json) -> datetime:
    try:
        if isinstance(said, str) and len(said) <= 40 and "T" in said.upper():
            found = datetime.fromisoformat(said.upper())
            if timezone.is_aware(found):
                found.astimezone(timezone.get_default_timezone())
                return found
    except (ValueError, OverflowError):
        pass
    raise ValidationError(_("Give a moment with its offset, as 2026-12-31T14:30:00Z."))


def _id(said: Json) -> UUID:
    try:
        if isinstance(said, str) and len(said) == 36:
            return UUID(said)
    except ValueError:
        pass
    raise ValidationError(_("Give an id."))


def read_value(field: FieldType, said: Json, context: Context) -> Any:
    """The value of a field that the JSON says; links stay ids, to be found for many rows at once."""
    if isinstance(field, LinkBase):
        return None if said is None else _id(said)
    if field.kind in LISTS or field.is_multiple:
        if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
            raise ValidationError(_("Give a list of texts."))
        return field.parse(said, context)
    if field.kind == "yesno":
        if not isinstance(said, bool):
            raise ValidationError(_("Give true or false."))
        return said
    if said is None:
        return field.parse(None, context)
    match field.kind:
        case "money":
            return _money(said, field, context)
        case "number" | "percent":
            return field.parse(decimal_of(said), context)
        case "date":
            return _date(said)
        case "moment":
            if isinstance(field, DayOrMoment) and isinstance(said, str) and len(said) == 10:
                return whole_day(_date(said))
            return _moment(said)
        case "address":
            if not isinstance(said, dict) or not all(isinstance(one, str) for one in said.values()):
                raise ValidationError(_("Give an object of texts."))
            return field.parse(said, context)
    if not isinstance(said, str):
        raise ValidationError(_("Give a text."))
    return field.parse(said, context)


def find_link(field: LinkBase, key: UUID, context: Context) -> Any:
    """What the id stands for, if the user may link it."""
    if field.related_model is not AnyRecord:
        return field.parse(str(key), context)
    found = AnyRecord.objects.visible_to(context.user).filter(pk=key).first() if context.user else None
    if found is None:
        raise ValidationError(_("This was not found."))
    return found


def read_fields(call: Call, kind: RecordType, said: Json, *, links: bool = True) -> dict[str, Any]:
    """The values of a record's fields; Problem with a reason for each that is wrong.

    With `links` each link is looked up now, else they stay ids for `find_links`.
    """
    if not isinstance(said, dict):
        raise wrong_values({"fields": _("Give an object of fields.")})
    known, problems = call.scope.fields(kind), {}
    values: dict[str, Any] = {}
    for name, one in said.items():
        field = known.get(name)
        if field is None:
            problems[name[:60]] = _("There is no field “%(name)s”.") % {"name": name[:60]}
        elif not field.editable:
            problems[name] = _("“%(name)s” cannot be changed directly.") % {"name": field.label}
        else:
            try:
                value = read_value(field, one, call.context)
                if isinstance(field, LinkBase) and value is not None and (links or isinstance(field, File)):
                    value = find_link(field, value, call.context)
                if field.required and field.is_empty(value):
                    problems[name] = _("%(field)s is needed.") % {"field": field.label}
                values[name] = value
            except ValidationError as problem:
                problems[name] = " ".join(problem.messages)
    if problems:
        raise wrong_values(problems)
    return values


def read_parts(call: Call, kind: RecordType, said: Json) -> dict[str, list[dict[str, Any]]]:
    """The rows of parts, as the door for writing takes them."""
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise wrong_values({"parts": _("Give an object with a list for each part.")})
    found: dict[str, list[dict[str, Any]]] = {}
    problems: dict[str, str] = {}
    for key, rows in said.items():
        if key not in call.scope.writable_parts(kind):
            problems[key[:60]] = _("There is nothing called “%(name)s” here.") % {"name": key[:60]}
        elif not isinstance(rows, list) or len(rows) > 200 or not all(isinstance(one, dict) for one in rows):
            problems[key] = _("Give a list of up to 200 objects.")
        else:
            found[key] = [_part_row(kind.parts[key], row, call, problems) for row in rows]
    if problems:
        raise wrong_values(problems)
    return found


def _part_row(
    part: PartType, said: Mapping[str, Json], call: Call, problems: dict[str, str]
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, one in said.items():
        field, place = part.fields.get(name), f"{part.key}.{name[:60]}"
        try:
            if name == "id":
                row[name] = str(_id(one))
            elif name == "remove" and isinstance(one, bool):
                row[name] = one
            elif field is None or not field.editable:
                problems[place] = _("There is no field “%(name)s”.") % {"name": name[:60]}
            else:
                value = read_value(field, one, call.context)
                if isinstance(field, LinkBase) and value is not None:
                    value = find_link(field, value, call.context)
                row[name] = value
        except ValidationError as problem:
            problems[place] = " ".join(problem.messages)
    return row


# -- what programs read ---------------------------------------------------------------------------------------------
def link_id(field: LinkBase, record: Any) -> UUID | None:  # Any: a record or part
    """The id of what is linked; nothing is read for it."""
    key: UUID | None = field.raw(record)
    return key


class Shown:
    """Turns records into JSON, as one user may see them: links to hidden records are null."""

    def __init__(
        self, viewer: Viewer, kind: RecordType, names: Iterable[str], parts: Iterable[str] = ()
    ) -> None:
        self.viewer, self.kind = viewer, kind
        said = list(names)
        self.fields = {name: kind.fields[name] for name in said if name in kind.fields}
        self.related = related_said(viewer, kind, (name for name in said if name not in kind.fields))
        self.parts = [kind.parts[key] for key in parts]
        self.shows_title = viewer.scope.allows(kind, kind.title)

    def columns(self) -> list[str]:
        """Names for only(): what the database must deliver."""
        kind = self.kind
        concrete = {name for one in kind.model._meta.concrete_fields for name in (one.name, one.attname)}
        names = ["id", "version", "owner_id", "team_id", kind.title, *(["kind"] if kind.kind else [])]
        for name, one in self.fields.items():
            names.append("custom" if one.is_custom else one.attname)
            if one.kind == "money" and not one.is_custom:
                names.append(f"{name}_currency")
        names += needed_fields(kind, self.related)[0]
        return [one for one in dict.fromkeys(names) if one in concrete]

    def many(self, records: Sequence[Any]) -> list[Json]:  # Any: records
        seen, rows = self._seen(records), self._parts_of(records)
        if not work_out(self.kind, records, self.viewer.user, self.fields):
            raise TooExpensive
        found = [self._one(record, seen, rows) for record in records]
        if self.related:
            read = load(self.viewer, self.kind, self.related, records)
            for record, one in zip(records, found, strict=True):
                one["fields"] |= {column.key: self._related(column, record, read) for column in self.related}
        return found

    def _related(self, column: Column, record: Any, read: Read) -> Json:  # Any: a record
        """A list of records for a relation; for the field at the end of links what it reads there."""
        assert column.related is not None
        if column.related.relation is not None:
            return read.records(column, record)
        if column.related.shows_records:
            return next((str(one) for one in read.ids(column, record)), None)
        found = read.at_end(column, record)
        return self._value(*found, set()) if found is not None else None

    def one(self, record: Any) -> Json:  # Any: a record
        return self.many([record])[0]

    def _one(self, record: Any, seen: set[UUID], rows: dict[str, dict[UUID, list[Json]]]) -> Json:
        found: dict[str, Json] = {"id": str(record.pk), "type": self.kind.key, "version": record.version}
        if self.shows_title:
            found["title"] = str(self.kind.fields[self.kind.title].read(record) or "")
        found["fields"] = {name: self._value(one, record, seen) for name, one in self.fields.items()}
        if self.parts:
            found["parts"] = {part.key: rows[part.key].get(record.pk, []) for part in self.parts}
        return found

    def _value(self, field: FieldType, record: Any, seen: set[UUID]) -> Json:
        if isinstance(field, LinkBase):
            key = link_id(field, record)
            return None if key is None or (isinstance(field, Link) and key not in seen) else str(key)
        return plain(field.json(field.read(record)))

    def _seen(self, records: Sequence[Any]) -> set[UUID]:
        """The linked records that the user may see: one question for all links of all rows."""
        links = [one for one in self.fields.values() if isinstance(one, Link)]
        keys = {key for one in links for row in records if (key := link_id(one, row)) is not None}
        if not keys:
            return set()
        return set(
            AnyRecord.objects.visible_to(self.viewer.user).filter(pk__in=keys).values_list("pk", flat=True)
        )

    def _parts_of(self, records: Sequence[Any]) -> dict[str, dict[UUID, list[Json]]]:
        found: dict[str, dict[UUID, list[Json]]] = {}
        for part in self.parts:
            rows: dict[UUID, list[Json]] = {}
            link = f"{part.link}_id"
            wanted = part.model._default_manager.filter(**{f"{link}__in": [one.pk for one in records]})
            for row in wanted.order_by("pk"):
                rows.setdefault(getattr(row, link), []).append(self.part(part, row))
            found[part.key] = rows
        return found

    def part(self, part: PartType, row: Any) -> Json:  # Any: a row of the part
        shown: dict[str, Json] = {"id": str(row.pk)}
        for name, one in part.fields.items():
            if isinstance(one, LinkBase):
                key = link_id(one, row)
                hidden = key is not None and not is_known(one, key, self.viewer)
                shown[name] = None if key is None or hidden else str(key)
            else:
                shown[name] = plain(one.json(one.read(row)))
        return shown


def is_known(field: LinkBase, key: UUID, viewer: Viewer) -> bool:
    """May the user know what is linked? Users, teams and options are known to all."""
    if not isinstance(field, Link) and field.related_model is not AnyRecord:
        return True
    return AnyRecord.objects.visible_to(viewer.user).filter(pk=key).exists()


def plain(value: Any) -> Json:
    """JSON without surprises: what a field type leaves in Python's own form."""
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
