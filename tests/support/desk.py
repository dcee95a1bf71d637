"""A home in a temporary folder, files delivered into its inbox, and what they became."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.landing.outcome import Outcome
from raceway.ledger.ledger import BatchState, Ledger

AS_OF = dt.date(2026, 3, 10)

ACCOUNTS = [
    ("google_ads", "vn", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("google_ads", "us", "US", "America/New_York", "USD"),
    ("meta_ads", "us", "US", "America/New_York", "USD"),
    ("ga4", "site", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("search_console", "site", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("shopify", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("square", "till", "US", "America/New_York", "USD"),
    ("kiotviet", "hanoi", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("shopee", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("tiktok_shop", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("lazada", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("haravan", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("woocommerce", "shop", "US", "America/New_York", "USD"),
    ("zalo_oa", "oa", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("sapo", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("mailchimp", "list", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("klaviyo", "letters", "US", "America/New_York", "USD"),
    ("activecampaign", "club", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("getresponse", "list", "SG", "Asia/Singapore", "SGD"),
    ("hubspot", "crm", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("salesforce", "b2b", "US", "America/New_York", "USD"),
    ("nps", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("zendesk", "help", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("csat_survey", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("reviews", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("usability_test", "lab", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("experiments", "site", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("listening", "brand", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("social", "page", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("referral", "shop", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("loyalty", "club", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("affiliate", "us", "US", "America/New_York", "USD"),
    ("contacts_file", "all", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("answers_file", "all", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("messages_file", "all", "VN", "Asia/Ho_Chi_Minh", "VND"),
    ("plan", "company", "VN", "Asia/Ho_Chi_Minh", "VND"),
]


def moment(text: str) -> dt.datetime:
    """`2026-03-02 04:00` as UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


class Desk:
    """What a test does with a home: deliver files, land them, look at the result."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def deliver(self, place: str, content: str | bytes, at: str = "2026-03-09 03:00") -> Path:
        """Puts a file into the inbox: `place` is source/account/file, `at` its time (UTC)."""
        path = self.home.inbox / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        seconds = moment(at).timestamp()
        os.utime(path, (seconds, seconds))
        return path

    def land(self, source: str, gate: Any = None) -> list[Outcome]:
        """Lands all that waits of a source; the gate lets everything pass unless one is given."""
        return [
            land(self.home, export, gate=gate or (lambda *_: []), as_of=AS_OF)
            for export in find_exports(self.home, source)
        ]

    def land_one(self, place: str, content: str | bytes, at: str = "2026-03-09 03:00", gate: Any = None) -> Outcome:
        """Delivers one file and lands it."""
        self.deliver(place, content, at)
        (outcome,) = self.land(place.split("/")[0], gate)
        return outcome

    def batch(self, batch_id: str) -> BatchState:
        """A batch as the ledger knows it."""
        return Ledger(self.home).state().batches[batch_id]

    def rows(self, outcome: Outcome, columns: str = "*", table: str | None = None) -> list[tuple[Any, ...]]:
        """Rows of the batch that an export became, in order of the file."""
        (batch_id,) = [outcome.tables[table]["batch_id"]] if table else outcome.batches
        path = self.batch(batch_id).path
        with duckdb.connect() as connection:
            return connection.execute(f"select {columns} from read_parquet('{path}') order by _row").fetchall()

    def quarantined(self, outcome: Outcome) -> list[tuple[Any, ...]]:
        """Refused rows of an export that landed: file, row, column, reason, raw text."""
        (path,) = (self.home.quarantine / "rows").glob(f"*/*/{outcome.batches[0]}.csv")
        with duckdb.connect() as connection:
            return connection.execute(f"from read_csv('{path}', header = true, all_varchar = true)").fetchall()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    accounts = [Account(source=s, account=a, name=a, market=m, time_zone=z, currency=c) for s, a, m, z, c in ACCOUNTS]
    return Desk(init_home(tmp_path / "home", accounts=accounts))


Ads = Callable[..., str]


@pytest.fixture
def ads() -> Ads:
    """A campaign report of account `vn` with a Day segment: one line per (day, campaign, impressions, clicks, cost)."""

    def report(*lines: tuple[str, str, int, int, str], currency: str = "VND") -> str:
        head = "Day,Campaign,Currency code,Impr.,Clicks,Cost\n"
        return head + "".join(f"{d},{c},{currency},{i},{k},{m}\n" for d, c, i, k, m in lines)

    return report
