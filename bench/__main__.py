"""`make bench`, or `python -m bench 10000 1000000`: generate, measure, print.

`python -m bench imports 1000000`, and so `duplicates` and `types`, measure one thing alone. Everything happens
in databases of their own, `rapport_bench_…`, on the server of RAPPORT_DATABASE_URL or on one that comes along.
`python -m bench load` lets fifty people work for ten minutes; `--faults all` breaks things meanwhile.
`python -m bench browser` measures what a person waits for in a browser.
"""

import os
import shutil
import sys
import time
from pathlib import Path

BASE = Path(os.environ.get("RAPPORT_BENCH", ".bench")).resolve()
SIZES = (10_000, 1_000_000)


def main() -> None:
    if sys.argv[1:2] == ["load"]:  # an installation of its own, not a database
        from bench.load.command import main as load

        raise SystemExit(load(sys.argv[2:], BASE))
    if sys.argv[1:2] == ["browser"]:
        from bench.browser import main as browser

        raise SystemExit(browser(BASE))
    what = sys.argv[1] if sys.argv[1:2] in (["imports"], ["duplicates"], ["types"]) else ""
    said = [size for size in sys.argv[2 if what else 1 :] if size != "-v"]
    if not all(size.isdecimal() for size in said):
        raise SystemExit(__doc__)
    sizes = [int(size) for size in said] or list(SIZES)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.settings")
    os.environ.setdefault("RAPPORT_DATA", str(BASE / "data"))
    given = os.environ.get("RAPPORT_DATABASE_URL")
    if not given:
        need = max(sizes) * 12_000  # bytes on disk for each party with its deals and activities
        free = shutil.disk_usage(BASE.parent).free
        if free < need:
            raise SystemExit(f"{need // 10**9} GB are needed in {BASE}, {free // 10**9} GB are free.")
        from rapport.runtime.postgres.server import Server

        server = Server(BASE / "postgres", durable=False)
        os.environ["RAPPORT_DATABASE_URL"] = server.ensure()
    import django

    django.setup()
    from bench.duplicates import measure_duplicates
    from bench.imports import measure_imports
    from bench.machine import Stolen
    from bench.made_types import measure_made_types
    from bench.run import fresh_database, run
    from rapport.runtime.garbage import leave_what_is_loaded

    leave_what_is_loaded()  # as the web processes and the worker do
    if what:
        measure = {"imports": measure_imports, "duplicates": measure_duplicates, "types": measure_made_types}[
            what
        ]
        for size in sizes:
            fresh_database(f"rapport_bench_{what}")
            with Stolen() as stolen:
                say(measure(size))
            say(f"{stolen}\n")
        return
    for size in sizes:
        begin = time.monotonic()
        with Stolen() as stolen:
            run(size)
        say(f"done in {time.monotonic() - begin:.0f} s; {stolen}\n")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
