"""What SQL says badly: what is estimated rather than counted, and who hangs together.

Pure functions on aggregates, no file, no database, no clock; `duckdb_plugin` tells DuckDB of the one that SQL calls.
"""
