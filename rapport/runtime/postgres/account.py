"""The operating system account that PostgreSQL runs as.

PostgreSQL refuses to run as root. An ordinary user runs it as himself; root hands it to an account that exists
already. Nobody is added to the system, and no folder that we did not make changes owner or mode.
"""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
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

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Touch files and look at processes as this account.

        Root in a container often lacks the right to see other accounts' processes, and must never follow
        a link that the account has laid into its own folder.
        """
        if not self.is_other:
            yield
            return
        groups = os.getgroups()
        group, user = os.getegid(), os.geteuid()
        os.setgroups([self.gid])
        os.setegid(self.gid)
        os.seteuid(self.uid)
        try:
            yield
        finally:
            os.seteuid(user)
            os.setegid(group)
            os.setgroups(groups)

    def can_use(self, path: Path) -> bool:
        """Whether the account reaches this file or folder and may read it (programs: run it)."""
        mode = os.R_OK | (os.X_OK if path.is_dir() or os.access(path, os.X_OK) else 0)
        with self.acting():
            return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)

    def can_pass(self, folder: Path) -> bool:
        """Whether the account can pass through this folder to something below it."""
        with self.acting():
            return os.access(folder, os.X_OK, effective_ids=os.access in os.supports_effective_ids)


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
