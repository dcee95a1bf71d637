"""Every real export in the samples folder lands, or is refused whole with a sentence that names its kind.

The files belong to others and are no part of the project: they are looked for beside it
(`../shared/samples`, or RACEWAY_SAMPLES), and without them these tests skip, unless
RACEWAY_REQUIRE_SAMPLES=1. What is expected stands in tests/samples.csv, with rows counted by another tool.
"""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import pytest

from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.ledger.ledger import Ledger
from tests.support.real_files import SAMPLES

with (Path(__file__).parents[1] / "samples.csv").open(encoding="utf-8", newline="") as listed:
    EXPECTED = list(csv.DictReader(listed))
ACCOUNTS = [
    Account(source=source, account=currency.lower(), name=currency, market="US", time_zone="America/New_York",
            currency=currency)
    for source, currency in sorted({(row["source"], row["account"].upper()) for row in EXPECTED})
]  # fmt: skip


@pytest.fixture(scope="session")
def samples() -> Path:
    if not SAMPLES.is_dir():
        message = f"no samples at {SAMPLES}"
        if os.environ.get("RACEWAY_REQUIRE_SAMPLES") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return SAMPLES


def test_every_sample_file_has_an_expectation(samples: Path) -> None:
    folders = {row["path"].split("/")[0] for row in EXPECTED}
    there = {f"{folder}/{file.name}" for folder in folders for file in (samples / folder).iterdir()}
    assert there == {row["path"] for row in EXPECTED}


@pytest.mark.parametrize("row", EXPECTED, ids=[row["path"] for row in EXPECTED])
def test_a_sample_becomes_what_is_expected(row: dict[str, str], samples: Path, tmp_path: Path) -> None:
    home = init_home(tmp_path / "home", accounts=ACCOUNTS)
    inbox = home.inbox / row["source"] / row["account"]
    inbox.mkdir(parents=True)
    file = samples / row["path"]
    for name in [file.name, *filter(None, row["sibling"].split(";"))]:
        shutil.copy2(file.parent / name, inbox / name)
    (export,) = find_exports(home, row["source"])
    outcome = land(home, export)
    counts = [int(row[f"rows_{what}"]) for what in ("read", "landed", "refused", "furniture")]
    if row["expected"] == "refused":
        assert (outcome.status, outcome.batches, outcome.reason) == ("refused", [], row["sentence"])
        assert counts == [0, 0, 0, 0]
        return
    assert outcome.status == "landed", outcome.reason
    batches = Ledger(home).state().batches
    manifests = {batch.table: batch.manifest for batch in batches.values()}
    if row["expected"] == "furniture":  # what is left of the export's furniture when its tables are taken off
        beside = outcome.rows_furniture - sum(manifest["rows_furniture"] for manifest in manifests.values())
        assert beside == counts[3]
        return
    manifest = manifests[row["table"]]
    assert [manifest[f"rows_{what}"] for what in ("read", "landed", "refused", "furniture")] == counts


def test_both_encodings_of_google_ads_land_equal_rows(samples: Path, tmp_path: Path) -> None:
    """The two campaign reports are exports of one account: what both hold is typed alike."""
    import duckdb

    home = init_home(tmp_path / "home", accounts=ACCOUNTS)
    inbox = home.inbox / "google_ads" / "gbp"
    inbox.mkdir(parents=True)
    for name in ("campaign_report_utf8.csv", "campaign_report_utf16le_tsv.csv"):
        shutil.copy2(samples / "google_ads" / name, inbox / name)
    rows = []
    for export in find_exports(home, "google_ads"):
        (batch_id,) = land(home, export, gate=lambda *_: []).batches
        path = Ledger(home).state().batches[batch_id].path
        with duckdb.connect() as connection:
            rows.append(
                connection.execute(
                    "select campaign, clicks, cost, conversions, conversion_value, currency_code, period_start, period_end "
                    f"from read_parquet('{path}') where campaign = 'Office Fruit Campaign'"
                ).fetchall()
            )
    assert len(rows[0]) == 1
    assert rows[0] == rows[1]
