"""One row of the table: what was measured, what it is held against, and whether that holds."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from raceway.common.files import write_aside
from raceway.console.show import print_table


@dataclass(frozen=True)
class Row:
    """Medians in seconds. `against_seconds` is None where nothing is held against it; `target` is the largest ratio
    that is asked for, or the largest number of seconds where there is no ratio; None where a row is only told."""

    name: str
    against: str
    seconds: float
    against_seconds: float | None
    ratio: float | None
    target: float | None
    holds: bool | None


def row(name: str, against: str, seconds: Sequence[float], others: Sequence[float], target: float | None) -> Row:
    """A row from what was measured; `target` is a ratio where there are `others`, else seconds."""
    own = statistics.median(seconds)
    other = statistics.median(others) if others else None
    ratio = own / other if other else None
    reached = ratio if ratio is not None else own
    return Row(
        name,
        against,
        round(own, 3),
        None if other is None else round(other, 3),
        None if ratio is None else round(ratio, 3),
        target,
        None if target is None else reached <= target,
    )


def seconds_of(work: Callable[[], object]) -> float:
    """The wall seconds of a call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def write(rows: Sequence[Row], path: Path) -> None:
    """The rows for machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_aside(path, json.dumps([asdict(one) for one in rows], indent=2, ensure_ascii=False) + "\n")


def show(console: Console, rows: Sequence[Row]) -> None:
    """The rows for people."""
    print_table(
        console,
        "What raceway costs",
        ("what", ">seconds", "against", ">seconds", ">ratio", ">asked", "holds"),
        [
            (
                one.name,
                f"{one.seconds:.2f}",
                one.against,
                "" if one.against_seconds is None else f"{one.against_seconds:.2f}",
                "" if one.ratio is None else f"{one.ratio:.2f}",
                "" if one.target is None else f"≤ {one.target:g}{'' if one.ratio is not None else ' s'}",
                {None: "", True: "yes", False: "no"}[one.holds],
            )
            for one in rows
        ],
    )
