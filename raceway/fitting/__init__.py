"""What is estimated rather than counted: pure functions on aggregates, no file, no database, no clock."""
