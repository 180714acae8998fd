"""What administrators type on the page of a field, read into a draft; and what the page shows of a field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.custom import conditions, rollups, schema
from rapport.kernel.custom.define import MOST_CHOICES, UNIQUE, WITHOUT_CONDITIONS, Draft, key_of
from rapport.kernel.custom.indexes import WITHOUT
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.searching import SEARCHED
from rapport.kernel.custom.worked import WorkedOut
from rapport.kernel.fields.base import Context, Privacy
from rapport.kernel.fields.text import without_nulls
from rapport.kernel.filters.relations import relation_by_key, relations_of
from rapport.kernel.lists.columns import ICONS
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType, type_by_key, types
from rapport.ui.formats import HUES, format_number, parse_number

LONGEST_HELP = 500
AS_WRITTEN = ("to", "prefix", "formula", "relation", "take", "of")
KINDS: Mapping[str, Any] = {  # Any: lazy texts; in the order in which they are offered
    "text": _("Text"), "longtext": _("Long text"), "number": _("Number"),
    "money": _("Money"), "percent": _("Percent"), "yesno": _("Yes or no"),
    "date": _("Date"), "moment": _("Date and time"), "choice": _("Choice"),
    "choices": _("Several choices"), "link": _("Link"), "user": _("User"),
    "team": _("Team"), "email": _("E-mail"), "phone": _("Phone"),
    "web": _("Web address"), "address": _("Address"), "country": _("Country"),
    "language": _("Language"), "file": _("File"), "picture": _("Picture"), "autonumber": _("Automatic number"),
    "formula": _("Formula"), "rollup": _("Roll-up"),
}  # fmt: skip
KIND_ICONS = {
    **ICONS,
    "file": "paperclip",
    "autonumber": "hash",
    "formula": "square-function",
    "rollup": "sigma",
}


@dataclass
class Row:
    """One line in the list of a type's fields."""

    label: str
    kind: str
    icon: str
    name: str
    is_needed: bool
    is_unique: bool
    is_listed: bool
    one: CustomField | None = None
    filled: float | None = None
    is_broken: bool = False  # a formula or roll-up that names what is no more


def kind_words(kind: str, field: Any = None) -> str:  # Any: a field type
    """ "Choice, 6" or "Link to People"."""
    label = str(KINDS.get(kind, "")) or {"tags": gettext("Tags"), "option": gettext("Choice")}.get(kind, kind)
    if field is not None and kind in ("choice", "choices"):
        return gettext("%(kind)s, %(count)s") % {"kind": label, "count": len(field.options())}
    if field is not None and kind == "link":
        target = next((one for one in types() if one.model is field.related_model), None)
        if target is not None:
            return gettext("Link to %(type)s") % {"type": target.label_plural}
    return label


def rows_of(kind: RecordType, filled: Mapping[str, float]) -> tuple[list[Row], list[Row]]:
    """The fields that administrators added, and those that Rapport has."""
    definitions = schema.of(kind.key).definitions
    own: list[Row] = []
    built_in: list[Row] = []
    for name, one in kind.fields.items():
        icon, words = KIND_ICONS.get(one.kind, "type"), kind_words(one.kind, one)
        if one.is_worked_out:
            key = definitions[name].kind
            said = {"kind": KINDS[key], "result": words}
            icon, words = KIND_ICONS[key], gettext("%(kind)s: %(result)s") % said
        row = Row(
            one.label, words, icon, name, one.required, bool(one.unique), one.flags.listed,
            definitions.get(name), filled.get(name), isinstance(one, WorkedOut) and one.is_broken,
        )  # fmt: skip
        (own if one.is_custom else built_in).append(row)
    return own, built_in


