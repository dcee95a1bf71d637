"""The frozen effective set, and dbt on top of it."""
