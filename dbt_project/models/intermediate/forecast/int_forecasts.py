"""Grain: one row per forecast KPI × running period: what its days that are not in will bring, or why nobody can say."""


def model(dbt, session):
    """Fits each KPI's daily sums up to as_of, with the holidays of program and home."""
    dbt.config(materialized="table")
    from raceway.fitting.forecast import forecast_spans

    named = "starts_on, ends_on, name, {} as is_own"
    shipped, own = dbt.ref("holidays"), dbt.source("house", "own_holidays")
    holidays = shipped.project(named.format("false")).union(own.project(named.format("true")))
    return forecast_spans(dbt.ref("int_forecast_spans"), dbt.ref("int_forecast_days"), holidays)
