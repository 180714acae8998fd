"""The folder of Rapport's own PostgreSQL.

base/                   owned by whoever starts Rapport
  data/                 the cluster, owned by the account that PostgreSQL runs as
  run/                  its socket (elsewhere when the path is too long for a socket)
  log/                  its log, one file for each day of the week
  binaries/             a copy of the programs, only when the account cannot reach the installed ones
  rapport.conf          our settings, written at each start; local.conf is the operator's and wins
  start.lock            one start, stop or creation at a time
  users.lock            held shared by every process that uses the database
  super.lock            held by the living supervisor
  keep                  exists when the server is to stay up without users (`rapport db start`)
"""

import hashlib
import os
import secrets
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.account import Account, account_for

ROLE = "rapport"
DATABASE = "rapport"
SOCKET_LIMIT = 100  # bytes; the system allows 104 to 108
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afpfs", "webdav"}
SHARED_HOME = Path("/var/lib/rapport/databases")


@dataclass(frozen=True)
class Layout:
    """Paths of one cluster and the account it belongs to."""

    base: Path
    account: Account

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """The server's log files."""
        return self.base / "log"

    @property
    def run(self) -> Path:
        """The folder of the socket: short, private, and without the comma that separates hosts."""
        inside = self.base / "run"
        if len(os.fsencode(inside / ".s.PGSQL.5432")) <= SOCKET_LIMIT and "," not in str(inside):
            return inside
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        root = runtime if runtime and not self.account.is_other else tempfile.gettempdir()
        digest = hashlib.sha256(os.fsencode(self.base)).hexdigest()[:12]
        return Path(root) / f"rapport-{self.account.uid}-{digest}"

    @property
    def start_lock(self) -> Path:
        """One start, stop or creation at a time."""
        return self.base / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the database."""
        return self.base / "users.lock"

    @property
    def super_lock(self) -> Path:
        """Held by the living supervisor."""
        return self.base / "super.lock"

    @property
    def keep(self) -> Path:
        """The server stays up without users while this file exists."""
        return self.base / "keep"

    @property
    def supervisor_log(self) -> Path:
        """What the supervisor and the server's first and last breath say."""
        return self.base / "supervisor.log"

    def url(self, database: str = DATABASE) -> str:
        """Return the address of a database in this cluster."""
        return f"postgresql://{ROLE}@/{quote(database)}?host={quote(str(self.run), safe='/')}"

    def living(self) -> list[int]:
        """Return every process of this cluster that lives.

        A server's processes work in the data folder. The number in postmaster.pid proves nothing: it may belong to
        another program by now, or to a dead process that nobody has collected.
        """
        if self.account.is_other:
            return [number for number in self.account.working_in(self.data) if not _is_dead(number)]
        found = []
        for process in psutil.process_iter(["pid", "status", "cwd"]):
            facts = process.info
            if facts["status"] != psutil.STATUS_ZOMBIE and facts["cwd"] == os.path.realpath(self.data):
                found.append(int(facts["pid"]))
        return found

    def prepare(self) -> None:
        """Create the private folders; refuse those that somebody else made or can write to."""
        _refuse_network(self.base)
        try:
            if not self.base.exists():
                self.base.parent.mkdir(parents=True, exist_ok=True)
                _create(self.base, 0o711 if self.account.is_other else 0o700)
        except OSError as error:
            raise Refusal(f"The folder {self.base} cannot be created: {error.strerror}.") from error
        facts = self.base.stat()
        if facts.st_uid != os.geteuid():
            raise Refusal(
                f"The database folder {self.base} belongs to another user: start Rapport as that user."
            )
        if facts.st_mode & 0o022:
            self.base.chmod(facts.st_mode & ~0o022)
        if not self.account.can_pass(self.base):
            raise Refusal(
                f"The account {self.account.name}, which PostgreSQL runs as, cannot reach {self.base}: "
                "name a data folder in RAPPORT_DATA that it can reach."
            )
        for folder in (self.log, self.run):
            self.make_private(folder)

    def make_private(self, folder: Path) -> None:
        """Create a folder that only the account may enter, or check that it is one."""
        try:
            if not os.path.lexists(folder):
                _create(folder, 0o700, self.account)
        except OSError as error:
            raise Refusal(f"The folder {folder} cannot be created: {error.strerror}.") from error
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != self.account.uid or facts.st_mode & 0o077:
            raise Refusal(
                f"{folder} is not a private folder of {self.account.name}: remove it and start again."
            )


def _create(folder: Path, mode: int, owner: Account | None = None) -> None:
    """Make a folder complete and at once: of several that start together each finds it with owner and mode."""
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        made.chmod(mode)
        if owner is not None and owner.is_other:
            os.chown(made, owner.uid, owner.gid)
        made.rename(folder)
    except OSError:
        made.rmdir()
        if not folder.is_dir():  # else another process was faster
            raise


def layout_for(base: Path) -> Layout:
    """Return the layout of a cluster in this folder."""
    resolved = Path(os.path.realpath(base))
    return Layout(resolved, account_for(resolved))


def place(wanted: Path) -> Path:
    """Return where the cluster of a data folder lives: there, or elsewhere when its account cannot get there.

    Root may keep a checkout below a private home, which PostgreSQL's account cannot enter and which we do not
    open. The cluster then lies below /var/lib/rapport/databases, and a link in the data folder remembers where.
    """
    if wanted.is_symlink() and not wanted.exists():
        raise Refusal(
            f"The database of {wanted.parent} lay in {os.readlink(wanted)}, which is gone: bring that folder back, "
            f"or remove the link {wanted} and restore a backup."
        )
    if wanted.exists() or os.geteuid() != 0:
        return wanted
    account = account_for(wanted)
    nearest = wanted.parent
    while not nearest.exists():
        nearest = nearest.parent
    if account.can_pass(nearest):
        return wanted
    elsewhere = SHARED_HOME / f"{wanted.parent.parent.name or 'root'}-{secrets.token_hex(4)}"
    try:
        for folder in (SHARED_HOME.parent, SHARED_HOME):
            if not folder.exists():
                folder.mkdir()
                folder.chmod(0o711)
        elsewhere.mkdir()
        elsewhere.chmod(0o711)
        wanted.symlink_to(elsewhere)
    except OSError as error:
        raise Refusal(
            f"The account {account.name}, which PostgreSQL runs as, cannot reach {wanted.parent}, and {elsewhere} "
            f"cannot be used instead ({error.strerror}): name another data folder in RAPPORT_DATA."
        ) from error
    return elsewhere


def _refuse_network(base: Path) -> None:
    """Refuse a network file system: its locks and its durability are not to be trusted."""
    if not sys.platform.startswith("linux"):
        return
    best, kind = "", ""
    with open("/proc/self/mounts", encoding="utf-8", errors="replace") as mounts:
        for line in mounts:
            fields = line.split()
            mount = fields[1].encode().decode("unicode_escape")
            inside = str(base) == mount or str(base).startswith(mount.rstrip("/") + "/")
            if inside and len(mount) >= len(best):
                best, kind = mount, fields[2]
    if kind in NETWORK_FILE_SYSTEMS:
        raise Refusal(
            f"The database cannot live on the network file system {kind} at {best}: use a local disk."
        )


def _is_dead(number: int) -> bool:
    try:
        return bool(psutil.Process(number).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
