"""What PostgreSQL's processes for this database used of the processors, where it runs on the same machine."""

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from django.db import connections

EVERY = 0.2  # seconds between two looks; what a connection does after the last one is lost
ASKED_EVERY = 5  # looks between two questions for new processes, which cost more than looking


class ServerCpu:
    """Counts while it is open: `with ServerCpu() as cpu: ...; cpu.seconds`."""

    def __init__(self) -> None:
        self.before: dict[int, float] = {}
        self.now: dict[int, float] = {}
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def seconds(self) -> float:
        return sum(self.now[pid] - before for pid, before in self.before.items())

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ends.set()
        self.thread.join()

    def _watch(self) -> None:
        own = connections["default"]  # of this thread
        looks = 0
        with own.cursor() as cursor:
            while True:
                is_last = self.ends.wait(EVERY if looks else 0)
                if looks % ASKED_EVERY == 0:
                    cursor.execute(
                        "select pid from pg_stat_activity"
                        " where datname = current_database() and pid <> pg_backend_pid()"
                    )
                    for (pid,) in cursor.fetchall():
                        self.now.setdefault(pid, 0.0)
                for pid in self.now:
                    self._look(pid, is_new=looks > 0)
                looks += 1
                if is_last:
                    break
        own.close()

    def _look(self, pid: int, *, is_new: bool) -> None:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended, or the server is elsewhere
            return
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        self.before.setdefault(pid, 0.0 if is_new else used)  # all of what began meanwhile counts
        self.now[pid] = used
