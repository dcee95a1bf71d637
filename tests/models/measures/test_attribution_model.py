"""The attributed measures follow the model of the settings, and their totals do not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

# Two orders of 100 and 50 on March 2nd. The first has the touches paid search (an ad) → direct → e-mail, the second
# one direct visit: by model (order, channel, ad source, credit, revenue).
CREDITS = {
    "last_non_direct": [("1", "email", None, "1", 100), ("2", "direct", None, "1", 50)],
    "first": [("1", "paid_search", "google_ads", "1", 100), ("2", "direct", None, "1", 50)],
    "linear": [("1", "paid_search", "google_ads", "0.333334", 34), ("1", "direct", None, "0.333333", 33),
               ("1", "email", None, "0.333333", 33), ("2", "direct", None, "1", 50)],
}  # fmt: skip


def test_another_model_moves_channels_and_keeps_totals(mart: Any) -> None:
    for source, table in (("shopify", "orders"), ("ga4", "events"), ("google_ads", "campaign_daily")):
        mart.cover(source, table, "03-01", "03-31")
    mart.add("fct_reach_ads", {"day": "2026-03-02", "impressions": 9, "cost": 7, "purchases": 4})
    for model, credits in CREDITS.items():
        mart.add("fct_convert_attribution", *(
            {"order_id": order, "model": model, "order_date": "2026-03-02", "channel": channel, "ad_source": ad_source,
             "orders": credit, "revenue": revenue} for order, channel, ad_source, credit, revenue in credits
        ))  # fmt: skip

    def month(measure: str, channel: str = "all") -> Any:
        return mart.measure(measure, "month", "03-01", channel=channel)

    seen = {}
    for model in CREDITS:
        mart.run_sql("update frozen.setting_values set value = ? where setting = 'attribution_model'", model)
        mart.build()
        assert month("attributed_revenue") == 150
        assert month("attributed_orders") == 2
        assert month("platform_conversions") == 4  # what the platform claims is nobody's credit
        channels = {channel: month("attributed_revenue", channel) for channel in ("paid_search", "direct", "email")}
        seen[model] = (channels, month("paid_attributed_revenue"), month("platform_attributed_orders"))
    assert seen == {
        "last_non_direct": ({"paid_search": "absent", "direct": 50, "email": 100}, 0, 0),
        "first": ({"paid_search": 100, "direct": 50, "email": "absent"}, 100, 1),
        "linear": ({"paid_search": 34, "direct": 83, "email": 33}, 34, Decimal("0.333334")),
    }