def read_draft(data: QueryDict, kind: str, one: CustomField | None) -> Draft:
    """What the form says; RuleError where a number is none."""
    options: dict[str, Any] = {}
    if kind in ("choice", "choices"):
        options = {"choices": _choices(data, one)}
    elif kind in ("number", "money", "percent"):
        options = _numbers(data, kind)
    elif kind == "autonumber":
        options = _numbering(data)
    elif kind == "formula":
        options = _formula(data)
    elif kind == "rollup":
        options = _rollup(data, one)
    elif kind == "link":
        options = {"to": data.get("to", "")}
    privacy = data.get("privacy", "")
    return Draft(
        kind, {"label": _texts(data, "label", 200), "help": _texts(data, "help", LONGEST_HELP)},
        line_of(data.get("group", ""), 100), bool(data.get("required")), bool(data.get("unique")) and kind in UNIQUE,
        without_nulls(data.get("default", "")).strip(), options, bool(data.get("is_listed")),
        bool(data.get("is_indexed")) and kind not in WITHOUT,
        privacy if privacy in Privacy.values else Privacy.INTERNAL,
        is_searched=bool(data.get("is_searched")) and kind in SEARCHED,
    )  # fmt: skip


def line_of(said: str, most: int) -> str:
    """What was typed as one line, cut behind that many characters."""
    return " ".join(without_nulls(said).split())[:most]


def _texts(data: QueryDict, what: str, most: int) -> dict[str, str]:
    """The text as it was first written, and in each language in which it was given."""
    found = {"": line_of(data.get(what, ""), most)}
    for code, _name in settings.LANGUAGES:
        if text := line_of(data.get(f"{what}_{code}", ""), most):
            found[code] = text
    return found


def _numbers(data: QueryDict, kind: str) -> dict[str, Any]:
    said = data.get("decimals", "").strip()
    usual = 2 if kind == "money" else 0
    if said and not (said.isdecimal() and int(said) <= 6):
        raise RuleError(fields={"decimals": gettext("Between 0 and 6 decimal places.")})
    found: dict[str, Any] = {"decimals": int(said) if said else usual}
    for name in ("lowest", "highest"):
        if text := data.get(name, "").strip():
            try:
                found[name] = format(parse_number(text), "f")
            except (ValueError, ArithmeticError) as problem:
                raise RuleError(fields={name: gettext("This is not a number.")}) from problem
    return found


def _numbering(data: QueryDict) -> dict[str, Any]:
    said = data.get("digits", "").strip() or "1"
    if not (said.isdecimal() and 1 <= int(said) <= 12):
        raise RuleError(fields={"digits": gettext("Between 1 and 12 digits.")})
    return {"prefix": line_of(data.get("prefix", ""), 20), "digits": int(said)}


def _formula(data: QueryDict) -> dict[str, Any]:
    said = data.get("decimals", "").strip()
    if said and not (said.isdecimal() and int(said) <= 6):
        raise RuleError(fields={"decimals": gettext("Between 0 and 6 decimal places.")})
    text = without_nulls(data.get("formula", "")).strip()
    return {"formula": text, **({"decimals": int(said)} if said else {})}


def _rollup(data: QueryDict, one: CustomField | None) -> dict[str, Any]:
    """The relation and what is taken of it stand in one list: "deals:organization amount"."""
    relation, _space, of = data.get("related", "").partition(" ")
    where = one.options.get("where") if one is not None else None
    return {"relation": relation, "take": data.get("take", ""), "of": of, "where": where}


