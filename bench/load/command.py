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
from functools import partial
from pathlib import Path

from bench.load.clock import Clock, why_not
from bench.load.installation import Installation
from bench.load.people import Prepared, Tally, everybody
from bench.machine import Calm, Stolen
from rapport.runtime.postgres.binaries import find_binaries

FAULTS = ("database", "worker", "web", "disk", "clock")
CALM_AFTER = 15.0  # seconds after all was well again in which errors are still those of the fault
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
        self.well_again: list[float] = []
        self.problem = ""

    def run(self) -> None:
        """Break things until the end; when one does not come back, say so."""
        try:
            self.break_all()
        except SystemExit as error:
            self.problem = str(error)

    def break_all(self) -> None:
        """Wait, break, wait until all is well."""
        number = 0
        while self.faults and time.monotonic() + self.every < self.until:
            time.sleep(self.every)
            what = self.faults[number % len(self.faults)]
            number += 1
            self.moments.append((time.monotonic(), what))
            begun = time.monotonic()
            {"database": self.installed.crash_database, "worker": self.installed.kill_worker,
             "web": self.installed.kill_web, "disk": partial(self.installed.fill_disk, 8),
             "clock": partial(self.installed.move_clock, 24)}[what]()  # fmt: skip
            time.sleep(0.5)
            self.installed.wait_until_well()
            self.well_again.append(time.monotonic())
            print(f"  {what} broken; well again after {time.monotonic() - begun:.1f} s", flush=True)

    def is_to_blame(self, begun: float, ended: float) -> bool:
        """Whether a fault was meanwhile or just before."""
        ends = [*self.well_again, time.monotonic()]  # the last one may not be over
        faults = zip(self.moments, ends, strict=False)
        return any(at - 1 <= ended and begun <= end + CALM_AFTER for (at, _what), end in faults)


def main(given: list[str], base: Path) -> int:
    """Prepare, run, account; 1 when something was lost, done twice or wrong without a fault."""
    chosen = arguments(given)
    data = base / "load"
    if chosen.fresh:
        shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, exist_ok=True)
    chosen.faults = possible(chosen.faults, data)
    mounted = "disk" in chosen.faults
    clock = Clock(base / "clock") if "clock" in chosen.faults else None
    if clock:
        os.environ["RAPPORT_PG_BIN"] = str(clock.programs(find_binaries().bin))
    os.environ |= {"RAPPORT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "rapport.settings", "RAPPORT_LOG": "plain",
                   "RAPPORT_LOG_LEVEL": "WARNING"}  # fmt: skip
    os.environ.pop("RAPPORT_DATABASE_URL", None)
    from rapport.runtime.commands.application import application

    try:
        with application():
            from bench.load.prepare import prepare  # needs Django's settings

            prepared = prepare(chosen.parties, chosen.users, lambda text: print(text, flush=True))
        os.environ["RAPPORT_LOG_LEVEL"] = "INFO"
        return measure(chosen, Installation(data, chosen.web, clock), prepared)
    finally:
        if mounted:
            take_away(data)


def possible(faults: tuple[str, ...], data: Path) -> tuple[str, ...]:
    """Those that can be had here; why the others are left out is said."""
    missing = {}
    if "disk" in faults and (why := small_disk(data)):
        missing["disk"] = why
    if "clock" in faults and (why := why_not()):
        missing["clock"] = why
    for what, why in missing.items():
        print(f"{what} is left out: {why}", flush=True)
    return tuple(one for one in faults if one not in missing)


