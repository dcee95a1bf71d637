"""What the ledger costs as it grows: folding it in a new process, following it, appending, compacting.

    python -m bench.ledger [--sizes 1000 10000 100000] [--json FILE]

Writes ledgers as busy homes have them (of 100 exports 93 are accepted, 5 known already, 2 refused), folds each in
new processes while all its events are loose, compacts it, adds 200 loose events and folds again. Both states must be
equal. To reach with 100,000 events, compacted: fold at most 0.5 s, append at most 5 ms.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from raceway.common.home import Home
from raceway.ledger.compaction import compact
from raceway.ledger.events import EVENT_VERSION
from raceway.ledger.ledger import Ledger

LOOSE: Final = 200
FOLD_SECONDS: Final = 0.5
APPEND_MILLISECONDS: Final = 5.0

_FOLDING: Final = """
import json, resource, sys, time
from pathlib import Path
from raceway.common.home import Home
from raceway.ledger.ledger import Ledger
ledger = Ledger(Home(Path(sys.argv[1])))
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
before, began = cpu(), time.perf_counter()
state = ledger.state()
told = {"seconds": time.perf_counter() - began, "cpu": cpu() - before}
began = time.perf_counter()
ledger.state()
told |= {"again": time.perf_counter() - began, "batches": len(state.batches), "files": len(state.files)}
print(json.dumps(told))
"""


def write_events(home: Home, export: int, count: int) -> int:
    """Loose events of exports from `export` on, at least `count`, as landing writes them but without waiting for the
    disk; gives the next export."""
    home.ledger.mkdir(parents=True, exist_ok=True)
    written = 0
    while written < count:
        accepted, known = export % 100 < 93, export % 100 < 98 and export >= 100
        kinds = ("landed", "accepted") if accepted else ("duplicate",) if known else ("landed", "refused")
        for place, kind in enumerate(kinds):
            _write(home, export * 2 + place, kind, export)
        written += len(kinds)
        export += 1
    return export


def _write(home: Home, number: int, kind: str, export: int) -> None:
    moment = 1_750_000_000_000_000 + number * 1_000_000
    at = time.strftime("%Y%m%dT%H%M%S", time.gmtime(moment // 1_000_000))
    event_id = f"{at}{moment % 1_000_000:06d}Z-{number:08x}"
    iso = f"{at[:4]}-{at[4:6]}-{at[6:8]}T{at[9:11]}:{at[11:13]}:{at[13:15]}.000000+00:00"
    of = export if kind != "duplicate" else export // 100 * 100 - 100
    source, table, account = f"source_{of % 20}", f"table_{of % 3}", f"account_{of % 4}"
    digest = hashlib.sha256(str(of).encode()).hexdigest()
    batch_id = f"{of:010d}-{table}-{digest[:12]}"
    path = f"reports/daily export {export}.csv"
    file = {"path": path, "sha256": digest, "bytes": 10_000 + of, "modified_at": iso}
    kept = f"archive/{source}/{account}/{at}-{digest[:8]}/{path}"
    about: dict[str, Any] = {"source": source, "account": account, "files": [file | {"kept_at": kept}]}
    manifest = {
        "format_version": 1, "batch_id": batch_id, "source": source, "table": table, "account": account,
        "files": [file], "content_hash": digest, "exported_at": iso, "covers_from": iso[:10], "covers_to": iso[:10],
        "covers_through_zone": None, "scope_kind": "days", "rows_landed": 1000, "rows_read": 1002, "rows_refused": 0,
        "rows_furniture": 2, "currency": "VND", "money_days": {"USD": [iso[:10]]}, "is_filtered": False, "totals": {},
        "findings": [], "key_fingerprint": "0123456789abcdef",
        "columns": {f"column_{place}": "decimal(18,6)" for place in range(14)},
    }  # fmt: skip
    said = {
        "landed": about | {"manifest": manifest},
        "accepted": {"batch_id": batch_id, "who": "gate", "why": ""},
        "duplicate": about | {"batch_id": batch_id, "exported_at": iso},
        "refused": about | {"batch_id": batch_id, "reason": "refused by the landing gate: the key stands twice"},
    }[kind]
    event = {"format_version": EVENT_VERSION, "event_id": event_id, "kind": kind, "at": iso} | said
    (home.ledger / f"{event_id}.json").write_text(json.dumps(event, ensure_ascii=False, sort_keys=True))


def fold(home: Home, repeats: int) -> dict[str, float]:
    """Medians of folding in new processes: seconds, CPU seconds, and seconds of asking again in the same process."""
    command = [sys.executable, "-c", _FOLDING, str(home.root)]
    told = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(repeats)]
    return {name: statistics.median(one[name] for one in told) for name in told[0]}


def append(home: Home, repeats: int = 25) -> float:
    """Median milliseconds of one append, durable."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        event = Ledger(home).append("forgotten", who="bench")
        taken.append((time.perf_counter() - began) * 1000)
        (home.ledger / f"{event.event_id}.json").unlink()
    return statistics.median(taken)


def measure(root: Path, size: int, repeats: int) -> dict[str, Any]:
    """One size of ledger: loose, then compacted with `LOOSE` events beside the snapshot."""
    home = Home(root / str(size))
    following = write_events(home, 0, size)
    loose = {"fold": fold(home, repeats if size < 50_000 else 1), "append": append(home)}
    plain = Ledger(home).state()
    began, used = time.perf_counter(), time.process_time()
    compact(home, at_least=1)
    compacting = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}
    same = _told(Ledger(home).state()) == _told(plain)
    if not same:
        raise SystemExit(f"{size} events: the compacted ledger folds to another state")
    write_events(home, following, LOOSE)
    compacted = {"fold": fold(home, repeats), "append": append(home)}
    began, used = time.perf_counter(), time.process_time()
    compact(home, at_least=1)
    again = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}
    size_on_disk = sum(path.stat().st_size for path in home.ledger.rglob("*") if path.is_file())
    shutil.rmtree(home.root)
    return {"events": size, "loose": loose, "compacted": compacted, "compact": compacting, "compact again": again,
            "bytes": size_on_disk}  # fmt: skip


def _told(state: Any) -> list[Any]:
    return [*((b, b.head) for b in state.batches.values()), *state.files.values()]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--json", type=Path, help="also write the figures there")
    chosen = options.parse_args()
    print(f"The ledger; medians of {chosen.repeats} on {os.cpu_count()} cores, wall (CPU) seconds")
    print(f"{'events':>8} {'':<22} {'fold':>13} {'ask again':>10} {'append':>9} {'compact':>15}")
    measured = []
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory(prefix="raceway-bench-") as folder:
            measured.append(measure(Path(folder), size, chosen.repeats))
        show(measured[-1])
    print(f"to reach, compacted: fold {FOLD_SECONDS} s, append {APPEND_MILLISECONDS} ms")
    if chosen.json:
        chosen.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def show(one: dict[str, Any]) -> None:
    """Prints the two lines of one size."""
    for what, beside, compacting in (
        ("loose", "all loose", "compact"),
        ("compacted", f"compacted, {LOOSE} loose", "compact again"),
    ):
        fold_of = one[what]["fold"]
        print(
            f"{one['events']:8,} {beside:<22} {_both(fold_of):>13} {fold_of['again'] * 1000:7.1f} ms "
            f"{one[what]['append']:6.1f} ms {_both(one[compacting]):>15}",
            flush=True,
        )


def _both(told: dict[str, float]) -> str:
    return f"{told['seconds']:.2f} ({told['cpu']:.2f})"


if __name__ == "__main__":
    main()
