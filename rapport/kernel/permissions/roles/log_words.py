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
from rapport.kernel.permissions.roles.words import act_words, level_words, reach_words
from rapport.kernel.permissions.rules import trusted
from rapport.kernel.registry import RecordType, type_by_key
from rapport.ui.formats import noun


def tell(one: RightsEntry, reader: User) -> Line:
    """The sentence of one line, with what was before and after where the sentence does not say it."""
    kind = type_by_key(one.type)
    names = {
        "who": who_of(one),
        "role": _role(one.role_name),
        "user": str(one.user) if one.user else one.user_name,
        "records": _records(one.type, kind),
        "field": label_of(kind, one.part) if kind else one.part,
        "old": _role(str(one.old)),
        "new": str(one.new),
    }
    template = _sentence(one)
    used = {name: value for name, value in names.items() if f"%({name})s" in template}
    old, new = (_value(one, value, kind, reader) for value in (one.old, one.new))
    return Line(said(template, **used), old=old, new=new)


def who_of(one: RightsEntry) -> str:
    """Who did it: he may be gone, or nobody in the settings."""
    if one.by or one.by_name:
        return str(one.by or one.by_name)
    doors = {Door.SERVER: _("Somebody on the server"), Door.SIGN_IN: _("The company sign-in")}
    return next((words for door, words in doors.items() if door == one.door), _("Rapport"))


def _role(name: str) -> str:
    """The names of roles that Rapport brings along are translated, others are as somebody wrote them."""
    return gettext(name) if any(name == role["name"] for role in ROLES) else name


def _records(type_key: str, kind: RecordType | None) -> str:
    """ "deals"; a type that is gone keeps its key."""
    if type_key == "*":
        return _("other records")
    return noun(kind.label_plural) if kind else type_key


def _sentence(one: RightsEntry) -> str:
    if one.deed == Deed.REACH:
        words = _allowed() if one.old == "none" else _forbidden() if one.new == "none" else _changed()
        return words.get(one.part, _("%(who)s changed what %(role)s may do with %(records)s"))
    if one.deed == Deed.FIELD:
        return {
            "hidden": _("%(who)s hid %(field)s of %(records)s from %(role)s"),
            "read": _("%(who)s made %(field)s of %(records)s read only for %(role)s"),
        }.get(str(one.new), _("%(who)s lifted the limits of %(role)s on %(field)s of %(records)s"))
    if one.deed == Deed.RULE:
        return _of_rule(one)
    if one.deed == Deed.FACTOR:
        if one.new:
            return _("%(who)s made a second factor necessary for %(role)s")
        return _("%(who)s made a second factor unnecessary for %(role)s")
    if one.deed == Deed.ADDED and one.old:
        return _("%(who)s added the role %(role)s, which begins like %(old)s")
    return {
        Deed.ADDED: _("%(who)s added the role %(role)s"),
        Deed.NAMED: _("%(who)s renamed the role %(old)s to %(new)s"),
        Deed.DESCRIBED: _("%(who)s changed the description of %(role)s"),
        Deed.REMOVED: _("%(who)s removed the role %(role)s"),
        Deed.GIVEN: _("%(who)s gave %(user)s the role %(role)s"),
        Deed.TAKEN: _("%(who)s took the role %(role)s from %(user)s"),
        Deed.RULE_ACTS: _("%(who)s changed what else %(role)s may do with %(records)s that fit its rule"),
    }[Deed(one.deed)]


def _of_rule(one: RightsEntry) -> str:
    if not one.new:
        return _("%(who)s removed the rule by which %(role)s also saw %(records)s")
    if not one.old:
        return _("%(who)s let %(role)s also see %(records)s that fit a rule")
    return _("%(who)s changed the rule by which %(role)s also sees %(records)s")


def _allowed() -> dict[str, str]:
    return {
        "read": _("%(who)s allowed %(role)s to see %(records)s"),
        "create": _("%(who)s allowed %(role)s to create %(records)s"),
        "edit": _("%(who)s allowed %(role)s to edit %(records)s"),
        "delete": _("%(who)s allowed %(role)s to delete %(records)s"),
        "export": _("%(who)s allowed %(role)s to export %(records)s"),
        "bulk": _("%(who)s allowed %(role)s to change many %(records)s at once"),
    }


def _forbidden() -> dict[str, str]:
    return {
        "read": _("%(who)s forbade %(role)s to see %(records)s"),
        "create": _("%(who)s forbade %(role)s to create %(records)s"),
        "edit": _("%(who)s forbade %(role)s to edit %(records)s"),
        "delete": _("%(who)s forbade %(role)s to delete %(records)s"),
        "export": _("%(who)s forbade %(role)s to export %(records)s"),
        "bulk": _("%(who)s forbade %(role)s to change many %(records)s at once"),
    }


def _changed() -> dict[str, str]:
    return {
        "read": _("%(who)s changed which %(records)s %(role)s may see"),
        "edit": _("%(who)s changed which %(records)s %(role)s may edit"),
        "delete": _("%(who)s changed which %(records)s %(role)s may delete"),
        "export": _("%(who)s changed which %(records)s %(role)s may export"),
        "bulk": _("%(who)s changed of which %(records)s %(role)s may change many at once"),
    }


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
