from __future__ import annotations

import datetime as dt
from decimal import Decimal

from raceway.report.tabs.attribution import payload
from tests.support.report_mart import context, rows

_ATTRIBUTION = (
    "order_id varchar, session_id varchar, model varchar, touch_number bigint, touches bigint, order_date date, "
    "channel varchar, credit decimal(18, 6), revenue decimal(18, 6), orders decimal(18, 6), is_fallback boolean"
)
_MAY, _JUNE = dt.date(2026, 5, 30), dt.date(2026, 6, 2)


def _touch(order: str, model: str, number: int, channel: str, share: str, revenue: int, day: dt.date = _JUNE) -> tuple:
    credit = Decimal(share)
    return (order, f"{order}{number}", model, number, 2, day, channel, credit, revenue, credit, False)


def _mart(attribution: list[tuple], claims: list[tuple] = [], ads: list[tuple] = []) -> dict:  # noqa: B006  # only read
    return {
        "fct_convert_attribution": (_ATTRIBUTION, attribution),
        "race_measure": (
            "measure varchar, period varchar, period_start date, channel varchar, market varchar, value decimal(38, 6)",
            [
                ("ad_spend", "month", dt.date(2026, 6, 1), "paid_search", "all", 300),
                ("ad_spend", "month", dt.date(2026, 6, 1), "paid_search", "VN", 300),
                ("ad_spend", "month", dt.date(2026, 6, 1), "email", "all", 0),
                ("ad_spend", "month", dt.date(2026, 6, 1), "all", "all", 300),
            ],
        ),
        "fct_convert_attribution_claims": (
            "source varchar, day date, model varchar, claimed_orders decimal(38, 6), "
            "attributed_orders decimal(38, 6), attributed_revenue decimal(38, 6)",
            claims,
        ),
        "fct_reach_ads": (
            "source varchar, day date, purchases decimal(18, 6), purchase_value decimal(18, 6)", ads,
        ),
    }  # fmt: skip


def test_each_model_adds_its_own_credits_by_month_and_channel() -> None:
    found = payload(context(_mart([
        _touch("a", "linear", 1, "email", "0.5", 60), _touch("a", "linear", 2, "paid_search", "0.5", 60),
        _touch("b", "linear", 1, "email", "1", 30),
        _touch("a", "last", 2, "paid_search", "1", 120), _touch("b", "last", 1, "email", "1", 30),
        _touch("c", "last", 1, "email", "1", 10, day=_MAY),
    ])))  # fmt: skip
    assert rows(found["credits"], "month", "model", "channel", "orders", "revenue") == [
        ("2026-05-01", "last", "email", 1.0, 10.0),
        ("2026-06-01", "last", "email", 1.0, 30.0),
        ("2026-06-01", "last", "paid_search", 1.0, 120.0),
        ("2026-06-01", "linear", "email", 1.5, 90.0),
        ("2026-06-01", "linear", "paid_search", 0.5, 60.0),
    ]


def test_a_channel_without_ad_spend_has_none_known_rather_than_none_spent() -> None:
    assert rows(payload(context(_mart([])))["spend"], "month", "channel", "spend") == [
        ("2026-06-01", "paid_search", 300.0)
    ]


def test_a_platforms_value_stands_beside_its_claim_only_where_all_its_days_state_one() -> None:
    days = [dt.date(2026, 6, 1), dt.date(2026, 6, 2)]
    claims = [(source, day, "last", 4, 1, 50) for source in ("meta_ads", "zalo_ads") for day in days]
    ads = [("meta_ads", day, 4, 100) for day in days] + [("zalo_ads", days[0], 4, 100), ("zalo_ads", days[1], 4, None)]
    found = payload(context(_mart([], claims, ads)))["claims"]
    assert rows(found, "source", "days", "claimed_orders", "claimed_revenue", "attributed_orders") == [
        ("meta_ads", 2, 8.0, 200.0, 2.0),
        ("zalo_ads", 2, 8.0, None, 2.0),
    ]


def test_ways_of_fewer_than_five_orders_stand_together() -> None:
    touches = [
        _touch(f"way{order}", "linear", number, channel, share, 10)
        for order in range(5)
        for number, channel, share in ((1, "email", "0.25"), (2, "email", "0.25"), (3, "direct", "0.5"))
    ]
    touches += [_touch("rare", "linear", 1, "affiliate", "1", 7), _touch("odd", "linear", 1, "display", "1", 7)]
    found = payload(context(_mart(touches)))["paths"]
    assert rows(found, "path", "orders", "revenue", "paths") == [
        ("email > direct", 5, 150.0, 1),
        (None, 2, 14.0, 2),
    ]
