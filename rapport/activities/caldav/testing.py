"""For tests: a real Radicale on this machine, with one user and one calendar."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

NAME, PASSWORD = "mara", "s3cret-there"

CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/store
[logging]
level = error
"""


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """Its address; it leaves with the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "users").write_text(f"{NAME}:{PASSWORD}\n")
    (folder / "config").write_text(CONFIG.format(port=port, folder=folder))
    command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    environment = {name: value for name, value in os.environ.items() if name != "RADICALE_CONFIG"}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)  # noqa: S603 - our own
    try:
        _wait(f"http://127.0.0.1:{port}/.web/")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(10)


def _wait(address: str) -> None:
    for _turn in range(100):
        try:
            urlopen(address, timeout=2).close()  # noqa: S310 - our own server
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("Radicale does not answer.")
