"""dbt's semantic models and metrics, written from the catalogue: MetricFlow slices KPIs by what the facts hold.

    python -m raceway.build.semantic_models      writes models/semantic/_semantic__models.yml anew

A measure that is an aggregate over one published fact (`raceway.build.measures_on_facts`) becomes a measure of that
fact's semantic model, a KPI over such measures a metric. What cannot be said so is named with its reason in
docs/reference/semantic-layer.md. A test holds the file to what is written here.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from raceway.build.measures_on_facts import OnFact, read_measures
from raceway.common.home import PROJECT
from raceway.common.kpi_formula import measures_of, terms
from raceway.common.stages import RACE_STAGES

FILE: Final = PROJECT.dbt_project / "models" / "semantic" / "_semantic__models.yml"
_HEAD: Final = (
    "# Written by `python -m raceway.build.semantic_models` from the seeds and the daily models; change those.\n"
    "# MetricFlow reads it; a night does not (raceway/build/parsed_project.py takes it out).\n"
)
# a day that is not over counts in no KPI, and facts hold what is planned, accrued or exported ahead of it
OVER: Final = "{{ TimeDimension('metric_time', 'day') }} < (select max(as_of) from race_kpi)"
SHARED: Final = ("channel", "market", "source", "account", "campaign")
"""Columns that mean the same in every fact, so that KPIs of several facts can be sliced by them."""
_JOINED: Final = {"person_id": "person", "order_id": "convert_order"}
_NO_SLICES: Final = ("_id", "_hash", "_key", "_code", "url", "handle", "post", "testimonial", "order_name", "known_by")
_ABOUT_PERSONS: Final = (
    "segment", "marketing_segment", "race_stage", "churn_band", "nps_kind", "age_band", "gender", "province",
    "preferred_category", "first_touch_channel", "last_touch_channel", "is_active", "is_customer", "is_subscriber",
    "is_member",
)  # fmt: skip

_READ_ON: Final = {
    "start": "a state on the day before the period: days do not add up to it",
    "end": "a state, or a window of days, on the last day of the period: days do not add up to it",
    "fit": "comes from the newest fit of a month end",
}
_WINDOWS: Final = {
    "new_visitors": "who is new is decided by the period as a whole: a first visit by another channel counts, too",
    "converting_visitors": "a visit and the order after it are matched within the period",
    "visitors_who_became_leads": "a visit and the lead are matched within the period",
    "reactivated_customers": "the churn window is a setting of the home, and no fact holds it",
    "revenue_before": "looks at as many days before the period as it has",
    "revenue_retained": "looks at as many days before the period as it has",
    "revenue_retained_capped": "looks at as many days before the period as it has",
    "cac_payback_months": "adds up months after the period until they cover its cost",
    "advocates": "who is active is read at the period's end",
    "active_customers_at_start": "who is active is read on the day before the period",
}

Row = dict[str, str]


@dataclass(frozen=True)
class SemanticLayer:
    """What MetricFlow is told, and what not."""

    measures: Mapping[str, tuple[OnFact, ...]]
    """The catalogue's measures that are aggregates over facts."""
    kpis: tuple[Row, ...]
    """Rows of the catalogue that are metrics."""
    missing: Mapping[str, str]
    """Why the other KPIs are none, by KPI."""


@cache
def semantic_layer() -> SemanticLayer:
    """What of the catalogue MetricFlow can be told."""
    read = read_measures()
    reasons = {**read.elsewhere, **_reasons()}
    kpis = _seed("kpi_catalog")
    missing = {}
    for kpi in kpis:
        lacking = dict.fromkeys(name for name in measures_of(kpi) if name not in read.on_facts)
        if lacking:
            by_reason: dict[str, list[str]] = defaultdict(list)
            for name in lacking:
                by_reason[reasons[name]].append(f"`{name}`")
            missing[kpi["kpi"]] = "; ".join(f"{', '.join(names)}: {why}" for why, names in by_reason.items())
    shown = tuple(kpi for kpi in kpis if kpi["kpi"] not in missing)
    used = {name for kpi in shown for name in measures_of(kpi)}
    return SemanticLayer({n: parts for n, parts in read.on_facts.items() if n in used}, shown, missing)


def _reasons() -> dict[str, str]:
    readings = {row["measure"]: _READ_ON.get(row["read_on"], "") for row in _seed("measure_readings")}
    return {measure: why for measure, why in readings.items() if why} | _WINDOWS


def fact_name(fact: str) -> str:
    """The semantic model of a table, which is also the name of its primary entity."""
    return fact.removeprefix("fct_")


def part_names(measure: str, parts: tuple[OnFact, ...]) -> list[str]:
    """The measures of MetricFlow that a measure of the catalogue is the sum of."""
    if len(parts) == 1:
        return [measure]
    return [f"{measure}_of_{fact_name(part.fact)}" for part in parts]


