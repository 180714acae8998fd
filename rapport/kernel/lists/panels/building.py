"""The filter builder inside a form: what it shows, what the form says, and how typing and building keep in step."""

from typing import Any

from django.http import QueryDict

from rapport.kernel.fields import Context
from rapport.kernel.filters import Group, Refusal, Related, checked, nothing_refused
from rapport.kernel.filters.text import parse_text, text_of
from rapport.kernel.lists.panels.lines import (
    NUMBER,
    Line,
    inside_of,
    is_said,
    is_unknown,
    line_of,
    lines_of,
    narrowed,
    new_node,
    read_line,
    read_lines,
    with_comparison,
)
from rapport.kernel.registry import RecordType, type_by_key

Values = dict[str, Any]  # Any: what a template shows


def built(
    tree: Group,
    kind: RecordType,
    context: Context,
    typed: str | None = None,
    refusal: Refusal = nothing_refused,
) -> Values:
    """What `built.html` needs: the filter as lines and as text. `typed` is what is written there instead of it."""
    lines = narrowed(lines_of(as_all(tree), "", kind, context), refusal)
    if not lines:
        lines = [asked_line(QueryDict("line=0&new=condition"), kind, context, refusal)]
    text = text_of(tree, kind, context)
    return {
        "lines": lines,
        "next": len(lines),
        "typed": text if typed is None else typed,
        "typed_before": text,
    }


def asked_line(
    data: QueryDict, kind: RecordType, context: Context, refusal: Refusal = nothing_refused
) -> Line:
    """One line alone: a new one (`new` says of what form), or one whose field or comparison was changed."""
    number = data.get("line", "")
    number = number if NUMBER.fullmatch(number) else "0"
    about = type_by_key(data.get("about", "")) or kind
    form = data.get("new", "")
    node = None if form else read_line(number, inside_of(data), data, about, context)
    if isinstance(node, Related) and is_unknown(node, about, context):
        node = Related(node.relation)  # another relation was chosen, of which this cannot be asked
    shown = with_comparison(node or new_node(form, about, context, refusal), about, context, refusal)
    line = line_of(shown, number, about, context)
    if form:
        for one in (line, *line.parts):
            one.problem = ""
    elif node is not None and not is_said(shown, about, context):
        line.problem = ""  # another field was chosen just now: what it is compared with comes next
    narrowed([line], refusal)
    return line


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


def kept_in_step(
    data: QueryDict, tree: Group, kind: RecordType, context: Context, refusal: Refusal = nothing_refused
) -> Values:
    """What a preview shows anew: the lines of what was typed, or the text of what was built."""
    if is_typed(data):
        return {**built(tree, kind, context, data.get("typed", ""), refusal), "is_typed": True}
    return {"typed": text_of(tree, kind, context)}
