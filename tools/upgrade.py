"""Upgrades an installation of an earlier version, with data, to this one, and looks whether everything is there.

The earlier version (a tag, or any commit) is unpacked beside this one and fills an installation with its sample
company. Then this version brings it up to date. Afterwards every table has at least the rows it had, the schema is
that of a fresh installation, and the doctor is content. `python tools/upgrade.py COMMIT` tries any commit.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILL = """
from rapport.runtime.commands.application import application
with application():
    from django.core.management import call_command
    call_command("demo")
"""
TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
GROWS = (
    "django_",
    "auth_permission",
    "procrastinate",
    "kernel_change_",
)  # one's own books; partitions of days


def last_tag() -> str:
    """The last version that was released; empty when there is none."""
    command = ["git", "-C", str(ROOT), "describe", "--tags", "--abbrev=0", "--match", "v*"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.strip()


class Version:
    """A checkout with a data folder."""

    def __init__(self, code: Path, data: Path) -> None:
        self.code = code
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RAPPORT_", "PYTEST_", "DJANGO_"))}
        self.environment = kept | {
            "RAPPORT_DATA": str(data),
            "PYTHONPATH": str(code),
            "RAPPORT_PG_LINGER": "1",
        }

    def python(self, *arguments: str) -> str:
        """Run something with this version's code; what it printed."""
        answer = subprocess.run(
            [sys.executable, "-W", "ignore", *arguments], env=self.environment, cwd="/", capture_output=True,
            text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if answer.returncode:
            raise SystemExit(
                f"{' '.join(arguments)[:80]} failed:\n{answer.stdout[-2000:]}{answer.stderr[-4000:]}"
            )
        return answer.stdout

    def rapport(self, *arguments: str) -> str:
        """Run the command."""
        return self.python("-m", "rapport", *arguments)

    def ask(self, sql: str) -> list[str]:
        """Lines of an answer of the database."""
        return self.rapport("db", "shell", "--", "-At", "-c", sql).splitlines()

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        names = [name for name in self.ask(TABLES) if name and not name.startswith(GROWS)]
        each = " union all ".join(f"select '{name}=' || count(*) from \"{name}\"" for name in names)
        pairs = (line.rsplit("=", 1) for line in self.ask(each) if "=" in line)
        return {name: int(count) for name, count in pairs}

    def schema(self) -> list[str]:
        """What the schema is, in an order that does not tell how it came about."""
        lines = self.ask(
            "select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable"
            " from information_schema.columns where table_schema = 'public'"
            " union all select tablename || ' ' || indexdef from pg_indexes where schemaname = 'public'"
            " union all select tgrelid::regclass || ' ' || tgname from pg_trigger where not tgisinternal"
            " union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint"
            " where connamespace = 'public'::regnamespace and contype <> 'n'"
        )
        return sorted({line for line in lines if line and not re.search(r"kernel_change_\w*\d{4}", line)})


def unpacked(revision: str, where: Path) -> Path:
    """The code of a revision, with the scripts and styles of this one: nobody looks at them here."""
    where.mkdir()
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", revision], capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(where)], input=archive.stdout, check=True)
    built = ROOT / "rapport" / "ui" / "static" / "dist"
    if built.exists():
        shutil.copytree(built, where / "rapport" / "ui" / "static" / "dist", dirs_exist_ok=True)
    return where


def try_upgrade(revision: str) -> list[str]:
    """What is wrong after an upgrade from that revision."""
    with tempfile.TemporaryDirectory(
        prefix="rapport-u-", dir="/tmp", ignore_cleanup_errors=True
    ) as folder:  # sockets need short names
        base = Path(folder)
        base.chmod(0o711)
        earlier = Version(unpacked(revision, base / "earlier"), base / "data")
        earlier.python("-c", FILL)
        before = earlier.counts()
        now = Version(ROOT, base / "data")
        now.rapport("migrate")
        after = now.counts()
        fresh = Version(ROOT, base / "fresh")
        fresh.rapport("migrate")
        problems = [
            f"{name}: {count} rows before, {after.get(name, 'no such table')} after"
            for name, count in before.items()
            if count and after.get(name, -1) < count
        ]
        here, there = now.schema(), fresh.schema()
        problems += [f"only after the upgrade: {line}" for line in here if line not in there]
        problems += [f"only in a fresh one: {line}" for line in there if line not in here]
        now.rapport("doctor")
        for version in (now, fresh):
            version.rapport("db", "stop")
        print(f"{revision}: {sum(before.values())} rows in {len(before)} tables")
        return problems


def main() -> int:
    """Try it; 1 when something is wrong."""
    revision = sys.argv[1] if len(sys.argv) > 1 else last_tag()
    if not revision:
        print("No version was released yet; name a commit: python tools/upgrade.py COMMIT")
        return 1
    problems = try_upgrade(revision)
    print("\n".join(problems) if problems else "Everything is there.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
