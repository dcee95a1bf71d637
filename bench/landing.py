"""Landing a clean daily ads csv against DuckDB's own typed COPY, side by side in one run.

    python bench/landing.py --rows 10000000

Both read the same file with the same threads and write zstd Parquet. Landing also hashes the file, numbers
its rows, looks for totals, spoilt ids and other currencies, counts what it covers and writes ledger and
manifest. To reach: at most 1.3 times DuckDB's time. The landing gate is not part of it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import duckdb

from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.inbox.exports import find_exports
from raceway.landing.land import land

_COLUMNS = {
    "Day": "date", "Campaign": "varchar", "Campaign type": "varchar", "Currency code": "varchar", "Impr.": "bigint",
    "Clicks": "bigint", "Cost": "decimal(18,6)", "Conversions": "double",
}  # fmt: skip


def write_csv(path: Path, rows: int) -> None:
    """A campaign report with a Day segment: two years of days, 400 campaigns, numbers that do not repeat."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select
                    date '2024-01-01' + cast(i * 730 // {rows} as integer) as "Day",
                    'Campaign ' || hash(i) % 400 as "Campaign",
                    ['Search', 'Performance Max', 'Display', 'Video'][1 + cast(hash(i, 1) % 4 as integer)]
                        as "Campaign type",
                    'USD' as "Currency code",
                    hash(i, 2) % 20000 as "Impr.",
                    hash(i, 3) % 300 as "Clicks",
                    cast(hash(i, 4) % 100000 as decimal(18, 2)) / 100 as "Cost",
                    cast(hash(i, 5) % 1000 as decimal(18, 2)) / 100 as "Conversions"
                from range({rows}) as numbers (i)
            ) to '{path}' (format csv, header true)
            """
        )


def duckdb_copy(source: Path, target: Path, threads: int) -> float:
    """Seconds of DuckDB's own typed COPY."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
    started = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {threads}")
        connection.execute(
            f"copy (select * from read_csv('{source}', header = true, auto_detect = false, delim = ',', quote = '\"', "
            f"columns = {{{columns}}})) to '{target}' (format parquet, compression zstd)"
        )
    return time.perf_counter() - started


def landing(source: Path, folder: Path, threads: int) -> float:
    """Seconds of landing the same file into a new home, hash included."""
    account = Account(source="google_ads", account="bench", name="Bench", market="US", time_zone="America/New_York",
                      currency="USD")  # fmt: skip
    home = init_home(folder, accounts=[account])
    inbox = home.inbox / "google_ads" / "bench"
    inbox.mkdir(parents=True)
    os.link(source, inbox / "Campaign report.csv")
    (export,) = find_exports(home, "google_ads")
    started = time.perf_counter()
    outcome = land(home, export, gate=lambda *_: [], as_of=dt.date(2026, 1, 1), threads=threads)
    seconds = time.perf_counter() - started
    if outcome.status != "landed":
        raise SystemExit(f"the file did not land: {outcome.reason}")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-landing-"))
    try:
        source = folder / "ads.csv"
        write_csv(source, arguments.rows)
        copies, landings = [], []
        for turn in range(arguments.repeats):  # in turns, so that a busy machine slows both alike
            copies.append(duckdb_copy(source, folder / "copy.parquet", arguments.threads))
            landings.append(landing(source, folder / f"home-{turn}", arguments.threads))
            shutil.rmtree(folder / f"home-{turn}")
        copy, landed = statistics.median(copies), statistics.median(landings)
        size = source.stat().st_size / 1e6
        print(f"{arguments.rows:,} rows, {size:,.0f} MB, {arguments.threads} threads, median of {arguments.repeats}")
        print(f"  DuckDB's typed COPY   {copy:6.2f} s   {arguments.rows / copy / 1e6:5.1f} M rows/s")
        print(f"  landing, with hash    {landed:6.2f} s   {arguments.rows / landed / 1e6:5.1f} M rows/s")
        print(f"  ratio                 {landed / copy:6.2f}     to reach: 1.30")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
