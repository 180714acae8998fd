"""The filter of a call: the condition tree as JSON, or conditions as in the address of a list."""

import json

from django.db.models import Q
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.api.endpoint import Call
from rapport.api.problems import Problem, wrong_values
from rapport.api.reading import check_depth
from rapport.kernel.fields import Context
from rapport.kernel.filters import (
    Condition,
    FilterError,
    Group,
    Node,
    compile_filter,
    from_json,
    from_query,
)
from rapport.kernel.filters.text import parse_text
from rapport.kernel.registry import RecordType

LONGEST = 20_000


def read_filter(call: Call, kind: RecordType, query: QueryDict) -> Q:
    """What `filter={…}` and `f=field.operator.value` say; Problem where they cannot be understood."""
    parts: list[Node] = []
    if query.get("filter"):
        parts.append(tree_of(str(query["filter"]), kind, call.context))
    if query.getlist("f"):
        plain = QueryDict(mutable=True)
        plain.setlist("f", [str(one) for one in query.getlist("f")])
        found, problems = from_query(plain)
        if problems:
            raise wrong_values({"f": " ".join(problems)})
        parts.append(found)
    tree = parts[0] if len(parts) == 1 and isinstance(parts[0], Group) else Group("all", tuple(parts))
    check_scope(call, kind, tree)
    return compiled(kind, tree, call.context)


def tree_of(said: str, kind: RecordType, context: Context) -> Group:
    """The tree that is said: as JSON, else as people type it, in English first."""
    if len(said) > LONGEST:
        raise wrong_values({"filter": _("This filter is too long.")})
    if not said.lstrip().startswith(("{", "[")):
        return _typed(said, kind, context)
    try:
        data = json.loads(said)
        check_depth(data)
        return from_json(data)
    except FilterError as problem:
        raise wrong_values({"filter": str(problem)}) from problem
    except (ValueError, RecursionError) as problem:
        raise wrong_values({"filter": _("This filter cannot be read.")}) from problem


def _typed(said: str, kind: RecordType, context: Context) -> Group:
    try:
        with translation.override("en"):
            return parse_text(said, kind, context)
    except FilterError:
        pass
    try:
        return parse_text(said, kind, context)
    except FilterError as problem:
        raise wrong_values({"filter": str(problem)}) from problem


def check_scope(call: Call, kind: RecordType, tree: Node) -> None:
    """A token cannot find out by a filter what it must not see."""
    if not any(call.scope.types.values()):
        return
    if isinstance(tree, Group):
        for part in tree.parts:
            check_scope(call, kind, part)
    elif not isinstance(tree, Condition) or tree.field not in call.scope.fields(kind):
        raise Problem(403, _("This lies outside the scope of your token."), code="scope")


def compiled(kind: RecordType, tree: Group, context: Context) -> Q:
    """The tree as SQL. Numbers are read as JSON writes them, whatever language the sentences have."""
    with translation.override("en"):
        found = compile_filter(tree, kind, context)
    if found.problems:
        said = compile_filter(tree, kind, context).problems or found.problems
        raise wrong_values({"filter": " ".join(dict.fromkeys(said))})
    return found.condition
