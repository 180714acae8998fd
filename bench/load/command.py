"""`python -m bench load`: people at work on a real installation, with or without faults; then the account."""

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

from bench.load.installation import Installation
from bench.load.people import Prepared, Tally, everybody

FAULTS = ("database", "worker", "web", "disk")
CALM_AFTER = 30.0  # seconds after a fault in which errors are its own
WANTED = 0.3


def arguments(given: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--parties", type=int, default=10_000)
    parser.add_argument("--web", type=int, default=2, help="web processes")
    parser.add_argument("--think", type=float, nargs=2, default=(2.0, 6.0), metavar=("LEAST", "MOST"))
    parser.add_argument(
        "--faults", default="", help=f"what breaks in between, of {', '.join(FAULTS)}; or all"
    )
    parser.add_argument("--every", type=float, default=0, help="seconds between faults; else spread evenly")
    parser.add_argument("--fresh", action="store_true", help="begin with an empty folder")
    chosen = parser.parse_args(given)
    named = FAULTS if chosen.faults == "all" else tuple(part for part in chosen.faults.split(",") if part)
    if strange := set(named) - set(FAULTS):
        parser.error(f"unknown faults: {', '.join(strange)}")
    chosen.faults = named
    return chosen


class Breaker(threading.Thread):
    """Breaks one thing after the other."""

    def __init__(
        self, installed: Installation, faults: tuple[str, ...], seconds: float, every: float
    ) -> None:
        super().__init__(daemon=True)
        self.installed, self.faults = installed, faults
        self.every = every or seconds / (len(faults) + 1)
        self.until = time.monotonic() + seconds
        self.moments: list[tuple[float, str]] = []

    def run(self) -> None:
        """Wait, break, wait until all is well."""
        number = 0
        while self.faults and time.monotonic() + self.every < self.until:
            time.sleep(self.every)
            what = self.faults[number % len(self.faults)]
            number += 1
            self.moments.append((time.monotonic(), what))
            begun = time.monotonic()
            if what == "disk":
                self.installed.fill_disk(8)
            else:
                {"database": self.installed.crash_database, "worker": self.installed.kill_worker,
                 "web": self.installed.kill_web}[what]()  # fmt: skip
            time.sleep(0.5)
            self.installed.wait_until_well()
            print(f"  {what} broken; well again after {time.monotonic() - begun:.1f} s", flush=True)

    def is_to_blame(self, moment: float) -> bool:
        """Whether a fault was just before."""
        return any(at - 1 <= moment <= at + CALM_AFTER for at, _what in self.moments)


def main(given: list[str], base: Path) -> int:
    """Prepare, run, account; 1 when something was lost, done twice or wrong without a fault."""
    chosen = arguments(given)
    data = base / "load"
    if chosen.fresh:
        shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, exist_ok=True)
    mounted = "disk" in chosen.faults and small_disk(data)
    os.environ |= {"RAPPORT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "rapport.settings", "RAPPORT_LOG": "plain",
                   "RAPPORT_LOG_LEVEL": "WARNING"}  # fmt: skip
    os.environ.pop("RAPPORT_DATABASE_URL", None)
    from rapport.runtime.commands.application import application

    try:
        with application():
            from bench.load.prepare import prepare  # needs Django's settings

            prepared = prepare(chosen.parties, chosen.users, lambda text: print(text, flush=True))
        os.environ["RAPPORT_LOG_LEVEL"] = "INFO"
        return measure(chosen, Installation(data, chosen.web), prepared)
    finally:
        if mounted:
            subprocess.run(["umount", str(data)], check=False)  # noqa: S603, S607


def small_disk(data: Path) -> bool:
    """A disk of its own that can be filled; only root can mount one."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3g,mode=711", "tmpfs", str(data)], check=True)  # noqa: S603, S607
    return True


def measure(chosen: argparse.Namespace, installed: Installation, prepared: Prepared) -> int:
    """Run the load against the installation and print the account."""
    from bench.load.checks import losses, wait_for_the_worker
    from bench.load.imports import ROWS, Imports

    run, tally = f"{int(time.time()) % 10**7}", Tally()
    installed.start()
    try:
        print(f"{chosen.users} users for {chosen.seconds:.0f} s against {installed.url}", flush=True)
        breaker = Breaker(installed, chosen.faults, chosen.seconds, chosen.every)
        imports = Imports(
            run, chosen.seconds if chosen.faults else 0
        )  # without faults only people are measured
        breaker.start()
        imports.start()
        asyncio.run(everybody(prepared, installed.url, run, chosen.seconds, tuple(chosen.think), tally))
        imports.join(180)
        breaker.join(180)
        left = wait_for_the_worker()
        problems = losses(run, tally, imports.begun, ROWS)
    finally:
        installed.stop()
    problems += [f"{left} jobs were not finished"] if left else []
    return account(tally, breaker, problems, len(imports.begun), chosen.seconds)


def account(tally: Tally, breaker: Breaker, problems: list[str], imports: int, seconds: float) -> int:
    """Print what was seen; the exit code."""
    print(f"\n{'':24}{'times':>8}{'p50 ms':>9}{'p95 ms':>9}{'most':>9}")
    every = [one for took in tally.took.values() for one in took]
    for name, took in [*sorted(tally.took.items()), ("everything", every)]:
        if len(took) > 1:
            cuts = statistics.quantiles(took, n=100)
            print(
                f"{name:24}{len(took):>8}{cuts[49] * 1000:>9.0f}{cuts[94] * 1000:>9.0f}{max(took) * 1000:>9.0f}"
            )
    blameless = [(what, how) for at, what, how in tally.errors if not breaker.is_to_blame(at)]
    print(f"\n{len(every) / seconds:.1f} requests a second; {len(tally.errors)} errors, "
          f"{len(blameless)} of them without a fault before; {imports} files imported; "
          f"{len(tally.told_yes)} + {len(tally.again)} writes acknowledged")  # fmt: skip
    for (what, how), count in Counter((what, how) for _at, what, how in tally.errors).most_common(12):
        print(f"  {count} × {what}: {how}")
    for problem in problems[:30]:
        print(f"  LOST OR TWICE: {problem}")
    is_slow = not breaker.faults and len(every) > 20 and statistics.quantiles(every, n=100)[94] > WANTED
    print("nothing lost, nothing twice" if not problems else f"{len(problems)} problems")
    if is_slow:
        print(f"p95 is above {WANTED * 1000:.0f} ms")
    return 1 if problems or blameless or is_slow else 0
