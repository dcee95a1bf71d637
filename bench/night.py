"""Where the time of `make run`'s night goes: landing, Great Expectations, dbt, publish, orchestration.

    python -m bench.night [--scale 1] [--days 90]

Writes a sample home into a temporary folder and runs one night in this process, on a clock around each part.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from raceway.config.init import init_home
from raceway.console.show import print_table
from raceway.gate import batch_gate as gate
from raceway.night.run import run_night
from raceway.sample.write import write_sample

BUDGET_SECONDS = 180


class Clock:
    """Adds up the wall time of every call of a function."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.monotonic()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds += time.monotonic() - began
                self.calls += 1

        return timed


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--days", type=int, default=90)
    chosen = options.parse_args()
    console = Console()

    batch_gate = Clock()
    gate.check_batch = batch_gate.around(gate.check_batch)
    with tempfile.TemporaryDirectory(prefix="raceway-bench-") as folder:
        home = init_home(Path(folder) / "home")
        began = time.monotonic()
        write_sample(home, days=chosen.days, scale=chosen.scale)
        sample_seconds = time.monotonic() - began
        night = run_night(home)

    parts = night.seconds
    rows = {
        "landing: read, type, write": parts["landing"] - batch_gate.seconds,
        f"landing: Great Expectations ({batch_gate.calls} batches)": batch_gate.seconds,
        "freeze": parts["freeze"],
        "dbt": parts["dbt"],
        "gate of the mart: Great Expectations": parts["gate"],
        "publish": parts["publish"],
        "orchestration: Airflow": parts["orchestration"],
        "total": parts["total"],
    }
    print_table(
        console,
        f"One night, {chosen.days} days at scale {chosen.scale:g}: {night.status}",
        ("part", ">seconds", ">share"),
        [(name, f"{seconds:.1f}", f"{seconds / parts['total']:.0%}") for name, seconds in rows.items()],
    )
    both = sample_seconds + parts["total"]
    console.print(f"With the sample written first ({sample_seconds:.1f} s): {both:.1f} s of {BUDGET_SECONDS} s")


if __name__ == "__main__":
    main()
