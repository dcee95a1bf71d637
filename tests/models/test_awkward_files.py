"""What small files of awkward kinds come to in the mart, each worked out by hand: a market for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from raceway.build.freeze import Frozen, freeze
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.gate.batch_gate import check_batch
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.landing.outcome import Outcome
from tests.models import awkward_mails
from tests.models.awkward_files import AS_OF, lay_out

MARCH = ("month", "2026-03-01", "all")

EXPECTED = [
    # shops
    ("a code for free shipping lowers no goods", "net_sales", "FR", *MARCH, 120_000),
    ("a code for free shipping lowers no goods", "discounts", "FR", *MARCH, 0),
    ("each line has its own quantity", "gross_sales", "DE", *MARCH, 2 * 45_000 + 4 * 15_000),
    ("an order paid in two ways is refunded once", "refunded_sales", "DE", *MARCH, 30_000),
    ("an order lies in two parts of an export", "gross_sales", "IT", *MARCH, 70_000 + 60_000 + 50_000),
    ("an order lies in two parts of an export", "orders", "IT", *MARCH, 2),
    ("a tag and a gift card in decomposed letters", "net_sales", "PT", *MARCH, 90_000),
    ("a tag in decomposed letters: nobody took the parcel", "orders", "PT", *MARCH, 1),
    ("line breaks inside cells", "gross_sales", "CL", *MARCH, 60_000 + 70_000),
    ("an invisible character in a header", "net_sales", "AR", *MARCH, 100_000 - 35_000),
    ("a refund holds VAT as its order does", "net_sales", "LU", *MARCH, (110_000 - 33_000) / 1.1),
    ("an order whose second line was cut off", "gross_sales", "ES", *MARCH, 150_000),
    ("two orders of one name in a file", "orders", "MT", *MARCH, 2),
    ("two orders of one name in a file", "gross_sales", "MT", *MARCH, 40_000),
    ("two shops in one folder", "orders", "CY", *MARCH, 2),
    ("two shops in one folder", "gross_sales", "CY", *MARCH, 70_000),
    ("a refund as a row below zero", "net_sales", "CH", *MARCH, 3 * 30_000),
    ("Net Sales are without tax", "gross_sales", "GB", *MARCH, 80_000),
    ("an order of which all was refunded", "refunded_sales", "GB", *MARCH, 40_000),
    ("one phone with (0) and without a country", "customers_purchasing", "IE", *MARCH, 1),
    ("one address among characters that nobody sees", "customers_purchasing", "ZA", *MARCH, 1),
    ("an excluded address that ends in a tab", "orders_placed", "CZ", *MARCH, 1),
    ("a row that describes the columns", "net_sales", "AU", *MARCH, 2 * 50_000 - 10_000),
    ("a discount below zero", "net_sales", "MY", *MARCH, 100_000 - 20_000),
    ("headers that differ in their case", "net_sales", "BR", *MARCH, 2 * 100_000 + 30_000 - 10_000 - 20_000),
    ("statuses in decomposed letters, and a request to cancel", "orders", "VN", *MARCH, 2),
    ("statuses in decomposed letters, and a request to cancel", "net_sales", "VN", *MARCH, 110_000 + 20_000),
    ("a day of a till in New York", "gross_sales", "US", "day", "2026-03-07", "all", 1 * 25_000),
    ("a day of 23 hours", "gross_sales", "US", "day", "2026-03-08", "all", (3 + 5 + 7) * 25_000),
    ("midnight in New York", "gross_sales", "US", "day", "2026-03-09", "all", 16 * 26_000),
    # ads
    ("points between thousands below English headers", "ad_spend", "UA", *MARCH, 140_000 + 80_000),
    ("a campaign named as totals are", "ad_spend", "DK", *MARCH, 400_000 + 90_000),
    ("days told again", "ad_spend", "SE", *MARCH, 120_000 + 50_000),
    ("conversions told again", "platform_conversions", "SE", *MARCH, 4 + 2),
    ("a campaign without keywords", "ad_spend", "NO", *MARCH, 90_000 + 60_000 + 50_000),
    ("a campaign without keywords", "ad_clicks", "NO", *MARCH, 10 + 8 + 20),
    ("a cut export is held", "ad_spend", "FI", *MARCH, 70_000),
    ("an emptied export is held", "ad_spend", "PL", *MARCH, 70_000),
    ("Excel's line of the separator", "ad_spend", "HU", *MARCH, 70_000),
    ("money by the rate of its day", "ad_spend", "CA", *MARCH, 12 * 25_000 + 12 * 26_000),
    ("ads of one name, two of them alike", "ad_spend", "RO", *MARCH, 10_000 + 10_000 + 35_000),
    ("a day merged over three rows", "ad_spend", "TR", *MARCH, 70_000),
    ("two sheets of two months", "ad_spend", "TW", *MARCH, 25_000),
    ("two sheets of two months", "ad_spend", "TW", "month", "2026-02-01", "all", 10_000),
    ("TikTok's campaign named as totals are", "ad_spend", "EE", *MARCH, 45_000 + 5_000),
    # sites
    ("a click id beside organic fields", "sessions", "JP", "month", "2026-03-01", "paid_search", 1),
    ("two downloads of one bundle, exported twice", "content_interactions", "KR", *MARCH, 2),
    ("time told three days later", "engaged_seconds", "ID", *MARCH, 18 + 6),
    ("back from the payment page", "sessions", "PH", "month", "2026-03-01", "direct", 1),
    ("back from the payment page", "net_sales", "PH", "month", "2026-03-01", "direct", 80_000),
    ("a purchase told twice", "converting_sessions", "PH", *MARCH, 1),
    ("from one site of the company to another", "sessions", "SG", "month", "2026-03-01", "direct", 1),
    ("one visitor of two days and channels", "visitors", "HK", *MARCH, 1),
    ("a campaign in decomposed letters is the mapped one", "sessions", "IN", "month", "2026-03-01", "paid_social", 1),
    ("from one subdomain to the next", "sessions", "TH", "month", "2026-03-01", "direct", 1),
    ("click ids of iOS", "sessions", "NL", "month", "2026-03-01", "paid_search", 2),
    ("a document's host is no search engine", "sessions", "NZ", "month", "2026-03-01", "referral", 1),
    ("a sign-in, and direct with a campaign", "sessions", "NZ", "month", "2026-03-01", "direct", 2),
    # lists, mails, tickets
    ("a chain of merged contacts", "leads", "MX", "month", "2026-02-01", "all", 1),
    ("a member deleted for good, one who came back", "subscribers", "BE", *MARCH, 3),
    ("opens by machines", "email_unique_opens", "AT", *MARCH, 40),
    ("opens by machines", "active_subscribers", "AT", *MARCH, 1),
    ("a night of 23 hours", "resolution_minutes", "IL", *MARCH, 60),
]  # fmt: skip


@dataclass(frozen=True)
class Built:
    """What became of the files."""

    landed: list[Outcome]
    frozen: Frozen
    measured: dict[tuple[str, ...], float]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, dbt: Callable[..., Any]) -> Built:
    """The files landed, gated and frozen, and their measures built."""
    home = lay_out(tmp_path_factory.mktemp("awkward") / "home")
    landed = [
        land(home, export, gate=check_batch, as_of=AS_OF, threads=1)
        for source in sorted(path.name for path in home.inbox.iterdir())
        for export in find_exports(home, source)
    ]
    frozen = freeze(home, "awkward", AS_OF, load_settings(home), load_accounts(home))
    tests = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    dbt(home.warehouse, ["build", *tests, "--select", "+race_measure"])
    with duckdb.connect(str(home.warehouse)) as warehouse:
        rows = warehouse.execute(
            "select measure, market, period, period_start::varchar, channel, value from race_measure where value is not null"
        ).fetchall()
    return Built(landed, frozen, {tuple(row[:5]): float(row[5]) for row in rows})


def test_every_file_lands(built: Built) -> None:
    assert {outcome.status for outcome in built.landed} == {"landed"}
    refused = [(outcome.account, outcome.rows_refused) for outcome in built.landed if outcome.rows_refused]
    assert refused == [("cut", 1)]  # the row in which the file breaks off


@pytest.mark.parametrize(
    ("kind", "measure", "market", "period", "start", "channel", "value"), [*EXPECTED, *awkward_mails.EXPECTED]
)
def test_files_of_this_kind_come_to_what_they_say(
    built: Built, kind: str, measure: str, market: str, period: str, start: str, channel: str, value: float
) -> None:
    assert built.measured.get((measure, market, period, start, channel)) == pytest.approx(value), kind


@pytest.mark.parametrize(("measure", "market"), awkward_mails.UNTOLD)
def test_what_a_tool_does_not_tell_stands_on_no_side(built: Built, measure: str, market: str) -> None:
    assert {value for key, value in built.measured.items() if key[:2] == (measure, market)} <= {0.0}


def test_what_is_held_says_why(built: Built) -> None:
    said = sorted(built.frozen.pending)
    assert len(said) == 3
    for words in ("breaks off inside a quote", "it has no rows for", "lost lines that its own subtotal still includes"):
        assert any(words in sentence for sentence in said), words
