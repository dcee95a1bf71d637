"""Models fitted on aggregates of the warehouse: pure functions, no file, no database, no clock."""
