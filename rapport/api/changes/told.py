"""What change sets changed, record by record and in words, as far as a token goes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rapport.api.tokens.scope import Viewer
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.one_set import Touched, records_of
from rapport.kernel.permissions.fields import seen_by

Json = Any  # Any: JSON
WORDS = 30  # lines of one record that are told


def touched_json(touched: Sequence[Touched], viewer: Viewer) -> list[Json]:
    """The records with what changed in each; of types of which the token knows some fields only that it changed."""
    found = []
    for one in touched:
        narrow = viewer.scope.is_narrow(one.kind)
        told = [] if narrow else one.told
        found.append({
            "type": one.kind.key, "id": str(one.row.pk), "title": "" if narrow else one.row.title,
            "act": one.told[0].act if one.told else "update",
            "changes": [
                {"label": line.label, "old": line.old, "new": line.new, "text": line.said.striptags()}
                for act in told for line in act.lines
            ][:WORDS],
        })  # fmt: skip
    return found


def changes_of(set_ids: Sequence[UUID], viewer: Viewer) -> list[Json]:
    """What these sets have just changed, as far as their first page goes; of new records what they say."""
    found: list[Json] = []
    for one in ChangeSet.objects.filter(pk__in=set_ids):
        touched, _hidden, _last = records_of(one, viewer.user)
        for record, shown in zip(touched, touched_json(touched, viewer), strict=True):
            if shown["act"] == "create":
                shown["changes"] = _values_of(record, viewer) or shown["changes"]
            found.append(shown)
    return found


def _values_of(touched: Touched, viewer: Viewer) -> list[Json]:
    """What was filled in of a new record."""
    kind = seen_by(touched.kind.whole, viewer.user)
    record: Any = kind.visible_to(viewer.user).filter(pk=touched.row.pk).first()
    found = []
    for one in viewer.scope.writable(kind).values() if record is not None else ():
        value = one.read(record)
        if not one.is_empty(value) and (text := one.text(value)):
            found.append({"label": str(one.label), "old": "", "new": text, "text": f"{one.label}: {text}"})
    return found[:WORDS]
