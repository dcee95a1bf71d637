"""Grain: one row per month end: BG/NBD and Gamma-Gamma of all customers, or why there is no fit."""


def model(dbt, session):
    """Fits each month end by itself, on the purchases up to it."""
    dbt.config(materialized="table")
    from raceway.fitting.lifetime import fit_month_ends

    return fit_month_ends(dbt.ref("int_clv_groups"), dbt.ref("int_clv_statistics"))
