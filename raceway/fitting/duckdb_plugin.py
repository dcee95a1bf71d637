"""Functions of ours that SQL on DuckDB calls; dbt-duckdb loads this plugin by its profile (profiles/profiles.yml)."""

from __future__ import annotations

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from raceway.fitting.spanning_forest import spanning_forest


class Plugin(BasePlugin):  # type: ignore[misc]  # dbt has no types
    """The functions of each connection that dbt opens to the warehouse."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Makes `spanning_forest` (macros/engine/spanning_forest.sql) known to the connection."""
        conn.create_function(
            "spanning_forest",
            spanning_forest,
            ["bigint[][]"],
            "struct(node bigint, first_node bigint, link bigint)[]",
        )
