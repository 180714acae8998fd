"""The filter in an address: `f=stage.any.customer|lead` for each condition, `g={…}` for all else in it.

A path has a tilde there: `f=organization~city.is.Berlin`.
"""

import json

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rapport.kernel.filters.tree import (
    EVERYTHING,
    LONGEST_OPERAND,
    Condition,
    FilterError,
    Group,
    Node,
    checked,
    from_json,
    to_json,
)


def from_query(query: QueryDict) -> tuple[Group, list[str]]:
    """Return the filter that the query string says, and a sentence for every piece that cannot be read."""
    parts: list[Node] = []
    problems: list[str] = []
    for said in query.getlist("f")[:100]:
        field, _point, rest = said.partition(".")
        operator, _point, operand = rest.partition(".")
        if field:
            parts.append(Condition(field[:100].replace("~", "."), operator[:40], operand[:LONGEST_OPERAND]))
    for said in query.getlist("g")[:20]:
        try:
            read = from_json(data := json.loads(said[:20_000]))
            parts.append(read.parts[0] if isinstance(data, dict) and "related" in data else read)
        except FilterError as problem:
            problems.append(str(problem))
        except (ValueError, RecursionError):
            problems.append(str(_("This filter cannot be read.")))
    try:
        return checked(Group("all", tuple(parts))), problems
    except FilterError as problem:
        return EVERYTHING, [*problems, str(problem)]


def to_pairs(group: Group) -> list[tuple[str, str]]:
    """Return the pieces of a query string that say this filter; `f=` alone says that there is none."""
    if group.join != "all":
        group = Group("all", (group,))
    pairs = []
    for part in group.parts:
        if isinstance(part, Condition):
            path = part.field.replace(".", "~")
            pairs.append(("f", f"{path}.{part.operator}" + (f".{part.said}" if part.said else "")))
        else:
            pairs.append(("g", json.dumps(to_json(part), ensure_ascii=False, separators=(",", ":"))))
    return pairs or [("f", "")]
