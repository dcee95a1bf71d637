"""Great Expectations on DuckDB, and the gate that every batch passes."""
