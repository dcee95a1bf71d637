"""Pacing and the review of cycles from facts to figures on a real warehouse. Every number is worked out in the comments."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from raceway.common.kpi_formula import terms
from tests.support.mart import Mart, seed

FIRST, SECOND = dt.date(2026, 1, 1), dt.date(2026, 4, 1)  # cycles of 90 days; ten days of the second are over


def orders(name: str, date: str, many: int) -> list[dict[str, Any]]:
    """Orders of guests, 100 each."""
    return [
        {"order_id": f"{name}{n}", "order_date": date, "ordered_at": f"{date} 08:00", "gross_sales": "100",
         "is_identified": False} for n in range(many)
    ]  # fmt: skip


def sessions(name: str, date: str, many: int, converting: int) -> list[dict[str, Any]]:
    return [
        {"session_id": f"{name}{n}", "person_id": f"{name}{n}", "day": date, "first_touch_day": date,
         "order_id": f"o{n}" if n < converting else None} for n in range(many)
    ]  # fmt: skip


def initiative(key: str, kpi: str | None, first: str, last: str, **more: Any) -> dict[str, Any]:
    return {"source": "plan", "account": "company", "initiative": key, "kpi": kpi, "planned_start": first,
            "planned_end": last, "ends_on": last, "is_on_schedule": False} | more  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, dbt: Any, empty_warehouse: Path) -> Mart:
    """All sources cover January to 10 April 2026, and as_of is the 11th."""
    mart = Mart(Path(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("osa") / "warehouse.duckdb")), dbt)
    mart.cover_all("01-01", "04-10")
    mart.settings(cycle_start=FIRST)
    mart.add("fct_convert_order", *orders("a", "2026-01-05", 10), *orders("b", "2026-02-20", 10),
             *orders("c", "2026-04-02", 4), *orders("d", "2026-04-07", 2))  # fmt: skip
    mart.add(
        "fct_reach_session",
        *sessions("a", "2026-01-05", 50, 10), *sessions("b", "2026-02-05", 10, 1), *sessions("c", "2026-02-10", 15, 1),
        *sessions("d", "2026-02-14", 5, 3), *sessions("e", "2026-02-16", 10, 1), *sessions("f", "2026-04-02", 40, 4),
    )  # fmt: skip
    ticket = {"source": "zendesk", "account": "vn", "market": "VN", "is_replied": False}
    days = ["2026-03-10"] * 8 + ["2026-03-31"] * 4 + ["2026-04-02"]
    mart.add("fct_engage_ticket", *(ticket | {"ticket_id": str(n), "day": day} for n, day in enumerate(days)))
    members = [
        ("m1", "2025-12-01"),
        ("m2", "2026-01-03"),
        ("m3", "2026-01-11"),
        ("m4", "2026-04-10"),
        ("m5", "2026-04-11"),
    ]
    mart.add(
        "fct_engage_loyalty_member", *({"member_key": key, "market": "VN", "joined_on": day} for key, day in members)
    )
    carts = [("c1", "2026-01-05", True), ("c2", "2026-01-05", False), ("c3", "2026-04-02", False)]
    mart.add("fct_act_cart", *({"session_id": key, "day": day, "is_ordered": ordered} for key, day, ordered in carts))
    target = {"period": "cycle", "period_start": SECOND}
    mart.add(
        "fct_plan_target",
        {"kpi": "net_sales", "period": "cycle", "period_start": FIRST, "target": "2500"},
        target | {"kpi": "net_sales", "target": "9000"}, target | {"kpi": "orders", "target": "45"},
        target | {"kpi": "session_conversion_rate", "target": "0.12"}, target | {"kpi": "loyalty_members", "target": "9"},
        target | {"kpi": "cart_abandonment_rate", "target": "0.6"},
    )  # fmt: skip
    mart.add(
        "fct_plan_initiative",
        initiative("INI-1", "session_conversion_rate", "2026-02-10", "2026-02-14", name="Checkout", owner="Linh",
                   expected_uplift="0.5", budget="1000", decision="kept"),
        initiative("INI-2", "orders", "2026-04-06", "2026-04-25", expected_uplift="0.2"),
        initiative("INI-3", "tickets_opened", "2026-03-20", "2026-04-02", expected_uplift="0.25"),
        initiative("INI-4", "orders", "2026-05-01", "2026-05-31", budget="50"),
        initiative("INI-5", None, "2026-01-10", "2026-01-20"),
    )  # fmt: skip
    cost = {"source": "plan", "account": "company", "is_acquisition": False}
    mart.add(
        "fct_plan_cost",
        cost | {"day": "2026-02-10", "amount": "300", "initiative": "INI-1"},
        cost | {"day": "2026-03-01", "amount": "400", "initiative": "INI-1"},
        cost | {"day": "2026-04-11", "amount": "500", "initiative": "INI-1"},
        cost | {"day": "2026-02-12", "amount": "999", "initiative": None},
    )
    mart.build()
    mart.build(command="build", select="osa_review")
    return mart


def review(mart: Mart, cycle: dt.date, kpi: str | None, initiative: str, *columns: str) -> tuple[Any, ...]:
    [row] = mart.run_sql(
        f"select {', '.join(columns)} from osa_review where cycle_start = ? and kpi is not distinct from ? "
        "and initiative = ?",
        cycle, kpi, initiative,
    )  # fmt: skip
    return row


def test_a_running_cycle_is_held_against_the_paced_target_and_as_many_days_of_the_one_before(told: Mart) -> None:
    figures = ("baseline", "target", "actual", "gap", "gap_to_baseline", "status", "is_complete")
    # 1 to 10 January 10 orders of 100; 10 of 90 days of 9,000; 6 orders of 100 so far
    assert review(told, SECOND, "net_sales", "all", *figures) == (1000, 1000, 600, 400, 400, "off_track", False)
    # 10 of 90 days of 45 are due: better than planned, worse than before
    assert review(told, SECOND, "orders", "all", *figures) == (10, 5, 6, -1, 4, "on_track", False)
    # a rate is not paced: 4 of 40 sessions, where 10 of 50 had converted and 0.12 are wanted
    found = review(told, SECOND, "session_conversion_rate", "all", *figures)
    assert found[:5] == pytest.approx((0.2, 0.12, 0.1, 0.02, 0.1))
    assert found[5:] == ("off_track", False)


def test_a_state_of_a_running_cycle_is_held_against_the_same_day_of_the_one_before_and_against_no_target(
    told: Mart,
) -> None:
    found = review(
        told, SECOND, "loyalty_members", "all", "baseline", "target", "actual", "gap", "gap_to_baseline", "status"
    )
    # m1 and m2 on 10 January; m1 to m4 on 10 April, the day before as_of; nothing is said of 9 before 29 June
    assert found == (2, None, 4, None, -2, None)


def test_what_may_still_end_well_falls_short_of_nothing(told: Mart) -> None:
    figures = ("baseline", "target", "actual", "gap", "gap_to_baseline", "money_at_stake")
    # one of two carts was ordered; one of 10 April may be until the 17th
    assert review(told, SECOND, "cart_abandonment_rate", "all", *figures) == (0.5, 0.6, 1, None, None, None)


def test_a_cycle_without_one_before_it_has_no_baseline(told: Mart) -> None:
    found = review(told, FIRST, "net_sales", "all", "baseline", "target", "actual", "gap", "gap_to_baseline", "status",
                   "money_at_stake", "opportunity_rank", "is_complete")  # fmt: skip
    # 20 orders of 100 where 2,500 were wanted
    assert found == (None, 2500, 2000, 500, None, "off_track", Decimal(500), 1, True)


def test_opportunities_are_ranked_by_the_money_that_the_larger_gap_is_worth(told: Mart) -> None:
    ranked = told.run_sql(
        "select kpi, money_at_stake from osa_review where cycle_start = ? and opportunity_rank is not null "
        "order by opportunity_rank", SECOND,
    )  # fmt: skip
    assert ranked == [
        # 0.2 - 0.1 of 40 sessions, each converting one worth 600 ÷ 4
        ("session_conversion_rate", Decimal(600)),
        # 1,000 - 600, and 10 - 6 orders of 600 ÷ 6; of equal money by name
        ("net_sales", Decimal(400)),
        ("orders", Decimal(400)),
        # 1,000 ÷ 50 - 600 ÷ 40 for 40 sessions
        ("value_per_visit", Decimal(200)),
        # 50 - 40, each worth 600 ÷ 40
        ("sessions", Decimal(150)),
        ("unique_visitors", Decimal(150)),
    ]
    # as good as before: nothing at stake, and no rank
    assert review(told, SECOND, "average_order_value", "all", "money_at_stake", "opportunity_rank") == (0, None)
    # one ticket where there had been none; no chain leads from tickets to money
    assert review(told, SECOND, "tickets_opened", "all", "gap_to_baseline", "money_at_stake") == (1, None)
    # no chain's unit: nobody interacted
    assert review(told, SECOND, "visitor_interaction_rate", "all", "money_at_stake") == (None,)


def test_the_strategy_counts_the_initiatives_that_touch_the_cycle(told: Mart) -> None:
    found = told.run_sql(
        "select cycle_start, kpi, initiatives from osa_review where initiative = 'all' and initiatives > 0 order by all"
    )
    assert found == [
        (FIRST, "session_conversion_rate", 1), (FIRST, "tickets_opened", 1),
        (SECOND, "orders", 2), (SECOND, "tickets_opened", 1),
    ]  # fmt: skip


def test_an_initiative_is_told_by_the_ratio_of_sums_before_during_and_after_it(told: Mart) -> None:
    found = review(told, FIRST, "session_conversion_rate", "INI-1", "baseline", "target", "actual", "after_value", "gap",
                   "gap_to_baseline")  # fmt: skip
    # 5 to 9 February 1 of 10, half more is expected; 10 to 14 February (1 + 3) of (15 + 5), the mean of the days
    # would be 0.33; 15 to 19 February 1 of 10
    assert found == pytest.approx((0.1, 0.15, 0.2, 0.1, -0.05, -0.1))
    # what accrued before as_of, also after its last day; not what is to come, nor what names no initiative
    assert review(told, FIRST, "session_conversion_rate", "INI-1", "budget", "spend", "owner", "is_complete",
                  "money_at_stake", "initiatives") == (1000, 700, "Linh", True, None, None)  # fmt: skip
    # what was decided stands beside what came of it; of what runs nothing is said, and of a KPI itself never
    assert review(told, FIRST, "session_conversion_rate", "INI-1", "decision", "result") == ("kept", "reached")
    assert review(told, SECOND, "orders", "INI-2", "decision", "result") == (None, None)
    assert review(told, SECOND, "orders", "all", "decision", "result") == (None, None)


def test_an_initiative_that_runs_is_held_against_as_many_days_before_it(told: Mart) -> None:
    found = review(told, SECOND, "orders", "INI-2", "baseline", "target", "actual", "after_value", "gap", "is_complete",
                   "budget", "spend")  # fmt: skip
    # 6 to 10 April 2 orders; 1 to 5 April 4, of which a fifth more is 4.8
    assert found == (4, pytest.approx(4.8), 2, None, pytest.approx(2.8), False, None, 0)


def test_an_initiative_stands_in_every_cycle_that_it_touches(told: Mart) -> None:
    figures = ("baseline", "target", "actual", "after_value", "gap", "gap_to_baseline", "is_complete")
    # 6 to 19 March 8 tickets, a quarter fewer is 6; 20 March to 2 April 5; 3 to 16 April are not over
    for cycle in (FIRST, SECOND):
        assert review(told, cycle, "tickets_opened", "INI-3", *figures) == (8, 6, 5, None, -1, -3, True)
        assert review(told, cycle, "tickets_opened", "INI-3", "decision", "result") == (None, "reached")
    assert review(told, SECOND, "orders", "INI-4", *figures) == (None, None, None, None, None, None, False)
    assert review(told, FIRST, None, "INI-5", *figures) == (None, None, None, None, None, None, False)
    assert told.run_sql("select count(*) from osa_review where initiative <> 'all'") == [(6,)]


def test_a_target_follows_the_shape_of_last_year_by_date(mart: Mart) -> None:
    mart.cover("shopify", "orders", "2025-01-01", "04-10")
    mart.add("fct_convert_order", *orders("a", "2025-04-10", 3), *orders("b", "2025-04-11", 9),
             *orders("c", "2025-06-30", 18), *orders("d", "2026-04-01", 4))  # fmt: skip
    mart.add(
        "fct_plan_target",
        {"kpi": "orders", "period": "month", "period_start": "2026-04-01", "target": "20"},
        {"kpi": "orders", "period": "quarter", "period_start": "2026-04-01", "target": "50"},
        {"kpi": "orders", "period": "month", "period_start": "2026-03-01", "target": "20"},
        {"kpi": "orders", "period": "day", "period_start": "2026-04-10", "target": "2"},
    )
    mart.build()
    found = mart.kpi("orders", "month", "04-01")
    # 10 of 30 days of 20
    assert (found["target"], found["paced_target"]) == (20, Decimal("6.666667"))
    assert (found["attainment"], found["status"]) == (pytest.approx(0.6), "off_track")

    mart.run_sql("insert into frozen.setting_values values ('target_pacing', 'last_year')")
    mart.build(select="race_kpi")
    found = mart.kpi("orders", "month", "04-01")
    # 3 of 12 orders of April 2025 had come in by the 10th: a quarter of 20
    assert (found["paced_target"], found["attainment"], found["status"]) == (5, pytest.approx(0.8), "off_track")
    # 3 of 30 of the quarter: a tenth of 50
    found = mart.kpi("orders", "quarter", "04-01")
    assert (found["paced_target"], found["attainment"], found["status"]) == (5, pytest.approx(0.8), "off_track")
    # what is over is held against all of its target
    assert mart.kpi("orders", "month", "03-01")["paced_target"] == 20
    assert mart.kpi("orders", "day", "04-10")["paced_target"] == 2


def test_days_that_are_loaded_in_part_are_no_measure_of_an_initiative(mart: Mart) -> None:
    mart.settings(cycle_start=FIRST)
    mart.cover("shopify", "orders", "01-01", "04-10")
    mart.cover("zendesk", "tickets", "01-01", "04-03")
    mart.cover("zendesk", "tickets", "04-05", "04-10")
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=day) for day in range(100)]
    for number, day in enumerate(days):
        mart.add("fct_convert_order", *orders(f"{number}-", day.isoformat(), 1))
    ticket = {"source": "zendesk", "account": "vn", "market": "VN", "is_replied": False}
    mart.add("fct_engage_ticket", *(ticket | {"ticket_id": str(day), "day": day} for day in days))
    mart.add(
        "fct_plan_initiative",
        initiative("LONG", "orders", "2026-01-11", "2026-03-11", expected_uplift="0.1"),
        initiative("SHORT", "orders", "2026-03-02", "2026-03-04", expected_uplift="0.5"),
        initiative("HOLE", "tickets_opened", "2026-03-30", "2026-04-02", expected_uplift="0.25"),
        initiative("COHORT", "return_rate", "2026-02-01", "2026-02-05"),
        initiative("YOUNG", "return_rate", "2026-03-01", "2026-03-05"),
    )
    mart.build()
    mart.build(select="osa_review")

    def told(key: str, kpi: str) -> tuple[Any, ...]:
        return review(mart, FIRST, kpi, key, "baseline", "target", "actual", "after_value", "gap", "gap_to_baseline")

    # an order a day: of the 60 days before 11 January ten are loaded
    assert told("LONG", "orders") == (None, None, 60, None, None, None)
    # three days before, during and after
    assert told("SHORT", "orders") == (3, 4.5, 3, 3, 1.5, 0)
    # the first of the four days after is loaded, 4 April is not
    assert told("HOLE", "tickets_opened") == (4, 3, 4, None, 1, 0)
    # orders may still be returned for 60 days: until 11 April those of 10 February, the last day after it
    assert told("COHORT", "return_rate") == (0, None, 0, None, None, 0)
    # of those in the days before it, 24 to 28 February, too
    assert told("YOUNG", "return_rate") == (None, None, 0, None, None, None)


def test_every_kpi_of_money_that_stands_in_a_cycle_ranks_by_it() -> None:
    money = {row["measure"] for row in seed("measures") if row["unit"] == "money"}
    worth = {row["kpi"]: row for row in seed("kpi_worth")}
    kpis = [
        row["kpi"]
        for row in seed("kpi_catalog")
        if row["good"] != "neutral"
        and (row["grains"] in ("all", "month+") or "cycle" in row["grains"].split(","))
        and any(measure in money for measure, _ in terms(row["numerator"]))
    ]
    assert {"net_sales", "historic_clv", "predicted_clv"} <= set(kpis)
    assert {kpi: (worth[kpi]["money"], worth[kpi]["per"]) for kpi in kpis if kpi in worth} == dict.fromkeys(
        kpis, ("", "")
    )
