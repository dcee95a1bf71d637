"""A real shop as a control: UCI's Online Retail, each of its trading days a nightly file of orders.

No fault is injected. Two invoices are known to be odd: 541431 with 74,215 pieces and 581483 with 80,995, both given
back minutes later. Their nights must warn; of the others at most three may.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from pathlib import Path
from typing import Final

import duckdb

from bench.trust.bases import Base, land_all, night_of, write_profiles
from raceway.common.sql import parquet_of
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.config.settings import Business, Night, Required, Settings

PARQUET: Final = Path("../shared/reference/online_retail/online_retail.parquet")
SOURCE: Final = "orders_file"
ODD: Final = {dt.date(2011, 1, 18): "541431", dt.date(2011, 12, 9): "581483"}
"""The days of the two invoices."""
_ZONE: Final = "Europe/London"


def make_retail(work: Path, parquet: Path) -> Base:
    """Lands the shop's nights, or what is left of them."""
    base = Base(work / "retail", 0, 1.0)
    done = set(base.days())
    home = base.home
    if not home.exists():
        settings = Settings(
            business=Business(name="Online Retail", zone=_ZONE, reporting_currency="GBP"),
            night=Night(required=(Required(source=SOURCE),)),
        )
        account = Account(source=SOURCE, account="uk-shop", name="Online Retail", market="GB", time_zone=_ZONE,
                          currency="GBP")  # fmt: skip
        init_home(home.root, settings, [account])
    with duckdb.connect() as connection:
        connection.execute(
            f"create view lines as select *, InvoiceDate::timestamp as sold_at from {parquet_of(parquet)}"
        )
        days = [
            day for (day,) in connection.sql("select distinct sold_at::date as day from lines order by day").fetchall()
        ]
        for day in days:
            if day not in done:
                _land(base, connection, day)
    write_profiles(base)
    return base


def _land(base: Base, connection: duckdb.DuckDBPyConnection, day: dt.date) -> None:
    folder = base.home.inbox / SOURCE / "uk-shop"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = folder / f"orders {day}.csv"
    connection.execute(
        'copy (select InvoiceNo as "Invoice No", sold_at as "Invoice Date", StockCode as "Item Code", '
        'Description as "Product", Quantity as "Quantity", UnitPrice as "Unit Price" '
        f"from lines where sold_at::date = date '{day}' order by sold_at, InvoiceNo) to '{file}' (header)"
    )
    exported = dt.datetime.combine(night_of(day), dt.time(5), dt.UTC).timestamp()
    os.utime(file, (exported, exported))
    outcomes = land_all(base.home, SOURCE, night_of(day))
    line = {"day": day.isoformat(), "outcomes": [
        {"source": SOURCE, "account": "uk-shop", "status": outcome.status, "reason": outcome.reason,
         "batches": outcome.batches} for outcome in outcomes
    ]}  # fmt: skip
    with (base.folder / "nights.jsonl").open("a", encoding="utf-8") as noted:
        noted.write(json.dumps(line) + "\n")