def small_disk(data: Path) -> str:
    """Give the installation a disk of its own that can be filled; why that cannot be done, else nothing."""
    command = ["mount", "-t", "tmpfs", "-o", "size=3g,mode=711", "tmpfs", str(data)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - only root may
    return answer.stderr.strip() if answer.returncode else ""


def take_away(data: Path) -> None:
    """The disk, when the last process has left it."""
    for _time in range(20):
        if not subprocess.run(["umount", str(data)], capture_output=True, check=False).returncode:  # noqa: S603, S607
            return
        time.sleep(0.5)
    subprocess.run(["umount", "--lazy", str(data)], check=False)  # noqa: S603, S607


def measure(chosen: argparse.Namespace, installed: Installation, prepared: Prepared) -> int:
    """Run the load against the installation and print the account."""
    from bench.load.checks import losses, wait_for_the_worker
    from bench.load.imports import ROWS, Imports
    from bench.load.reminders import Reminders

    run, tally = f"{int(time.time()) % 10**7}", Tally()
    installed.start()
    try:
        print(f"{chosen.users} users for {chosen.seconds:.0f} s against {installed.url}", flush=True)
        breaker = Breaker(installed, chosen.faults, chosen.seconds, chosen.every)
        beside = chosen.seconds if chosen.faults else 0  # without faults only people are measured
        imports, reminders = Imports(run, beside), Reminders(run, beside)
        calm = Calm()
        for thread in (breaker, imports, reminders, calm):
            thread.start()
        with Stolen() as stolen:
            asyncio.run(everybody(prepared, installed.url, run, chosen.seconds, tuple(chosen.think), tally))
        calm.stop()
        for thread in (breaker, imports, reminders):
            thread.join(180)
        left = wait_for_the_worker()
        problems = losses(run, tally, imports.begun, ROWS) + reminders.wrong()
    finally:
        installed.stop()
    problems += [f"{left} jobs were not finished"] if left else []
    never = set(chosen.faults) - {what for _at, what in breaker.moments}
    problems += [f"{what} was never broken: the run was too short" for what in sorted(never)]
    problems += [breaker.problem] if breaker.problem else []
    beside_it = f"{len(imports.begun)} files imported, {len(reminders.planned)} reminders; {stolen}"
    print(f"\n{in_calm(calm, tally)}")
    return account(tally, breaker, problems, beside_it, chosen.seconds)


def in_calm(calm: Calm, tally: Tally) -> str:
    """What was seen while the processors were ours alone: other machines on the same host take them for a while."""
    took = calm.of(tally.answers)
    p50, p95 = quantiles(took)
    return (f"in {len(calm.stretches)} of {calm.looked} stretches of ten seconds no other machine took the "
            f"processors: {len(took)} answers, p50 {p50:.0f} ms, p95 {p95:.0f} ms")  # fmt: skip


def account(tally: Tally, breaker: Breaker, problems: list[str], beside: str, seconds: float) -> int:
    """Print what was seen; 1 when a bound is broken."""
    print(f"\n{'':24}{'times':>8}{'errors':>8}{'p50 ms':>9}{'p95 ms':>9}{'most':>9}")
    every = [one for took in tally.took.values() for one in took]
    failed = Counter(what for _at, _end, what, _how in tally.errors)
    for name, took in [*sorted(tally.took.items()), ("everything", every)]:
        wrong = failed[name] if name in tally.took else len(tally.errors)
        p50, p95 = quantiles(took)
        print(f"{name:24}{len(took):>8}{wrong:>8}{p50:>9.0f}{p95:>9.0f}{max(took, default=0) * 1000:>9.0f}")
    blameless = [(what, how) for at, end, what, how in tally.errors if not breaker.is_to_blame(at, end)]
    print(f"\n{len(every) / seconds:.1f} requests a second; {beside}; "
          f"{len(tally.told_yes)} + {len(tally.again)} writes acknowledged")  # fmt: skip
    for (what, how), count in Counter((what, how) for _at, _end, what, how in tally.errors).most_common(12):
        print(f"  {count} × {what}: {how}")
    for problem in problems[:30]:
        print(f"  WRONG: {problem}")
    twice = [one for one in problems if "twice" in one or one.endswith(" times")]
    p95 = quantiles(every)[1]
    bounds = {
        f"errors without a fault before: {len(blameless)} (of {len(tally.errors)})": not blameless,
        f"lost or wrong: {len(problems) - len(twice)}": len(problems) == len(twice),
        f"done twice: {len(twice)}": not twice,
        f"answers: {len(every)}": bool(every),
    }
    if not breaker.faults:
        bounds[f"p95 of everything: {p95:.0f} ms (at most {WANTED * 1000:.0f})"] = p95 <= WANTED * 1000
    for said, is_kept in bounds.items():
        print(f"{'ok    ' if is_kept else 'BROKEN'} {said}")
    return 0 if all(bounds.values()) else 1


def quantiles(took: list[float]) -> tuple[float, float]:
    """The middle, and what 95 of 100 stay below, in milliseconds."""
    if len(took) < 2:
        return (took[0] * 1000,) * 2 if took else (0.0, 0.0)
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return cuts[49] * 1000, cuts[94] * 1000
