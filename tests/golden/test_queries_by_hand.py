"""queries/ on the golden week: figures that docs/tutorials/golden-week.md works out by hand, of March until the 8th."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from raceway.common.home import PROJECT
from raceway.console.questions import read_question
from tests.golden.golden_week import night

BY_HAND: list[tuple[str, dict[str, Any], dict[str, float | None]]] = [
    # 3,100,000 over March and 2,510,000 over three days of it; until the 8th 800,000 and all of the latter
    ("budget_pacing", {"channel": "all"},
     {"budget": 5_610_000, "budget_due": 3_310_000, "spent": 941_750.774192, "pace": 941_750.774192 / 3_310_000}),
    # Monday and Tuesday: 1,200 + 800 impressions, 60 + 40 clicks, 180,000 + 120,000, 2 + 1.5 purchases
    ("ad_campaigns", {"account": "vn-main", "source": "google_ads", "channel": "paid_search"},
     {"cost": 300_000, "share_of_spend": 300_000 / 853_750, "impressions": 2_000, "clicks": 100, "ctr": 0.05,
      "cost_per_click": 3_000, "claimed_purchases": 3.5, "claimed_roas": None}),
    # 600,000 and a blank cell, for 100,000 + 50,000
    ("ad_campaigns", {"source": "meta_ads"}, {"cost": 150_000, "claimed_roas": 4}),
    # sessions 2 (a view, #1003), 8 (a view, a cart, a checkout, #1007) and 11 (nothing)
    ("site_funnel", {"channel": "direct"},
     {"sessions": 3, "with_product": 2, "with_cart": 1, "with_checkout": 1, "with_order": 2, "cart_rate": 0.5}),
    # Emma's 1,234,800 and Phong's socks, sold for 502,000 and given back for 504,000
    ("markets", {"market": "US"}, {"orders": 2, "net_sales": 1_232_800, "share_of_net_sales": 1_232_800 / 2_082_800}),
    # of #1003 to #1007 Bình's is refused, 324,000 with 8 % VAT, and Anh's second is cancelled
    ("refused_deliveries", {"source": "shopify"},
     {"placed": 5, "refused": 1, "refused_rate": 0.2, "refused_sales": 300_000, "cancelled": 1}),
    # no till tells who refuses at the door
    ("refused_deliveries", {"source": "square"}, {"placed": 2, "refused": None, "refused_rate": None}),
    # #1003 of 1,000,000, of which 500,000 came back
    ("attribution_models", {"channel": "paid_search"}, {"last_non_direct": 500_000}),
    ("messages", {"source": "mailchimp"},
     {"delivered": 4, "open_rate": 0.75, "click_rate": 0.25, "opt_out_rate": 0.25, "revenue_per_recipient": 50_000}),
    # Chi 10, Anh 9, somebody 0
    ("recommendation", {"kind": "regular"}, {"answers": 1, "net_promoter_score": 100}),
    ("recommendation", {"kind": "unknown"}, {"answers": 1, "net_promoter_score": -100}),
    # Chi invites Anh, who orders #1003, and herself; Bình invites Ngọc
    ("referrals", {}, {"invitations": 3, "inviters": 2, "friends": 2, "converted": 1, "conversion_rate": None,
                       "first_order_sales": 500_000}),
    # Lan, from referrals, won by a deal
    ("leads", {"channel": "referral"}, {"leads": 1, "new_leads": 1, "won": 1, "won_rate": None}),
]  # fmt: skip


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(night(tmp_path_factory).current / "race.duckdb"), read_only=True) as mart:
        yield mart


@pytest.mark.parametrize(("name", "of", "figures"), BY_HAND, ids=[name for name, *_ in BY_HAND])
def test_an_answer_has_the_figures_worked_out_by_hand(
    name: str, of: dict[str, Any], figures: dict[str, float | None], mart: duckdb.DuckDBPyConnection
) -> None:
    answer = mart.execute(read_question(PROJECT.queries / f"{name}.sql").sql)
    names = [column[0] for column in answer.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    wanted = {"month": "2026-03-01", **of}
    [row] = [row for row in rows if all(str(row[key]) == value for key, value in wanted.items())]
    found = {key: None if row[key] is None else float(row[key]) for key in figures}
    assert found == {key: None if value is None else pytest.approx(value) for key, value in figures.items()}
