"""The data folder: where it is, what lies in it, and the secret key in it."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from rapport.runtime import options
from rapport.runtime.errors import Refusal

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent


def default_data() -> Path:
    """Return the data folder that is used when nobody names one."""
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / "data"
    if os.geteuid() == 0:
        return Path("/var/lib/rapport")
    share = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(share).expanduser() / "rapport"


@dataclass(frozen=True)
class DataFolder:
    """Paths below the data folder; nothing is created by looking."""

    path: Path

    @property
    def files(self) -> Path:
        """Files that users store."""
        return self.path / "files"

    @property
    def static(self) -> Path:
        """Scripts, styles and pictures as the web server delivers them."""
        return self.path / "static"

    @property
    def mail(self) -> Path:
        """Mail written as files while no mail server is set."""
        return self.path / "mail"

    @property
    def metrics(self) -> Path:
        """What each process has counted, for /metrics."""
        return self.path / "metrics"

    @property
    def postgres(self) -> Path:
        """Rapport's own PostgreSQL, or a link to where it had to be placed."""
        return self.path / "postgres"

    @property
    def secret_key(self) -> Path:
        """The file with the secret key."""
        return self.path / "secret-key"

    @property
    def run_lock(self) -> Path:
        """Held by the one `rapport run` on this folder."""
        return self.path / "run.lock"

    def create(self) -> None:
        """Create the folder and what is private in it, or say why it cannot be used."""
        # Root's own folder must be passable for the account that PostgreSQL runs as; files in it stay private.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            if not self.path.exists():
                self.path.mkdir(parents=True, exist_ok=True)
                self.path.chmod(mode)
            for folder in (self.files, self.mail):
                folder.mkdir(mode=0o700, exist_ok=True)
            probe = self.path / f".probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise Refusal(
                f"The data folder {self.path} cannot be written ({error.strerror}): "
                "give this user the right to write there, or name another folder in RAPPORT_DATA."
            ) from error

    def ensure_secret_key(self) -> None:
        """Make the secret key once; two starts at the same time agree on one."""
        if options.SECRET_KEY.value() or self.secret_key.exists():
            return
        fresh = self.path / f"secret-key.new-{os.getpid()}"
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(64))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, self.secret_key)  # unlike a rename it never replaces a key that is there
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        except OSError as error:
            raise Refusal(f"The secret key cannot be written into {self.path} ({error.strerror}).") from error


def data_folder() -> DataFolder:
    """Return the data folder of this process."""
    return DataFolder(options.DATA.value() or default_data())


def secret_key() -> str:
    """Return the secret key; a process that finds none uses a random one, never a known one."""
    given = options.SECRET_KEY.value()
    if given:
        return given
    try:
        return data_folder().secret_key.read_text().strip() or secrets.token_urlsafe(64)
    except OSError:
        return secrets.token_urlsafe(64)
