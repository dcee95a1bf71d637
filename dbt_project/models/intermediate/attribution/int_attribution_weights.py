"""Grain: one month × channel: its share of all removal effects in the 90 days before the month."""

from raceway.fitting.attribution_weights import fitted_weights


def model(dbt, session):
    """Fits each month's chain on its aggregated paths."""
    dbt.config(materialized="table")
    return fitted_weights(dbt.ref("int_attribution_paths").to_arrow_table())
