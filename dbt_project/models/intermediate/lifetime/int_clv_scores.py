"""Grain: one row per month end with a fit × frequency × recency × age: the forecast for whoever has them."""


def model(dbt, session):
    """Scores customers with equal statistics once."""
    dbt.config(materialized="table")
    from raceway.fitting.lifetime import score_month_ends

    return score_month_ends(dbt.ref("int_clv_groups"), dbt.ref("int_clv_fits"))
