"""The files in deploy/ start what there is, with settings that there are."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.__main__ import parser
from rapport.runtime import options

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
UNITS = [path for path in FILES if path.suffix == ".service"]
KNOWN = {option.name for option in options.ALL}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    assert set(re.findall(r"RAPPORT_[A-Z_]+", path.read_text())) <= KNOWN


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_service_starts_a_command_that_there_is(path: Path) -> None:
    (line,) = re.findall(r"^ExecStart=/opt/rapport/bin/rapport (\w+)$", path.read_text(), re.MULTILINE)
    assert parser().parse_args([line]).command
    assert "User=rapport" in path.read_text()


def test_systemd_reads_the_services(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("systemd is not installed here")
    for path in UNITS:
        text = path.read_text().replace("/opt/rapport/bin/rapport", sys.executable)
        (tmp_path / path.name).write_text(text)
    units = [str(tmp_path / path.name) for path in UNITS]
    answer = subprocess.run(
        [program, "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert str(tmp_path) not in answer.stderr


def test_the_container_ends_in_order_and_runs_as_nobody_else() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    assert re.search(r"^USER rapport$", text, re.MULTILINE)
    assert re.search(r"^STOPSIGNAL SIGTERM$", text, re.MULTILINE)
    assert '"/data"' not in text.split("USER rapport")[0]  # the volume comes behind the account that owns it
