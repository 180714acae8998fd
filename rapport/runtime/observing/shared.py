"""Counts of all processes of a machine, added up: each writes its own into a file now and then.

Whoever is asked adds up the files of all and his own latest. Files of processes that have ended are kept, so that
sums never fall; the next process that starts puts them together into one.
"""

import atexit
import fcntl
import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.conf import settings
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from rapport.runtime.observing.measures import OWN

EVERY = 5.0  # seconds
ENDED = "ended.json"
Sample = tuple[str, tuple[tuple[str, str], ...]]
Told = dict[str, tuple[str, str, dict[Sample, float]]]  # family: kind, help, samples


def own() -> Told:
    """What this process has counted."""
    found: Told = {}
    for metric in OWN.collect():
        samples = {
            (one.name, tuple(sorted(one.labels.items()))): float(one.value)
            for one in metric.samples
            if not one.name.endswith("_created")
        }
        found[metric.name] = (metric.type, metric.documentation, samples)
    return found


def added(all_of_them: Iterable[Told]) -> Told:
    """Add up what several processes have counted."""
    whole: Told = {}
    for told in all_of_them:
        for name, (kind, text, samples) in told.items():
            sums = whole.setdefault(name, (kind, text, {}))[2]
            for sample, value in samples.items():
                sums[sample] = sums.get(sample, 0.0) + value
    return whole


def read(path: Path) -> Told:
    """Read a file of counts; one that is not whole counts nothing."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: (kind, text, {(s, tuple((k, v) for k, v in labels)): value for s, labels, value in samples})
            for name, (kind, text, samples) in said.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write(path: Path, told: Told) -> None:
    """Write a file of counts, whole or not at all."""
    said = {
        name: (kind, text, [(s, labels, value) for (s, labels), value in samples.items()])
        for name, (kind, text, samples) in told.items()
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(said), encoding="utf-8")
    fresh.replace(path)


class Sharing:
    """This process's part: writes its counts until it ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / _name(psutil.Process())
        self.written: Told = {}

    def begin(self) -> None:
        """Put the files of ended processes together, then write now and then, in a thread of its own."""
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            gather(self.folder)
        except OSError:  # figures are never a reason not to start
            return
        atexit.register(self.write)
        threading.Thread(target=self.go_on, name="figures", daemon=True).start()

    def go_on(self) -> None:
        """Write what has changed."""
        rest = threading.Event()
        while not rest.wait(EVERY):
            self.write()

    def write(self) -> None:
        """Write unless nothing has changed; on a full disk the next time will do."""
        counted = own()
        if counted == self.written:
            return
        try:
            write(self.path, counted)
            self.written = counted
        except OSError:
            self.path.with_suffix(".new").unlink(missing_ok=True)


def _name(process: psutil.Process) -> str:
    return f"{process.pid}-{int(process.create_time() * 100)}.json"


def _lives(path: Path) -> bool:
    try:
        return _name(psutil.Process(int(path.name.partition("-")[0]))) == path.name
    except (psutil.Error, ValueError):
        return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def gather(folder: Path) -> None:
    """Put the counts of processes that have ended into one file."""
    with _alone(folder):
        over = [path for path in folder.glob("*-*.json") if not _lives(path)]
        if over:
            write(folder / ENDED, added([read(folder / ENDED), *map(read, over)]))
            for path in over:
                path.unlink()


def all_processes() -> Told:
    """What all processes of this machine have counted."""
    folder: Path = settings.METRICS_FOLDER
    mine = _name(psutil.Process())
    others = [path for path in folder.glob("*.json") if path.name != mine] if folder.is_dir() else []
    return added([own(), *map(read, others)])


class AllProcesses(Collector):
    """For Prometheus: the sums of all processes."""

    def describe(self) -> Iterable[Metric]:
        """Nothing is read before somebody asks."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Yield each family with its sums."""
        for name, (kind, text, samples) in all_processes().items():
            metric = Metric(name, text, kind)
            for (sample, labels), value in samples.items():
                metric.add_sample(sample, dict(labels), value)
            yield metric
