"""`make chaos`: every fault on a copy of its own of one home; a JSON line for each, a table, var/chaos.json.

A fault is struck, a night runs, and another. Well ended is only: with the undisturbed digest (recovered), or with one
sentence, and then, when what was struck is put back, with the undisturbed digest (stopped_with_sentence). It goes on
where it was broken off: a fault whose line is there is not struck again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from raceway.common.home import Home
from tests.chaos.faults import Fault, damage, full_disks, kills, permissions
from tests.chaos.homes import AS_OF, copy, make_home, put_aside
from tests.chaos.night import Ended, in_child


class Ground:
    """A home after its first night, with the files of a second waiting, and what the second night ends with."""

    def __init__(self, root: Path, home: Home, as_of: dt.date, every: int = 4) -> None:
        self.root, self.home, self.as_of = root, home, as_of
        waiting = put_aside(self.home, root / "waiting", every)
        first = in_child(self.home, as_of)
        assert first.digest, first
        for path, aside in waiting:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(path)
        self.undisturbed = in_child(self.copied("undisturbed"), as_of)
        assert self.undisturbed.digest, self.undisturbed

    def copied(self, name: str) -> Home:
        """A copy of the home at the same path for every fault, since paths are in sentences."""
        target = self.root / name
        shutil.rmtree(target, ignore_errors=True)
        return copy(self.home, target)

    def strike(self, fault: Fault) -> dict[str, object]:
        """One fault and the nights after it; a line of the result."""
        home = self.copied("struck")
        struck = fault.strike(home)
        kill_at = 0 if fault.kill_share is None else 1 + int(fault.kill_share * self.undisturbed.writes)
        first = in_child(home, self.as_of, fault.inside, kill_at)
        done = first.digest == self.undisturbed.digest or fault.kind == "permission"
        then = first if done else in_child(home, self.as_of)
        if not then.digest and struck is not None:
            self._put_back(home, struck)
        last = then if then.digest else in_child(home, self.as_of)
        return self._judged(fault, first, then, last)

    def _put_back(self, home: Home, struck: Path) -> None:
        inside = struck.relative_to(home.root)
        if struck.is_dir() and (self.home.root / inside).is_dir():
            struck.chmod(0o755)
            return
        if struck.is_dir():
            shutil.rmtree(struck)
        else:
            struck.unlink(missing_ok=True)
        if (self.home.root / inside).exists():
            shutil.copy2(self.home.root / inside, struck)

    def _judged(self, fault: Fault, first: Ended, then: Ended, last: Ended) -> dict[str, object]:
        right = last.digest == self.undisturbed.digest
        wrong = any(end.digest and end.digest != self.undisturbed.digest for end in (first, then))
        outcome = "recovered" if right and then.digest else "stopped_with_sentence" if right else "lost"
        return {
            "fault": fault.name, "kind": fault.kind, "outcome": outcome, "wrong": wrong,
            "hit": fault.kill_share is None or first.killed,
            "sentence": first.sentence or then.sentence, "traceback": first.traceback or then.traceback
            or last.traceback,
        }  # fmt: skip


def all_faults(ground: Ground, number_of_kills: int) -> Iterator[Fault]:
    """The faults at step level."""
    found = [*damage(ground.home), *kills(number_of_kills), *full_disks()]
    if os.geteuid() == 0:
        found += permissions()
    # in an order that mixes the kinds, so that a run that is broken off has met all of them
    yield from sorted(found, key=lambda fault: hashlib.sha256(fault.name.encode()).digest())


def summary(lines: Iterable[dict[str, object]]) -> dict[str, object]:
    """What var/chaos.json says."""
    lines = list(lines)
    outcomes = Counter(str(line["outcome"]) for line in lines)
    return {
        "faults": len(lines),
        "recovered": outcomes["recovered"],
        "stopped_with_sentence": outcomes["stopped_with_sentence"],
        "rows_lost": outcomes["lost"],
        "wrong_publishes": sum(bool(line["wrong"]) for line in lines),
        "tracebacks": sum(bool(line["traceback"]) for line in lines),
        "not_hit": sum(not line["hit"] for line in lines),
        "fault_kinds": dict(sorted(Counter(str(line["kind"]) for line in lines).items())),
    }


def main() -> None:
    """Strikes what has no line yet, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=Path("var"))
    parser.add_argument("--kills", type=int, default=85)
    parser.add_argument("--scale", type=float, default=0.02)
    given = parser.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    kept = given.into / "chaos.jsonl"
    lines = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    known = {line["fault"] for line in lines}
    with tempfile.TemporaryDirectory(prefix="raceway-chaos-") as root:
        Path(root).chmod(0o755)  # a fault works as another user
        ground = Ground(Path(root), make_home(Path(root, "base"), given.scale), AS_OF)
        for fault in all_faults(ground, given.kills):
            if fault.name in known:
                continue
            lines.append(ground.strike(fault))
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(lines[-1], ensure_ascii=False) + "\n")
    for line in lines:
        if line["outcome"] == "lost" or line["traceback"] or line["wrong"] or not line["hit"]:
            print(line["fault"], line["outcome"], str(line["traceback"])[-600:] or line["sentence"], sep="\n  ")
    table = Counter((str(line["kind"]), str(line["outcome"])) for line in lines)
    for (kind, outcome), count in sorted(table.items()):
        print(f"{kind:<12} {outcome:<24} {count:>4}")
    said = summary(lines)
    (given.into / "chaos.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(said))


if __name__ == "__main__":
    main()
