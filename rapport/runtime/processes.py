"""Child processes of `rapport run`: started, watched, restarted with a bound, stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SUPERVISED = "RAPPORT_SUPERVISED"
PR_SET_PDEATHSIG = 1
MOST_FAILURES = 5  # in a row, before we give up
LIVED_LONG_ENOUGH = 30.0
LONGEST_PAUSE = 20.0


def signal_on_parents_death(number: int) -> Callable[[], None] | None:
    """Return what a child must call so that it gets a signal when its parent dies (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def end_with_parent() -> None:
    """Let this process get SIGTERM when its parent dies, however that happens."""
    ask = signal_on_parents_death(signal.SIGTERM)
    if ask:
        ask()
        return
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def end_with_parent_if_supervised() -> None:
    """Do so only below `rapport run`."""
    if SUPERVISED in os.environ:
        end_with_parent()


@dataclass
class Child:
    """One process that should always be there."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    next_start: float = field(default=0.0)

    def start(self) -> None:
        """Start the process; it ends when we do."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, env=os.environ | {SUPERVISED: "1"},
            start_new_session=True,  # Ctrl-C reaches us alone, and we stop it in order
            preexec_fn=signal_on_parents_death(signal.SIGTERM),
        )  # fmt: skip

    def has_ended(self) -> bool:
        """Whether the process was started and is gone."""
        return self.process is not None and self.process.poll() is not None


class Family:
    """All children of one `rapport run`."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self.say = say

    def add(self, name: str, module: str) -> None:
        """Add a Python module as a child and start it."""
        child = Child(name, [sys.executable, "-m", module])
        self.children.append(child)
        child.start()

    def look_after(self) -> Child | None:
        """Start again what has ended; return the child that never stays up."""
        now = time.monotonic()
        for child in self.children:
            if child.has_ended() and child.process is not None:
                code = child.process.returncode
                lived = now - child.started
                child.failures = 1 if lived > LIVED_LONG_ENOUGH else child.failures + 1
                if child.failures > MOST_FAILURES:
                    return child
                pause = min(0.25 * 2**child.failures, LONGEST_PAUSE)
                child.process, child.next_start = None, now + pause
                self.say(f"The {child.name} has ended ({describe(code)}) and is started again.")
            if child.process is None and now >= child.next_start:
                child.start()
        return None

    def stop(self, seconds: float = 30) -> None:
        """Ask every child to leave, wait, and end those that do not."""
        alive = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in alive:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + seconds
        for process in alive:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def describe(code: int) -> str:
    """Say how a process ended."""
    if code >= 0:
        return f"code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
