"""The rows of a bulk call: what each says, what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.api.endpoint import Call, as_problem
from rapport.api.problems import Problem
from rapport.api.values import Json, read_fields
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields import Context, File, LinkBase
from rapport.kernel.registry import RecordType


@dataclass
class Row:
    """One row: its place in the list, what it says, and its result."""

    place: int
    id: UUID | None = None
    key: str = ""
    version: int | None = None
    values: dict[str, Any] = field(default_factory=dict)  # Any: each field has its own values
    status: int = 0
    alike: list[Any] = field(default_factory=list)  # Any: JSON, records and rows that are probably the same
    problem: Problem | None = None

    @property
    def is_open(self) -> bool:
        """Is there still something to do with it?"""
        return self.status == 0

    def done(self, status: int) -> None:
        self.status = status

    def fail(self, problem: Exception) -> None:
        """Note what was refused; what is no refusal is a fault of ours."""
        told = as_problem(problem)
        if told is None:
            raise problem
        self.status, self.problem = told.status, told

    def json(self) -> Json:
        found: dict[str, Json] = {"index": self.place, "status": self.status}
        if self.key:
            found["key"] = self.key
        if self.id is not None:
            found["id"] = str(self.id)
        if self.alike:
            found["possible_duplicates"] = self.alike
        if self.problem is not None:
            found["detail"] = self.problem.detail
            found["errors"] = self.problem.errors
        return found


def read_row(call: Call, kind: RecordType, place: int, said: Json, names: tuple[str, ...]) -> Row:
    """What the row says, with its problem when it cannot be understood."""
    row = Row(place)
    try:
        if not isinstance(said, dict) or set(said) - set(names):
            raise Problem(422, _("A row is an object with: %(names)s.") % {"names": ", ".join(names)})
        if "id" in names:
            row.id = _id(said.get("id"))
        if "key" in names:
            row.key = _key(said.get("key"))
        version = said.get("version")
        if version is not None and (not isinstance(version, int) or isinstance(version, bool) or version < 1):
            raise Problem(422, _("Give the version of the record as you have read it."))
        row.version = version
        row.values = read_fields(call, kind, said.get("fields", {}), links=False)
    except Problem as problem:
        row.fail(problem)
    return row


def _id(said: Json) -> UUID:
    try:
        if isinstance(said, str):
            return UUID(said)
    except ValueError:
        pass
    raise Problem(422, _("Give an id."))


def _key(said: Json) -> str:
    if not isinstance(said, str) or not 0 < len(said.strip()) <= 200:
        raise Problem(422, _("Give a key of up to 200 characters."))
    return said.strip()


def find_links(kind: RecordType, rows: Iterable[Row], context: Context) -> None:
    """Look up all links of all rows, one question for each field; rows with a link to nothing fail."""
    for name, one in kind.fields.items():
        if not isinstance(one, LinkBase) or isinstance(one, File):
            continue
        wanted = [row for row in rows if row.is_open and row.values.get(name) is not None]
        known = _known(one, {row.values[name] for row in wanted}, context) if wanted else {}
        for row in wanted:
            if row.values[name] in known:
                row.values[name] = known[row.values[name]]
            else:
                reason = _("%(field)s: this was not found.") % {"field": one.label}
                row.fail(Problem(422, reason, errors=[{"field": name, "reason": reason}]))


def _known(one: LinkBase, keys: set[UUID], context: Context) -> Mapping[UUID, Any]:  # Any: what is linked
    if one.related_model is AnyRecord and context.user is not None:
        return dict(AnyRecord.objects.visible_to(context.user).in_bulk(keys))
    return {found.pk: found for found in one.candidates(context).filter(pk__in=keys)}


def twice(rows: Iterable[Row], said: str) -> None:
    """The same record or key a second time in one call is refused."""
    seen = set[object]()
    for row in rows:
        mark = getattr(row, said)
        if row.is_open and mark in seen:
            row.fail(Problem(422, _("This stands twice in the call.")))
        seen.add(mark)


def names_of(rows: Iterable[Row]) -> list[str]:
    return list({name: None for row in rows for name in row.values})
