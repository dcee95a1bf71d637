"""What all charts of the report have in common: how the page takes a specification and gives it its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt


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


def given(**parameters: Any) -> list[Any]:
    """Parameters that the page sets before it draws."""
    import altair as alt

    return [alt.param(name=name, value=value) for name, value in parameters.items()]
