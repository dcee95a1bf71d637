"""docs/reference/semantic-layer.md: which KPIs MetricFlow knows, by what they can be sliced, and which not and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from raceway.build.semantic_models import fact_slices, semantic_layer
from raceway.common.kpi_formula import measures_of


def semantic_page() -> str:
    """The page as Markdown."""
    layer = semantic_layer()
    lines = [
        "# The semantic layer",
        "",
        "Written by `python -m raceway.console.reference_pages` from the seeds and the daily models; change those.",
        "",
        f"{len(layer.kpis)} of {len(layer.kpis) + len(layer.missing)} KPIs are metrics of MetricFlow, under the names",
        "that they have in `race_kpi`; so are the measures that they are made of. Semantic models and metrics stand",
        "in `dbt_project/models/semantic/` and are written from the catalogue, so a KPI is still defined once. How to",
        "ask: [slicing KPIs](../how-to/slicing-kpis.md).",
        "",
        "A test asks MetricFlow for all of them on the sample's mart and holds them to `race_kpi`. They differ in what",
        "they can say, never in a number that both have:",
        "",
        "- **Unknown.** `race_kpi` has no row for a period that no file covers, and null where the history is too",
        "  young to tell (new, returning, retained). MetricFlow counts the rows that are there. `raceway query --kpi`",
        "  holds its answers to `race_kpi` and leaves both out.",
        "- **Nothing.** Where a fact has no rows for a channel or market, `race_kpi` says 0 and MetricFlow nothing, or",
        "  null for a ratio of two facts. Of a slice that has rows in one of them `raceway query --kpi` says 0.",
        "- **Days to come.** Days that are not over (`as_of` and later) are out of every metric but the budget, which",
        "  is planned ahead: `race_kpi` holds the budget of the running period, MetricFlow that of later ones, too.",
        "- **Medians** come unrounded; `race_kpi` has six decimals.",
        "- **Periods.** Beside its own day, week and month MetricFlow knows `fiscal_quarter` and `cycle` as the mart",
        "  has them. Its own quarter begins in January. A KPI that stands from the month on can be asked by the day",
        "  there.",
        "",
        "## KPIs and the facts that they are counted over",
        "",
        *_table(
            ("KPI", "facts"),
            ((f"`{kpi['kpi']}`", ", ".join(f"`{fact}`" for fact in _facts(kpi))) for kpi in layer.kpis),
        ),
        "",
        "## What a fact can be sliced by",
        "",
        "A KPI of several facts can be sliced by what all of them have: `channel`, `market`, `source`, `account`,",
        "`campaign`. Those of one fact have its own columns besides, written `<fact>__<column>` without `fct_`, or by",
        "the column alone where only one has it. `person` brings what `customer_360` says of the persons today",
        "(`person__segment`, `person__age_band` …), `convert_order` the order's columns, `channel` whether it",
        "`is_paid`.",
        "",
        *_table(("fact", "shared", "own"), _fact_rows()),
        "",
        "## What stands in race_kpi alone",
        "",
        "These are asked by channel, market and period. MetricFlow adds up or counts rows of a day; what is below is",
        "known in another way.",
        "",
        *_table(("KPI", "why"), ((f"`{kpi}`", f"{why}.") for kpi, why in layer.missing.items())),
    ]
    return "\n".join(lines) + "\n"


def _facts(kpi: dict[str, str]) -> list[str]:
    measures = semantic_layer().measures
    return list(dict.fromkeys(part.fact for name in measures_of(kpi) for part in measures[name]))


def _fact_rows() -> Iterator[tuple[str, str, str]]:
    for fact, (shared, own) in fact_slices().items():
        yield f"`{fact}`", ", ".join(f"`{name}`" for name in shared), ", ".join(f"`{name}`" for name in own)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
