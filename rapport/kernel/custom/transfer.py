"""The fields of a record type as a file, to take them to another installation."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.kernel.custom import schema
from rapport.kernel.custom.conversion import Holder
from rapport.kernel.custom.define import MOST, WITHOUT_CONDITIONS, Draft, add_field, change_field, defining
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.options import checked
from rapport.kernel.fields.base import Privacy
from rapport.kernel.fields.text import without_nulls
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType

FORM = 1
LARGEST = 2_000_000
TOLD = (
    "kind",
    "texts",
    "group",
    "required",
    "unique",
    "default",
    "options",
    "is_listed",
    "is_indexed",
    "privacy",
    "conditions",
    "is_searched",
)


@dataclass
class Step:
    """What taking over the file would do with one field: "add", "change", "same", "refuse"."""

    act: str
    label: str
    key: str
    why: str = ""
    said: dict[str, Any] | None = None  # Any: JSON
    one: CustomField | None = None


def write_file(kind: RecordType) -> str:
    """All fields of the type as JSON."""
    rows = CustomField.objects.filter(type=kind.key, removed_at=None)
    told = [{"key": one.key, **{name: getattr(one, name) for name in TOLD}} for one in rows]
    return json.dumps(
        {"rapport": "fields", "form": FORM, "type": kind.key, "fields": told}, indent=2, ensure_ascii=False
    )


def read_file(text: str, what: str, unreadable: RuleError) -> dict[str, Any]:  # Any: JSON
    """What a file of ours says; raises `unreadable` when it is none, or one of something else."""
    if len(text) > LARGEST:
        raise unreadable
    try:
        said = json.loads(text.replace("\\u0000", ""))
        json.dumps(said, ensure_ascii=False).encode()  # half a character cannot be kept
    except (ValueError, RecursionError) as problem:
        raise unreadable from problem
    if not isinstance(said, dict) or said.get("rapport") != what or said.get("form") != FORM:
        raise unreadable
    return said


def plan(kind: RecordType, text: str) -> list[Step]:
    """What the file would do; RuleError when it is none of ours."""
    unreadable = RuleError(gettext("This is not a file of fields from Rapport."))
    fields = read_file(text, "fields", unreadable).get("fields")
    if not isinstance(fields, list) or len(fields) > MOST or not all(isinstance(one, dict) for one in fields):
        raise unreadable
    known = {one.key: one for one in CustomField.objects.filter(type=kind.key)}
    return [_step(said, known) for said in fields]


def _step(said: dict[str, Any], known: dict[str, CustomField]) -> Step:
    from rapport.kernel.custom.kinds import CLASSES, WORKED_OUT

    key, texts = str(said.get("key", ""))[:40], said.get("texts")
    one = known.get(key)
    label = CustomField(key=key, texts=texts if isinstance(texts, dict) else {}).label
    if (
        said.get("kind") not in (*CLASSES, *WORKED_OUT)
        or not isinstance(texts, dict)
        or not isinstance(said.get("options", {}), dict)
    ):
        return Step("refuse", label, key, gettext("This kind of field is not known here."))
    if one is None:
        return Step("add", label, key, said=said)
    if one.is_removed:
        return Step(
            "refuse", label, key, gettext("A field with this key was removed here. Take it back first.")
        )
    if one.kind != said["kind"]:
        return Step("refuse", label, key, gettext("The field with this key is of another kind here."))
    is_same = all(getattr(one, name) == said.get(name, getattr(one, name)) for name in TOLD)
    return Step("same" if is_same else "change", label, key, said=said, one=one)


def apply(kind: RecordType, text: str, *, by: User) -> tuple[int, int]:
    """Do what `plan` says, all or nothing; returns how many fields were added and changed."""
    only_administrators(by)
    counts = {"add": 0, "change": 0}
    with defining():
        waiting = [step for step in plan(kind, text) if step.act in counts]
        while waiting:
            later: list[Step] = []
            problem = None
            for step in waiting:
                try:
                    _take(kind, step, by)
                    counts[step.act] += 1
                except RuleError as error:  # what is worked out from fields further down is tried again
                    problem = problem or RuleError(f"{step.label}: {error.sentence}")
                    later.append(step)
            if problem is not None and len(later) == len(waiting):
                raise problem
            waiting = later
    return counts["add"], counts["change"]


def _take(kind: RecordType, step: Step, by: User) -> None:
    assert step.said is not None
    draft = _draft(step.said, step.key)
    draft.default = _default(kind, draft, step.said.get("default"))
    if step.one is None:
        add_field(kind, draft, by=by)
    else:
        change_field(step.one, draft, by=by)


def _default(kind: RecordType, draft: Draft, said: Any) -> Any:  # Any: JSON; a value
    """The value with which new records begin; what leads to records or users of the other installation stays there."""
    if not isinstance(said, dict) or draft.kind in ("link", "user", "team", *WITHOUT_CONDITIONS):
        return None
    told = checked(draft.kind, draft.options)
    made = schema.build(CustomField(type=kind.key, key=draft.key, kind=draft.kind, options=told))
    return None if made is None else made.read(Holder(said))


def _draft(said: dict[str, Any], key: str) -> Draft:
    texts = {
        what: {str(code)[:8]: str(text)[:1000] for code, text in words.items()}
        for what, words in said["texts"].items()
        if what in ("label", "help") and isinstance(words, dict)
    }
    privacy = said.get("privacy")
    return Draft(
        said["kind"], texts, without_nulls(said.get("group") or ""), bool(said.get("required")),
        bool(said.get("unique")), None, said.get("options", {}), bool(said.get("is_listed")),
        bool(said.get("is_indexed", True)),
        privacy if privacy in Privacy.values else Privacy.INTERNAL, key,
        conditions if isinstance(conditions := said.get("conditions"), dict) else {}, bool(said.get("is_searched")),
    )  # fmt: skip
