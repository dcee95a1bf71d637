"""What raceway costs, as one table and as JSON: ratios of one run, side by side.

    python -m bench.performance [--only landing nights sample] [--into var] [--quick]

Writes bench.json into the folder of --into: a list of name, against, seconds, against_seconds, ratio, target, holds.
Companies of 24 months and of one are invented once, below bench/ there, and copied for each run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.console import Console

from bench.performance import landings, nights
from bench.performance.rows import Row, row, show, write
from raceway.config.init import init_home
from raceway.sample.write import write_sample

PARTS: Final = ("landing", "small", "sample", "nights")
SAMPLE_BEFORE: Final = 8_400
"""Events a second that the sample was written with when each event was an object of its own, by the same clock."""


def main(arguments: list[str] | None = None) -> int:
    """Measures what is asked for; 1 where a row does not hold."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts of the table")
    options.add_argument("--into", type=Path, default=Path(os.environ.get("RACEWAY_HOME", "var")))
    options.add_argument("--dlt", default="", metavar="PYTHON", help="a Python with dlt (make setup-dlt)")
    options.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options.add_argument("--quick", action="store_true", help="small sizes, one turn: whether it runs, not how fast")
    chosen = options.parse_args(arguments)
    console = Console(stderr=True)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="raceway-bench-") as folder:
        for one in _rows(chosen, Path(folder), console):
            rows.append(one)
            write(rows, chosen.into / "bench.json")  # also where a later part breaks off
            reached = f"{one.seconds:.2f} s" + (f", {one.ratio:.2f} × {one.against}" if one.ratio else "")
            console.print(f"{one.name}: {reached}", highlight=False, soft_wrap=True)
    show(Console(width=160), rows)
    return 1 if any(one.holds is False for one in rows) and not chosen.quick else 0


def _rows(chosen: argparse.Namespace, folder: Path, console: Console) -> Iterator[Row]:
    quick = chosen.quick
    sizes = landings.Sizes(20_000, 5_000, 20_000, 14, 1) if quick else landings.Sizes()
    if "landing" in chosen.only:
        yield from landings.rows_of(folder, sizes, chosen.threads, chosen.dlt)
    if "small" in chosen.only:
        yield landings.small_files(folder, sizes)
    if "sample" in chosen.only:
        yield _sample(folder, days=14 if quick else 90, scale=0.02 if quick else 1.0)
    if "nights" in chosen.only:
        base, work = chosen.into / "bench", folder / "companies"

        def tell(what: str) -> None:
            console.print(f"{time.strftime('%H:%M:%S')} {what}", highlight=False)

        months, scale = ((2, 1), 0.02) if quick else ((24, 1), 3.0)
        long, short = nights.companies(base, work, months, scale, tell)
        yield from nights.rows_of(long, short, 1 if quick else 3, tell)
        shutil.rmtree(work)


def _sample(folder: Path, days: int, scale: float) -> Row:
    home = init_home(folder / "sample")
    began = time.perf_counter()
    summary = write_sample(home, days=days, scale=scale)
    seconds = time.perf_counter() - began
    return row(f"writing a sample of {summary.events:,} events", f"{SAMPLE_BEFORE:,} events a second", [seconds],
               [summary.events / SAMPLE_BEFORE], 0.1)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
