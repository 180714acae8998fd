"""Writes docs/map.md: every folder and module with the line that says what it is. `make map` runs it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAP = ROOT / "docs" / "map.md"
HEAD = """# Map

What is where. Made by `make map` from the first line of every module; do not edit it by hand. Beside the modules
stand their templates (`*.html`), their SQL (`*.sql`), their tests (`test_*.py`) and, in the areas, `migrations/`.
A floor may use those below it, never one above: `demo`, `api`, `sales`, `activities`, `parties`, `kernel`, `accounts`,
`ui`, `runtime`.
"""


def text() -> str:
    """The text of the map as the code stands now."""
    parts = [HEAD, "## Record types\n", "| Key | Model | What it is |\n|---|---|---|"]
    parts += [f"| `{key}` | `{path}` | {what} |" for key, path, what in sorted(record_types())]
    for top in ("rapport", "bench", "tools", "tests"):
        for folder in sorted(one for one in [ROOT / top, *(ROOT / top).rglob("*")] if one.is_dir()):
            lines = list(_modules(folder))
            if lines:
                parts += [f"\n## `{folder.relative_to(ROOT)}/`\n", *lines]
    return "\n".join(parts) + "\n"


def record_types() -> Iterator[tuple[str, str, str]]:
    """(key, place, line for users) of every class under `@record_type`."""
    for path in sorted((ROOT / "rapport").rglob("models.py")):
        for node in ast.parse(path.read_text()).body:
            calls = [one for one in getattr(node, "decorator_list", ()) if isinstance(one, ast.Call)]
            for call in calls:
                if isinstance(node, ast.ClassDef) and ast.unparse(call.func) == "record_type":
                    key = ast.literal_eval(call.args[0])
                    yield key, f"{path.relative_to(ROOT)}", _first_line(node)


def _modules(folder: Path) -> Iterator[str]:
    hidden = {"migrations", "__pycache__", "static"} & set(folder.relative_to(ROOT).parts)
    for path in sorted(folder.glob("*.py")) if not hidden else ():
        line = _first_line(ast.parse(path.read_text()))
        of_tests = path.name.startswith(("test_", "conftest")) and folder.name != "tests"
        if line and not of_tests:
            yield f"* `{path.name}`: {line}"


def _first_line(node: ast.Module | ast.ClassDef) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]


if __name__ == "__main__":
    MAP.write_text(text())
