"""No door looks a record type up past its user: addresses and calls hand it out without what he must not see."""

import ast
from pathlib import Path

import rapport

ROOT = Path(rapport.__path__[0])
DOORS = (
    "api", "activities", "sales", "parties",
    *(f"kernel/{name}" for name in (
        "boards", "calendars", "changes", "comments", "duplicates", "exports", "files", "filters", "imports", "lists",
        "merge", "pages", "relations", "search", "timeline", "trash", "views",
    )),
)  # fmt: skip
LOOKED_UP = {"type_by_key", "type_of"}
KEY, RIGHTS, WHOLE = (
    "its key, label or icon only",
    "rights of records only",
    "works for the product, shows nothing",
)
# Modules that ask the registry itself, and why that shows nothing of fields; all others ask permissions/fields.py.
ALLOWED = {
    "api/endpoint.py": "the one place that hands out types to calls: narrowed there",
    "api/administration/asking.py": "administrators, who see all fields",
    "api/records/files.py": KEY, "api/records/relations.py": KEY, "api/tokens/views.py": KEY,
    "api/webhooks/views.py": KEY,
    "api/webhooks/filters.py": "reads a filter, which narrows the type itself",
    "activities/composer/views.py": KEY, "activities/participants.py": KEY, "activities/views.py": KEY,
    "parties/import_organizations.py": WHOLE, "kernel/pages/routing.py": "the one place that hands out types to pages",
    "kernel/lists/cells.py": KEY, "kernel/lists/columns.py": "all columns, made once; narrowed when given",
    "kernel/lists/panels/building.py": "reads a filter, which narrows the type itself",
    "kernel/changes/listing.py": KEY, "kernel/changes/models.py": KEY, "kernel/changes/past.py": WHOLE,
    "kernel/changes/reach.py": WHOLE, "kernel/changes/views.py": KEY,
    "kernel/filters/relations.py": "leads to a type; filters narrow it where they name its fields",
    "kernel/imports/command.py": KEY, "kernel/imports/deeds.py": KEY, "kernel/imports/extensions.py": KEY,
    "kernel/imports/preview.py": "the columns that were mapped, and only fields that may be written can be",
    "kernel/imports/slots.py": KEY, "kernel/imports/views.py": KEY, "kernel/duplicates/block.py": KEY,
    "kernel/duplicates/jobs.py": WHOLE,
    "kernel/merge/pointers.py": RIGHTS, "kernel/trash/emptying.py": WHOLE, "kernel/trash/reader.py": RIGHTS,
    "kernel/trash/views.py": KEY, "kernel/relations/graph.py": KEY, "kernel/relations/kinds/actions.py": KEY,
    "kernel/relations/views.py": KEY, "parties/life_cycle/engine.py": WHOLE, "parties/growing/needs.py": WHOLE,
}  # fmt: skip


def asking() -> dict[str, list[int]]:
    """The modules that look types up, with their lines."""
    found: dict[str, list[int]] = {}
    for door in DOORS:
        for path in sorted((ROOT / door).rglob("*.py")):
            if path.name.startswith(("test_", "conftest")) or {"migrations", "testing"} & set(path.parts):
                continue
            calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
            lines = [
                one.lineno for one in calls if isinstance(one.func, ast.Name) and one.func.id in LOOKED_UP
            ]
            if lines:
                found[path.relative_to(ROOT).as_posix()] = lines
    return found


def test_doors_take_the_type_as_their_user_has_it() -> None:
    found = asking()
    new = {path: lines for path, lines in found.items() if path not in ALLOWED}
    assert not new, "ask type_seen or seen_by of kernel/permissions/fields.py, or say here why not"
    assert set(ALLOWED) == set(found), "these ask no more"
