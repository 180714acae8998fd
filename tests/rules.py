"""The house rules as functions: source in, [(line, what is wrong)] out. tests/test_structure.py applies them."""

import ast
import re
from collections.abc import Iterator

Problem = tuple[int, str]
WIDTH = 110  # of a line

WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
MANAGERS = {
    "objects",
    "_default_manager",
    "_base_manager",
    "visible_to",
    "in_trash_visible_to",
    "get_queryset",
}


# -- writing ------------------------------------------------------------------------------------------------------
class _Writes(ast.NodeVisitor):
    """Finds writes on records: on a model of a record type, or on a name that holds records or rows of them."""

    def __init__(self, models: set[str]) -> None:
        self.models = models
        self.held: list[dict[str, bool]] = [{}]
        self.found: list[Problem] = []

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        names = {}
        for one in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
            said = ast.unparse(one.annotation) if one.annotation else ""
            names[one.arg] = bool(set(re.findall(r"\w+", said)) & self.models)
        self.held.append(names)
        self.generic_visit(node)
        self.held.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # ast's name

    def visit_Assign(self, node: ast.Assign) -> None:
        self._hold(node.targets, node.value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._hold([node.target], node.value if isinstance(node, ast.NamedExpr) else node.iter)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        target = node.func
        if isinstance(target, ast.Attribute) and target.attr in WRITES and self._is_record(target.value):
            self.found.append((node.lineno, f"{ast.unparse(target)} writes records past the door"))
        self.generic_visit(node)

    def _hold(self, targets: list[ast.expr], value: ast.expr) -> None:
        for target in targets:
            if isinstance(target, ast.Name):
                self.held[-1][target.id] = self._is_record(value)

    def _is_record(self, node: ast.expr) -> bool:
        """Does this expression give a record or rows of records?"""
        if isinstance(node, ast.Name):
            return next((one[node.id] for one in reversed(self.held) if node.id in one), False)
        path, root = _path(node)
        through_manager = bool(path & MANAGERS)
        if isinstance(root, ast.Name):
            if root.id in self.models:
                return through_manager or not path  # Deal.objects…, Deal(…)
            if root.id == "kind" and "new" in path:
                return True
            known = next((one[root.id] for one in reversed(self.held) if root.id in one), False)
            if "type()" in path:
                return known and through_manager
            return ("model" in path and through_manager) or (known and _is_rows(node))
        return False


def _path(node: ast.expr) -> tuple[set[str], ast.expr]:
    """The attributes of a chain of calls and attributes, and where it begins; type(x).objects begins at x."""
    names = set()
    while True:
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "type" and node.args:
                names.add("type()")
                node = node.args[0]
            else:
                node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return names, node


def _is_rows(node: ast.expr) -> bool:
    """Only methods that give rows or a row again; deal.stage.save() writes no deal."""
    rows = {
        "filter",
        "exclude",
        "order_by",
        "select_related",
        "select_for_update",
        "first",
        "last",
        "get",
        "all",
    }
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in rows:
            node = node.func.value
        else:
            return False
    return True


def _nodes(source: str, *words: str) -> Iterator[ast.AST]:
    """All nodes of the source; none where not one of the words stands in it, which is found out much faster."""
    return ast.walk(ast.parse(source)) if any(word in source for word in words) else iter(())


def writes_past_the_door(source: str, models: set[str]) -> list[Problem]:
    if not any(f".{word}(" in source for word in WRITES):
        return []
    visitor = _Writes(models)
    visitor.visit(ast.parse(source))
    return visitor.found


# -- imports, signals, docstrings, names, sizes -----------------------------------------------------------------------
def relative_or_star_imports(source: str) -> list[Problem]:
    return [
        (node.lineno, "relative import" if node.level else "star import")
        for node in _nodes(source, "from .", "import *")
        if isinstance(node, ast.ImportFrom) and (node.level or any(one.name == "*" for one in node.names))
    ]


def signals(source: str) -> list[Problem]:
    """Django's signals; reactions read the change log. Only an area's entry may use post_migrate."""
    found = []
    for node in _nodes(source, "signals", "dispatch"):
        if isinstance(node, ast.ImportFrom):
            module, names = node.module or "", [one.name for one in node.names]
        elif isinstance(node, ast.Import):
            module, names = "", [one.name for one in node.names]
        else:
            continue
        of_signals = module.endswith("signals") or module == "django.dispatch"
        named = [one for one in names if of_signals or one.endswith("signals") or one == "django.dispatch"]
        found += [(node.lineno, f"signal {one}") for one in named if one != "post_migrate"]
    return found


def missing_docstring(source: str) -> list[Problem]:
    if source.startswith('"""'):
        return []
    tree = ast.parse(source)
    return [] if not tree.body or ast.get_docstring(tree) else [(1, "the module does not say what it is")]


def named_types(source: str, keys: set[str]) -> list[Problem]:
    """Strings that are exactly the key of a record type."""
    return [
        (node.lineno, f"names the type {node.value!r}")
        for node in _nodes(source, *keys)
        if isinstance(node, ast.Constant) and node.value in keys
    ]


def comments_that_break_lines(source: str) -> list[Problem]:
    """A comment behind a line that is too long for both lets ruff break the line: it stands above it."""
    found, lines = [], source.split("\n")
    for number, (begin, second, third) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), 1):
        if not begin.endswith(("(", "[", "{")) or not third.lstrip().startswith((")", "]", "}")):
            continue
        (inside, _mark, why), (end, _mark, then) = (one.strip().partition("  # ") for one in (second, third))
        is_order = (why + then).startswith(("fmt:", "noqa", "type:"))  # for a tool: it stands where it must
        is_one_line = not inside.endswith(",") and len(begin + inside + end) <= WIDTH
        if why + then and is_one_line and not is_order:
            found.append((number, f"{begin.strip()}{inside}{end} has its comment behind it"))
    return found


