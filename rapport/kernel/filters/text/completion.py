"""What could come next in a typed filter: fields, comparisons, values, relations, “and”."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from rapport.kernel.fields import Context, FieldType, LinkBase, YesNo
from rapport.kernel.filters.compiler import filterable_fields
from rapport.kernel.filters.operators import DATES, operators_of
from rapport.kernel.filters.periods import PERIODS
from rapport.kernel.filters.related import TAKEN, taken_field, taken_operators
from rapport.kernel.filters.relations import relations_of, slug, target_of
from rapport.kernel.filters.text.names import field_named, relation_named
from rapport.kernel.filters.text.parser import Parser
from rapport.kernel.filters.text.printer import KEYWORDS, SIGNS, SPANS, WITHOUT
from rapport.kernel.filters.text.tokens import LONGEST_TEXT, QUOTES, TextError, quoted, tokens_of
from rapport.kernel.filters.tree import Condition, FilterError, Refusal, Related, nothing_refused
from rapport.kernel.registry import RecordType

MOST: Final = 12
_KEYS: Final = {words: key for key, words in (WITHOUT | SPANS).items()}
_LAST = re.compile(r'[^\s()<>=!~,"]*$')


@dataclass(frozen=True)
class Suggestion:
    """Something that fits at the cursor: what is written, what it means, what sort of thing it is."""

    insert: str
    label: str
    hint: str
    start: int  # from here to the cursor it takes the place of what is typed


def complete(
    text: str, at: int, kind: RecordType, context: Context, refusal: Refusal = nothing_refused
) -> list[Suggestion]:
    """Return what fits at that place of the text and is not refused, the most likely first."""
    before = text[: max(0, min(at, LONGEST_TEXT))]
    typed = _being_typed(before)
    start = len(before) - len(typed)
    out: dict[str, Suggestion] = {}
    whole = typed.strip('"').casefold()
    wanted = whole.rpartition(".")[2]  # of a path only its last step
    for insert, label, hint in _offers(before[:start], typed, kind, context, refusal):
        last = insert.rpartition(".")[2] if "." in typed else insert
        if insert not in out and _fits(wanted, last, label):
            out[insert] = Suggestion(insert, label, hint, start)
    return sorted(out.values(), key=lambda one: not (_begins(whole, one) or _begins(wanted, one)))[:MOST]


def _being_typed(before: str) -> str:
    """The word that ends here, or the quoted text, which is not closed yet."""
    try:
        tokens_of(before)
    except TextError as problem:
        if before[problem.position : problem.position + 1] in QUOTES:
            return before[problem.position :]
    found = _LAST.search(before)
    return found[0] if found else ""


def _begins(wanted: str, one: Suggestion) -> bool:
    return one.insert.casefold().startswith(wanted) or one.label.casefold().startswith(wanted)


def _fits(wanted: str, insert: str, label: str) -> bool:
    return not wanted or wanted in insert.casefold() or wanted in label.casefold()


def _offers(
    before: str, typed: str, kind: RecordType, context: Context, refusal: Refusal
) -> list[tuple[str, str, str]]:
    try:
        parser = Parser(before, kind, context)
    except TextError:
        return []
    with suppress(FilterError):
        parser.parse()
    offers: list[tuple[str, str, str]] = []
    for what, about in parser.wanted:
        found = _OFFERS[what](about, typed, context)
        offers += [one for one in found if not ((part := _meant(what, about, one[0])) and refusal(part))]
    return offers


def _meant(what: str, about: Any, insert: str) -> Condition | Related | None:  # Any: what it is about
    """What would be said with it; None where that is nothing yet."""
    match what:
        case "term" if insert.endswith(" "):
            return None if insert == "not " else Related("")
        case "term":
            return Condition("owner", "me") if insert == "mine" else Condition(insert, "")
        case "relation" | "taken":
            return Related(insert)
        case "operator" if insert in _KEYS:
            return Condition(about.name, _KEYS[insert])
        case "value" if insert == "me":
            return Condition(about.name, "me")
    return None


def _behind(kind: RecordType, prefix: str, context: Context) -> RecordType | None:
    """The type at the end of a path of links ("organization.parent")."""
    for step in prefix.split(".") if prefix else ():
        target = target_of(field_named(kind, step, context))
        if target is None:
            return None
        kind = target
    return kind


def _terms(kind: RecordType, typed: str, context: Context) -> list[tuple[str, str, str]]:
    prefix, _point, _rest = typed.rpartition(".")
    end = _behind(kind, prefix, context)
    if end is None:
        return []
    begin = f"{prefix}." if prefix else ""
    fields = sorted(filterable_fields(end, context).values(), key=lambda one: not one.flags.listed)
    found = [(begin + str(one.name), one.label, _("field")) for one in fields]
    if not prefix:
        found += [
            ("has ", _("has related records"), _("relation")),
            ("not ", _("not"), ""),
            ("mine", _("mine"), ""),
        ]
        found += [("count ", _("number of related records"), ""), ("sum ", _("sum over related records"), "")]
        found += [("latest ", _("latest date of related records"), "")]
    return found


def _operators(field: FieldType, _typed: str, _context: Context) -> list[tuple[str, str, str]]:
    found = []
    for one in taken_operators(field) if field.name == TAKEN else operators_of(field):
        words = {"any": "=", "none": "!=", "in": "in", "between": "between"}
        said = WITHOUT.get(one.key) or SPANS.get(one.key) or SIGNS.get(one.key) or words.get(one.key)
        if said:
            found.append((said, str(one.label), ""))
        if one.key == "any":
            found.append(("in (", _("is any of"), ""))
    return found


def _values(field: FieldType, typed: str, context: Context) -> list[tuple[str, str, str]]:
    if field.kind in DATES:
        return [(word, str(PERIODS[word]), "") for word in ("today", "yesterday", "tomorrow")]
    if isinstance(field, YesNo):
        return [("yes", _("Yes"), ""), ("no", _("No"), "")]
    if isinstance(field, LinkBase):
        return [(_written(name), name, field.label) for name in _linked(field, typed.strip('"'), context)]
    options = getattr(field, "options", None)
    if options is None:
        return []
    return [
        (_written(str(value) if field.kind != "option" else label), label, "") for value, label in options()
    ]


def _linked(field: LinkBase, typed: str, context: Context) -> list[str]:
    """Names that begin so, of what the user may see."""
    rows: Any = field.candidates(context)
    model: Any = rows.model
    kind = target_of(field)
    title = kind.title if kind is not None else "name"
    if not any(isinstance(one, models.Field) and one.name == title for one in model._meta.get_fields()):
        return []
    begun = rows.filter(**{f"{title}__istartswith": typed}) if typed else rows
    names = [str(name) for name in begun.order_by().values_list(title, flat=True)[:MOST]]
    return [*(["me"] if field.kind == "user" else ()), *names]


def _written(said: str) -> str:
    is_plain = said.replace("-", "").replace("_", "").isalnum() and said.casefold() not in KEYWORDS - {"me"}
    return said if is_plain else quoted(said)


def _relations(kind: RecordType, typed: str, context: Context) -> list[tuple[str, str, str]]:
    prefix, point, _rest = typed.rpartition(".")
    end = _behind(kind, prefix, context)
    return [
        (prefix + point + one.names[0], one.label, slug(one.kind.label_plural))
        for one in (relations_of(end, context.reader) if end is not None else ())
    ]


def _taken(about: tuple[RecordType, str], typed: str, context: Context) -> list[tuple[str, str, str]]:
    """What can be worked out of related records: "deals.amount"."""
    (kind, take), (prefix, _point, _rest) = about, typed.rpartition(".")
    meant = relation_named(kind, prefix, context) if prefix else None
    named = [(prefix, meant[1])] if meant is not None else []
    end = _behind(kind, prefix, context) if meant is None else None
    for one in relations_of(end, context.reader) if end is not None else ():
        named.append((f"{prefix}.{one.names[0]}" if prefix else one.names[0], one))
    found = []
    for name, relation in named:
        for of, field in filterable_fields(relation.kind, context).items():
            with suppress(ValidationError):
                taken_field(relation, take, of, context)
                found.append((f"{name}.{of}", field.label, relation.label))
    return found


def _periods(_field: FieldType, _typed: str, _context: Context) -> list[tuple[str, str, str]]:
    return [(word.replace("_", " "), str(label), "") for word, label in PERIODS.items()]


def _joins(_kind: RecordType, _typed: str, _context: Context) -> list[tuple[str, str, str]]:
    return [("and", _("and"), ""), ("or", _("or"), "")]


def _filter(_kind: RecordType, _typed: str, _context: Context) -> list[tuple[str, str, str]]:
    return [("(", _("with a filter of their own"), "")]


def _spans(_nothing: object, _typed: str, _context: Context) -> list[tuple[str, str, str]]:
    return [("7 days", "", ""), ("30 days", "", ""), ("90 days", "", ""), ("12 months", "", "")]


_OFFERS: Final[dict[str, Any]] = {  # Any: a function for each sort of thing
    "term": _terms, "operator": _operators, "value": _values, "relation": _relations, "taken": _taken, "join": _joins,
    "period": _periods, "filter": _filter, "span": _spans,
}  # fmt: skip
