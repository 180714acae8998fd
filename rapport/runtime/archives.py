"""A backup is one archive: the database, the stored files, and a manifest with the checksum of everything."""

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

import psutil
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from rapport.runtime import clients, replica, upgrades
from rapport.runtime.errors import Refusal
from rapport.runtime.version import VERSION

FORMAT = 1
DUMP = "database.dump"
FILES = "files/"
MANIFEST = "manifest.json"
PIECE = 1 << 20
HELD = ".backup-"  # and the number of the process


@dataclass
class Manifest:
    """What an archive holds; it is its last member, so a cut archive has none."""

    format: int = FORMAT
    version: str = VERSION
    made_at: str = ""
    server: int = 0
    migrations: list[str] = field(default_factory=list)
    checksums: dict[str, str] = field(default_factory=dict)


def write(target: Path, files: Path) -> Manifest:
    """Write a backup whole or not at all."""
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"), server=upgrades.server_version()
    )
    manifest.migrations = sorted(f"{a}.{n}" for a, n in MigrationRecorder(connection).applied_migrations())
    fresh = target.with_name(f".{target.name}.new-{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out, tarfile.open(fileobj=out, mode="w") as archive:
            with held(files) as (hold, folder):
                with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".rapport-dump-") as dump:
                    hold()  # before the dump: what is deleted meanwhile may still be named in it
                    dump_database(dump)
                    hold()  # and behind it: what came meanwhile may be named in it already
                    add(archive, Path(dump.name), DUMP, manifest)
                for path in sorted(folder.rglob("*")):
                    if path.is_file() and not path.is_symlink():
                        add(archive, path, FILES + path.relative_to(folder).as_posix(), manifest)
            text = json.dumps(asdict(manifest), indent=1).encode()
            member = tarfile.TarInfo(MANIFEST)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
            out.flush()
            os.fsync(out.fileno())
        os.rename(fresh, target)
    except OSError as error:
        raise Refusal(f"The backup cannot be written to {target}: {error.strerror or error}.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


@contextmanager
def held(files: Path) -> Iterator[tuple[Callable[[], None], Path]]:
    """Keep files in reach that are deleted while the backup is written, by second names for them beside the folder.

    Stored files are never changed, so a second name is as good as a copy. Where the disk knows no second names the
    folder itself is read.
    """
    for left in files.parent.glob(f"{HELD}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(HELD))):  # of a backup that was killed
            shutil.rmtree(left, ignore_errors=True)
    folder = files.parent / f"{HELD}{os.getpid()}"
    folder.mkdir(mode=0o700)

    def hold() -> None:
        for path in files.rglob("*"):
            place = folder / path.relative_to(files)
            if path.is_dir():
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
            elif path.is_file() and not path.is_symlink():
                with suppress(FileExistsError, FileNotFoundError):  # held already, or deleted just now
                    os.link(path, place)

    try:
        yield (hold, folder) if can_link(files, folder) else (lambda: None, files)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def can_link(files: Path, folder: Path) -> bool:
    """Whether files can have second names there."""
    probe, second = files / f".probe-{os.getpid()}", folder / ".probe"
    try:
        probe.write_bytes(b"")
        os.link(probe, second)
        second.unlink()
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def dump_database(out: IO[bytes]) -> None:
    """Write the database in pg_dump's custom format; a replica shows all that was there when this began."""

    def dump() -> None:
        out.seek(0)
        out.truncate()
        command = [clients.program("pg_dump", upgrades.server_version()), "--format=custom", "--no-owner"]
        clients.call([*command, "--no-privileges"], "The database cannot be backed up", stdout=out)
        out.flush()

    replica.read(dump)


def add(archive: tarfile.TarFile, path: Path, name: str, manifest: Manifest) -> None:
    """Add a file under a name and note its checksum."""
    with open(path, "rb") as file:
        member = archive.gettarinfo(arcname=name, fileobj=file)
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        digest = Digest(file)
        archive.addfile(member, digest)
    manifest.checksums[name] = digest.sum.hexdigest()


class Digest:
    """Reads a file and sums up what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        piece = self.file.read(size)
        self.sum.update(piece)
        return piece


@contextmanager
def opened(source: Path) -> Iterator[tarfile.TarFile]:
    """Open an archive for reading from front to back."""
    try:
        with tarfile.open(source, mode="r|") as archive:
            yield archive
    except FileNotFoundError as error:
        raise Refusal(f"There is no file {source}.") from error
    except (tarfile.TarError, EOFError) as error:
        raise Refusal(f"{source} is no whole backup of Rapport: {error}. Nothing was changed.") from error


def unpack(source: Path, dump: Path, files: Path) -> Manifest:
    """Unpack an archive into new places and compare every checksum."""
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    files.mkdir(mode=0o700)
    with opened(source) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is None:
                raise Refusal(
                    f"{source} holds {member.name!r}, which no backup of Rapport holds. Nothing was changed."
                )
            if member.name == MANIFEST:
                manifest = parse(stream.read(), source)
            elif member.name == DUMP:
                found[DUMP] = copy(stream, dump)
            else:
                found[member.name] = copy(stream, place(files, member.name, source))
    if manifest is None or found != manifest.checksums or DUMP not in found:
        raise Refusal(f"{source} is damaged or was cut off: its checksums do not fit. Nothing was changed.")
    return manifest


def place(files: Path, name: str, source: Path) -> Path:
    """Return where a stored file goes; never outside the folder."""
    path = PurePosixPath(name)
    if not name.startswith(FILES) or path.is_absolute() or ".." in path.parts:
        raise Refusal(f"{source} holds {name!r}, which no backup of Rapport holds. Nothing was changed.")
    target = files / path.relative_to(FILES)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return target


def copy(stream: IO[bytes], target: Path) -> str:
    """Write a stream into a private file and return its checksum."""
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while piece := stream.read(PIECE):
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def parse(text: bytes, source: Path) -> Manifest:
    """Read the manifest and refuse one of a newer version."""
    try:
        manifest = Manifest(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise Refusal(f"{source} was made by a newer version of Rapport. Nothing was changed.") from error
    if manifest.format > FORMAT:
        raise Refusal(f"{source} was made by the newer Rapport {manifest.version}. Nothing was changed.")
    return manifest