def long_functions(source: str, most: int) -> list[Problem]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (node.lineno, f"{node.name} has {length} lines")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, kinds) and (length := (node.end_lineno or 0) - node.lineno + 1) > most
    ]


def unsafe_markup(source: str) -> list[Problem]:
    """mark_safe, and Markup made of anything but a fixed text (its `%` and `format` escape)."""
    found = []
    for node in _nodes(source, "mark_safe", "SafeString", "Markup"):
        name = node.name if isinstance(node, ast.alias) else _last(node)
        if name in ("mark_safe", "SafeString"):
            found.append((getattr(node, "lineno", 0), "mark_safe"))
        elif isinstance(node, ast.Call) and _last(node.func) == "Markup":
            loose = [one for one in node.args if not isinstance(one, ast.Constant)]
            found += [(node.lineno, f"Markup of {ast.unparse(one)[:50]}") for one in loose]
    return found


def _last(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def classes_with_model(source: str, base: str) -> set[str]:
    """The `model` of each class that inherits from `base`."""
    found = set()
    for node in _nodes(source, base):
        if isinstance(node, ast.ClassDef) and base in {_last(one) for one in node.bases}:
            for line in node.body:
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "model":
                    found.add(ast.unparse(line.value))
    return found


# -- templates ----------------------------------------------------------------------------------------------------
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
TAG = re.compile(r"<!--.*?-->|<!?/?[a-zA-Z\x01](?:\"[^\"]*\"|'[^']*'|[^'\">])*>", re.S)
SPOKEN = ("title", "aria-label", "placeholder", "alt", "aria-description", "label")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Attributes that stand alone, as in the macros that draw a part of a tag.
_ATTRIBUTES = re.compile(
    r"[\w-]+\s*=\s*\"[^\"]*\"|\b(?:required|selected|checked|disabled|hidden|autofocus|open)\b"
)
OWN_NAMES = {"Rapport"}  # words that are the same in every language


def _line(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1


def _blank(match: re.Match[str]) -> str:
    """As many lines of nothing; an expression leaves marks, because a tag can begin with one."""
    mark = "\x01" if match[0].startswith("{{") else " "
    return "".join("\n" if one == "\n" else mark for one in match[0])


def without_jinja(source: str) -> str:
    """The markup with everything of Jinja2 blanked out, so that lines stay the same."""
    source = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", _blank, source, flags=re.S)
    source = re.sub(r"\{%-?\s*raw\b.*?endraw\s*-?%\}", _blank, source, flags=re.S)
    return JINJA.sub(_blank, source)


def inline_code(source: str) -> list[Problem]:
    """What the content security policy refuses: style attributes, inline scripts, handlers in attributes."""
    found = []
    for name, pattern in {
        "style attribute": r"<[^>]*\sstyle\s*=",
        "style element": r"<style\b",
        "inline script": r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
        "handler in an attribute": r"<[^>]*\s(on[a-z]+|hx-on[:\w-]*)\s*=",
        "script in an address": r"javascript:",
    }.items():
        plain = JINJA.sub(_blank, source)
        found += [(_line(plain, one.start()), name) for one in re.finditer(pattern, plain, re.I)]
    return found


def safe_filters(source: str) -> list[Problem]:
    pattern = r"\|\s*safe\b|autoescape\s+false|\bMarkup\("
    return [(_line(source, one.start()), one[0]) for one in re.finditer(pattern, source)]


def _texts(source: str) -> Iterator[tuple[int, str]]:
    plain = without_jinja(source)
    for one in TAG.finditer(plain):
        for name in SPOKEN:
            for value in re.finditer(rf"\s{name}=\"([^\"]*)\"", one[0]):
                yield one.start() + value.start(), value[1]
    for silent in ("script", "style", "code", "svg", "kbd"):
        plain = re.sub(rf"<{silent}\b.*?</{silent}>", _blank, plain, flags=re.S)
    plain = TAG.sub(_blank, plain)
    for text in re.finditer(r"[^\s].*", plain):
        yield text.start(), re.sub(r"&#?\w+;", " ", text[0])


def untranslated(source: str) -> list[Problem]:
    """Words between the tags, or in attributes that people hear and see, that no translation reaches."""
    return [
        (_line(source, at), f"untranslated: {' '.join(text.split())[:50]}")
        for at, text in _texts(source)
        if set(_WORD.findall(_ATTRIBUTES.sub(" ", text))) - OWN_NAMES
    ]


def imports_without_name(source: str) -> list[Problem]:
    """Macros come by `{% import "ui/parts.html" as ui %}` or by name, never with all the variables of the page."""
    pattern = r"\{%-?\s*(?:import|from)\b[^%]*%\}"
    found = []
    for one in re.finditer(pattern, source):
        ours = re.match(
            r"\{%-?\s*(?:import\s+\"[\w/.-]+\"\s+as\s+\w+|from\s+\"[\w/.-]+\"\s+import\s+[\w, ]+?)"
            r"(?:\s+with(?:out)? context)?\s*-?%\}",
            one[0],
        )
        if not ours:
            found.append((_line(source, one.start()), one[0]))
    return found


def types_in_template(source: str, keys: set[str]) -> list[Problem]:
    return [
        (_line(source, one.start()), f"names the type {one[1]!r}")
        for one in re.finditer(r"""["'](\w+)["']""", source)
        if one[1] in keys
        and any(block.start() <= one.start() < block.end() for block in JINJA.finditer(source))
    ]
