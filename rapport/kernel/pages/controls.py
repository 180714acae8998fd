"""One form control per field: what it shows, and reading back what the person did with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields import Context, Country, Link, LinkBase, Money, OptionLink, TeamLink, UserLink
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.links import parse_id
from rapport.kernel.fields.text import without_nulls
from rapport.kernel.files.store import store_file
from rapport.kernel.permissions import is_hidden
from rapport.kernel.registry import RecordType, types_of_model
from rapport.ui.formats import noun

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY")
LONGEST_TITLE = 250
ADDRESS_PARTS = ("street", "extra", "postal_code", "city", "region", "country")


@dataclass
class Control:
    """A control; the template `kernel/pages/controls.html` draws it: `control(one)`, with its label `row(one)`."""

    name: str
    kind: str
    label: str
    id: str
    value: Any = ""  # Any: each kind of control has its own
    text: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    help: str = ""
    error: str = ""
    required: bool = False
    create: str = ""  # the sentence that offers to create what was not found
    wide: bool = False
    autofocus: bool = False
    theirs: str = ""
    mine: str = ""
    when: str = ""  # its name, where it is shown or needed only when a condition holds
    is_hidden: bool = False
    is_unique: bool = False
    mentions: str = ""  # the address of whom one can name in it


Said = Any  # what stood in the control: text, a list, a dict; `FieldType.parse` reads it


def is_any_record(one: FieldType) -> bool:
    """True for a link that may lead to a record of any type."""
    return isinstance(one, LinkBase) and one.related_model is AnyRecord


def control_of(one: FieldType, value: Any, context: Context, *, name: str = "", error: str = "") -> Control:
    """The control of a field that shows a typed value (what `field.read` gives)."""
    made = _bare(one, name or one.name, error)
    if isinstance(one, OptionLink):
        made.value = one.input(value)
    elif isinstance(one, LinkBase):
        made.value, made.text = one.input(value), text_for(one, value, context)
        if one.kind in ("file", "picture") and value is not None:
            made.text, made.url = value.name, reverse("file", args=[value.pk])
    elif one.kind == "address":
        made.value = _shown_address(value or {})
    elif isinstance(one, Money):
        made.value = "" if value is None else one.input(value).rpartition(" ")[0]
        made.text = context.currency if value is None else value.currency
        _currencies(made)
    elif one.is_multiple:
        made.value = list(value or [])
    elif one.kind == "yesno":
        made.value = bool(value)
    else:
        made.value = one.input(value)
    return made


def control_said(one: FieldType, said: Said, context: Context, *, name: str = "", error: str = "") -> Control:
    """The control as the person left it: hostile or half-finished input is shown again, never lost."""
    made = _bare(one, name or one.name, error)
    if isinstance(said, dict) and one.kind == "address":
        made.value = said
    elif isinstance(said, dict) and "text" in said:
        made.value, made.text = said.get("id", ""), said["text"]
        if error and said["text"] and not said.get("id"):
            made.create = creatable(one, said["text"], context)
    elif isinstance(said, dict):
        made.value, made.text = said.get("amount", ""), said.get("currency") or context.currency
        _currencies(made)
    elif one.kind == "yesno":
        made.value = said == "yes"
    else:
        made.value = said
    return made


def _bare(one: FieldType, name: str, error: str) -> Control:
    kind = "link" if is_any_record(one) else one.control
    made = Control(name, kind, one.label, f"f-{name}", help=str(one.help_text), error=error)
    made.required, made.is_unique = one.required, one.is_custom and bool(one.unique)
    made.wide = kind in ("longtext", "address")
    options = getattr(one, "options", None)
    if callable(options) and (isinstance(one, OptionLink) or not isinstance(one, LinkBase)):
        made.options = options()
    elif kind == "address":
        made.options = Country(privacy=None).options()
    if is_any_record(one):
        made.url = reverse("any_record_options")
    elif isinstance(one, Link):
        kinds = types_of_model(one.related_model)
        made.url = (
            reverse("record_options", args=[kinds[0].key])
            if len(kinds) == 1
            else reverse("any_record_options")
        )
        made.url += "?create=1" if len(kinds) == 1 else ""
    elif isinstance(one, UserLink):
        made.url = reverse("user_options")
    elif isinstance(one, TeamLink):
        made.kind = "choice"
        made.options = [(str(team.pk), str(team)) for team in one.candidates(Context())]
    return made


def text_for(one: FieldType, value: Any, context: Context) -> str:  # Any: the field's value
    """The value in words for this reader: of a record that he may not see he learns only that it is there."""
    return str(_("a record you cannot see")) if is_hidden(value, context.user) else one.text(value)


def _currencies(made: Control) -> None:
    codes = [made.text, *(code for code in CURRENCIES if code != made.text)]
    made.options = [(code, code) for code in codes]


def _shown_address(value: Mapping[str, str]) -> dict[str, str]:
    street, _newline, extra = (value.get("street") or "").partition("\n")
    rest = {part: value.get(part) or "" for part in ("city", "region", "country")}
    return {"street": street, "extra": extra, "postal_code": value.get("postcode") or "", **rest}


def was_sent(one: FieldType, name: str, data: QueryDict) -> bool:
    """True when the form that was sent has this control at all."""
    if one.kind == "address":
        return f"{name}_street" in data
    return name in data or f"{name}_text" in data or f"{name}_sent" in data or f"{name}_currency" in data


def said_of(
    one: FieldType, data: QueryDict, files: MultiValueDict[str, Any], context: Context, *, name: str = ""
) -> Said:
    """What the person put into the control of this field."""
    name = name or one.name

    def text(ending: str = "") -> str:
        return without_nulls(data.get(f"{name}{ending}", ""))

    if one.kind == "address":
        return {part: text(f"_{part}") for part in ADDRESS_PARTS}
    if isinstance(one, Money):
        return {"amount": text(), "currency": text("_currency")}
    if one.kind in ("file", "picture"):
        upload = files.get(name)
        if upload is not None and context.user is not None:
            return str(store_file(upload, by=context.user, only_pictures=one.kind == "picture").pk)
        return "" if data.get(f"{name}_remove") else text("_kept")
    if one.is_multiple:
        return [without_nulls(part) for part in data.getlist(name) if part]
    if isinstance(one, LinkBase) and not isinstance(one, OptionLink | TeamLink):
        said = text("_text") if f"{name}_text" in data else text()
        return {"id": text(), "text": said, "create": text("_create")[:LONGEST_TITLE]}
    return text()


def said_in_words(said: Said) -> str:
    """What the person put into a control, as he wrote it."""
    if isinstance(said, list):
        return ", ".join(said)
    if not isinstance(said, dict):
        return str(said)
    if "text" in said:
        return str(said["text"] or said["create"])
    if "amount" in said:
        return f"{said['amount']} {said['currency']}" if said["amount"] else ""
    return ", ".join(filter(None, said.values()))


def parse_said(one: FieldType, said: Said, context: Context, current: Any = None) -> Any:
    """The typed value of what was said; ValidationError has the sentence. `current` is the value before."""
    if one.kind == "address" and isinstance(said, dict):
        lines = [said.get("street", ""), said.get("extra", "")]
        rest = {part: said.get(part, "") for part in ("city", "region", "country")}
        return one.parse(
            {"street": "\n".join(filter(None, lines)), "postcode": said.get("postal_code", ""), **rest},
            context,
        )
    if isinstance(one, Money) and isinstance(said, dict):
        amount = said.get("amount", "")
        return one.parse(f"{amount} {said.get('currency', '')}" if amount.strip() else "", context)
    if one.kind in ("file", "picture"):
        kept = current is not None and str(current.pk) == str(said)
        return current if kept else one.parse(said, context)
    if isinstance(said, dict):
        return _parse_link(one, said, context, current)
    return one.parse(said, context)


def _parse_link(one: FieldType, said: dict[str, str], context: Context, current: Any) -> Any:
    """The linked thing: by its id when the text still names it, else by what was typed."""
    text, key = said["text"].strip(), parse_id(said.get("id") or "")
    if len(text) > LONGEST_TITLE:
        raise ValidationError(_("“%(said)s” was not found."), params={"said": text[:60]})
    if not text and not key:
        return None
    if current is not None and key == current.pk and text in ("", text_for(one, current, context), str(key)):
        return current  # unchanged, even where he could not choose it anew
    if is_any_record(one):
        found = (
            AnyRecord.objects.visible_to(context.user).filter(pk=key).first()
            if key and context.user
            else None
        )
        if found is None:
            raise ValidationError(_("“%(said)s” was not found."), params={"said": text[:60]})
        return found
    if key:
        linked = one.parse(key, context)
        if text in ("", one.text(linked), str(key)):
            return linked
    return one.parse(text, context) if text else None


def creatable(one: FieldType, text: str, context: Context) -> str:
    """The offer to create what a link names ("Create organization “Acme”"); empty where that is not possible."""
    kind = link_type(one)
    if kind is None or context.user is None or not may_create_by_title(kind, context):
        return ""
    return _("Create %(type)s “%(name)s”") % {"type": noun(kind.label), "name": text[:100]}


def link_type(one: FieldType) -> RecordType | None:
    """The one record type to which a link leads."""
    if not isinstance(one, Link):
        return None
    kinds = types_of_model(one.related_model)
    return kinds[0] if len(kinds) == 1 else None


def may_create_by_title(kind: RecordType, context: Context) -> bool:
    """May this user create records of that type, and is the title all that such a record needs?"""
    from rapport.kernel.permissions import policy

    needs = [
        f
        for f in kind.editable_fields().values()
        if f.required and not f.has_default() and f.name != kind.title
    ]
    return not needs and context.user is not None and policy(context.user, kind.key, "create").reach != "none"
