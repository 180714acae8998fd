"""Scripts, styles and pictures: hashed names, compressed, collected into the data folder when they changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from servestatic.storage import CompressedManifestStaticFilesStorage

from rapport.runtime.folders import PACKAGE

STAMP = ".rapport-stamp"


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # servestatic has no types
    """Files whose names carry a hash of their content, so that browsers keep them for ever."""

    support_js_module_import_aggregation = True
    manifest_strict = False


def fingerprint() -> str:
    """Return a hash of every static file's name, size and time."""
    facts = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list(None), key=lambda found: found[0]):
            status = Path(storage.path(name)).stat()
            facts.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return facts.hexdigest()


def is_collected() -> bool:
    """Whether the collected files are those of this version."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    return stamp.exists() and stamp.read_text() == fingerprint()


def collect() -> bool:
    """Collect the files when they changed; return whether there was anything to do."""
    if is_collected():
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    (Path(settings.STATIC_ROOT) / STAMP).write_text(fingerprint())
    return True


def are_built() -> bool:
    """Whether the scripts and styles were built into the package."""
    dist = PACKAGE / "ui" / "static" / "dist"
    return dist.is_dir() and any(dist.iterdir())
