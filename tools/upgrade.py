"""Upgrades an installation of an earlier version, with data, to this one, and looks whether everything is there.

The earlier version (the last tag, or whatever git knows by the name that is given: a tag, branch or commit) is
unpacked beside this one and fills an installation with its sample company. Then this version brings it up to date.
Afterwards every table has at least the rows it had, records and the change log have exactly those and say the same,
the schema is that of a fresh installation, the doctor is content, and the pages answer.
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
PAGES = """
from rapport.runtime.commands.application import application
with application():
    import warnings; warnings.simplefilter("ignore")
    from django.conf import settings
    from django.test import Client
    from rapport.accounts.models import User
    from rapport.kernel.registry import types
    settings.ALLOWED_HOSTS = ["*"]
    user = User.objects.filter(is_active=True, roles__key="administrator").earliest("pk")
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    from django.urls import reverse
    pages = [reverse(name) for name in ("home", "search", "company_settings", "changes", "duplicates", "trash")]
    pages += [reverse("life_cycle"), reverse("board", args=["deals"])]
    for kind in types():
        pages += [f"/{kind.key}/", f"/{kind.key}/export/file/?format=csv"]
        pages += [f"/{kind.key}/{one.pk}/" for one in kind.visible_to(user).order_by("pk")[:2]]
    for page in pages:
        answer = browser.get(page)
        print("" if answer.status_code == 200 else f"{page} answers {answer.status_code}")
    print(len(pages), "pages")
"""
TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
GROWS = (
    "django_",
    "auth_permission",
    "procrastinate",
    "kernel_change_",
)  # one's own books; partitions of days
KEPT = (
    "kernel_record",
    "kernel_change",
    "kernel_relationship",
    "parties_",
    "activities_activity",
    "sales_deal",
)


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

    def columns(self) -> set[tuple[str, str, str]]:
        """Table, name and type of each column of what must stay as it is."""
        lines = self.ask(
            "select table_name || '|' || column_name || '|' || udt_name from information_schema.columns"
            " join pg_tables on tablename = table_name and schemaname = 'public' where table_schema = 'public'"
        )
        found = {(parts[0], parts[1], parts[2]) for line in lines if len(parts := line.split("|")) == 3}
        return {one for one in found if one[0].startswith(KEPT) and not one[0].startswith(GROWS)}

    def contents(self, columns: set[tuple[str, str, str]]) -> dict[str, str]:
        """How many rows those tables have, and the sum of what these columns say."""
        asked = []
        for table in sorted({one[0] for one in columns}):
            names = ", ".join(sorted(f'"{name}"' for where, name, _type in columns if where == table))
            summed = "coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '')"
            rows = f'(select {names} from "{table}")'
            asked.append(f"select '{table}=' || count(*) || ' rows, ' || {summed} from {rows} t")
        return dict(line.split("=", 1) for line in self.ask(" union all ".join(asked)) if "=" in line)

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
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", revision], capture_output=True, check=False)
    if archive.returncode:
        raise SystemExit(f"git knows no {revision}: {archive.stderr.decode().strip()} (`git fetch --tags`?)")
    subprocess.run(["tar", "-x", "-C", str(where)], input=archive.stdout, check=True)
    built = ROOT / "rapport" / "ui" / "static" / "dist"
    if built.exists():
        shutil.copytree(built, where / "rapport" / "ui" / "static" / "dist", dirs_exist_ok=True)
    return where


def try_upgrade(revision: str) -> list[str]:
    """What is wrong after an upgrade from that revision."""
    # Sockets need short names.
    with tempfile.TemporaryDirectory(prefix="rapport-u-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        base = Path(folder)
        base.chmod(0o711)
        earlier = Version(unpacked(revision, base / "earlier"), base / "data")
        earlier.python("-c", FILL)
        now, fresh = Version(ROOT, base / "data"), Version(ROOT, base / "fresh")
        fresh.rapport("migrate")
        columns = earlier.columns() & fresh.columns()
        before, said = earlier.counts(), earlier.contents(columns)
        now.rapport("migrate")
        after, says = now.counts(), now.contents(columns)
        problems = [
            f"{name}: {count} rows before, {after.get(name, 'no such table')} after"
            for name, count in before.items()
            if count and after.get(name, -1) < count
        ]
        problems += [
            f"{name}: {said[name]} before, {says.get(name)} after"
            for name in said
            if said[name] != says.get(name)
        ]
        here, there = now.schema(), fresh.schema()
        problems += [f"only after the upgrade: {line}" for line in here if line not in there]
        problems += [f"only in a fresh one: {line}" for line in there if line not in here]
        now.rapport("doctor")
        *bad, pages = [line for line in now.python("-c", PAGES).splitlines() if line]
        problems += bad
        for version in (now, fresh):
            version.rapport("db", "stop")
        print(
            f"{revision}: {sum(before.values())} rows in {len(before)} tables; {len(said)} tables the same; {pages}"
        )
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
