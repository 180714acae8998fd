"""The filter builder inside a form: what it shows, what the form says, and how typing and building keep in step."""

from typing import Any

from django.http import QueryDict

from rapport.kernel.fields import Context
from rapport.kernel.filters import Group, checked
from rapport.kernel.filters.text import parse_text, text_of
from rapport.kernel.lists.panels.lines import CONDITION, line_of, lines_of, new_node, read_lines
from rapport.kernel.registry import RecordType

Values = dict[str, Any]  # Any: what a template shows


def built(tree: Group, kind: RecordType, context: Context, typed: str | None = None) -> Values:
    """What `built.html` needs: the filter as lines and as text. `typed` is what is written there instead of it."""
    lines = lines_of(as_all(tree), "", kind, context)
    if not lines:
        lines = [line_of(new_node(CONDITION, kind, context), "0", kind, context)]
        lines[0].problem = ""
    text = text_of(tree, kind, context)
    return {
        "lines": lines,
        "next": len(lines),
        "typed": text if typed is None else typed,
        "typed_before": text,
    }


def as_all(group: Group) -> Group:
    """The builder joins by “and” at the top; any other filter is one group in it."""
    return group if group.join == "all" or not group.parts else Group("all", (group,))


def said_in_form(data: QueryDict, kind: RecordType, context: Context) -> Group:
    """The filter of the form: what was typed counts where it was changed. FilterError says what is wrong with it."""
    if is_typed(data):
        return parse_text(data.get("typed", "").replace("\0", ""), kind, context)
    return checked(read_lines(data, kind, context))


def is_typed(data: QueryDict) -> bool:
    typed, before = (" ".join(data.get(name, "").split()) for name in ("typed", "typed-before"))
    return typed != before


def kept_in_step(data: QueryDict, tree: Group, kind: RecordType, context: Context) -> Values:
    """What a preview shows anew: the lines of what was typed, or the text of what was built."""
    if is_typed(data):
        return {**built(tree, kind, context, data.get("typed", "")), "is_typed": True}
    return {"typed": text_of(tree, kind, context)}
