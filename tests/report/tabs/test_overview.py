"""Which stage holds us back: the largest money at stake, like with like, by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pytest

from raceway.config.settings import Settings
from raceway.report.context import Context
from raceway.report.tabs.overview import holding_back

AS_OF = dt.date(2026, 7, 1)
OVER, RUNNING = ("2026-03-01", "2026-05-29"), ("2026-05-30", "2026-08-27")


class Reviewed:
    """A mart of reviewed cycles, row by row."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("""
            attach ':memory:' as race;
            create table race.kpi_catalog as select * from (values
                ('sessions', null), ('add_to_cart_rate', 'sessions'), ('visitor_conversion_rate', 'visitors'),
                ('churn_rate', 'active_customers'), ('orders', null), ('budget_utilisation', 'marketing_budget')
            ) as t (kpi, denominator);
            create table race.osa_review (
                cycle_start date, cycle_end date, kpi varchar, stage varchar, initiative varchar, baseline double,
                target double, actual double, gap double, gap_to_baseline double, money_at_stake decimal(38, 6),
                is_complete boolean)
        """)

    def add(self, stage: str, kpi: str, money: float | None, *, gap: float | None = None,
            before: float | None = None, cycle: tuple[str, str] = OVER, complete: bool = True,
            initiative: str = "all") -> None:  # fmt: skip
        """A KPI that fell short of its target by `gap` and of the cycle before by `before`, worth `money` by the wider."""
        self.connection.execute(
            "insert into race.osa_review values (?, ?, ?, ?, ?, 10, 12, 9, ?, ?, ?, ?)",
            [*cycle, kpi, stage, initiative, gap, before, money, complete],
        )

    def answer(self) -> dict[str, Any]:
        found = holding_back(Context(self.connection, AS_OF, Settings(), {}, {}))
        return found | {"said": list(zip(found["stages"]["stage"], found["stages"]["kpi"], found["stages"]["money"],
                                         found["stages"]["yardstick"], strict=True))}  # fmt: skip


@pytest.fixture
def mart() -> Reviewed:
    return Reviewed()


def test_the_stage_with_the_largest_money_at_stake_comes_first(mart: Reviewed) -> None:
    mart.add("reach", "sessions", 300, gap=3)
    mart.add("act", "add_to_cart_rate", 500, gap=0.1)
    mart.add("engage", "churn_rate", 0, gap=-0.1)

    found = mart.answer()

    assert found["said"] == [
        ("act", "add_to_cart_rate", 500, "target"),
        ("reach", "sessions", 300, "target"),
        ("engage", "churn_rate", 0, "target"),
    ]
    assert found["silent"] == ["convert", "advocacy"]


def test_all_stages_are_held_against_one_thing(mart: Reviewed) -> None:
    # act alone has a target: against the cycle before it fell short by a quarter of what it lacks to the target
    mart.add("act", "add_to_cart_rate", 800, gap=0.4, before=0.1)
    mart.add("convert", "visitor_conversion_rate", 300, before=0.02)

    assert mart.answer()["said"] == [
        ("convert", "visitor_conversion_rate", 300, "before"),
        ("act", "add_to_cart_rate", 200, "before"),
    ]


def test_sums_speak_for_reach_alone_since_those_of_later_stages_fall_with_it(mart: Reviewed) -> None:
    mart.add("reach", "sessions", 300, before=3)
    mart.add("convert", "orders", 900, before=9)
    mart.add("convert", "visitor_conversion_rate", 100, before=0.01)
    mart.add("plan", "budget_utilisation", 5000, before=0.5)

    assert [(stage, kpi) for stage, kpi, *_ in mart.answer()["said"]] == [
        ("reach", "sessions"),
        ("convert", "visitor_conversion_rate"),
    ]


def test_one_stage_alone_can_not_be_compared(mart: Reviewed) -> None:
    mart.add("reach", "sessions", 300, gap=3)
    mart.add("act", "add_to_cart_rate", None, gap=0.1)

    found = mart.answer()

    assert found["said"] == []
    assert found["silent"] == ["reach", "act", "convert", "engage", "advocacy"]


def test_a_cycle_is_judged_from_its_thirtieth_day_on(mart: Reviewed) -> None:
    for cycle, money in ((OVER, 1), (RUNNING, 2)):
        mart.add("reach", "sessions", money, gap=1, cycle=cycle, complete=cycle == OVER)
        mart.add("act", "add_to_cart_rate", money, gap=1, cycle=cycle, complete=cycle == OVER)
    assert {money for *_, money, _ in mart.answer()["said"]} == {2}  # 32 days of it are over

    mart.connection.execute(f"update race.osa_review set cycle_start = '2026-06-02' where cycle_start = '{RUNNING[0]}'")
    assert {money for *_, money, _ in mart.answer()["said"]} == {1}  # 29 are


def test_a_cycle_that_was_loaded_in_part_says_nothing(mart: Reviewed) -> None:
    mart.add("reach", "sessions", 300, gap=3, complete=False)
    mart.add("act", "add_to_cart_rate", 500, gap=0.1, complete=False)

    assert mart.answer()["said"] == []


def test_initiatives_are_no_stage(mart: Reviewed) -> None:
    mart.add("reach", "sessions", 300, gap=3, initiative="new shop")
    mart.add("act", "add_to_cart_rate", 500, gap=0.1, initiative="new shop")

    assert mart.answer()["said"] == []
