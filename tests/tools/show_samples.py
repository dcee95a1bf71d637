"""Lands every real export beside the project and prints what became of it beside what was expected.

    python -m tests.tools.show_samples

Rows were counted by another tool (count_samples.py); "equal" compares all four counts and the outcome.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from raceway.inbox import find_exports
from raceway.landing import land
from raceway.ledger import Ledger
from raceway.settings import init_home
from tests.landing.test_samples import ACCOUNTS, EXPECTED, SAMPLES

COUNTS = ("rows_read", "rows_landed", "rows_refused", "rows_furniture")


def _landed(row: dict[str, str], folder: Path) -> tuple[str, tuple[int, ...], str]:
    """Outcome, counts and sentence of one file, landed with its siblings in a home of its own."""
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
        return "furniture", (beside, 0, 0, beside), ""
    if outcome.status == "refused":
        return "refused", (0, 0, 0, 0), outcome.reason or ""
    manifest = manifests[row["table"]]
    return outcome.status, tuple(manifest[count] for count in COUNTS), ""


def main() -> None:
    """Prints the table; ends with how many files became what was expected."""
    table = Table("file", "table", "outcome", "read", "landed", "refused", "furniture", "expected", "equal", "sentence")
    equal = 0
    for row in EXPECTED:
        with tempfile.TemporaryDirectory() as folder:
            outcome, counts, sentence = _landed(row, Path(folder))
        expected = tuple(int(row[count]) for count in COUNTS)
        same = outcome == row["expected"] and counts == expected and sentence == row["sentence"]
        equal += same
        table.add_row(row["path"], row["table"], outcome, *map(str, counts),
                      f"{row['expected']} {'/'.join(map(str, expected))}", "yes" if same else "NO", sentence)  # fmt: skip
    console = Console(width=240)
    console.print(table)
    console.print(f"{equal} of {len(EXPECTED)} files became what was expected")


if __name__ == "__main__":
    main()
