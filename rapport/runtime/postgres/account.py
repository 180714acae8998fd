"""The operating system account that PostgreSQL runs as.

PostgreSQL refuses to run as root. An ordinary user runs it as himself; root hands it to an account that exists
already. Nobody is added to the system, and no folder that we did not make changes owner or mode.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from rapport.runtime import options
from rapport.runtime.errors import Refusal

USUAL_NAMES = ("postgres", "nobody")


class ProcessOwner(TypedDict, total=False):
    """Arguments of subprocess.Popen that give the child to another account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """An account of the operating system."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether this is somebody else than the running process."""
        return self.uid != os.geteuid()

    @property
    def process_owner(self) -> ProcessOwner:
        """Return what makes a child process run as this account, with no group but its own."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": [self.gid]}

    def can_use(self, path: Path) -> bool:
        """Whether the account reaches this file or folder and may read it (programs: run it)."""
        is_program = path.is_dir() or os.access(path, os.X_OK)
        return self._passes('[ -r "$1" ] && [ -x "$1" ]' if is_program else '[ -r "$1" ]', path)

    def can_pass(self, folder: Path) -> bool:
        """Whether the account can pass through this folder to something below it."""
        return self._passes('[ -x "$1" ]', folder)

    def working_in(self, folder: Path) -> list[int]:
        """Return the account's processes whose working directory is this folder.

        Root in a container often may not look at other accounts' processes, so the account itself looks.
        """
        look = 'for p in /proc/[0-9]*; do [ "$p/cwd" -ef "$1" ] && echo "${p#/proc/}"; done; exit 0'
        return [int(number) for number in self._shell(look, folder).stdout.split()]

    def _passes(self, test: str, path: Path) -> bool:
        return self._shell(test, path).returncode == 0

    def _shell(self, script: str, path: Path) -> subprocess.CompletedProcess[str]:
        """Ask as the account: the answer of the system itself, with its groups and access lists."""
        return subprocess.run(
            ["/bin/sh", "-c", script, "sh", str(path)], cwd="/", stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, **self.process_owner,
        )  # fmt: skip


def account_of(uid: int) -> Account:
    """Return the account with this number; PostgreSQL needs it to have a name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise Refusal(
            f"The user number {uid} has no name on this system and PostgreSQL needs one: "
            "add it to /etc/passwd or use a server through RAPPORT_DATABASE_URL."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def account_for(base: Path) -> Account:
    """Return who runs PostgreSQL below this folder: the owner of the data, else the account chosen for root."""
    me = os.geteuid()
    if me != 0:
        return account_of(me)
    data = base / "data"
    if data.is_dir() and (owner := data.stat().st_uid) != 0:
        return account_of(owner)
    return _unprivileged()


def _unprivileged() -> Account:
    wanted = options.PG_USER.value()
    for name in (wanted,) if wanted else USUAL_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid == 0:
            raise Refusal(
                "RAPPORT_PG_USER names root, but PostgreSQL refuses to run as root: name another account."
            )
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Refusal(
        f"PostgreSQL does not run as root and the account {wanted or ' or '.join(USUAL_NAMES)} does not exist: "
        "name an existing unprivileged account in RAPPORT_PG_USER."
    )
