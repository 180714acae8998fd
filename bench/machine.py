"""What the machine underneath gave to others meanwhile: figures of a stolen processor are no figures."""

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

STAT = Path("/proc/stat")
STOLEN = 7  # its place behind "cpu" in the first line; see proc(5)
WORTH_A_WORD = 0.02
STRETCH = 10.0  # seconds


class Stolen:
    """Counts while it is open: `with Stolen() as stolen: ...; stolen.share` is 0 to 1; 0 where nobody tells."""

    def __init__(self) -> None:
        self.before = self.after = (0, 0)

    @property
    def share(self) -> float:
        whole = self.after[1] - self.before[1]
        return (self.after[0] - self.before[0]) / whole if whole else 0.0

    def __str__(self) -> str:
        if self.share < WORTH_A_WORD:
            return "no other machine took the processors"
        return f"OTHER MACHINES TOOK {self.share:.0%} OF THE PROCESSORS: measure again"

    def __enter__(self) -> Self:
        self.before = _ticks()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.after = _ticks()


class Calm(threading.Thread):
    """Looks in stretches of ten seconds whether other machines took the processors, until `stop()`.

    A host that is shared takes them for some seconds and leaves them for others. What was measured in the calm
    stretches is what the machine can do.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stretches: list[tuple[float, float]] = []  # the calm ones: from when to when
        self.looked = 0
        self._ended = threading.Event()

    def run(self) -> None:
        """Look, wait, look again."""
        while not self._ended.is_set():
            begun = time.monotonic()
            with Stolen() as stolen:
                self._ended.wait(STRETCH)
            self.looked += 1
            if stolen.share < WORTH_A_WORD:
                self.stretches.append((begun, time.monotonic()))

    def stop(self) -> None:
        """The last stretch ends now."""
        self._ended.set()
        self.join()

    def of(self, answers: Iterable[tuple[float, float]]) -> list[float]:
        """How long those took that were asked for in calm; each is given with when it was asked."""
        return [took for at, took in answers if any(begin <= at < end for begin, end in self.stretches)]


def _ticks() -> tuple[int, int]:
    """Stolen, and all together."""
    if not STAT.exists():
        return 0, 0
    counts = [int(one) for one in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    return counts[STOLEN], sum(counts)
