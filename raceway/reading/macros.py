"""The macros of reading that are no table's own: clean texts, values, hashes. Made once per database (16 ms)."""

from __future__ import annotations

import duckdb

from raceway.common.masks import mask_macros
from raceway.common.texts import text_macro
from raceway.reading.cells import value_macros
from raceway.reading.personal import hash_macros


def make_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes them in the database of `connection`; all its connections have them."""
    for statement in (text_macro(), *value_macros(), *mask_macros(), *hash_macros()):
        connection.execute(statement)
