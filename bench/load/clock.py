"""A clock that can be moved: that of one installation, while the machine's own stays as it is.

A small library (clock.c, compiled here) stands before the system's clock in each process. There are two clocks, one of
Rapport's processes and one of PostgreSQL, which is started by a script of ours in place of its program: so the whole
machine can be wrong, or two machines can differ. Not taken: setting the machine's clock, which others use; libfaketime,
with which Python cannot sleep any more (its release 0.9.10 breaks waiting until a moment of the steady clock).
"""

import shutil
import stat
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


def why_not() -> str:
    """Why no clock can be moved here; empty when one can."""
    return "" if shutil.which("cc") else "there is no C compiler (apt install gcc libc6-dev)"


class Clock:
    """The clock of an installation."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.library = folder, folder / "clock.so"
        folder.mkdir(mode=0o755, exist_ok=True)
        folder.chmod(0o755)  # PostgreSQL's account reads it, too
        command = ["cc", "-shared", "-fPIC", "-O2", "-o", str(self.library), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603
        self.files = {name: folder / name for name in ("processes", "database")}
        for file in self.files.values():
            file.write_bytes(struct.pack("=q", 0))
            file.chmod(0o644)

    def move(self, seconds: int, *names: str) -> None:
        """Put these clocks to so many seconds beside the true time, at once and for all their processes."""
        for name in names:
            with self.files[name].open("r+b", buffering=0) as file:  # the same file: processes look into it
                file.write(struct.pack("=q", seconds))

    def environment(self, name: str) -> dict[str, str]:
        """What a process is started with, so that its clock can be moved."""
        return {"LD_PRELOAD": str(self.library), "MOVED_CLOCK": str(self.files[name])}

    def programs(self, real: Path) -> Path:
        """A folder with PostgreSQL's programs in which the server's clock can be moved."""
        place = self.folder / "bin"
        place.mkdir(mode=0o755, exist_ok=True)
        for program in real.iterdir():
            link = place / program.name
            link.unlink(missing_ok=True)
            link.symlink_to(program)
        server = place / "postgres"
        server.unlink()
        said = " ".join(f"{name}='{value}'" for name, value in self.environment("database").items())
        server.write_text(f"#!/bin/sh\nexec env {said} '{real / 'postgres'}' \"$@\"\n")
        server.chmod(server.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        return place