def semantic_yaml() -> str:
    """The file's text."""
    layer = semantic_layer()
    content = {
        "version": 2,
        "semantic_models": [*_semantic_models(layer), *_dimension_models()],
        "metrics": [*_measure_metrics(layer), *_kpi_metrics(layer)],
    }
    return _HEAD + yaml.dump(content, Dumper=_Indented, sort_keys=False, allow_unicode=True, width=10_000)


class _Indented(yaml.SafeDumper):
    """Lists are indented below their key, as everywhere in the project."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # PyYAML's own
        super().increase_indent(flow, False)


def fact_slices() -> dict[str, tuple[list[str], list[str]]]:
    """By fact what its measures can be sliced by: names shared with other facts, and columns of its own."""
    return {
        model["model"].removeprefix("ref('").removesuffix("')"): (
            [entity["name"] for entity in model["entities"]],
            [dimension["name"] for dimension in model["dimensions"] if dimension["type"] == "categorical"],
        )
        for model in _semantic_models(semantic_layer())
    }


def _semantic_models(layer: SemanticLayer) -> Iterator[dict[str, Any]]:
    described = _columns_of_facts()
    by_fact: dict[str, list[tuple[str, OnFact]]] = defaultdict(list)
    for measure, parts in layer.measures.items():
        for name, part in zip(part_names(measure, parts), parts, strict=True):
            by_fact[part.fact].append((name, part))
    for fact in sorted(by_fact):
        measures, columns = by_fact[fact], described[fact]
        dates = list(dict.fromkeys(part.day for _, part in measures))
        yield {
            "name": fact_name(fact),
            "model": f"ref('{fact}')",
            "description": f"The measures that are counted over {fact}.",
            "defaults": {"agg_time_dimension": _date(dates[0])},
            **({} if fact == "fct_convert_order" else {"primary_entity": fact_name(fact)}),
            "entities": _entities(fact, measures, columns),
            "dimensions": [
                *(
                    {"name": _date(day), "type": "time", "expr": day, "type_params": {"time_granularity": "day"}}
                    for day in dates
                ),
                *({"name": name, "type": "categorical"} for name in _slices(columns) if name not in dates),
            ],
            "measures": [_measure(name, part, dates[0]) for name, part in measures],
        }


def _date(column: str) -> str:
    """MetricFlow keeps the word day for itself."""
    return "on_day" if column == "day" else column


def _entities(fact: str, measures: Iterable[tuple[str, OnFact]], columns: Mapping[str, str]) -> list[dict[str, str]]:
    places = {(part.channel, part.market) for _, part in measures}
    if len(places) > 1:
        raise ValueError(f"{fact}: its measures have several channels or markets: {sorted(places)}")
    ((channel, market),) = places
    said = {"channel": channel, "market": market}
    found = []
    for name in SHARED:
        expression = said.get(name, name if name in columns else "")
        if expression:
            found.append({"name": name, "type": "foreign", "expr": expression})
    for column, name in _JOINED.items():
        if column in columns:
            own = fact == "fct_convert_order" and column == "order_id"
            found.append({"name": name, "type": "primary" if own else "foreign", "expr": column})
    return found


def _slices(columns: Mapping[str, str]) -> list[str]:
    """The columns that a KPI can be sliced by: words and yes or no, but no keys."""
    return [
        name
        for name, kind in columns.items()
        if kind in ("varchar", "boolean") and name not in SHARED and not name.endswith(_NO_SLICES)
    ]


def _measure(name: str, part: OnFact, default_day: str) -> dict[str, Any]:
    expression = f"case when {part.where} then {part.expression} end" if part.where else part.expression
    said: dict[str, Any] = {"name": name, "agg": part.aggregate, "expr": expression}
    if part.day != default_day:
        said["agg_time_dimension"] = _date(part.day)
    if part.aggregate == "percentile":
        rule = next(row for row in _seed("measure_rules") if row["measure"] == name)
        said["agg_params"] = {"percentile": float(rule["percentile"]), "use_discrete_percentile": False}
    return said


def _dimension_models() -> Iterator[dict[str, Any]]:
    yield {
        "name": "dim_channel",
        "model": "ref('dim_channel')",
        "description": "The channels.",
        "entities": [{"name": "channel", "type": "primary", "expr": "channel"}],
        "dimensions": [{"name": "is_paid", "type": "categorical"}],
    }
    yield {
        "name": "customer_360",
        "model": "ref('customer_360')",
        "description": "The persons as they are known today.",
        "entities": [{"name": "person", "type": "primary", "expr": "person_id"}],
        "dimensions": [{"name": name, "type": "categorical"} for name in _ABOUT_PERSONS],
    }


def _measure_metrics(layer: SemanticLayer) -> Iterator[dict[str, Any]]:
    """A metric per measure, named as it is."""
    kpis = {kpi["kpi"]: kpi for kpi in layer.kpis}
    definitions = {row["measure"]: row for row in _seed("measures")}
    ahead = {row["measure"] for row in _seed("measure_readings") if row["read_on"] == "ahead"}
    for measure, parts in layer.measures.items():
        kpi = kpis.get(measure)
        label = kpi["name"] if kpi else measure
        said = {"name": measure, "label": label, "description": _sentence(definitions[measure]["definition"])}
        meta = {"config": {"meta": _kpi_meta(kpi)}} if kpi else {}
        names = part_names(measure, parts)
        filters = [[*([] if measure in ahead else [OVER]), *([part.joined] if part.joined else [])] for part in parts]
        if len(parts) == 1:
            yield _simple(said, {"name": names[0]}, filters[0]) | meta
            continue
        for name, part, filter_ in zip(names, parts, filters, strict=True):
            whose = {
                "name": name, "label": name, "description": f"The part of {measure} that {part.fact} holds.",
            }  # fmt: skip
            yield _simple(whose, {"name": name, "fill_nulls_with": 0}, filter_)
        yield (
            said
            | {
                "type": "derived",
                "type_params": {"expr": " + ".join(names), "metrics": [{"name": name} for name in names]},
            }
            | meta
        )


def _simple(said: Row, measure: dict[str, Any], filters: list[str]) -> dict[str, Any]:
    return {
        **said, "type": "simple", "type_params": {"measure": measure},
        **({"filter": " and ".join(filters)} if filters else {}),
    }  # fmt: skip


def _kpi_metrics(layer: SemanticLayer) -> Iterator[dict[str, Any]]:
    for kpi in layer.kpis:
        name, scale = kpi["kpi"], float(kpi["scale"])
        if _is_one_measure(kpi):
            if name != kpi["numerator"]:
                yield _kpi(kpi) | _derived(kpi["numerator"], 1)
            continue
        if not kpi["denominator"]:
            yield _kpi(kpi) | _derived(kpi["numerator"], scale)
            continue
        sides = {}
        for side, factor in (("numerator", scale), ("denominator", 1.0)):
            sides[side] = kpi[side]
            if len(terms(kpi[side])) > 1 or factor != 1 or kpi[side] == name:
                sides[side] = f"{name}_{side}"
                yield {
                    "name": sides[side],
                    "label": sides[side],
                    "description": f"The {side} of {name}.",
                    **_derived(kpi[side], factor),
                }
        yield _kpi(kpi) | {
            "type": "ratio",
            "type_params": {side: {"name": metric} for side, metric in sides.items()},
        }


def _is_one_measure(kpi: Row) -> bool:
    return not kpi["denominator"] and float(kpi["scale"]) == 1 and len(terms(kpi["numerator"])) == 1


def _derived(side: str, scale: float) -> dict[str, Any]:
    expression = side if scale == 1 else f"{scale:g} * ({side})" if len(terms(side)) > 1 else f"{scale:g} * {side}"
    return {
        "type": "derived",
        "type_params": {"expr": expression, "metrics": [{"name": measure} for measure, _ in terms(side)]},
    }


def _kpi(kpi: Row) -> dict[str, Any]:
    formula = f"{kpi['numerator']} ÷ ({kpi['denominator']})" if kpi["denominator"] else kpi["numerator"]
    factor = "" if float(kpi["scale"]) == 1 else f" × {kpi['scale']}"
    return {
        "name": kpi["kpi"],
        "label": kpi["name"],
        "description": _sentence(f"{kpi['name']} ({kpi['unit']}): {formula}{factor}"),
        "config": {"meta": _kpi_meta(kpi)},
    }


def _kpi_meta(kpi: Row) -> dict[str, Any]:
    return {"stage": kpi["stage"], "unit": kpi["unit"], "good": kpi["good"], "name_vi": kpi["name_vi"]}


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _columns_of_facts() -> dict[str, dict[str, str]]:
    """Column and data type of every fact, as its YAML declares them."""
    described: dict[str, dict[str, str]] = {}
    for stage in RACE_STAGES:
        file = PROJECT.dbt_project / "models" / "facts" / stage / f"_{stage}__models.yml"
        for model in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["models"]:
            described[model["name"]] = {column["name"]: column["data_type"] for column in model["columns"]}
    return described


def _seed(name: str) -> list[Row]:
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_file(file: Path = FILE) -> None:
    """Writes the semantic models into `file`."""
    file.write_text(semantic_yaml(), encoding="utf-8")


if __name__ == "__main__":
    write_file()
