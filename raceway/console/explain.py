"""`raceway explain`: why a KPI changed between two periods."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from raceway.common.home import Home
from raceway.common.spreadsheet import write_rows
from raceway.config.settings import load_settings
from raceway.console.query import published_file
from raceway.report.change import MEASURE, Changes, Cut, Unknown
from raceway.report.explanation import Explanation, explain, label, open_mart
from raceway.report.kpi_cells import kpis
from raceway.report.parts import MIX, NUMERATOR_ALONE, RATE, Part
from raceway.report.period_names import find_periods, named
from raceway.report.plain_numbers import Numbers

_ROWS: Final = 12
"""Parts that are shown to people; csv and json give all."""
_COLUMNS: Final = (
    "kpi", "period", "from", "to", "by", "effect", "channel", "market", "name", "before", "after", "share_before",
    "share_after", "part", "of_change",
)  # fmt: skip


def explained(
    home: Home, kpi: str, before: str | None, after: str | None, kind: str | None, channel: str, market: str
) -> Explanation:
    """The change that was asked for, from the home's published mart.

    Raises PermanentFault where nothing is published, or the mart does not have what was asked for.
    """
    settings = load_settings(home)
    with open_mart(_database(home)) as mart:
        return explain(
            mart, kpi, before=before, after=after, kind=kind, cell=(channel, market),
            currency=settings.business.reporting_currency, minor_unit=settings.minor_unit,
        )  # fmt: skip


def all_explained(home: Home, before: str | None, after: str | None, kind: str | None) -> list[dict[str, Any]]:
    """Every KPI's change between two periods, with its largest part and whether it is explained."""
    settings = load_settings(home)
    rows: list[dict[str, Any]] = []
    with open_mart(_database(home)) as mart:
        catalog = kpis(mart)
        asked = find_periods(mart, None, before, after, kind)
        changes = Changes(mart)
        changes.read(list(catalog.values()), list(asked))
        for kpi in catalog.values():
            change = changes.change(kpi, *asked, causes=False)
            row: dict[str, Any] = {"stage": kpi.stage, "kpi": kpi.kpi, "from": named(asked[0]), "to": named(asked[1])}
            if isinstance(change, Unknown):
                rows.append(row | {"said": f"no value in {named(change.period)}: {change.reason}"})
                continue
            numbers = Numbers.of(kpi, change, settings.business.reporting_currency, settings.minor_unit)
            largest = max(change.leading_cut.parts, key=lambda part: abs(part.amount), default=None)
            rows.append(
                row
                | {
                    "before": numbers.value(change.value_before),
                    "after": numbers.value(change.value_after),
                    "change": numbers.change(change.shown_change(numbers.digits)),
                    "largest_part": f"{label(kpi, largest)}: {largest.effect}" if largest and change.amount else "",
                    "rest_share": round(float(change.rest_share), 4),
                    "said": "" if change.is_explained else "not explained",
                }
            )
    return rows


def print_explanation(console: Console, told: Explanation, form: str) -> None:
    """Prints an explanation as `table`, `csv` (one row per part) or `json`."""
    if form == "json":
        print(json.dumps(told.to_dict(), ensure_ascii=False, indent=2))
    elif form == "csv":
        found = told.to_dict()
        of_all = {name: found[name] for name in ("kpi", "period", "from", "to")}
        parts = [of_all | {"by": cut["by"]} | part for cut in found["cuts"] for part in cut["parts"]]
        write_rows(sys.stdout, [_COLUMNS, *([part.get(name, "") for name in _COLUMNS] for part in parts)])
    else:
        _print(console, told)


def print_all(console: Console, rows: list[dict[str, Any]], form: str) -> None:
    """Prints the list of all changes."""
    names = ("stage", "kpi", "from", "to", "before", "after", "change", "largest_part", "rest_share", "said")
    if form == "json":
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif form == "csv":
        write_rows(sys.stdout, [names, *([row.get(name, "") for name in names] for row in rows)])
    else:
        table = Table(title=f"{rows[0]['from']} to {rows[0]['to']}", box=box.SIMPLE_HEAD)
        for name, kind in (("KPI", "left"), ("before", "right"), ("after", "right"), ("change", "right"),
                           ("largest part", "left"), ("", "left")):  # fmt: skip
            table.add_column(name, justify=kind, overflow="fold", no_wrap=name == "KPI")  # type: ignore[arg-type]  # one of rich's three words
        for row in rows:
            cells = (row.get(name, "") for name in ("kpi", "before", "after", "change", "largest_part", "said"))
            table.add_row(*(Text(str(cell)) for cell in cells))
        console.print(table)


