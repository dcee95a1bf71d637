"""Great Expectations on DuckDB.

GX ships no DuckDB source, and over plain SQLAlchemy every expectation fails: GX fetches rows after it has
closed the connection, and DuckDB's cursor is empty by then. Keeping one connection open for the life of
the execution engine mends that, with public names only.

Importing this module registers the data source type `duckdb`, so that `context.data_sources.add_duckdb`
is there and a context file may name it:

    import raceway.gate.gx_duckdb
    context = gx.get_context(context_root_dir="expectations")

Expectations known to work: row count, null, set, range, min, max, sum, mean, unique, compound unique,
column pairs, table columns, `UnexpectedRowsExpectation`. Known not to: regular expressions (GX has none
for this dialect), quantiles and expectations on type names.
"""

from __future__ import annotations

import os

# GX reports its use to its maker unless told otherwise before it is imported; a company's names are ours to keep.
os.environ["GX_ANALYTICS_ENABLED"] = "False"

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Union

from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.datasource.fluent.config_str import ConfigStr
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

if TYPE_CHECKING:
    import sqlalchemy


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]  # GX carries no types for mypy
    """GX's SQL engine with one connection that stays open until the engine is closed."""

    _kept: sqlalchemy.Connection | None = None

    @contextmanager
    def get_connection(self) -> Iterator[Any]:
        """Yields the kept connection; opens it at the first call."""
        if self._kept is None or self._kept.closed:
            self._kept = self.engine.connect()
        yield self._kept

    def close(self) -> None:
        """Closes the kept connection (and with it DuckDB's lock on a file), then the engine."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        super().close()
        self.engine.dispose()


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]  # GX carries no types for mypy
    """A DuckDB database as a GX data source, made by `context.data_sources.add_duckdb(name, ...)`.

    `connection_string`: `duckdb:///:memory:` or `duckdb:///<path>`. GX makes an engine of its own for every batch
    and closes it when it is collected, so a database file stays locked for an unknown time: what others write
    is better read as Parquet, by a query asset over `select * from read_parquet('...')` in memory.
    """

    type: Literal["duckdb"] = "duckdb"
    connection_string: Union[ConfigStr, str]  # noqa: UP007  # GX reads it with pydantic 1, before PEP 604

    @property
    def execution_engine_type(self) -> builtins.type[DuckDBExecutionEngine]:
        """The engine that keeps its connection."""
        return DuckDBExecutionEngine
