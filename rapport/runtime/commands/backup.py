"""`rapport backup FILE` and `rapport restore FILE`."""

import argparse
from pathlib import Path

from rapport.runtime import addresses
from rapport.runtime.commands import application
from rapport.runtime.commands.application import say
from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.locks import is_held


def add_to(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command line."""
    command = parts.add_parser("backup", help="write database and files into one archive, also while running")
    command.add_argument("file", type=Path)
    command.add_argument("--replace", action="store_true", help="replace the file if it is there")
    command.set_defaults(command=backup)
    command = parts.add_parser("restore", help="replace database and files by those of a backup")
    command.add_argument("file", type=Path)
    command.add_argument("--replace", action="store_true", help="replace the data that is there")
    command.set_defaults(command=restore)


def backup(arguments: argparse.Namespace) -> int:
    """Write a backup."""
    addresses.require_the_server("rapport backup")
    target: Path = arguments.file.absolute()
    if target.exists() and not arguments.replace:
        raise Refusal(f"{target} is there already: choose another name or repeat the command with --replace.")
    if not target.parent.is_dir():
        raise Refusal(f"There is no folder {target.parent}.")
    with application.application(up_to_date=False) as folder:
        from rapport.runtime import archives  # needs Django's settings

        manifest = archives.write(target, folder.files)
    megabytes = target.stat().st_size / 1e6
    say(f"Wrote {target} ({megabytes:.1f} MB, {len(manifest.checksums) - 1} stored files).")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Restore a backup."""
    addresses.require_the_server("rapport restore")
    source: Path = arguments.file.absolute()
    if not source.is_file():
        raise Refusal(f"There is no file {source}.")
    folder = application.prepared_folder()
    if is_held(folder.run_lock):
        raise Refusal("Rapport is running with this data folder: stop it first.")
    with application.application(up_to_date=False):
        from rapport.runtime import restores, upgrades  # need Django's settings

        restores.restore(source, folder, say, replace=arguments.replace)
        upgrades.bring_up_to_date(say)
    return 0
