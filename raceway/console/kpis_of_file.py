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
    "order_discount", "refunded_amount", "ad_set", "ad", "clicks_qualifier", "user_id_hash", "page_url",
    "page_referrer", "campaign_source", "campaign_medium", "campaign_name", "order_id",
})  # fmt: skip
"""Columns without which a measure of sales, ads or visits is known all the same, a little less finely."""
_EITHER: Final = (
    {"conversions", "purchases"},
    {"conversion_value", "conversion_value_header", "purchase_value", "purchase_value_header"},
    {"kind", "file_kind"},
    {"stage", "became_lead_at", "became_qualified_at"},
    {"status", "subscribed_at", "ended_at"},
)
"""Columns that tell the same: one of them is enough."""
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
    needed = row["columns"].split()
    for column in needed:
        told_by = next(({*either} & {*needed} for either in _EITHER if column in either), {column})
        if told_by & {*columns} or column in _REFINING:
            continue
        if column in amounts:  # the file has one of them, or is refused
            continue
        hashed = table.by_name[column].meta.hash
        if hashed and (row["measure"] in _WITHOUT_BUYER or any(table.by_name[c].meta.hash for c in columns)):
            continue
        return False
    return True


def _seed(name: str) -> list[dict[str, str]]:
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
