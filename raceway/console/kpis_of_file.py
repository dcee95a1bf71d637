"""Which KPIs a landed file gives values to, by the columns that it really has."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from raceway.common.home import PROJECT, Home
from raceway.common.kpi_formula import measures_of
from raceway.common.measure_tables import measure_tables
from raceway.contracts.grammar import TableContract
from raceway.ledger.ledger import Ledger

_OWN: Final = {
    "refunded_sales": ("refunded_amount",),
    "orders_returned": ("refunded_amount",),
    "orders_with_refunds_told": ("refunded_amount",),
    "orders_cancelled": ("status", "cancelled_at"),
    "orders_undelivered": ("delivery_state", "status"),
}
"""Measures of which one of these columns is needed, though others are named beside them."""
_REFINING: Final = frozenset({
    "status", "delivery_state", "cancelled_at", "sales_channel", "product", "quantity", "seller_discount",
    "order_discount", "refunded_amount",
})  # fmt: skip
"""Columns of orders without which a measure of sales is known all the same, a little less finely."""
_WITHOUT_BUYER: Final = ("attributed_orders", "platform_attributed_orders")


@dataclass(frozen=True)
class Fed:
    """KPIs that have values after the next run, and those that wait for a measure of another source."""

    now: list[str]
    waiting: dict[str, list[str]]
    """By KPI the measures that it lacks."""


def kpis_of(home: Home, table: TableContract, columns: Collection[str]) -> Fed:
    """The KPIs that a file of `table` with these filled columns feeds, beside what has landed already."""
    told = {
        row["measure"]
        for row in _seed("measure_sources")
        if (row["source"], row["table_name"], row["role"]) == (table.source, table.name, "covers")
        and _is_told(row, table, columns)
    }
    there = {
        (batch.source, batch.table) for batch in Ledger(home).state().batches.values() if batch.status == "accepted"
    }
    there.discard((table.source, table.name))
    others = {measure for measure, tables in measure_tables().items() if tables & there}
    now, waiting = [], {}
    for kpi in _seed("kpi_catalog"):
        measures = set(measures_of(kpi))
        if not measures & told:
            continue
        if lacking := sorted(measures - told - others):
            waiting[kpi["kpi"]] = lacking
        else:
            now.append(kpi["kpi"])
    return Fed(now, waiting)


def _is_told(row: Mapping[str, str], table: TableContract, columns: Collection[str]) -> bool:
    if row["measure"] in _OWN:
        return any(column in columns for column in _OWN[row["measure"]])
    amounts = {column for wanted in table.meta.one_of for column in wanted}
    for column in row["columns"].split():
        if column in columns or column in _REFINING or column in amounts:  # of the amounts the file has one, or is none
            continue
        hashed = table.by_name[column].meta.hash
        if hashed and (row["measure"] in _WITHOUT_BUYER or any(table.by_name[c].meta.hash for c in columns)):
            continue
        return False
    return True


def _seed(name: str) -> list[dict[str, str]]:
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
