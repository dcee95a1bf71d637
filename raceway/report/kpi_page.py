"""docs/reference/kpis.md: every KPI with its formula, every measure with its definition, the landed columns behind.

    python -m raceway.report.kpi_page      writes it anew (after the catalogue or a contract has changed)

The page says nothing of its own: KPIs, measures and sources stand in the seeds, columns in the contracts. A test
holds the page to them, and each named column to its contract.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from raceway.common.home import PROJECT
from raceway.common.kpi_formula import measures_of
from raceway.common.stages import RACE_STAGES
from raceway.contracts.load import load_contracts

PAGE: Final = PROJECT.root / "docs" / "reference" / "kpis.md"
EXAMPLES: Final = Path(__file__).with_name("kpi_examples.csv")
"""Worked examples, by hand: the standard that a KPI follows, and what it is in numbers."""
CAVEATS: Final = Path(__file__).with_name("kpi_caveats.csv")
"""What surprises in a KPI and follows from its definition, not from what its measures declare."""
_GRAINS: Final = {"month+": "month, quarter, cycle"}
_GOOD: Final = {"up": "higher is better", "down": "lower is better", "neutral": "neither is better"}

Row = dict[str, str]


def kpi_page() -> str:
    """The page as Markdown."""
    kpis, measures, sources = _seed("kpi_catalog"), _seed("measures"), _seed("measure_sources")
    fed: dict[str, list[Row]] = defaultdict(list)
    for row in sources:
        fed[row["measure"]].append(row)
    shown = [kpi for kpi in kpis if all(name in fed for name in measures_of(kpi))]
    lines = [
        "# KPIs and measures",
        "",
        "Written by `python -m raceway.report.kpi_page` from `dbt_project/seeds/`; change it there.",
        "",
        "A KPI is a numerator over a denominator, both sums of measures. At a period, channel and market it is the",
        "ratio of the sums there, never a mean of ratios. Periods: all are day, week, month, quarter and cycle.",
        "",
        "A measure says which date it counts by and whose channel and market it has. Its kind says how days make a",
        "period: *sum* adds them, *distinct* is counted in each period anew, *last* and *first* are the state at the",
        "period's end and on the day before it, *fitted* comes from a model's fit, *percentile* (a median) is taken of",
        "the single values of each period, channel and market.",
        "",
        "Then come the landed tables and the columns of theirs that it is made of or decided by. Tables after *From*",
        "also give it its days, those after *With* are needed beside them. Three things are not repeated everywhere:",
        "what `exclusions.csv` leaves out; the columns that only place a row in a channel or market; and, where a",
        "measure is made of others (`net_sales`, `attributed_revenue`), the conditions that stand with those.",
        "A day that is known only by when a file was exported has no column.",
        "",
        "Caveats: *complete later* means that a period stays `is_complete` = false so long after its last day, since",
        "what began in it may still end well. *Young history* means null for periods that begin within 180 days of",
        "an order account's `history_start`, in `all` and in the markets that it sells to: until then nobody can be",
        "told from new (an account with `opened_on` has all of its history). *Needs* names a list without",
        "which there are no rows. *Counted anew* means that shorter periods, channels and markets do not add up to it.",
        "*Never rolled up* means that no values of shorter periods, channels or markets give it, and null where",
        "there is nothing to take it of.",
        "*No channels* and *no markets* mean that it stands at `all` only.",
        "",
        "While a period runs, sums hold the days before `as_of`, states and windows of days are read on the day before",
        "it, and budgets alone lie ahead. `previous_to_date_value` is as many days of the period before, as a run",
        "of that day would have shown them, and so with that period's whole budget;",
        "`year_ago_value` is the whole period of a year ago, also while this one runs. Targets of sums are paced",
        "evenly over the days (`targets.pacing`), those of states wait until the period is over.",
        "",
        f"{len(shown)} of {len(kpis)} KPIs have all their measures fed by a source"
        f"{'.' if len(shown) == len(kpis) else '; the others are named at the end.'}",
    ]
    for stage in RACE_STAGES:
        lines += ["", f"## {stage.capitalize()}", ""]
        lines += [
            "| KPI | Vietnamese | formula | unit | periods | reading | caveats |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        lines += [_kpi_line(kpi, caveats(kpi)) for kpi in shown if kpi["stage"] == stage]
        lines += _examples(kpi for kpi in shown if kpi["stage"] == stage)
        lines += _surprises(kpi["kpi"] for kpi in shown if kpi["stage"] == stage)
        lines += ["", f"### Measures of {stage}"]
        for measure in measures:
            if measure["stage"] == stage and measure["measure"] in fed:
                lines += _measure_lines(measure, fed[measure["measure"]])
    waiting = [kpi["kpi"] for kpi in kpis if kpi not in shown]
    if waiting:
        lines += ["", "## Not fed yet", "", ", ".join(f"`{name}`" for name in waiting) + "."]
    return "\n".join(lines) + "\n"


def examples() -> list[Row]:
    """The worked examples: kpi, standard, example, numerator, denominator, value, standard_vi."""
    return _rows(EXAMPLES)


def surprises() -> list[Row]:
    """What surprises in a KPI: kpi, caveat, caveat_vi."""
    return _rows(CAVEATS)


def caveats(kpi: Row) -> list[str]:
    """What to know before a KPI is read, from what its measures declare."""
    rules = {row["measure"]: row for row in _seed("measure_rules")}
    measures = {row["measure"]: row for row in _seed("measures")}
    used = dict.fromkeys(measures_of(kpi))
    found = []
    waits = [int(rules[name]["follow_up_days"]) for name in used if name in rules and rules[name]["follow_up_days"]]
    if any(rules[name]["follow_up"] == "cart_window" for name in used if name in rules):
        found.append("complete a cart window later")
    if waits:
        found.append(f"complete {max(waits)} days later")
    if any(rules[name]["needs_history"] == "true" for name in used if name in rules):
        found.append("young history")
    lists = {
        f"{row['source']}.{row['table_name']}"
        for row in _seed("measure_sources")
        if row["measure"] in used and row["role"] == "needs"
    }
    found += [f"needs `{name}`" for name in sorted(lists)]
    if any(measures[name]["additivity"] == "distinct" for name in used):
        found.append("counted anew")
    if any(measures[name]["additivity"] == "percentile" for name in used):
        found.append("never rolled up")
    if any(measures[name]["channel_by"] == "none" for name in used):
        found.append("no channels")
    if any(measures[name]["market_by"] == "none" for name in used):
        found.append("no markets")
    return found


def unknown_columns() -> Iterator[str]:
    """Sentences about tables and columns that the page names and no contract has."""
    tables = {(source, table.name): table for source, contract in load_contracts().items() for table in contract.tables}
    for row in _seed("measure_sources"):
        table = tables.get((row["source"], row["table_name"]))
        if table is None:
            yield f"{row['measure']}: {row['source']}.{row['table_name']} is no table of a contract"
            continue
        named = row["columns"].split()
        if not named:
            yield f"{row['measure']}: no column of {table.full_name} is named"
        for column in named:
            if column not in table.by_name:
                yield f"{row['measure']}: {table.full_name} has no column {column}"


def write_page(page: Path = PAGE) -> None:
    """Writes docs/reference/kpis.md."""
    page.write_text(kpi_page(), encoding="utf-8")


def _kpi_line(kpi: Row, notes: list[str]) -> str:
    formula = kpi["numerator"] if not kpi["denominator"] else f"({kpi['numerator']}) / ({kpi['denominator']})"
    formula = re.sub(r"\(([a-z_0-9]+)\)", r"\1", formula)
    scale = f" × {kpi['scale']}" if kpi["scale"] not in ("", "1") else ""
    leading = "leading; " if kpi["leading"] == "1" else ""
    return (
        f"| `{kpi['kpi']}` {kpi['name']} | {kpi['name_vi']} | `{formula}{scale}` | {kpi['unit']} "
        f"| {_periods(kpi)} | {leading}{_GOOD[kpi['good']]} | {'; '.join(notes)} |"
    )


def _examples(kpis: Iterable[Row]) -> Iterator[str]:
    """Standard and worked example of those KPIs that have one."""
    written = {row["kpi"]: row for row in examples()}
    found = [written[kpi["kpi"]] for kpi in kpis if kpi["kpi"] in written]
    if found:
        yield from ("", "By hand, after which standard and in numbers:", "")
    for row in found:
        sum_by_hand = (
            f"{row['numerator']} / {row['denominator']} = {row['value']}" if row["denominator"] else row["value"]
        )
        yield (f"- `{row['kpi']}` ({row['standard']}). {row['example']}: {sum_by_hand}. *Chuẩn: {row['standard_vi']}.*")


def _surprises(kpis: Iterable[str]) -> Iterator[str]:
    """What to know of those KPIs that surprise."""
    written = {row["kpi"]: row for row in surprises()}
    found = [f"- `{kpi}`: {written[kpi]['caveat']}. *{written[kpi]['caveat_vi']}.*" for kpi in kpis if kpi in written]
    if found:
        yield from ("", "What may surprise:", "", *found)


def _measure_lines(measure: Row, sources: list[Row]) -> Iterator[str]:
    yield ""
    yield f"**`{measure['measure']}`** ({measure['unit']}, {measure['additivity']}). {measure['definition']}."
    yield ""
    yield f"*{measure['definition_vi']}.*"
    yield ""
    yield (
        f"- Dated by: {measure['dated_by']}. Channel: {measure['channel_by']}. Market: {measure['market_by']}. "
        f"Periods: {_periods(measure)}."
    )
    tables: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in sorted(sources, key=lambda row: row["role"] != "covers"):
        tables[row["role"], row["columns"]].append(f"{row['source']}.{row['table_name']}")
    for (role, columns), names in tables.items():
        what = "From" if role == "covers" else "With"
        yield f"- {what} {', '.join(f'`{name}`' for name in names)}: {', '.join(f'`{c}`' for c in columns.split())}"


def _periods(row: Row) -> str:
    return _GRAINS.get(row["grains"], row["grains"].replace(",", ", "))


def _seed(name: str) -> list[Row]:
    return _rows(PROJECT.dbt_project / "seeds" / f"{name}.csv")


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    write_page()
