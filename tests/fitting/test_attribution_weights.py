"""What the warehouse keeps of each month's fit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa

from raceway.fitting.attribution_weights import FEWEST_CONVERSIONS, fitted_weights

APRIL, MAY = dt.date(2026, 4, 1), dt.date(2026, 5, 1)


def table(*rows: tuple[dt.date, str, int, int]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return pa.table(
        [pa.array(columns[0], pa.date32()), pa.array(columns[1], pa.string()), pa.array(columns[2], pa.int64()),
         pa.array(columns[3], pa.int64())],
        names=["month", "path", "conversions", "nulls"],
    )  # fmt: skip


def weights(*rows: tuple[dt.date, str, int, int]) -> list[dict[str, Any]]:
    return fitted_weights(table(*rows)).to_pylist()


def test_each_month_has_shares_of_its_own_paths() -> None:
    n = FEWEST_CONVERSIONS
    rows = weights((APRIL, "a > b > c", n, 0), (APRIL, "a", 0, n), (APRIL, "b > c", 0, n), (MAY, "a", n, 0))
    april = {"month": APRIL, "paths": 3 * n, "conversions": n, "is_fitted": True}
    assert rows == [
        april | {"channel": "a", "removal_effect": Decimal("0.200000")},
        april | {"channel": "b", "removal_effect": Decimal("0.400000")},
        april | {"channel": "c", "removal_effect": Decimal("0.400000")},
        {"month": MAY, "channel": "a", "removal_effect": Decimal(1), "paths": n, "conversions": n, "is_fitted": True},
    ]


def test_a_month_with_too_few_orders_is_not_fitted() -> None:
    few = FEWEST_CONVERSIONS - 1
    assert weights((APRIL, "a", few, 5_000)) == [
        {"month": APRIL, "channel": "a", "removal_effect": None, "paths": few + 5_000, "conversions": few,
         "is_fitted": False}
    ]  # fmt: skip


def test_without_paths_the_table_has_its_columns_and_no_row() -> None:
    empty = fitted_weights(table())
    assert empty.num_rows == 0
    assert empty.schema.field("removal_effect").type == pa.decimal128(18, 6)