def _database(home: Home) -> Path:
    return published_file(home, "race.duckdb")


def _print(console: Console, told: Explanation) -> None:
    def say(text: str, style: str = "") -> None:
        console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)

    change = told.change
    say("")
    say(told.sentence, "bold")
    shown = [change.leading_cut]
    shown += [cut for cut in change.cuts if not cut.is_by_cell and cut is not change.leading_cut and len(cut.parts) > 1]
    for cut in shown:
        _print_cut(console, told, cut)
    restated = told.restatement
    if restated is not None and restated.amount:
        say(
            f"Restated: {named(change.before)} was first published as {told.numbers.value(restated.first)} (as of "
            f"{restated.as_of}{'' if restated.was_complete else ', not yet complete'}); newer exports have since "
            f"changed it by {told.numbers.change(restated.amount)}. Against what was first published the change is "
            f"{told.numbers.change(change.value_after - restated.first)}."
        )
    elif restated is not None:
        say(f"Restated: nothing of {named(change.before)} since it was first published (as of {restated.as_of}).")
    for note in told.notes:
        say(f"Note: {note}")
    say("")
    for line in told.definition:
        say(line, "dim")
    if told.standard:
        say(f"Standard: {told.standard}", "dim")
    if told.caveats:
        say(f"Caveats: {'; '.join(told.caveats)}", "dim")


def _print_cut(console: Console, told: Explanation, cut: Cut) -> None:
    change, numbers = told.change, told.numbers
    parts = list(zip(cut.parts, change.shown(cut, numbers.digits), strict=True))
    lines: dict[str, list[tuple[Part, Fraction]]] = {}
    for part, amount in parts:
        key = label(change.kpi, part) + (f" ({part.effect})" if cut.by == MEASURE and change.kpi.denominator else "")
        lines.setdefault(key, []).append((part, amount))
    has_mix = any(part.effect in (MIX, RATE, NUMERATOR_ALONE) for part, _ in parts)
    table = Table(box=box.SIMPLE_HEAD)
    heads = [f"by {cut.by}", "before", "after"]
    heads += ["share before", "share after", "mix", "rate"] if has_mix else []
    heads += ["part", "of the change"]
    for at, head in enumerate(heads):
        table.add_column(Text(head), justify="right" if at else "left", overflow="fold")
    ordered = sorted(lines.items(), key=lambda line: (-abs(sum(amount for _, amount in line[1])), line[0]))
    for name, of in ordered[:_ROWS]:
        table.add_row(*(Text(cell) for cell in _line(told, cut, name, of, has_mix)))
    others = [one for _, of in ordered[_ROWS:] for one in of]
    if others:
        name = f"… {len(ordered) - _ROWS} others"
        table.add_row(*_line(told, cut, name, others, has_mix, is_several=True))
    table.add_section()
    blanks = [""] * (4 if has_mix else 0)
    table.add_row(
        "change", numbers.value(change.value_before), numbers.value(change.value_after), *blanks,
        numbers.change(change.shown_change(numbers.digits)), "100 %" if change.amount else "",
    )  # fmt: skip
    console.print(table)


def _line(
    told: Explanation,
    cut: Cut,
    name: str,
    parts: list[tuple[Part, Fraction]],
    has_mix: bool,
    is_several: bool = False,
) -> list[str]:
    numbers, change, first = told.numbers, told.change, parts[0][0]
    amount = sum((one for _, one in parts), Fraction(0))
    exact = sum((part.amount for part, _ in parts), Fraction(0))
    cells = [name]
    for value in (first.before, first.after):
        if value is None or is_several:
            cells.append("")
        elif cut.by == MEASURE:
            cells.append(f"{float(value):,.10g}")
        else:
            cells.append(numbers.value(value))
    if has_mix:
        for share in (first.share_before, first.share_after):
            cells.append("" if share is None or is_several else f"{float(share):.1%}")
        for effect in (MIX, RATE):
            told_parts = [one for part, one in parts if part.effect == effect]
            cells.append(numbers.change(sum(told_parts, Fraction(0))) if told_parts else "")
    cells += [numbers.change(amount), f"{float(exact / change.amount):.1%}" if change.amount else ""]
    return cells
