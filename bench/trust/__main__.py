"""Whether the gates catch faults in the data before they publish: faults injected into nights of invented companies.

    python -m bench.trust [--quick] [--work DIR] [--seeds 811 812 813] [--days 365] [--each 10] [--kinds …]

What is done is kept in the work folder; a second call goes on.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.trust.bases import Base, make_base
from bench.trust.inject import Injection, inject, plan
from bench.trust.kinds import KINDS
from raceway.console.show import print_table

JUDGED_ON = [811, 812, 813]
WAYS = ("equal", "refused", "held", "warned")


def main() -> None:
    """Prints the table, and writes it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("var/trust"))
    parser.add_argument("--out", type=Path, default=Path("var/trust.json"))
    parser.add_argument("--seeds", type=int, nargs="*", default=JUDGED_ON)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--kinds", nargs="*")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    console = Console(width=140)
    with ProcessPoolExecutor(given.jobs) as pool:
        bases = [
            made.result()
            for made in [pool.submit(make_base, given.work, seed, given.days, given.scale) for seed in given.seeds]
        ]
        kinds = [kind for kind in KINDS if not given.kinds or kind.name in given.kinds]
        results = run_all(pool, bases, plan(bases, given.each, kinds), given.work / "injections.jsonl")
    print_table(
        console,
        "Faults injected into nights",
        ["kind", ">injected", *(f">{way}" for way in WAYS), ">missed", ">no baseline", ">caught %"],
        rows_of(results),
    )
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(summary(results), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def run_all(
    pool: ProcessPoolExecutor, bases: list[Base], planned: list[Injection], noted: Path
) -> list[dict[str, Any]]:
    """Runs the injections that are not noted yet; gives all that were planned."""
    lines = noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
    known = {_key(result): result for result in map(json.loads, lines)}
    by_seed = {base.seed: base for base in bases}
    wanted = [(each.kind, each.number, each.seed) for each in planned]
    missing = [each for each in planned if (each.kind, each.number, each.seed) not in known]
    asked = {pool.submit(inject, by_seed[each.seed], each): each for each in missing}
    with noted.open("a", encoding="utf-8") as out:
        for done in as_completed(asked):
            found = done.result()
            out.write(found.line() + "\n")
            out.flush()
            result = json.loads(found.line())
            known[_key(result)] = result
    return [known[key] for key in wanted]


def _key(result: dict[str, Any]) -> tuple[str, int, int]:
    return result["kind"], result["number"], result["seed"]


def rows_of(results: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """One row for each kind, and one for all."""
    rows = []
    for name in [kind.name for kind in KINDS] + ["all"]:
        by = Counter(result["by"] for result in results if name in (result["kind"], "all"))
        if by:
            rows.append((name, f"{by.total()}", *(f"{by[way]}" for way in WAYS), f"{by['missed']}",
                         f"{by['no baseline']}", f"{100 * caught(by):.0f}"))  # fmt: skip
    return rows


def caught(by: Counter[str]) -> float:
    """The share that was caught of what had a baseline."""
    counted = by.total() - by["no baseline"]
    return sum(by[way] for way in WAYS) / counted if counted else 1.0


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """What `var/trust.json` says."""
    kinds = {}
    for kind in dict.fromkeys(result["kind"] for result in results):
        by = Counter(result["by"] for result in results if result["kind"] == kind)
        kinds[kind] = {"injected": by.total(), **{way: by[way] for way in (*WAYS, "missed", "no baseline")},
                       "caught_rate": caught(by)}  # fmt: skip
    every = Counter(result["by"] for result in results)
    return {
        "caught_rate": caught(every),
        "lowest_kind_rate": min((kind["caught_rate"] for kind in kinds.values()), default=1.0),
        "kinds": kinds,
        "missed": [result for result in results if result["by"] == "missed"],
    }


if __name__ == "__main__":
    main()
