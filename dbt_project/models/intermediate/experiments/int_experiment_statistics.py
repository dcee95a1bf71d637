"""Grain: one variation of an experiment. Intervals and p-values, which need functions that SQL does not have."""


def model(dbt, session):
    """The counts of `int_experiment_counts` with what `raceway.fitting.proportions` says of them."""
    import pandas as pd

    from raceway.fitting.proportions import STATISTICS, compare_variations

    dbt.config(materialized="table")
    counts = dbt.ref("int_experiment_counts")
    frame = counts.df() if hasattr(counts, "df") else counts.toPandas()  # DuckDB's relation, else Spark's frame
    told = compare_variations(frame.to_dict("records"))
    found = pd.DataFrame(told, columns=["experiment", "variation", *STATISTICS])
    # without an experiment pandas would not know the types
    return found.astype({"experiment": "str", "variation": "str", **dict.fromkeys(STATISTICS, "float64")})
