"""What is estimated rather than counted: plain functions on aggregates, which dbt's Python models call."""
