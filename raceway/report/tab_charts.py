"""The charts of plan, attribution and customers, beside the trend of charts.py."""

from __future__ import annotations

from typing import Any

from raceway.report.chart_form import given, specification, ticks


def tab_charts() -> dict[str, Any]:
    """Specification by name."""
    return {"columns": _columns(), "spread": _spread()}


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
    return specification(layers.add_params(*given(y_labels={}, y_values=[], y_from=0, y_to=1)))


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
    return specification(layers.add_params(*given(x_labels={}, x_values=[], x_from=0, x_to=1)))
