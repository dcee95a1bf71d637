"""What Great Expectations looks at in the mart before it is published.

The dbt tests look at rules between models while they are built; these suites look at the finished tables
the way an analyst would meet them: the promised columns, keys, vocabularies and ranges.
"""

from __future__ import annotations

from typing import Final

from raceway.common.stages import RACE_STAGES
from raceway.gate.expectation import Expectation, Suite

PERIODS: Final = ("day", "week", "month", "quarter", "cycle")
STATUSES: Final = ("on_track", "at_risk", "off_track")

KPI_KEY: Final = ("kpi", "period", "period_start", "channel", "market")
KPI_COLUMNS: Final = (
    "kpi", "stage", "period", "period_start", "period_end", "channel", "market", "numerator", "denominator", "value",
    "previous_value", "previous_to_date_value", "year_ago_value", "target", "attainment", "status", "is_complete",
    "as_of", "paced_target", "measured_on",
)  # fmt: skip
MEASURE_KEY: Final = ("measure", "period", "period_start", "channel", "market")
MEASURE_COLUMNS: Final = ("measure", "stage", "period", "period_start", "channel", "market", "value")

# Doubles of race_kpi; a ratio that divides by zero must be null, never infinite.
_RATIOS: Final = ("value", "previous_value", "previous_to_date_value", "year_ago_value", "attainment")


def mart_suites() -> list[Suite]:
    """The suites of the mart; each one's subject is a table of the mart, or a selection of one."""
    return [
        Suite("mart__race_kpi", "race_kpi", _race_kpi()),
        Suite("mart__race_kpi_parts", "race_kpi: KPIs that are a part of a whole", _parts()),
        Suite("mart__race_measure", "race_measure", _race_measure()),
    ]


def _race_kpi() -> list[Expectation]:
    not_finite = " or ".join(f"isnan({name}) or isinf({name})" for name in _RATIOS)
    return [
        *_shape(KPI_COLUMNS, (*KPI_KEY, "stage", "period_end", "is_complete", "as_of"), KPI_KEY),
        Expectation(
            "status_vocabulary", "expect_column_values_to_be_in_set", "critical",
            f"status is one of {', '.join(STATUSES)}, or empty", {"column": "status", "value_set": list(STATUSES)},
        ),
        Expectation(
            "one_as_of", "expect_column_values_to_be_in_set", "critical",
            "as_of is the run's day in every row", {"column": "as_of", "value_set": {"$PARAMETER": "as_of_set"}},
        ),
        Expectation(
            "periods_have_begun", "expect_column_values_to_be_between", "critical",
            "no period begins after as_of", {"column": "period_start", "max_value": {"$PARAMETER": "as_of"}},
        ),
        Expectation(
            "periods_end_after_they_begin", "expect_column_pair_values_a_to_be_greater_than_b", "critical",
            "period_end is not before period_start",
            {"column_A": "period_end", "column_B": "period_start", "or_equal": True},
        ),
        Expectation(
            "numbers_are_finite", "unexpected_rows_expectation", "critical",
            "no value is infinite or not a number",
            {"unexpected_rows_query": f"select * from {{batch}} where {not_finite}"},
        ),
        Expectation(
            "values_have_a_numerator", "unexpected_rows_expectation", "critical",
            "a value never stands without its numerator",
            {"unexpected_rows_query": "select * from {batch} where value is not null and numerator is null"},
        ),
        Expectation(
            "attainment_needs_a_target", "unexpected_rows_expectation", "critical",
            "attainment and status stand only where there is a target",
            {
                "unexpected_rows_query": "select * from {batch} "
                "where target is null and (attainment is not null or status is not null)"
            },
        ),
        Expectation(
            "running_periods_are_incomplete", "unexpected_rows_expectation", "critical",
            "a period that still runs at as_of is not complete",
            {"unexpected_rows_query": "select * from {batch} where is_complete and period_end >= as_of"},
        ),
    ]  # fmt: skip


def _parts() -> list[Expectation]:
    """Its rows say in `is_money` whether the part is money: below 0 where a month gives back more than it sold."""
    return [
        Expectation(
            "parts_of_a_whole", "expect_column_values_to_be_between", "critical",
            "a part of a whole is never above 1", {"column": "value", "max_value": 1},
        ),
        Expectation(
            "counted_parts_of_a_whole", "unexpected_rows_expectation", "critical",
            "a counted part of a whole is never below 0",
            {"unexpected_rows_query": "select * from {batch} where value < 0 and not is_money"},
        ),
    ]  # fmt: skip


def _race_measure() -> list[Expectation]:
    return _shape(MEASURE_COLUMNS, (*MEASURE_KEY, "stage"), MEASURE_KEY)


def _shape(columns: tuple[str, ...], filled: tuple[str, ...], key: tuple[str, ...]) -> list[Expectation]:
    """What race_kpi and race_measure have in common: rows, columns, a key, stages and periods."""
    return [
        Expectation(
            "not_empty", "expect_table_row_count_to_be_between", "critical",
            "the table has rows", {"min_value": 1},
        ),
        Expectation(
            "promised_columns", "expect_table_columns_to_match_ordered_list", "critical",
            "the columns are the promised ones, in their order", {"column_list": list(columns)},
        ),
        Expectation(
            "unique_key", "expect_compound_columns_to_be_unique", "critical",
            f"{', '.join(key)} name one row", {"column_list": list(key)},
        ),
        *(
            Expectation(
                f"{name}_filled", "expect_column_values_to_not_be_null", "critical",
                f"{name} is never empty", {"column": name},
            )
            for name in filled
        ),
        Expectation(
            "stage_vocabulary", "expect_column_values_to_be_in_set", "critical",
            f"stage is one of {', '.join(RACE_STAGES)}", {"column": "stage", "value_set": list(RACE_STAGES)},
        ),
        Expectation(
            "period_vocabulary", "expect_column_values_to_be_in_set", "critical",
            f"period is one of {', '.join(PERIODS)}", {"column": "period", "value_set": list(PERIODS)},
        ),
    ]  # fmt: skip
