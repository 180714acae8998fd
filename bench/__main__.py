"""`make bench`, or `python -m bench 10000 1000000`: generate, measure, print. `python -m bench imports 1000000`."""

import os
import shutil
import sys
import time
from pathlib import Path

BASE = Path(os.environ.get("RAPPORT_BENCH", ".bench")).resolve()
SIZES = (10_000, 1_000_000)


def main() -> None:
    only_imports = sys.argv[1:2] == ["imports"]
    sizes = [int(size) for size in sys.argv[2 if only_imports else 1 :]] or list(SIZES)
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
    from bench.imports import measure_imports
    from bench.run import run

    if only_imports:
        for size in sizes:
            say(measure_imports(size))
        return
    for size in sizes:
        begin = time.monotonic()
        run(size)
        say(f"done in {time.monotonic() - begin:.0f} s\n")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
