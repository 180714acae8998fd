"""What the page of a record shows of the record itself: head, fields in groups, parts, where it came from."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.custom import conditions
from rapport.kernel.fields import Context, Email, LongText, Phone, Web
from rapport.kernel.fields.base import FieldType
from rapport.kernel.files.models import StoredFile
from rapport.kernel.mentions.naming import marked_texts
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.records import grouped
from rapport.kernel.permissions import can
from rapport.kernel.records import Record
from rapport.kernel.registry import PartType, RecordType
from rapport.ui import components
from rapport.ui.addresses import address
from rapport.ui.formats import noun

AT_ONCE = timedelta(minutes=1)  # what is changed within is part of making it
HIDDEN = ("origin", "origin_detail", "created_at", "changed_at")  # stand at the foot


@dataclass
class FieldLine:
    """One line of a field list."""

    name: str
    label: str
    html: Markup
    edit_url: str = ""
    help: str = ""
    is_empty: bool = False


@dataclass
class PartLine:
    """One part as a line: what it is, its value, what for and how long."""

    label: str
    html: Markup
    hints: list[str] = field(default_factory=list)
    is_over: bool = False


@dataclass
class PartList:
    """The parts of one kind below the fields."""

    key: str
    label: str
    lines: list[PartLine]
    edit_url: str


@dataclass
class FieldGroup:
    """Filled lines, and the empty ones that open on demand."""

    label: str
    lines: list[FieldLine]
    empty: list[FieldLine]
    parts: list[PartList] = field(default_factory=list)


def field_line(
    one: FieldType, record: Record, kind: RecordType, context: Context, *, can_edit: bool
) -> FieldLine:
    value = one.read(record)
    editable = can_edit and one.editable
    url = address("record_field", kind.key, record.pk, one.name) if editable else ""
    shown = one.html(value, context)
    if one.kind == "yesno":
        shown = Markup("{}").format(one.text(value))
    elif one.kind == "user" and value is not None:
        shown = Markup('<span class="row">{}<span class="cut">{}</span></span>').format(
            shown, one.text(value)
        )
    elif one.kind == "longtext":
        named = context.user is not None and isinstance(one, LongText) and one.mentions
        said = marked_texts([value or ""], context.user)[0] if named else value
        shown = Markup('<span class="written">{}</span>').format(said or "")
    return FieldLine(one.name, one.label, shown, url, str(one.help_text), one.is_empty(value) or not shown)


def field_groups(request: HttpRequest, record: Record, kind: RecordType) -> list[FieldGroup]:
    """All fields of the record in groups, with the parts behind the group of contacts."""
    context, editable = context_of(request), can(user_of(request), "edit", record)
    groups = []
    hidden = conditions.state_of(kind, record).hidden
    told = [one for one in kind.fields.values() if one.name not in hidden and _is_told(one, kind, record)]
    shown = grouped(kind, told)
    shown.sort(key=lambda group: group[0] != _("Contact"))
    for label, fields in shown:
        lines = [field_line(one, record, kind, context, can_edit=editable) for one in fields]
        filled = [line for line in lines if not line.is_empty]
        empty = [line for line in lines if line.is_empty and line.edit_url]
        if filled or empty:
            groups.append(FieldGroup(label, filled, empty))
    may = kind.editable_parts()
    parts = [
        part_list(part, record, kind, context, can_edit=editable and part.key in may)
        for part in kind.parts.values()
    ]
    home = next((one for one in groups if one.label == _("Contact")), groups[0] if groups else None)
    if home is not None:
        home.parts = [part for part in parts if part.lines or part.edit_url]
    return groups


def _is_told(one: FieldType, kind: RecordType, record: Record) -> bool:
    """False for what stands elsewhere on the page or only follows from something else."""
    if one.name in HIDDEN or (one.kind == "picture" and not one.is_custom):
        return False
    if one.editable or one.is_worked_out:
        return True
    is_kind = bool(kind.kind) and one.read(record) == kind.kind
    follows = not one.flags.logged or one.kind == "yesno" or one.name in kind.subtitle
    return not is_kind and not follows and not follows_part(one, kind)


def follows_part(one: FieldType, kind: RecordType) -> bool:
    """Whether the field only repeats what a part of the record says, e.g. the postal code of its main address."""
    return not one.editable and any(one.name in part.keeps for part in kind.parts.values())


def part_list(
    part: PartType, record: Record, kind: RecordType, context: Context, *, can_edit: bool
) -> PartList:
    """The parts as lines; those that only repeat a field of the record are left out."""
    repeated = {
        one.text(value)
        for one in kind.fields.values()
        if (value := one.read(record)) and one.kind != "choice"
    }
    today, lines = timezone.localdate(), []
    for item in part.model._default_manager.filter(**{part.link: record.pk}).order_by("pk"):
        line = _part_line(part, item, context, today)
        if line is not None and line.html.striptags() not in repeated:
            lines.append(line)
    lines.sort(key=lambda one: one.is_over)
    url = address("record_parts", kind.key, record.pk, part.key) if can_edit else ""
    return PartList(part.key, part.label, lines, url)


def _part_line(part: PartType, item: Any, context: Context, today: Any) -> PartLine | None:
    """Its needed value with what the choices say; None where it leads to what the user may not see."""
    label, hints, main = part.help, [], Markup("")
    until = getattr(item, "valid_until", None)
    for one in part.fields.values():
        value = one.read(item)
        if one.is_empty(value) or (one.kind == "yesno" and not value):
            continue
        if one.kind == "choice" and one.required:
            label = one.text(value)
        elif one.kind == "choice":
            hints.append(one.text(value))
        elif one.kind == "yesno":
            hints.append(noun(one.label))
        elif one.kind == "date":
            hints.append(f"{noun(one.label)} {one.text(value)}")
        elif not main:
            if isinstance(value, AnyRecord):
                if (
                    context.user is None
                    or not AnyRecord.objects.visible_to(context.user).filter(pk=value.pk).exists()
                ):
                    return None
                main = Markup('<a class="link" href="{}">{}</a>').format(
                    value.get_absolute_url(), value.title
                )
            else:
                main = reachable(one.text(value), context) if one.kind == "text" else one.html(value, context)
        else:
            hints.append(one.text(value))
    return PartLine(label, main, hints, until is not None and until < today) if main else None


def reachable(text: str, context: Context) -> Markup:
    """A contact point as a link: by its looks an e-mail address, a phone number, a web address, or just text."""
    if "@" in text and " " not in text and "/" not in text:
        return Email(privacy=None).html(text, context)
    if text.startswith("+") and text[1:2].isdigit():
        return Phone(privacy=None).html(text, context)
    if text.startswith(("http://", "https://")):
        return Web(privacy=None).html(text, context)
    return Markup("{}").format(text)


@dataclass
class Head:
    """The head of the page: who or what this is, in one look."""

    title: str
    picture: str
    tags: list[Markup]
    subtitle: list[Markup]
    phone: str
    email: str


def head_of(request: HttpRequest, record: Record, kind: RecordType) -> Head:
    context = context_of(request)
    stages = [
        one
        for one in kind.fields.values()
        if (getattr(one, "dotted", False) or one.name == kind.board) and one.kind
    ]
    # How it ended (what only actions change) takes the place of the stage once it is no longer what it was at first.
    ends = [
        one for one in kind.fields.values() if one.kind == "choice" and one.flags.listed and not one.editable
    ]
    tags = [one.html(one.read(record), context) for one in ends if one.read(record) != one.get_default()]
    if not tags:
        editable = can(user_of(request), "edit", record)
        tags = [
            _stage(one, record, kind, context, editable)
            for one in stages
            if not one.is_empty(one.read(record))
        ]
    # What Rapport has noted by itself, e.g. that the name is guessed, is said until somebody settles it.
    tags += [
        components.tag(one.label, "grey", "line")
        for one in kind.fields.values()
        if one.kind == "yesno" and not (one.editable or one.is_worked_out) and one.read(record)
    ]
    names = {one.name for one in stages}
    subtitle = [
        one.html(one.read(record), context)
        for name in kind.subtitle
        if name not in names and not (one := kind.fields[name]).is_empty(one.read(record))
    ]
    pictures = [
        one.read(record) for one in kind.fields.values() if one.kind == "picture" and not one.is_custom
    ]
    picture = next((reverse("file", args=[one.pk]) for one in pictures if _is_shown(one)), "")
    return Head(str(record), picture, tags, [one for one in subtitle if one], _first(record, kind, "phone"),
                _first(record, kind, "email"))  # fmt: skip


def _stage(one: FieldType, record: Record, kind: RecordType, context: Context, editable: bool) -> Markup:
    """The stage as a tag; who may change it does so in a dialog behind it."""
    shown = one.html(one.read(record), context)
    if not editable or not one.editable:
        return shown
    address = reverse("record_field", args=[kind.key, record.pk, one.name])
    label = _("Change %(field)s") % {"field": one.label}
    more = components.icon("chevron-down", "xs")
    return Markup('<a class="as-btn stage-tag" href="{}" data-dialog title="{}">{}{}</a>').format(
        address, label, shown, more
    )


def _is_shown(stored: StoredFile | None) -> bool:
    return stored is not None and stored.deleted_at is None


def _first(record: Record, kind: RecordType, field_kind: str) -> str:
    """The first value of that kind of field, e.g. the number behind "Call"."""
    values = (one.read(record) for one in kind.fields.values() if one.kind == field_kind)
    return str(next((value for value in values if value), ""))


def origin_of(request: HttpRequest, record: Record, kind: RecordType) -> list[tuple[str, Any]]:
    """Where the record came from: (label, text) lines for the foot of the fields."""
    lines: list[tuple[str, Any]] = [(_("Created"), record.created_at)]
    if record.changed_at > record.created_at + AT_ONCE:
        lines.append((_("Changed"), record.changed_at))
    if "origin" not in kind.fields:
        return lines
    came = kind.fields["origin"].text(record.origin)
    if record.origin_detail and "origin_detail" in kind.fields:
        came = _("%(door)s: %(detail)s") % {"door": came, "detail": record.origin_detail}
    return [(_("Came through"), came), *lines]


def list_url(kind: RecordType) -> str:
    try:
        return reverse("list", args=[kind.key])
    except NoReverseMatch:
        return "/"
