"""Which tables of the warehouse analysts get, and how each is laid out when it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import duckdb

from raceway.publish.descriptions import described_models

MARTS: Final = (
    "race_kpi", "race_measure", "kpi_catalog", "measure_catalog", "osa_review", "identity_link",
    "identity_left_out", "customer_360", "cohort_retention", "segment_kpi", "kpi_forecast",
)  # fmt: skip
"""Published beside all facts (`fct_…`) and dimensions (`dim_…`)."""


@dataclass(frozen=True)
class MartTable:
    """A table of the warehouse that is published."""

    name: str
    dated_by: str | None
    """Its date column: Parquet is cut into its months, race.duckdb holds the recent ones of a fact. None where rows
    have no day (a state like a subscriber): the table is published whole."""

    @property
    def is_fact(self) -> bool:
        """Whether race.duckdb holds only its recent months."""
        return self.name.startswith("fct_")


def mart_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[MartTable]:
    """The published tables that the warehouse attached as `catalog` has, by name.

    Marts, facts and dimensions; never `identity_person`, which maps hashed personal data and stays. What dates a
    table's rows stands in its model's meta (`dated_by`). Raises BadContract where a YAML file of the models is none.
    """
    dated_by = {model["name"]: _meta(model).get("dated_by") for model in described_models()}
    rows = connection.execute(
        """
        select table_name from information_schema.tables
        where table_catalog = ? and table_schema = 'main'
            and (table_name = any(?) or starts_with(table_name, 'fct_') or starts_with(table_name, 'dim_'))
        order by table_name
        """,
        [catalog, list(MARTS)],
    ).fetchall()
    return [MartTable(name, dated_by.get(name)) for (name,) in rows]


def _meta(model: dict[str, Any]) -> dict[str, Any]:
    return (model.get("config") or {}).get("meta") or {}
