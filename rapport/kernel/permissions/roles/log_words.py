"""The log of rights in plain words: "Mara allowed Sales to delete people", in the language of whoever reads it."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from rapport.accounts.install import ROLES
from rapport.accounts.models import RightsEntry, User
from rapport.accounts.rights_log.models import Deed, Door
from rapport.kernel.changes.sentences import Line, said
from rapport.kernel.filters import FilterError, from_json, sentence_of
from rapport.kernel.filters.text import text_of
from rapport.kernel.permissions.fields import label_of
from rapport.kernel.permissions.roles.log_sentences import template_of
from rapport.kernel.permissions.roles.words import act_words, level_words, reach_words
from rapport.kernel.permissions.rules import trusted
from rapport.kernel.registry import RecordType, type_by_key
from rapport.ui.formats import noun


def tell(one: RightsEntry, reader: User) -> Line:
    """The sentence of one line, with what was before and after where the sentence does not say it."""
    kind = type_by_key(one.type)
    names = {
        "who": who_of(one),
        one.thing: _named(one.thing, one.thing_name),
        one.whom: one.whom_name,
        "records": _records(one.type, kind),
        "field": label_of(kind, one.part) if kind else one.part,
        "old": _named(one.thing, str(one.old)),
        "new": str(one.new),
    }
    template = template_of(one)
    used = {name: value for name, value in names.items() if f"%({name})s" in template}
    old, new = (_value(one, value, kind, reader) for value in (one.old, one.new))
    return Line(said(template, **used), old=old, new=new)


def who_of(one: RightsEntry) -> str:
    """Who did it: he may be gone, or nobody in the settings."""
    if one.by or one.by_name:
        return str(one.by or one.by_name)
    doors = {Door.SERVER: _("Somebody on the server"), Door.SIGN_IN: _("The company sign-in")}
    return next((words for door, words in doors.items() if door == one.door), _("Rapport"))


def _named(thing: str, name: str) -> str:
    """The names of roles that Rapport brings along are translated, others are as somebody wrote them."""
    is_ours = thing == "role" and any(name == role["name"] for role in ROLES)
    return gettext(name) if is_ours else name


def _records(type_key: str, kind: RecordType | None) -> str:
    """ "deals"; a type that is gone keeps its key."""
    if type_key == "*":
        return _("other records")
    return noun(kind.label_plural) if kind else type_key


def _value(one: RightsEntry, value: Any, kind: RecordType | None, reader: User) -> str:  # Any: JSON
    """What was before or after, in words; nothing where the sentence says it."""
    if one.deed == Deed.REACH:
        return reach_words().get(value, str(value))
    if one.deed == Deed.FIELD:
        return level_words().get(value, str(value))
    if one.deed == Deed.RULE_ACTS:
        words = act_words()
        return ", ".join(words.get(act, act) for act in value or ())
    if one.deed == Deed.RULE:
        return _rule(value, kind, reader)
    if one.deed == Deed.NEWCOMERS:
        return _named("role", value)
    if one.deed == Deed.DOMAINS:
        return ", ".join(value)
    return str(value) if one.deed == Deed.DESCRIBED else ""


def _rule(value: Any, kind: RecordType | None, reader: User) -> str:  # Any: the JSON of a filter
    """The rule as a sentence; where something that it names is gone, as it was typed."""
    if not value or kind is None:
        return ""
    try:
        tree = from_json(value)
        try:
            return sentence_of(tree, kind.whole, trusted(reader))
        except FilterError:
            return text_of(tree, kind.whole, trusted(reader))
    except FilterError:
        return ""
