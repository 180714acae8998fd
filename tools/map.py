"""Writes docs/map.md: every folder and module with the line that says what it is. `make map`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "rapport"
TARGET = ROOT / "docs" / "map.md"
HEAD = "# Map of the code\n\nMade by `make map` from the first line of every module.\n"


def first_line(path: Path) -> str:
    """Return the line with which a module says what it is."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def lines() -> Iterator[str]:
    """Return the map, folder by folder."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    for folder in sorted(folders):
        if folder.name == "migrations" or "migrations" in folder.parts:
            continue
        inside = folder / "__init__.py"
        about = first_line(inside) if inside.exists() else ""
        yield f"\n## {folder.relative_to(ROOT)}\n"
        if about:
            yield f"{about}\n"
        for path in sorted(folder.glob("*.py")):
            if path.name != "__init__.py" and not path.name.startswith("test_"):
                yield f"- `{path.name}` {first_line(path)}"


def text() -> str:
    """Return the whole page."""
    return HEAD + "\n".join(lines()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"Wrote {TARGET.relative_to(ROOT)}\n")
