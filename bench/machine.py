"""What the machine underneath gave to others meanwhile: figures of a stolen processor are no figures."""

from pathlib import Path
from types import TracebackType
from typing import Self

STAT = Path("/proc/stat")
STOLEN = 7  # its place behind "cpu" in the first line; see proc(5)
WORTH_A_WORD = 0.02


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


def _ticks() -> tuple[int, int]:
    """Stolen, and all together."""
    if not STAT.exists():
        return 0, 0
    counts = [int(one) for one in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    return counts[STOLEN], sum(counts)
