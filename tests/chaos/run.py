"""`make chaos`: every fault on a copy of its own of one home; a JSON line for each, a table, var/chaos.json.

It goes on where it was broken off: a fault whose line is there is not struck again. What had no good end is struck
again with `--again`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from bench.trust.result import merge_chaos
from tests.chaos.faults import Fault, damage, full_disks, permissions
from tests.chaos.ground import Ground, Line, MartGround, StoreGround
from tests.chaos.homes import AS_OF, make_home
from tests.chaos.midst import KILLS, clocks, kills, mart_faults, two_runs, warehouse, while_read
from tests.chaos.store import store_faults
from tests.chaos.whole import WholeGround, whole_faults

GROUNDS: Final[dict[str, type[Ground]]] = {
    ground.level: ground for ground in (Ground, StoreGround, MartGround, WholeGround)
}


def step_faults(ground: Ground) -> Iterator[Fault]:
    """The faults up to the freeze."""
    yield from damage(ground.home)
    yield from kills(KILLS)
    yield from full_disks()
    yield from while_read()
    yield from two_runs(ground.run_beside)
    yield from warehouse()
    yield from clocks()
    if os.geteuid() == 0:
        yield from permissions()


FAULTS: Final[dict[str, Callable[[Any], Iterator[Fault]]]] = {
    "steps": step_faults,
    "store": lambda ground: store_faults(),
    "mart": lambda ground: mart_faults(),
    "night": whole_faults,
}


def mixed(faults: Iterable[Fault]) -> list[Fault]:
    """In an order that mixes the kinds, so that a run that is broken off has met all of them."""
    return sorted(faults, key=lambda fault: hashlib.sha256(fault.name.encode()).digest())


def is_good(line: Line) -> bool:
    """Whether a fault was hit and ended as it should."""
    return line["outcome"] != "lost" and not line["traceback"] and not line["wrong"] and bool(line["hit"])


def summary(lines: Iterable[Line]) -> dict[str, Any]:
    """What var/chaos.json says."""
    lines = list(lines)
    outcomes = Counter(str(line["outcome"]) for line in lines)
    kinds = {
        kind: {
            "faults": len(of),
            "recovered": sum(line["outcome"] == "recovered" for line in of),
            "stopped_with_sentence": sum(line["outcome"] == "stopped_with_sentence" for line in of),
            "lost": sum(line["outcome"] == "lost" for line in of),
            "cpu_seconds": round(sum(line["cpu_seconds"] for line in of) / len(of), 1),
        }
        for kind in sorted({str(line["kind"]) for line in lines})
        if (of := [line for line in lines if line["kind"] == kind])
    }
    return {
        "faults": len(lines),
        "whole_nights": sum(line["level"] == "night" for line in lines),
        "recovered": outcomes["recovered"],
        "stopped_with_sentence": outcomes["stopped_with_sentence"],
        "rows_lost": outcomes["lost"],
        "wrong_publishes": sum(bool(line["wrong"]) for line in lines),
        "tracebacks": sum(bool(line["traceback"]) for line in lines),
        "not_hit": sum(not line["hit"] for line in lines),
        "unnamed": sum(not line["named"] for line in lines),
        "seconds": round(sum(line["seconds"] for line in lines)),
        "cpu_seconds": round(sum(line["cpu_seconds"] for line in lines)),
        "kinds": kinds,
        "bad": [line for line in lines if not is_good(line)],
    }


def main() -> None:
    """Strikes what has no line yet, and prints the table."""
    given = _given()
    given.into.mkdir(parents=True, exist_ok=True)
    kept = given.into / "chaos.jsonl"
    lines: list[Line] = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    if given.again:
        lines = [line for line in lines if is_good(line)]
        kept.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    known = {line["fault"] for line in lines}
    for level in given.levels:
        root = given.work / level
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        root.chmod(0o755)  # a fault works as another user
        ground = GROUNDS[level](root, make_home(root / "base", given.scale), AS_OF)
        wanted = [fault for fault in mixed(FAULTS[level](ground)) if given.only in fault.name]
        for fault in wanted:
            if fault.name in known:
                continue
            lines.append(ground.strike(fault))
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(lines[-1], ensure_ascii=False) + "\n")
            print(f"{time.strftime('%H:%M:%S')} {_told(lines[-1])}", flush=True)
            _write(given.into, lines)
        shutil.rmtree(root, ignore_errors=True)
    _write(given.into, lines)
    merge_chaos(given.into / "trust.json", given.into / "chaos.json")
    print_table(lines)


def print_table(lines: list[Line]) -> None:
    """What had no good end, and the counts by kind."""
    said = summary(lines)
    for line in said["bad"]:
        print(line["fault"], line["outcome"], str(line["traceback"])[-600:] or line["sentence"], sep="\n  ")
    print(f"{'kind':<14}{'faults':>8}{'recovered':>11}{'stopped':>9}{'lost':>6}{'CPU s each':>12}")
    for kind, of in said["kinds"].items():
        print(f"{kind:<14}{of['faults']:>8}{of['recovered']:>11}{of['stopped_with_sentence']:>9}{of['lost']:>6}"
              f"{of['cpu_seconds']:>12}")  # fmt: skip
    print(json.dumps({key: value for key, value in said.items() if key not in ("kinds", "bad")}))


def _told(line: Line) -> str:
    flags = [name for name in ("wrong", "traceback") if line[name]] + ([] if line["hit"] else ["not hit"])
    return f"{line['fault']}: {line['outcome']} {line['seconds']} s, CPU {line['cpu_seconds']} s {' '.join(flags)}".rstrip()


def _write(into: Path, lines: list[Line]) -> None:
    (into / "chaos.json").write_text(json.dumps(summary(lines), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=Path("var"))
    parser.add_argument("--work", type=Path, default=None, help="where the homes lie that are struck")
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--levels", nargs="*", choices=tuple(GROUNDS), default=list(GROUNDS))
    parser.add_argument("--only", default="", help="faults whose name holds this")
    parser.add_argument("--again", action="store_true", help="strike again what had no good end")
    given = parser.parse_args()
    given.work = (given.work or given.into / "chaos-work").absolute()
    return given


if __name__ == "__main__":
    main()