def related_choices(kind: RecordType) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a roll-up can be about: for each relation its records and those of their fields that can be taken."""
    found = []
    for relation in relations_of(kind, None):
        fields = [(f"{relation.key} ", gettext("The records themselves"))]
        fields += [
            (f"{relation.key} {name}", one.label)
            for name, one in relation.kind.whole.fields.items()
            if one.kind in rollups.SHOWN
        ]
        found.append((relation.label, fields))
    return found


def filter_of(one: CustomField, what: str) -> tuple[RecordType, Any] | None:  # Any: JSON
    """Whose records it is about and what is kept: when the field is shown or needed, or which records a roll-up counts.

    None where the field can have no such filter.
    """
    owner = type_by_key(one.type)
    if owner is None:
        return None
    if what in conditions.WHATS:
        return (owner.whole, one.conditions.get(what)) if one.kind not in WITHOUT_CONDITIONS else None
    try:
        relation = relation_by_key(owner.whole, str(one.options.get("relation", "")), None)
    except ValidationError:
        return None
    return relation.kind.whole, one.options.get("where")


def _choices(data: QueryDict, one: CustomField | None) -> list[dict[str, Any]]:
    """The rows of the table in their order, also those typed before a mistake; then the lines of what is added."""
    known = {row["key"]: row for row in one.choices()} if one is not None else {}
    found: list[dict[str, Any]] = []
    taken = {*known}
    for said in dict.fromkeys(data.getlist("choice")):
        label = line_of(data.get(f"choice_label-{said}", ""), 100)
        if not label:
            continue
        key = said if said in known else key_of(label, taken)
        taken.add(key)
        hue = data.get(f"choice_hue-{said}", "")
        old = known.get(key, {}).get("label")
        kept = {**old, "": label} if isinstance(old, dict) else label
        found.append({"key": key, "label": kept, "hue": hue if hue in HUES else "grey"})
        if not data.get(f"choice_offered-{said}"):
            found[-1]["retired"] = True
    for line in data.get("choices_new", "").splitlines()[:MOST_CHOICES]:
        label = line_of(line, 100)
        if label:
            key = key_of(label, taken)
            taken.add(key)
            found.append({"key": key, "label": label, "hue": HUES[len(found) % len(HUES)]})
    if len(found) > MOST_CHOICES:
        raise RuleError(
            fields={"choices": gettext("A field has up to %(most)s choices.") % {"most": MOST_CHOICES}}
        )
    return found


@dataclass
class Shown:
    """What the editor shows: the field as it is, or as it was typed when something is wrong."""

    one: CustomField
    default: str = ""

    def said(self, what: str, user: User) -> str:
        """In words: when it is shown ("visible") or needed ("required"), which records a roll-up counts ("where")."""
        found = filter_of(self.one, what)
        return conditions.sentence(found[1], found[0], Context(user)) if found is not None else ""

    @property
    def related(self) -> str:
        return f"{self.one.options.get('relation', '')} {self.one.options.get('of', '')}"

    def text(self, what: str, code: str = "") -> str:
        texts = self.one.texts.get(what)
        return str(texts.get(code, "")) if isinstance(texts, dict) else ""

    def option(self, name: str) -> str:
        said = self.one.options.get(name)
        return (
            ""
            if said is None
            else str(said)
            if name in AS_WRITTEN
            else format_number(parse_number(str(said)))
        )

    @property
    def choices(self) -> list[dict[str, Any]]:
        from rapport.kernel.custom.models import spoken

        usual = {"hue": "grey", "retired": False}
        return [{**usual, **row, "label": spoken(row.get("label"))} for row in self.one.choices()]


def shown(one: CustomField) -> Shown:
    """The editor's view of a saved field."""
    made = schema.build(one)
    if made is None or not one.default:
        return Shown(one)

    class Holder:
        custom = one.default

    value = made.read(Holder)
    return Shown(one, str(made.text(value) if made.is_multiple or made.is_relation else made.input(value)))


def as_typed(one: CustomField, draft: Draft) -> Shown:
    """The editor's view of what was typed, nothing of which is saved."""
    typed = CustomField(
        pk=one.pk, type=one.type, key=one.key, kind=draft.kind, texts=draft.texts, group=draft.group,
        required=draft.required, unique=draft.unique, options=draft.options, is_listed=draft.is_listed,
        is_indexed=draft.is_indexed, privacy=draft.privacy, before=one.before, index_state=one.index_state,
        is_searched=draft.is_searched, conditions=one.conditions,
    )  # fmt: skip
    typed._state.adding = one._state.adding
    return Shown(typed, str(draft.default or ""))
