"""Lands every real export beside the project and prints what became of it beside what was expected.

    python -m tests.tools.show_samples

Rows were counted by another tool (count_samples.py); "equal" compares all four counts and the outcome. A total that differs is a
finding and no fault: an excerpt lacks rows, and some tools round or leave out what is rare.
"""

from __future__ import annotations

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from raceway.config.init import init_home
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.ledger.ledger import Ledger
from tests.sources.test_samples import ACCOUNTS, EXPECTED
from tests.support.real_files import SAMPLES

COUNTS = ("rows_read", "rows_landed", "rows_refused", "rows_furniture")


def _landed(row: dict[str, str], folder: Path) -> tuple[str, tuple[int, ...], str, str]:
    """Outcome, counts, sentence and totals of one file, landed with its siblings in a home of its own."""
    home = init_home(folder / "home", accounts=ACCOUNTS)
    inbox = home.inbox / row["source"] / row["account"]
    inbox.mkdir(parents=True)
    file = SAMPLES / row["path"]
    for name in [file.name, *filter(None, row["sibling"].split(";"))]:
        shutil.copy2(file.parent / name, inbox / name)
    (export,) = find_exports(home, row["source"])
    outcome = land(home, export)
    manifests = {batch.table: batch.manifest for batch in Ledger(home).state().batches.values()}
    if row["expected"] == "furniture":
        beside = outcome.rows_furniture - sum(manifest["rows_furniture"] for manifest in manifests.values())
        return "furniture", (beside, 0, 0, beside), "", ""
    if outcome.status == "refused":
        return "refused", (0, 0, 0, 0), outcome.reason or "", ""
    manifest = manifests[row["table"]]
    return outcome.status, tuple(manifest[count] for count in COUNTS), "", _totals(manifest)


def _totals(manifest: dict[str, Any]) -> str:
    """Which columns of the file's total rows agree with the rows that landed, and which do not by how much."""
    if not manifest["totals"]:
        return "the file states none"
    told = []
    for label, columns in manifest["totals"].items():
        off = [f"{name} {sums['summed']} of {sums['stated']}" for name, sums in columns.items() if _differ(sums)]
        same = [name for name, sums in columns.items() if not _differ(sums)]
        told.append(f"{label}: {', '.join(same) or 'nothing'} equal" + (f"; differ: {', '.join(off)}" if off else ""))
    return "; ".join(told)


def _differ(sums: dict[str, str]) -> bool:
    stated, summed = (Decimal("0" if sums[key] == "None" else sums[key]) for key in ("stated", "summed"))
    return stated != summed


def main() -> None:
    """Prints the table; ends with how many files became what was expected."""
    table = Table(
        "file", "table", "outcome", "read", "landed", "refused", "furniture", "expected", "equal", "totals", "sentence"
    )
    equal = 0
    for row in EXPECTED:
        with tempfile.TemporaryDirectory() as folder:
            outcome, counts, sentence, totals = _landed(row, Path(folder))
        expected = tuple(int(row[count]) for count in COUNTS)
        same = outcome == row["expected"] and counts == expected and sentence == row["sentence"]
        equal += same
        table.add_row(row["path"], row["table"], outcome, *map(str, counts),
                      f"{row['expected']} {'/'.join(map(str, expected))}", "yes" if same else "NO", totals, sentence)  # fmt: skip
    console = Console(width=240)
    console.print(table)
    console.print(f"{equal} of {len(EXPECTED)} files became what was expected")


if __name__ == "__main__":
    main()
