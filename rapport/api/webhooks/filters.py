"""The filter of a webhook, built or typed: it speaks of the one record type of which the webhook tells."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from rapport.accounts.models import Company, User
from rapport.kernel.fields import Context
from rapport.kernel.filters import (
    EVERYTHING,
    FilterError,
    Group,
    compile_filter,
    from_json,
    sentence_of,
    to_json,
)
from rapport.kernel.filters.text import parse_text, text_of
from rapport.kernel.lists.panels.building import Values, built, is_typed, kept_in_step, said_in_form
from rapport.kernel.permissions.fitting import count_fitting
from rapport.kernel.registry import RecordType, type_by_key
from rapport.ui.formats import noun


@dataclass
class Said:
    """A filter as the form has it. Without its one record type it is only a text; `unread` says why it is none."""

    kind: RecordType | None
    by: User
    tree: Group = EVERYTHING
    text: str = ""
    unread: str = ""

    @property
    def context(self) -> Context:
        return context_for(self.by)

    @property
    def problem(self) -> str:
        """What keeps it from being saved."""
        if self.kind is None or self.unread:
            return self.unread
        return " ".join(compile_filter(self.tree, self.kind, self.context).problems)

    @property
    def kept(self) -> dict[str, Any]:  # Any: JSON
        """What is saved of it."""
        return to_json(self.tree) if self.tree.parts else {}

    @property
    def values(self) -> Values:
        """What the page shows of it."""
        found: Values = {"kind": self.kind, "noun": noun, "typed": self.text, "after": None, **self.told}
        if self.kind is not None:
            found |= built(self.tree, self.kind, self.context, self.text if self.unread else None)
        return found

    @property
    def told(self) -> Values:
        """How many records fit, and the filter in words; or what is wrong with it."""
        if self.problem or self.kind is None or not self.tree.parts:
            return {"problem": self.problem}
        count = count_fitting(to_json(self.tree), self.kind, self.by)
        words = sentence_of(self.tree, self.kind, self.context)
        return {"problem": "", "before": count, "after": count, "sentence": words}


def the_kind(keys: list[str]) -> RecordType | None:
    """The one record type; a filter of several cannot be."""
    return type_by_key(keys[0]) if len(keys) == 1 else None


def context_for(user: User) -> Context:
    company = user.company or Company.current()
    return Context(user, company.country or "DE", company.currency or "EUR")


def filter_kept(said: Any, keys: list[str], by: User) -> Said:  # Any: JSON
    """The filter that a webhook has."""
    try:
        return Said(the_kind(keys), by, from_json(said))
    except FilterError as problem:
        return Said(the_kind(keys), by, unread=str(problem))


def filter_said(data: QueryDict, by: User) -> Said:
    """The filter of the form. It was built of the record type that was ticked then, `built-of`; of another one it
    is read as text."""
    kind = the_kind(data.getlist("types"))
    before = the_kind(data.getlist("built-of")) or kind
    context, text = context_for(by), data.get("typed", "").replace("\0", "").strip()
    if before is None:
        return _alone(text, by)
    try:
        tree = said_in_form(data, kind if kind is not None and is_typed(data) else before, context)
    except FilterError as problem:
        return Said(kind, by, text=text, unread=str(problem))
    if kind is None:
        return _alone(text_of(tree, before, context), by)
    if kind.key != before.key and not is_typed(data):
        tree = _carried_over(tree, before, kind, context)
    return Said(kind, by, tree)


def _alone(text: str, by: User) -> Said:
    """A filter while not exactly one record type is ticked."""
    return Said(None, by, text=text, unread=_("A filter needs exactly one record type.") if text else "")


def _carried_over(tree: Group, before: RecordType, kind: RecordType, context: Context) -> Group:
    """The same for another type; what it does not have stays and is told as wrong."""
    try:
        return parse_text(text_of(tree, before, context), kind, context)
    except FilterError:
        return tree


def previewed(data: QueryDict, said: Said) -> Values:
    """What is shown while it is built: the whole anew where it is about other records than before."""
    is_other = data.get("built-of", "") != (said.kind.key if said.kind is not None else "")
    if is_other:
        return {**said.values, "is_other": True}
    found: Values = {"kind": said.kind, "noun": noun, "after": None, **said.told}
    if said.kind is not None and not said.unread:
        found |= kept_in_step(data, said.tree, said.kind, said.context)
    return found
