"""Setting several fields of many records: what the person says, what it would do, and doing it at once or as a job."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.accounts.models import Company, User
from rapport.kernel.changes.labels import Label
from rapport.kernel.changes.models import ChangeSet, Run
from rapport.kernel.changes.revert import AT_ONCE, TOLD
from rapport.kernel.changes.runs import deed
from rapport.kernel.changes.sets import change_set, new_set
from rapport.kernel.fields import Context, FieldType, Tags
from rapport.kernel.lists.bulk.selection import Selection
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.controls import (
    Control,
    Said,
    control_of,
    control_said,
    parse_said,
    said_of,
    text_for,
)
from rapport.kernel.permissions.fields import type_seen
from rapport.kernel.records.bulk_edit import BATCH, Edited, edit_records, glance, preview_edit
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType
from rapport.ui.formats import format_number, noun

DEED = "edit"
STEP = 500
LOOKED_AT = 200  # up to so many records a preview tries with all that would be done
MOST_FIELDS = 20
NOT_TOGETHER = ("file", "picture", "address")  # what is never the same for many records
Shown = dict[str, Any]  # Any: what a template shows


def settable_fields(kind: RecordType) -> dict[str, FieldType]:
    """The fields that can be set for many records at once; a name is nobody's but his."""
    return {
        name: one
        for name, one in kind.editable_fields().items()
        if name != kind.title
        and one.kind not in NOT_TOGETHER
        and not isinstance(one, Tags)
        and not one.unique
    }


@dataclass
class EditForm:
    """The form: the chosen fields, each with its control; kept as the person left it."""

    request: HttpRequest
    selection: Selection
    names: list[str]
    values: Shown = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    sentence: str = ""
    preview: Edited | None = None

    @classmethod
    def read(cls, request: HttpRequest, selection: Selection) -> "EditForm":
        """Which fields are chosen: those of the form with one added or dropped, else what the address names."""
        fields = settable_fields(selection.kind)
        data = request.POST if request.method == "POST" else request.GET
        names = [name for name in dict.fromkeys(data.getlist("fields")) if name in fields]
        for said in (data.get("add", ""), request.GET.get("field", "")):
            if said in fields and said not in names:
                names.append(said)
        names = [name for name in names if name != data.get("drop")][:MOST_FIELDS]
        return cls(request, selection, names)

    @property
    def fields(self) -> dict[str, FieldType]:
        every = settable_fields(self.selection.kind)
        return {name: every[name] for name in self.names}

    @property
    def rest(self) -> list[tuple[str, str]]:
        """The fields that could be added."""
        every = settable_fields(self.selection.kind)
        return [(name, one.label) for name, one in every.items() if name not in self.names]

    def parse(self) -> bool:
        """Read the values; False when one of them is wrong."""
        context = context_of(self.request)
        if not self.names:
            self.sentence = _("Choose a field first.")
            return False
        for name, one in self.fields.items():
            said = said_of(one, self.request.POST, self.request.FILES, context, name=f"v-{name}")
            self.said[name] = said
            try:
                self.values[name] = parse_said(one, said, context)
                if one.required and one.is_empty(self.values[name]):
                    self.errors[name] = _("%(field)s is needed.") % {"field": one.label}
            except ValidationError as problem:
                self.errors[name] = " ".join(problem.messages)
        return not self.errors

    @property
    def controls(self) -> list[Control]:
        context, made = context_of(self.request), []
        blank = self.selection.kind.new()
        for name, one in self.fields.items():
            error, named = self.errors.get(name, ""), f"v-{name}"
            if self.request.method == "POST" and _was_sent(self.request, named):
                said = said_of(one, self.request.POST, self.request.FILES, context, name=named)
                made.append(control_said(one, said, context, name=named, error=error))
            else:
                made.append(control_of(one, one.read(blank), context, name=named, error=error))
        return made

    def look(self) -> None:
        """Work out what it would do."""
        kind, ids = self.selection.kind, self.selection.ids
        preview = glance if len(ids) > LOOKED_AT else preview_edit
        try:
            self.preview = preview(kind, ids, self.values, by=user_of(self.request))
        except RuleError as problem:
            self._take(problem)

    def _take(self, problem: RuleError) -> None:
        self.errors = {name: text for name, text in problem.fields.items() if name in self.names}
        rest = [text for name, text in problem.fields.items() if name not in self.names]
        self.sentence = " ".join(rest) if problem.fields else problem.sentence

    @property
    def samples(self) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """[(record, [(field, old, new)])] of some of those that would change."""
        context, fields = context_of(self.request), self.fields
        found = []
        for _key, title, pairs in self.preview.sample if self.preview else ():
            lines = [
                (one.label, text_for(one, pairs[name][0], context), text_for(one, pairs[name][1], context))
                for name, one in fields.items()
                if name in pairs
            ]
            found.append((title, lines))
        return found

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """[(the sentence of a rule, how many records it forbids)], the most frequent first."""
        counts: dict[str, int] = {}
        for _key, sentence in self.preview.wrong if self.preview else ():
            counts[sentence] = counts.get(sentence, 0) + 1
        return sorted(counts.items(), key=lambda pair: -pair[1])[:8]

    def write(self) -> tuple[ChangeSet, Edited | None] | None:
        """Do it: at once, or as a job when there are many (then what became of it is not known yet)."""
        user, kind, ids = user_of(self.request), self.selection.kind, self.selection.ids

        def label() -> str:
            what = ", ".join(one.label for one in self.fields.values())
            return _("%(field)s of %(records)s changed") % {"field": what, "records": self.selection}

        if len(ids) > AT_ONCE:
            preview_edit(kind, ids[:BATCH], self.values, by=user)  # what is wrong for all is said at once
            return begin_edit(kind, ids, self.said, by=user, label=label).change_set, None
        try:
            with change_set(by=user, label=label) as opened:
                done = edit_records(kind, ids, self.values, by=user)
                note_left(opened.row, done, kind)
        except RuleError as problem:
            self._take(problem)
            return None
        return opened.row, done


