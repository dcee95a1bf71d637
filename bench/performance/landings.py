"""Landing against DuckDB's own readers, against dlt, and of many small files."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.performance import plain_duckdb
from bench.performance.files import ADS, SPOILT_EACH, write_ads, write_events
from bench.performance.rows import Row, row, seconds_of
from raceway.common.home import Home
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.night.run import run_night
from raceway.sample.write import write_sample

_LANDED = {
    "Day": "day", "Campaign": "campaign", "Campaign type": "campaign_type", "Currency code": "currency_code",
    "Impr.": "impressions", "Clicks": "clicks", "Cost": "cost", "Conversions": "conversions",
}  # fmt: skip
DLT = Path(__file__).with_name("by_dlt.py")


@dataclass(frozen=True)
class Sizes:
    """How much is landed."""

    ads: int = 10_000_000
    events: int = 5_000_000
    spoilt: int = 1_000_000
    small_days: int = 730
    repeats: int = 5


class Differs(Exception):
    """Two ways that must give the same do not: there is nothing to compare."""


def rows_of(folder: Path, sizes: Sizes, threads: int, dlt_python: str) -> Iterator[Row]:
    """Measures one row after the other. Raises Differs."""
    yield _ads(folder, sizes, threads)
    yield _events(folder, sizes, threads)
    yield from _million(folder, sizes, threads, dlt_python)


def _ads(folder: Path, sizes: Sizes, threads: int) -> Row:
    source, copy = folder / "ads.csv", folder / "ads.parquet"
    write_ads(source, sizes.ads)
    copies, landings = [], []
    for turn in range(sizes.repeats):  # in turns, so that a busy machine slows both alike
        copies.append(seconds_of(lambda: plain_duckdb.copy_ads(source, copy, threads)))
        home, seconds = _land(folder / f"home{turn}", "google_ads", source, "Campaign report.csv", threads)
        landings.append(seconds)
        if turn == 0:
            _same(plain_duckdb.digest(copy, list(ADS)), _landed(home, "google_ads", list(_LANDED.values())))
        shutil.rmtree(home.root)
    size = source.stat().st_size / 1e6
    source.unlink()
    return row(f"landing {sizes.ads:,} rows of an ads csv ({size:,.0f} MB), hash included", "DuckDB's typed COPY",
               landings, copies, 1.15)  # fmt: skip


def _events(folder: Path, sizes: Sizes, threads: int) -> Row:
    source, copy = folder / "events.jsonl.gz", folder / "events.parquet"
    write_events(source, sizes.events)
    copies, landings = [], []
    for turn in range(min(sizes.repeats, 3)):
        copies.append(seconds_of(lambda: plain_duckdb.copy_events(source, copy, threads)))
        home, seconds = _land(folder / f"home{turn}", "ga4", source, "events_20260301.jsonl.gz", threads)
        landings.append(seconds)
        if turn == 0:
            columns = list(plain_duckdb.EVENTS)
            _same(plain_duckdb.digest(copy, columns), _landed(home, "ga4", columns))
        shutil.rmtree(home.root)
    source.unlink()
    return row(f"landing {sizes.events:,} GA4 events, JSON lines gz", "DuckDB's read_json to the same columns",
               landings, copies, 1.3)  # fmt: skip


def _million(folder: Path, sizes: Sizes, threads: int, dlt_python: str) -> Iterator[Row]:
    clean, spoilt = folder / "clean.csv", folder / "spoilt.csv"
    write_ads(clean, sizes.spoilt)
    write_ads(spoilt, sizes.spoilt, spoilt=True)
    of_clean, of_spoilt, of_dlt = [], [], []
    for turn in range(sizes.repeats):
        home, seconds = _land(folder / f"home{turn}", "google_ads", clean, "Campaign report.csv", threads)
        of_clean.append(seconds)
        shutil.rmtree(home.root)
        home, seconds = _land(folder / f"home{turn}", "google_ads", spoilt, "Campaign report.csv", threads)
        of_spoilt.append(seconds)
        landed, _ = _landed(home, "google_ads", ["day"])
        if landed != sizes.spoilt - sizes.spoilt // SPOILT_EACH:
            raise Differs(f"{landed} of {sizes.spoilt} rows of the spoilt file landed")
        shutil.rmtree(home.root)
        if dlt_python:
            target = folder / "dlt"
            of_dlt.append(_by_dlt(dlt_python, clean, target))
            shutil.rmtree(target, ignore_errors=True)
    yield row(f"landing {sizes.spoilt:,} rows with 1 % bad ones, each told", "the clean file", of_spoilt, of_clean, 1.5)
    if of_dlt:
        yield row(f"landing {sizes.spoilt:,} rows", "dlt's read_csv_duckdb, filesystem to Parquet", of_clean, of_dlt,
                  round(1 / 1.5, 3))  # fmt: skip


def small_files(folder: Path, sizes: Sizes) -> Row:
    """A first night of many small files of all sources: what its landing takes for each."""
    home = init_home(folder / "small")
    write_sample(home, days=sizes.small_days, scale=0.02)
    files = sum(len(find_exports(home, source.name)) for source in home.inbox.iterdir() if source.is_dir())
    night = run_night(home)
    if night.status != "published":
        raise Differs(f"the night of small files ended {night.status}")
    return row(f"landing {files:,} small files of all sources, for each", "", [night.seconds["landing"] / files], [],
               0.12)  # fmt: skip


def _land(root: Path, source: str, file: Path, name: str, threads: int) -> tuple[Home, float]:
    """A new home with one file in it, landed without the gate, whose checks are rows of their own; the seconds."""
    account = Account(source=source, account="bench", name="Bench", market="VN", time_zone="America/New_York",
                      currency="USD")  # fmt: skip
    home = init_home(root, accounts=[account])
    inbox = home.inbox / source / "bench"
    inbox.mkdir(parents=True)
    os.link(file, inbox / name)
    (export,) = find_exports(home, source)
    began = time.perf_counter()
    outcome = land(home, export, gate=lambda *_: [], as_of=dt.date(2026, 3, 3), threads=threads)
    seconds = time.perf_counter() - began
    if outcome.status != "landed":
        raise Differs(f"{name} did not land: {outcome.reason}")
    return home, seconds


def _landed(home: Home, source: str, columns: list[str]) -> tuple[int, int]:
    [file] = (path for path in (home.landing / source).glob("*/*/*.parquet") if path.name == "data.parquet")
    return plain_duckdb.digest(file, columns)


def _same(one: tuple[int, int], other: tuple[int, int]) -> None:
    if one != other:
        raise Differs(f"DuckDB has {one[0]:,} rows and landing {other[0]:,}, or other values")


def _by_dlt(python: str, source: Path, target: Path) -> float:
    """Seconds that dlt says for the same file, its imports left out."""
    done = subprocess.run([python, str(DLT), str(source), str(target)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Differs(f"dlt: {done.stderr[-500:]}")
    return float(done.stdout.splitlines()[-1])
