"""The charts of the report as Vega-Lite specifications, made with Altair and kept in assets/charts.json.

    python -m raceway.report.charts        writes the file anew (after a chart has changed)

The page fills in data, sizes, colours and the words of the axes; a night reads the file and imports no Altair.
Data are the source `rows`. Labels come from the page too: parameters `x_labels` and `y_labels` map a tick to its text.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from raceway.report.chart_form import given, specification, ticks
from raceway.report.tab_charts import tab_charts

FILE: Final = Path(__file__).parent / "assets" / "charts.json"


def charts() -> dict[str, Any]:
    """Specification by name."""
    return {"trend": _trend(), **tab_charts()}


def write_charts(file: Path = FILE) -> None:
    """Writes assets/charts.json."""
    file.write_text(json.dumps(charts(), indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _trend() -> dict[str, Any]:
    """One KPI over time. Rows: start (ms), value, year_ago, target, target_low, target_high, complete,
    restated, tip."""
    import altair as alt

    x = alt.X(
        "start:T", axis=ticks("x", grid=False, labelFlush=True, values=alt.ExprRef("x_values")),
        scale=alt.Scale(type="utc", domainMin=alt.ExprRef("x_from"), domainMax=alt.ExprRef("x_to")),
    )  # fmt: skip
    scale = alt.Scale(zero=False, nice=False, domainMin=alt.ExprRef("y_from"), domainMax=alt.ExprRef("y_to"))

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=ticks("y", values=alt.ExprRef("y_values")), scale=scale)

    base = alt.Chart().encode(x=x)
    seen = base.encode(y=y("value"), tooltip=alt.Tooltip("tip:N"))
    layers = alt.layer(
        base.mark_area(style="target_band", interpolate="step").encode(y=y("target_low"), y2="target_high:Q"),
        base.mark_line(style="target_line", interpolate="step").encode(y=y("target")),
        base.mark_line(style="year_ago").encode(y=y("year_ago")),
        base.mark_line(style="value_line").encode(y=y("value")),
        seen.transform_filter("datum.complete").mark_point(style="complete_point"),
        seen.transform_filter("!datum.complete").mark_point(style="provisional_point"),
        seen.transform_filter("datum.restated").mark_point(style="restated_point", shape="diamond"),
        data=alt.NamedData(name="rows"),
    )
    return specification(
        layers.add_params(
            *given(x_labels={}, y_labels={}, x_values=[], y_values=[], x_from=0, x_to=1, y_from=0, y_to=1)
        )
    )


if __name__ == "__main__":
    write_charts()
