"""Web processes behind pgbouncer that gives each transaction another connection."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from rapport.accounts.models import User
from rapport.parties.models import Person
from rapport.runtime import addresses
from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.conftest import until

CHECKOUT = Path(__file__).parents[2]
PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

# Six threads on two connections of the server: reading, writing, and reading on while others write.
WORK = """
import os, sys, threading
sys.path.insert(0, {checkout!r})
os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.settings"
import django; django.setup()
from django.conf import settings
from django.db import connection
from django.test import Client
settings.ALLOWED_HOSTS = ["*"]
from rapport.accounts.models import User
from rapport.kernel.records import save_record
from rapport.parties.models import Person
user = User.objects.get(email={email!r})
wrong = []
def work(number):
    try:
        browser = Client()
        browser.force_login(user)
        for time in range(4):
            save_record(Person(), {{"name": f"Pooled {{number}}-{{time}}"}}, by=user)
            page = browser.get("/people/")
            if page.status_code != 200 or f"Pooled {{number}}-{{time}}" not in page.content.decode():
                wrong.append((number, time, page.status_code))
            list(Person.objects.visible_to(user).iterator(chunk_size=2))
    except Exception as error:
        wrong.append(repr(error))
    finally:
        connection.close()
threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
[one.start() for one in threads]
[one.join() for one in threads]
sys.exit(f"wrong: {{wrong}}" if wrong else 0)
"""


@pytest.fixture
def pooler(tmp_path: Path) -> Iterator[str]:
    """pgbouncer in transaction mode in front of the test's database."""
    if not PROGRAM:
        pytest.skip("pgbouncer is not installed here")
    entry = settings.DATABASES["default"]
    if os.geteuid() == 0 and entry["HOST"].startswith("/"):
        pytest.skip("pgbouncer, which refuses to run as root, does not reach the tests' own server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    name, user = connection.settings_dict["NAME"], entry["USER"]
    where = f"host={entry['HOST']} dbname={name} user={user}" + (
        f" port={entry['PORT']}" if entry["PORT"] else ""
    )
    where += f" password={entry['PASSWORD']}" if entry["PASSWORD"] else ""
    conf = tmp_path / "pgbouncer.ini"
    conf.write_text(
        f"[databases]\npooled = {where}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
        "unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n"
        "ignore_startup_parameters = extra_float_digits\n"
    )
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):  # pytest's own; the other user must reach the file
        folder.chmod(0o755)
    as_user = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
    process = subprocess.Popen([PROGRAM, "-q", *as_user, str(conf)], stdin=subprocess.DEVNULL)

    def answers() -> bool:
        assert process.poll() is None, "pgbouncer does not start"
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    until(answers)
    yield f"postgresql://{user}@127.0.0.1:{port}/pooled?pooler=transaction"
    process.terminate()
    process.wait(20)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pages_are_read_and_written_behind_a_pooler_of_transactions(pooler: str, administrator: User) -> None:
    code = WORK.format(checkout=str(CHECKOUT), email=administrator.email)
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], env=dict(os.environ) | {"RAPPORT_DATABASE_URL": pooler},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert Person.objects.filter(name__startswith="Pooled").count() == 24


def test_a_pooler_is_told_to_django_and_refused_for_what_needs_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = "postgresql://rapport@db.example/rapport?pooler=transaction"
    entry = addresses.database(url)
    assert entry["DISABLE_SERVER_SIDE_CURSORS"]
    assert "pooler" not in entry["OPTIONS"]
    assert not addresses.database("postgresql://rapport@db.example/rapport")["DISABLE_SERVER_SIDE_CURSORS"]
    with pytest.raises(Refusal, match="only pooler=transaction"):
        addresses.database("postgresql://db.example/rapport?pooler=statement")
    monkeypatch.setenv("RAPPORT_DATABASE_URL", url)
    with pytest.raises(Refusal, match="needs the server itself"):
        addresses.require_the_server("rapport worker")