def _was_sent(request: HttpRequest, name: str) -> bool:
    return any(key == name or key.startswith(f"{name}_") for key in request.POST)


def note_left(row: ChangeSet, done: Edited, kind: RecordType) -> None:
    """Remember on the change set what was left out and why."""
    facts: Shown = row.facts
    left = facts.get("left", [])
    base = {"type": kind.key, "field": "", "part": ""}
    left += [{**base, "record_id": str(key), "why": "refused"} for key in done.refused]
    left += [{**base, "record_id": str(key), "why": "rule", "said": said} for key, said in done.wrong]
    if not left:
        return
    row.facts = {
        **facts,
        "refused": facts.get("refused", 0) + len(done.refused),
        "wrong": facts.get("wrong", 0) + len(done.wrong),
        "left": left[:TOLD],
    }
    row.save(update_fields=["facts"])


def begin_edit(kind: RecordType, ids: list[UUID], said: dict[str, Said], *, by: User, label: Label) -> Run:
    """Queue the edit; the page of its change set shows how far it is."""
    from rapport.kernel.changes import jobs

    with transaction.atomic():
        row = new_set(by=by, label=label, types=[kind.key])
        run = Run.objects.create(
            deed=DEED, by=by, change_set=row, type=kind.key, ids=ids, values={"said": said}, total=len(ids)
        )
        jobs.go_on.defer(run_id=str(run.pk))
    return run


@deed(DEED)
def edit_step(run: Run) -> int:
    """The next of the chosen records."""
    kind, ids = type_seen(run.type, run.by), run.ids[run.done : run.done + STEP]
    if kind is None or not ids:
        return 0
    company = Company.current()
    context = Context(run.by, company.country or "DE", company.currency or "EUR")
    said: Shown = run.values["said"]
    fields = kind.whole.fields  # the door refuses what he may not change any more
    values = {name: parse_said(fields[name], one, context) for name, one in said.items()}
    note_left(run.change_set, edit_records(kind, ids, values, by=run.by), kind)
    return len(ids)


def done_said(done: Edited, kind: RecordType, what: str) -> str:
    """What the notice says."""
    label = kind.label if done.changed == 1 else kind.label_plural
    records = f"{format_number(done.changed)} {noun(label)}"
    text = _("%(field)s of %(records)s changed.") % {"field": what, "records": records}
    left = len(done.refused) + len(done.wrong)
    return f"{text} {_('%(count)s left as they are.') % {'count': format_number(left)}}" if left else text
