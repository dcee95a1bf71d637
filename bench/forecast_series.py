"""Daily sums to try forecasts on: the sample's invented worlds, and the purchases of a real shop."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb
import numpy as np

from raceway.common.home import PROJECT
from raceway.fitting.day_kinds import Holiday
from raceway.fitting.seasonal import Floats

DAYS, SCALE, LAST = 730, 0.5, dt.date(2026, 6, 30)
FIRST: Final = LAST - dt.timedelta(days=DAYS - 1)
_COUNTS: Final = ("sessions", "leads", "orders", "units", "customers")
_SAMPLE_MEASURES: Final = ("ad_spend", "marketing_cost", "sessions", "leads", "orders", "net_sales")
_MARKETS: Final = ("all", "VN", "US", "SG")
_TOO_FEW: Final = {("leads", "SG"), ("ad_spend", "SG"), ("marketing_cost", "SG")}

RETAIL_COUNTRIES: Final = {
    "all": "true", "UK": "Country = 'United Kingdom'", "DE": "Country = 'Germany'", "FR": "Country = 'France'",
    "IE": "Country = 'EIRE'", "rest": "Country not in ('United Kingdom', 'Germany', 'France', 'EIRE')",
}  # fmt: skip
_RETAIL_MEASURES: Final = {
    "orders": "count(distinct InvoiceNo)", "net_sales": "sum(Quantity * UnitPrice)", "units": "sum(Quantity)",
    "customers": "count(distinct CustomerID)",
}  # fmt: skip


@dataclass(frozen=True)
class Series:
    """A measure of a market or country, one number a day from `first` on."""

    world: str
    measure: str
    part: str
    first: dt.date
    values: Floats
    shipped: list[Holiday] = field(default_factory=list)
    own: list[Holiday] = field(default_factory=list)

    @property
    def is_count(self) -> bool:
        return self.measure in _COUNTS


def sample_series(seeds: list[int], cache: Path) -> list[Series]:
    """The sample's measures of two years by market, of each seed; `cache` keeps what a world's truth says."""
    from raceway.sample.world.seasons import holidays

    with (PROJECT.dbt_project / "seeds" / "holidays.csv").open(encoding="utf-8", newline="") as file:
        shipped = [
            (dt.date.fromisoformat(row["starts_on"]), dt.date.fromisoformat(row["ends_on"]), row["name"])
            for row in csv.DictReader(file)
        ]
    own = [(each.starts_on, each.ends_on, each.name) for each in holidays(FIRST, LAST + dt.timedelta(days=366))]
    found = []
    for seed in seeds:
        sums = _sums_of_world(seed, cache)
        for measure in _SAMPLE_MEASURES:
            for market in _MARKETS:
                if (measure, market) in _TOO_FEW:
                    continue
                values = np.zeros(DAYS)
                for day, of_market, value in sums[measure]:
                    if FIRST <= day <= LAST and market in ("all", of_market):
                        values[(day - FIRST).days] += value
                found.append(Series(f"seed {seed}", measure, market, FIRST, values, shipped, own))
    return found


def _sums_of_world(seed: int, cache: Path) -> dict[str, list[tuple[dt.date, str, float]]]:
    file = cache / f"{seed}-{DAYS}-{SCALE}.csv"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        begun = file.with_suffix(".begun")  # one that was broken off is no world
        with begun.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(_truth(seed))
        begun.replace(file)
    found: dict[str, list[tuple[dt.date, str, float]]] = defaultdict(list)
    with file.open(encoding="utf-8", newline="") as lines:
        for measure, day, market, value in csv.reader(lines):
            found[measure].append((dt.date.fromisoformat(day), market, float(value)))
    return found


def _truth(seed: int) -> list[tuple[str, str, str, str]]:
    """What the invented persons of a world did, by measure, day and market: no file is written or read."""
    from raceway.sample.invent.everything import invent_world
    from raceway.sample.truth import truth

    told = truth.Truth(invent_world(DAYS, SCALE, seed, LAST))
    truth.count_plan(told.world, told.tally, told.exchange)
    truth.count_ads(told.world, told.tally, told.exchange, told.ad_rows)
    told._visits()
    told._orders()
    truth.count_loose_returns(told.world, told.tally)
    truth.count_crm(told.world, told.tally, told.links, told.sessions, told.counted, told._market_of)
    return sorted(
        (measure, day.isoformat(), market or "", repr(float(value)))
        for (measure, day, _, market), value in told.tally._daily.items()
        if measure in _SAMPLE_MEASURES
    )


def retail_series(parquet: Path) -> list[Series]:
    """UCI's Online Retail (December 2010 to December 2011) by country; it has no list of holidays."""
    found = []
    with duckdb.connect() as connection:
        connection.execute(
            "create table lines as select *, InvoiceDate::timestamp::date as day from read_parquet(?)", [str(parquet)]
        )
        [(first, last)] = connection.sql("select min(day), max(day) from lines").fetchall()
        for part, where in RETAIL_COUNTRIES.items():
            for measure, sums in _RETAIL_MEASURES.items():
                values = np.zeros((last - first).days + 1)
                for day, value in connection.sql(
                    f"select day, {sums} from lines where {where} group by day"
                ).fetchall():
                    values[(day - first).days] = float(value or 0)
                found.append(Series("retail", measure, part, first, values))
    return found
