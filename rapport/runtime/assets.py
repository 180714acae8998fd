"""Scripts, styles and pictures: hashed names, compressed, collected into the data folder when they changed."""

import hashlib
import re
from pathlib import Path
from typing import cast

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from servestatic.storage import CompressedManifestStaticFilesStorage

from rapport.runtime.folders import PACKAGE

STAMP = ".rapport-stamp"


# esbuild names the parts of scripts by their content already. They import each other in circles, which Django
# cannot rename; so they keep their names, and only what pages name themselves gets a hash here.
NAMED_BY_CONTENT = re.compile(r"chunk-[A-Z0-9]{8}\.js$")


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # servestatic has no types
    """Files whose names carry a hash of their content, so that browsers keep them for ever."""

    manifest_strict = False

    def file_hash(self, name: str | None, content: object = None) -> str | None:
        """Return the hash for the name; none for files that carry one already."""
        if name and NAMED_BY_CONTENT.search(name):
            return None
        return cast("str | None", super().file_hash(name, content))


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
