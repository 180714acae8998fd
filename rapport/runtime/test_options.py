"""Settings come from the environment, have safe defaults and are documented."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.runtime import addresses, folders, options
from rapport.runtime.errors import Refusal

CHECKOUT = Path(__file__).parents[2]


def test_the_documentation_lists_every_setting_with_its_default_and_help() -> None:
    page = (CHECKOUT / "docs" / "how-to" / "settings.md").read_text()
    lines = [f"| `{one.name}` | {one.default_text} | {one.help} |" for one in options.ALL]
    assert [line for line in lines if line not in page] == []
    assert set(re.findall(r"RAPPORT_\w+", page)) <= {one.name for one in options.ALL} | {"RAPPORT_PASSWORD"}


def test_nobody_reads_an_undeclared_setting() -> None:
    declared = {one.name for one in options.ALL}
    internal = {
        "RAPPORT_PROCESS", "RAPPORT_SUPERVISED", "RAPPORT_PASSWORD", "RAPPORT_SHOTS", "RAPPORT_LATENCY",
    }  # fmt: skip
    for path in (CHECKOUT / "rapport").rglob("*.py"):
        if not path.name.startswith(("test_", "conftest")):
            assert set(re.findall(r"\bRAPPORT_[A-Z_]*[A-Z]\b", path.read_text())) <= declared | internal, path


def settings_of(**environment: str) -> str:
    asked = (
        "from rapport import settings as s; "
        "print(s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.ALLOWED_HOSTS)"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("RAPPORT_", "PYTEST_"))}
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        env=clean | environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout.strip()


def test_cookies_are_for_https_only_when_the_address_says_so() -> None:
    assert settings_of().startswith("False False")
    assert settings_of(RAPPORT_URL="https://crm.example.com").startswith("True True")
    assert "crm.example.com" in settings_of(RAPPORT_URL="https://crm.example.com")


def test_a_known_secret_key_is_never_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RAPPORT_SECRET_KEY", raising=False)
    monkeypatch.setenv("RAPPORT_DATA", str(tmp_path / "data"))
    assert folders.secret_key() != folders.secret_key()
    folder = folders.data_folder()
    folder.create()
    folder.ensure_secret_key()
    kept = folders.secret_key()
    assert len(kept) > 60
    folder.ensure_secret_key()
    assert folders.secret_key() == kept
    assert folder.secret_key.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("url", "host", "name"),
    [
        ("postgresql://u:p%40ss@db.example:6432/crm?sslmode=require", "db.example", "crm"),
        ("postgres://u@/crm?host=/run/with%20space", "/run/with space", "crm"),
    ],
)
def test_a_database_address_is_read(url: str, host: str, name: str) -> None:
    entry = addresses.database(url)
    assert (entry["HOST"], entry["NAME"], entry["USER"]) == (host, name, "u")
    assert "host" not in entry["OPTIONS"]


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql://host:port/x"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(Refusal, match="RAPPORT_DATABASE_URL"):
        addresses.database(url)


def test_an_address_of_rapport_says_how_it_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_URL", "crm.example")  # links in mails would lead nowhere
    with pytest.raises(Refusal, match="https://"):
        options.URL.value()


def test_a_mail_server_is_read_from_one_address() -> None:
    server = addresses.mail("smtps://user:p%2Fw@mail.example")
    assert (server.host, server.port, server.user, server.password) == ("mail.example", 465, "user", "p/w")
    assert (server.tls, server.starttls) == (True, False)
    with pytest.raises(Refusal, match="RAPPORT_MAIL_URL"):
        addresses.mail("http://mail.example")


def test_a_password_in_an_address_is_masked() -> None:
    assert options.mask("postgresql://u:secret@h/x?a=1") == "postgresql://u:***@h/x?a=1"
    assert options.mask("postgresql:///x") == "postgresql:///x"
