"""What can be done with an import: take a file in, check it, run it, stop it, go on, take it back."""

from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.revert import may_revert
from rapport.kernel.fields import Context
from rapport.kernel.files.store import clean_name
from rapport.kernel.imports import jobs, templates
from rapport.kernel.imports.extensions import extension_of
from rapport.kernel.imports.mapping import earlier, facts_of, propose, trouble, use_mapping_of
from rapport.kernel.imports.models import Import, OnDuplicate, State
from rapport.kernel.imports.programs import holds_other
from rapport.kernel.imports.readers import UnreadableFile, open_table
from rapport.kernel.imports.slots import slots_of
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.records import NotVisible, Refused, RuleError
from rapport.kernel.registry import RecordType, type_by_key, types
from rapport.ui.formats import format_filesize, format_number

LARGEST = 250_000_000  # bytes of an uploaded file


def types_for(user: User) -> list[RecordType]:
    """What this user may import."""
    return [seen_by(one, user) for one in types() if policy(user, one.key, "create").reach != "none"]


def take_in(
    kind: RecordType, name: str, content: "UploadedFile[Any] | File[Any]", context: Context
) -> Import:
    """Keep a file, look at it and propose where its columns go. RuleError says why it cannot be imported."""
    user = context.user
    assert user is not None
    if kind.key not in {one.key for one in types_for(user)}:
        raise Refused
    if not content.size:
        raise RuleError(gettext("This file is empty. Choose another file."))
    if content.size > LARGEST:
        said = {"size": format_filesize(content.size), "limit": format_filesize(LARGEST)}
        raise RuleError(
            gettext("The file has %(size)s; up to %(limit)s fit. Split it into smaller files.") % said
        )
    one = Import(type=kind.key, file_name=clean_name(name), created_by=user)
    one.options = {"on_duplicate": OnDuplicate.FILL.value}
    one.content.save(one.pk.hex, content, save=False)
    try:
        read_file(one, context)
    except RuleError:
        one.content.delete(save=False)
        raise
    one.save(force_insert=True)
    return one


def read_file(one: Import, context: Context) -> None:
    """Look at the file (again, when another sheet was chosen) and propose a mapping. Saves nothing."""
    try:
        cards = extension_of(one.type).cards
        table = open_table(one.content.path, sheet=one.sheet or None, cards=cards)
    except UnreadableFile as problem:
        raise RuleError(str(problem)) from problem
    one.sheet = table.facts.sheet
    one.facts, one.total = facts_of(table), table.row_count
    if (left := type_of_others(one, context.user)) is not None:
        count = one.facts["others"]
        sentence = ngettext(
            "%(num)s contact of this file belongs to %(what)s and is left out here; it can be taken in afterwards.",
            "%(num)s contacts of this file belong to %(what)s and are left out here; they can be taken in afterwards.",
            count,
        )
        one.facts["remarks"].append(sentence % {"num": format_number(count), "what": left.label_plural})
    if not one.header:
        raise RuleError(gettext("There are no columns in this file. Choose another file."))
    one.mapping = list(propose(one, context))
    if context.user is not None and (template := templates.fitting(one, context.user)) is not None:
        templates.use(one, template, context)
    elif (other := earlier(one)) is not None:
        use_mapping_of(one, other, context, gettext("As in your last import."))
        one.facts["as_before"] = True
    if (export := holds_other(one.header, one.type)) is not None and (
        kind := type_by_key(export.type)
    ) is not None:
        said = {"program": export.program, "what": kind.label_plural}
        one.facts["remarks"] = [
            *one.facts["remarks"],
            gettext(
                "This looks like %(what)s from %(program)s. Go back and choose that, unless you know better."
            )
            % said,
        ]


def type_of_others(one: Import, user: User | None) -> RecordType | None:
    """What the contacts are that were left out because they are of another kind, if this user may import such."""
    if not one.facts.get("others") or user is None:
        return None
    cards = extension_of(one.type).cards
    return next((kind for kind in types_for(user) if extension_of(kind.key).cards not in ("", cards)), None)


def take_in_others(one: Import, context: Context) -> Import:
    """The same file once more, for the contacts that were left out."""
    kind = type_of_others(one, context.user)
    if kind is None:
        raise NotVisible
    with one.content.open("rb") as content:
        return take_in(kind, one.file_name, File(content), context)


def keep(one: Import, *names: str) -> None:
    """Write these facts of an import, unless it has begun meanwhile: then its columns are settled."""
    values = {name: getattr(one, name) for name in names}
    open_states = (State.MAPPING, State.CHECKING, State.READY, State.FAILED)
    if not Import.objects.filter(pk=one.pk, change_set=None, state__in=open_states).update(**values):
        raise RuleError(gettext("This import has begun already."))


def start_check(one: Import) -> None:
    """Queue the dry run."""
    if one.has_begun or one.state == State.CHECKING:
        raise RuleError(gettext("This import has begun already."))
    problems = trouble(one, slots_of(one.kind, extension_of(one.type)))
    if problems:
        raise RuleError(" ".join(problems))
    one.state, one.done, one.checked, one.message = State.CHECKING, 0, {}, ""
    one.started_at, one.finished_at, one.resumed_from = timezone.now(), None, 0
    with transaction.atomic():
        keep(one, "state", "done", "checked", "message", "started_at", "finished_at", "resumed_from")
        jobs.check_file.defer(import_id=str(one.pk))


def start_run(one: Import) -> None:
    """Queue the import itself, or let a stopped or failed one go on where it stands."""
    startable = (State.READY, State.STOPPED, State.FAILED)
    if one.created_by is None or policy(one.created_by, one.type, "create").reach == "none":
        raise Refused
    with transaction.atomic():
        started = Import.objects.filter(pk=one.pk, state__in=startable).exclude(checked={}).update(
            state=State.RUNNING, started_at=timezone.now(), finished_at=None, resumed_from=one.position and one.done,
            done=one.done if one.position else 0, message="",
        )  # fmt: skip
        if not started:
            raise RuleError(gettext("This import cannot be started now."))
        jobs.run_file.defer(import_id=str(one.pk))


def stop(one: Import) -> None:
    """End after the running batch; what is in stays in."""
    Import.objects.filter(pk=one.pk, state=State.RUNNING).update(
        state=State.STOPPED, finished_at=timezone.now()
    )
    Import.objects.filter(pk=one.pk, state=State.CHECKING).update(state=State.MAPPING)


def back_to_columns(one: Import) -> None:
    """Other columns, another check."""
    if one.has_begun:
        raise RuleError(gettext("This import has begun already."))
    one.state = State.MAPPING
    keep(one, "state")


def start_revert(one: Import, *, by: User) -> None:
    """Queue taking everything back."""
    if one.change_set is None or not may_revert(by, one.change_set):
        raise NotVisible
    ended = (State.STOPPED, State.DONE, State.FAILED)
    with transaction.atomic():
        if one.is_reverted or not Import.objects.filter(pk=one.pk, state__in=ended).update(
            state=State.REVERTING
        ):
            raise RuleError(gettext("This cannot be taken back now."))
        jobs.revert_import.defer(import_id=str(one.pk), by=str(by.pk))


def forget(one: Import) -> None:
    """Take an import that wrote nothing out of the list, with its file."""
    if one.has_begun:
        raise RuleError(gettext("This import has begun already."))
    one.content.delete(save=False)
    one.delete()


def take_in_path(kind: RecordType, path: Path, context: Context) -> Import:
    """The same for a file on this machine."""
    with path.open("rb") as content:
        return take_in(kind, path.name, File(content), context)
