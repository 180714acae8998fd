"""The threat model is true: every test that it names is there, and no threat stands without one."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "THREAT_MODEL.md").read_text()
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def test_every_named_test_is_there() -> None:
    named = NAMED.findall(TEXT)
    assert len(named) > 40
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or f"def {name}(" not in (ROOT / path).read_text()
    ]
    assert not missing


def test_every_threat_names_its_test() -> None:
    measures = TEXT.partition("## Measures")[2].partition("## What remains")[0]
    rows = [
        line for line in measures.splitlines() if line.startswith("| ") and not line.startswith("| Threat")
    ]
    assert not [line for line in rows if not NAMED.search(line)]
