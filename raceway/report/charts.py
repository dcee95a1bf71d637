"""The charts of the report as Vega-Lite specifications, made with Altair and kept in assets/charts.json.

    python -m raceway.report.charts        writes the file anew (after a chart has changed)

The page fills in data, sizes, colours and the words of the axes; a night reads the file and imports no Altair.
Data are the source `rows`. Labels come from the page too: parameters `x_labels` and `y_labels` map a tick to its text.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import altair as alt

FILE: Final = Path(__file__).parent / "assets" / "charts.json"


def charts() -> dict[str, Any]:
    """Specification by name."""
    return {"trend": _trend(), "columns": _columns(), "spread": _spread()}


def write_charts(file: Path = FILE) -> None:
    """Writes assets/charts.json."""
    file.write_text(json.dumps(charts(), indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """An Altair chart as the page takes it: no data, no configuration, no schema, ticks labelled by the page."""
    found: dict[str, Any] = chart.to_dict()
    for name in ("$schema", "config", "datasets"):
        found.pop(name, None)
    return found


def ticks(which: str, **given: Any) -> Any:
    """An axis whose labels the page gives: `x` or `y`."""
    import altair as alt

    return alt.Axis(labelExpr=f"{which}_labels[datum.value] || ''", title=None, **given)


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
            *_given(x_labels={}, y_labels={}, x_values=[], y_values=[], x_from=0, x_to=1, y_from=0, y_to=1)
        )
    )


def _columns() -> dict[str, Any]:
    """Columns over names, each with a mark where it should be. Rows: name (no two alike), value, mark, light, tip."""
    import altair as alt

    scale = alt.Scale(nice=False, domainMin=alt.ExprRef("y_from"), domainMax=alt.ExprRef("y_to"))
    x = alt.X("name:N", sort=None, axis=alt.Axis(title=None, labelAngle=0, grid=False, labelSeparation=8))
    base = alt.Chart(data=alt.NamedData(name="rows")).encode(x=x, tooltip=alt.Tooltip("tip:N"))

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=ticks("y", values=alt.ExprRef("y_values")), scale=scale)

    paler = alt.condition("datum.light", alt.value(0.4), alt.value(1))
    layers = alt.layer(
        # the layer that holds all rows stands first: it gives the names their order
        base.mark_bar(style="column", cornerRadiusEnd=2).encode(y=y("value"), opacity=paler),
        base.transform_filter("isValid(datum.mark)").mark_tick(style="due_mark", thickness=3).encode(y=y("mark")),
    )
    return specification(layers.add_params(*_given(y_labels={}, y_values=[], y_from=0, y_to=1)))


def _spread() -> dict[str, Any]:
    """How far several answers to one question lie apart. Rows: name, value, low, high, chosen, tip."""
    import altair as alt

    scale = alt.Scale(nice=False, domainMin=alt.ExprRef("x_from"), domainMax=alt.ExprRef("x_to"))
    axis = ticks("x", values=alt.ExprRef("x_values"))
    y = alt.Y("name:N", sort=None, axis=alt.Axis(title=None, grid=False, labelLimit=140))
    base = alt.Chart(data=alt.NamedData(name="rows")).encode(y=y)
    seen = base.encode(x=alt.X("value:Q", axis=axis, scale=scale), tooltip=alt.Tooltip("tip:N"))
    layers = alt.layer(
        base.mark_rule(style="range_line").encode(x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q"),
        seen.transform_filter("!datum.chosen").mark_point(style="other_point"),
        seen.transform_filter("datum.chosen").mark_point(style="chosen_point"),
    )
    return specification(layers.add_params(*_given(x_labels={}, x_values=[], x_from=0, x_to=1)))


def _given(**parameters: Any) -> list[Any]:
    """Parameters that the page sets before it draws."""
    import altair as alt

    return [alt.param(name=name, value=value) for name, value in parameters.items()]


if __name__ == "__main__":
    write_charts()
