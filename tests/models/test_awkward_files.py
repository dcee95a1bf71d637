"""What small files of awkward kinds come to in the mart, each worked out by hand: a market for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from raceway.build.freeze import Frozen, freeze
from raceway.common.home import PROJECT
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
    # orders as any file states them
    ("a list without items: its total less shipping", "gross_sales", "IS", *MARCH, (330_000 - 30_000 + 22_000 + 220_000) / 1.1),
    ("a list without items: its discount", "discounts", "IS", *MARCH, 22_000 / 1.1),
    ("a list without items: half given back", "net_sales", "IS", *MARCH, (300_000 + 110_000) / 1.1),
    ("a list without items: one cancelled", "orders", "IS", *MARCH, 2),
    ("a total with tax on top of prices that hold none", "net_sales", "LV", *MARCH, 130_000 - 10_000 - 20_000),
    ("amounts of rows go before the total", "gross_sales", "LT", *MARCH, 2 * 50_000 + 50_000),
    ("Amazon's price is that of all pieces", "gross_sales", "UY", *MARCH, 90_000 + 40_000),
    ("Amazon's promotion", "discounts", "UY", *MARCH, 10_000),
    ("Amazon: neither a pending order without a price nor one that it only ships", "orders_placed", "UY", *MARCH, 2),
    ("Amazon: 20:00 UTC is the next day", "orders", "UY", "day", "2026-03-02", "all", 1),
    ("Amazon's settlement tells what came back", "refunded_sales", "UY", "day", "2026-03-10", "all", 40_000),
    ("Amazon's settlement tells what came back", "net_sales", "UY", *MARCH, 130_000 - 10_000 - 40_000),
    ("an order on a marketplace", "orders", "UY", "month", "2026-03-01", "marketplace", 1),
    ("goods without tax, a cart that was left", "net_sales", "BO", *MARCH, 100_000 - 20_000),
    ("goods without tax, a cart that was left", "orders_placed", "BO", *MARCH, 1),
    ("the order grid: 30,000 of 120,000 given back", "refunded_sales", "PY", *MARCH, 25_000),
    ("the order grid: never paid, cancelled", "orders_placed", "PY", *MARCH, 2),
    ("a list of orders that tells of no shipping", "net_sales", "EC", *MARCH, 80_000),
    ("points between thousands and a customer who cancelled", "net_sales", "KH", *MARCH, 300_000 - 20_000),
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
    ("Microsoft's preamble, its last line and a report by week", "ad_spend", "GR", *MARCH, 90_000 + 60_000),
    ("Microsoft's Audience campaigns", "ad_impressions", "GR", "month", "2026-03-01", "display", 1_800),
    ("conversions of an account that counts purchases alone", "platform_purchase_value", "GR", *MARCH, 300_000),
    ("days without a purchase cost, too", "ad_spend_with_purchase_value", "GR", *MARCH, 90_000 + 60_000),
    ("a sum of LinkedIn's on its first day", "ad_spend", "HR", *MARCH, 30_000 + 20_000),
    ("LinkedIn's clicks to the landing page", "ad_clicks", "HR", *MARCH, 3 + 2),
    ("Amazon's summary of a week", "ad_spend", "SI", *MARCH, 40_000),
    ("Amazon's orders within seven days", "platform_conversions", "SI", *MARCH, 2),
    ("a channel in its own column", "ad_spend", "BG", "month", "2026-03-01", "paid_social", 50_000 + 30_000 + 70_000),
    ("a campaign whose channel nobody states", "ad_spend", "BG", "month", "2026-03-01", "other", 20_000),
    ("a masked click stands on no side", "ad_spend_with_clicks", "BG", *MARCH, 50_000 + 30_000 + 70_000),
    ("a column of values that is there and empty", "ad_spend_with_purchase_value", "BG", *MARCH, 50_000 + 30_000 + 20_000),
    ("a report without a column of values", "platform_purchase_value", "BG", *MARCH, 200_000),
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
    # words
    ("a forum and a group that counts no active members", "community_members", "BA", *MARCH, 1_500),
    ("a forum and a group that counts no active members", "community_members_with_activity", "BA", *MARCH, 1_200),
    ("a forum and a group that counts no active members", "community_active_members", "BA", *MARCH, 310),
    ("topics of a forum", "community_topics", "BA", *MARCH, 2),
    ("topics of a forum", "community_topics_answered", "BA", *MARCH, 1),
    ("an attendee report of two events", "gathering_registrations", "BA", *MARCH, 3),
    ("an attendee report of two events", "gathering_registrations_told", "BA", *MARCH, 2),
    ("an attendee report of two events", "gathering_attendees", "BA", *MARCH, 1),
    ("a code of a billboard", "net_sales", "BA", "month", "2026-03-01", "offline_media", 10_000),
    ("a code that has ended, and one that nobody lists", "net_sales", "BA", "month", "2026-03-01", "direct", 20_000 + 30_000),
    # further web sources
    ("a visit of Matomo tells its actions", "page_views", "GE", *MARCH, 3),
    ("a visit exported twice, and one without actions", "sessions", "GE", *MARCH, 2),
    ("a campaign that Matomo tells of the visit", "sessions", "GE", "month", "2026-03-01", "paid_search", 1),
    ("a site that Matomo tells of the visit", "sessions", "GE", "month", "2026-03-01", "referral", 1),
    ("a search without a result", "searching_sessions", "GE", *MARCH, 1),
    ("a first visit a day before", "new_visitors", "GE", *MARCH, 2),
    ("Matomo measures no engagement", "sessions_with_engagement", "GE", *MARCH, 0),
    ("an event of Umami exported twice", "page_views", "AM", *MARCH, 2),
    ("a query string in a column of its own", "sessions", "AM", "month", "2026-03-01", "paid_social", 1),
    ("a site that never sends a search", "sessions_with_site_search", "AM", *MARCH, 0),
    ("local times and times with a zone in one file", "sessions", "SK", *MARCH, 2),
    ("local times and times with a zone in one file", "checkouts_begun", "SK", *MARCH, 1),
    ("a mapped file tells the source of a visit", "sessions", "SK", "month", "2026-03-01", "sms_chat", 1),
    ("an intraday table beside its daily one", "page_views", "AZ", "day", "2026-03-05", "all", 2),
    ("an intraday table beside its daily one", "page_views", "AZ", *MARCH, 3),
    # app stores, further networks
    ("a review changed in the month after", "positive_reviews", "MD", "month", "2026-02-01", "all", 1),
    ("a review changed in the month after", "reviews", "MD", *MARCH, 1),
    ("a review that the developer answered six hours later", "reviews_answered", "MD", *MARCH, 1),
    ("a review that the developer answered six hours later", "review_response_time", "MD", *MARCH, 6),
    ("a review that nobody answered, in a file that tells", "reviews_with_answers_told", "MD", "month", "2026-02-01", "all", 1),
    ("reviews with local times and with an offset", "reviews", "MK", "day", "2026-03-05", "all", 1),
    ("a network that tells no saves", "social_engagements", "RS", *MARCH, 7),
    ("a day without likes is on neither side", "social_impressions_with_engagements", "RS", *MARCH, 120),
    ("saves of Pinterest", "social_engagements", "ME", *MARCH, 9),
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
    reasons: list[tuple[str, str]]
    identity_types: set[str]


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
    dbt(home.warehouse, ["build", *tests, "--select", "+race_measure", "+fct_engage_reason"])
    with duckdb.connect(str(home.warehouse)) as warehouse:
        rows = warehouse.execute(
            "select measure, market, period, period_start::varchar, channel, value from race_measure where value is not null"
        ).fetchall()
        reasons = warehouse.execute("select what, reason from fct_engage_reason order by all").fetchall()
        types = {row[0] for row in warehouse.execute("select distinct id_type from int_identity_person").fetchall()}
    return Built(landed, frozen, {tuple(row[:5]): float(row[5]) for row in rows}, reasons, types)


def test_every_file_lands_but_reports_whose_dates_are_no_days(built: Built) -> None:
    unfit = sorted(Path(outcome.files[0]).name for outcome in built.landed if outcome.status != "landed")
    assert unfit == ["summed.csv", "weekly.csv"]
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


def test_every_kind_of_visitor_is_one_that_the_mart_may_hold(built: Built) -> None:
    """A kind that the mart's test does not list keeps the whole night from being published."""
    models = yaml.safe_load((PROJECT.dbt_project / "models/marts/_marts__models.yml").read_text(encoding="utf-8"))
    (persons,) = [model for model in models["models"] if model["name"] == "identity_person"]
    (column,) = [column for column in persons["columns"] if column["name"] == "id_type"]
    (listed,) = [test["accepted_values"]["arguments"]["values"] for test in column["data_tests"]]
    assert {"matomo_device", "umami_device", "events_file_device"} <= built.identity_types <= {*listed}


def test_why_somebody_cancelled_returned_or_left_a_cart_is_told_in_a_few_words(built: Built) -> None:
    # two cancellations with words and one without; the company's own reason for a return
    assert built.reasons == [
        ("cancel", "changed_mind"), ("cancel", "other"), ("cancel", "unknown"),
        ("cart_left", "price"), ("cart_left", "unknown"), ("return", "useless"),
    ]  # fmt: skip
