"""The documents are true: they name what there is, their links lead somewhere, and the map is fresh."""

import argparse
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.utils import translation

from rapport.__main__ import parser
from rapport.kernel.registry import types
from rapport.runtime import options
from tools import map as code_map

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "THREAT_MODEL.md", *DOCS.rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def tracked() -> list[Path]:
    """All files of the repository; without git all but what is built or installed."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        built = {".git", ".venv", "node_modules", "data", "dist", "build", "__pycache__"}
        return [one for one in ROOT.rglob("*") if one.is_file() and not built & set(one.parts)]
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def said(folder: str = "") -> str:
    """The text of all pages below docs/<folder>, and of the README when it is all of them."""
    return "\n".join(page.read_text() for page in PAGES if not folder or (DOCS / folder) in page.parents)


def test_the_map_is_fresh() -> None:
    assert (DOCS / "map.md").read_text() == code_map.text(), "make map"


def test_every_setting_is_documented() -> None:
    named = set(re.findall(r"RAPPORT_[A-Z_]+", (DOCS / "how-to" / "settings.md").read_text()))
    assert {one.name for one in options.ALL} <= named
    everywhere = set(re.findall(r"\bRAPPORT_[A-Z_]+\b", said()))
    known = {one.name for one in options.ALL} | {"RAPPORT_PASSWORD", "RAPPORT_LATENCY"}
    assert everywhere <= known, "documents name settings that do not exist"


def commands() -> Iterable[str]:
    """Every command of `rapport`, with its sub-commands: "run", "user add", …"""
    for name, part in _choices(parser()):
        inner = list(_choices(part))
        yield from (f"{name} {one}" for one, _part in inner) if inner else [name]


def _choices(whole: argparse.ArgumentParser) -> Iterable[tuple[str, argparse.ArgumentParser]]:
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_is_documented(command: str) -> None:
    first, _space, second = command.partition(" ")
    inner = rf" (?:[a-z]+(?:`, `|, `|, | and |\|))*{second}\b" if second else r"\b"
    assert re.search(rf"rapport {first}{inner}", said()) or re.search(rf"`(?:rapport )?{command}\b", said())


def test_every_make_target_is_documented() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.M)
    assert len(targets) > 5
    text = (DOCS / "how-to" / "README.md").read_text()
    assert [one for one in targets if one != "help" and f"`make {one}`" not in text] == []


@pytest.mark.parametrize("kind", types(), ids=lambda one: one.key)
def test_every_record_type_is_in_the_handbook(kind: object) -> None:
    with translation.override("en"):  # whatever a test before has spoken
        plural = getattr(kind, "label_plural", "")
    titles = re.findall(r"^# (.+)$", said("handbook"), re.M)
    assert any(plural.lower() in title.lower() for title in titles)


@pytest.mark.parametrize("folder", ["handbook", "how-to", "decisions"])
def test_every_page_is_in_the_index_of_its_folder(folder: str) -> None:
    index = (DOCS / folder / "README.md").read_text()
    linked = {link.partition("#")[0] for link in LINK.findall(index)}
    pages = {page.name for page in (DOCS / folder).glob("*.md")} - {"README.md"}
    assert pages - linked == set()


def broken_links(page: Path, text: str) -> list[str]:
    found = []
    for link in LINK.findall(text):
        place, _hash, anchor = link.partition("#")
        if re.match(r"[a-z]+:", place):
            continue
        target = (page.parent / place).resolve() if place else page
        titles = (
            re.findall(r"^#+ (.+)$", target.read_text(), re.M)
            if target.suffix == ".md" and target.exists()
            else []
        )
        anchors = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in titles}
        if not target.exists() or (anchor and anchor not in anchors):
            found.append(f"{page.name}: {link}")
    return found


def test_links_lead_somewhere() -> None:
    assert [one for page in PAGES for one in broken_links(page, page.read_text())] == []
    assert broken_links(ROOT / "README.md", "[x](nowhere.md)")
    assert broken_links(ROOT / "README.md", "[x](CHANGELOG.md#nothing-of-that)")
    assert not broken_links(ROOT / "README.md", "[x](CHANGELOG.md) [y](https://example.com/)")


def test_files_named_in_documents_exist() -> None:
    """`rapport/…` and `tests/…` in code marks are files of ours, unless the page is about making them."""
    missing = []
    for page in PAGES:
        for name in re.findall(r"`((?:rapport|tests|frontend|tools|bench)/[\w./-]+)`", page.read_text()):
            if not (ROOT / name).exists() and "vehicles" not in name:
                missing.append(f"{page.name}: {name}")
    assert missing == []


def test_commands_are_written_for_a_machine_that_has_only_the_checkout() -> None:
    """Debian has no `python`, only `python3`, and by the name `rapport` pip would fetch another program."""
    assert re.findall(r"(?<![/\w])python (?:-m|tools/|frontend/)[\w/.]*", said("how-to")) == []
    assert "pip install rapport" not in said()


# Who made it, with which tools and on which machine is nobody's business in these files. Written in pieces, so that
# the list does not find itself.
FOREIGN = [
    "clau" + "de", "anthro" + "pic", "open" + "ai", "chat" + "gpt", "copi" + "lot", "sub" + "agent", "sub-" + "agent",
    "language " + "model", "system " + "prompt", "the " + "prompt", "this " + "session", "next " + "session only",
    "/wo" + "rk/", "/tmp/" + "brief", "/ro" + "ot/", "/ho" + "me/",
]  # fmt: skip
# Words that are meant otherwise where they stand.
HARMLESS = {"rapport/runtime/postgres/account.py", "rapport/runtime/postgres/layout.py"}


def foreign_words(text: str) -> list[str]:
    return [one for one in FOREIGN if one in text.lower()]


def test_files_speak_of_the_product_only() -> None:
    found = []
    for path in tracked():
        name = str(path.relative_to(ROOT))
        if path.suffix in {".png", ".woff2", ".xlsx", ".gz", ".ico"} or name in HARMLESS:
            continue
        words = foreign_words(path.read_text(encoding="utf-8", errors="replace"))
        found += [f"{name}: {word}" for word in words]
    assert found == []
    assert foreign_words("see /wo" + "rk/main")
    assert not foreign_words("a plain sentence about a session of the user")
