"""What the commands print: tables for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from raceway.common.home import Home
from raceway.config.values import minor_unit
from raceway.night.night_result import KpiLine, NightResult

if TYPE_CHECKING:
    from raceway.sample.write import SampleSummary

_STATUS = {
    "published": "[green]published[/green]",
    "skipped": "[green]nothing new[/green]",
    "held": "[yellow]passed, and publishing is held[/yellow]",
    "refused": "[red]refused by the gate[/red]",
    "failed": "[red]could not run[/red]",
}
_NO_CHANGE = "–"


def show_night(console: Console, night: NightResult) -> None:
    """Prints a night: what landed, what was refused, the checks, the KPIs, and where things lie."""
    console.print(f"\nNight of [bold]{night.as_of}[/bold]: {_STATUS[night.status]}  ({night.run_id})")
    if night.message:
        console.print(night.message, style="red" if night.exit_code else None, markup=False, highlight=False)
    _landed(console, night)
    _refused(console, night)
    _sentences(console, "Pending (waiting for a rate or a decision)", night.pending)
    _sentences(console, "Late (required, due and not in)", night.late)
    _sentences(console, "Left in the inbox (still being written, or just in)", night.resting)
    _sentences(console, "In the inbox, and of no source", night.strays)
    _checks(console, night)
    _kpis(console, night)
    _recounted(console, night)
    _seconds(console, night)
    places = {"Mart": night.mart, "Report": night.report, "Log": night.log if night.exit_code else None}
    for name, path in places.items():
        if path is not None:
            console.print(f"{name:<7} {path}", markup=False, highlight=False, soft_wrap=True)


def show_sample(console: Console, home: Home, sample: SampleSummary) -> None:
    """Prints what a sample holds, and how to go on."""
    print_table(
        console,
        f"A sample of {sample.first} to {sample.last}, with orders from {sample.history_start}",
        ("source", ">files"),
        [(source, str(count)) for source, count in sample.files.items()],
    )
    console.print(
        f"{sample.persons:,} persons, {sample.events:,} events, {sample.orders:,} orders and {sample.orders_before:,} "
        f"before; {sample.truth_rows:,} rows of truth in {escape(str(home.truth))}",
        highlight=False,
        soft_wrap=True,
    )
    console.print(f"Load it with: raceway --home {escape(str(home.root))} run", highlight=False, soft_wrap=True)


def _kpis(console: Console, night: NightResult) -> None:
    """Leading KPIs by stage; where none has a value a sentence, and nothing where there is no mart."""
    if all(line.value is None for line in night.kpis):
        if night.status in ("published", "skipped"):
            month = night.as_of.replace(day=1) - dt.timedelta(days=1)
            console.print(
                f"\nLeading KPIs: none has a value for {month:%Y-%m}, the last month that is over; no file that feeds "
                "one covers a day of it.",
                highlight=False,
                soft_wrap=True,
            )
        return
    rows = []
    stage = ""
    for line in night.kpis:
        rows.append(
            (
                line.stage if line.stage != stage else "",
                line.name,
                format_value(line.value, line.unit, minor_unit(night.currency)),
                _change(line),
                (line.status or "").replace("_", " "),
            )
        )
        stage = line.stage
    title = f"Leading KPIs, {night.kpis[0].month} (money in {night.currency})"
    print_table(console, title, ("stage", "KPI", ">value", ">change", "target"), rows)


def format_value(value: float | None, unit: str, money_decimals: int) -> str:
    """A KPI's value for people: shares as per cent, counts and money with thousands, money with the decimals of its
    currency (small amounts, as a cost per click, with two at least)."""
    if value is None:
        return _NO_CHANGE
    if unit == "percent":
        return f"{value:.1%}"
    if unit == "money":
        return f"{value:,.{money_decimals if abs(value) >= 10 else max(money_decimals, 2)}f}"
    return f"{value:,.0f}" if unit == "count" else f"{value:,.2f}"


def _recounted(console: Console, night: NightResult) -> None:
    """How many rows were counted anew of the tables that keep what has not changed."""
    tables = [
        f"{rows['written']:,} of {rows['written'] + rows['kept']:,} rows of {model}"
        for model, rows in night.recounted.items()
    ]
    if tables:
        console.print(f"Counted anew: {', '.join(tables)}", highlight=False, soft_wrap=True)


def _change(line: KpiLine) -> str:
    """Against the month before: shares in points, scores as a difference, amounts and counts in per cent."""
    if line.value is None or line.previous_value is None:
        return _NO_CHANGE
    difference = line.value - line.previous_value
    if line.unit == "percent":
        return f"{difference * 100:+.1f} points"
    if line.unit == "score":
        return f"{difference:+.1f}"
    return f"{difference / line.previous_value:+.1%}" if line.previous_value > 0 else _NO_CHANGE


def _landed(console: Console, night: NightResult) -> None:
    counts = ("exports", "batches", "duplicates", "refused_exports", "rows_read", "rows_landed", "rows_refused",
              "rows_furniture")  # fmt: skip
    rows = [(line.source, *(f"{getattr(line, name):,}" for name in counts)) for line in night.landed]
    if not rows:
        console.print("No new files in the inbox.")
        return
    total = ("total", *(f"{sum(getattr(line, name) for line in night.landed):,}" for name in counts))
    header = (">files", ">batches", ">duplicates", ">refused", ">rows", ">landed", ">refused", ">furniture")
    print_table(console, "Landed", ("source", *header), [*rows, total])


def _refused(console: Console, night: NightResult) -> None:
    rows = [
        (f"{refusal.source}/{refusal.account}".rstrip("/"), refusal.kind, "\n".join(refusal.files), refusal.reason)
        for refusal in night.refused
    ]
    if rows:
        print_table(console, "Refused", ("source", "what", "files…", "why…"), rows)


def _checks(console: Console, night: NightResult) -> None:
    counts = night.checks
    console.print(
        f"\nChecks: {counts['passed']} passed, {counts['critical']} critical, {counts['warning']} warnings, "
        f"{counts['info']} notes"
    )
    if night.failed_checks:
        rows = [(check.severity, check.subject, check.message) for check in night.failed_checks]
        print_table(console, "Checks that did not hold", ("severity", "subject", "what…"), rows)


def _sentences(console: Console, title: str, sentences: Iterable[str]) -> None:
    rows = [(sentence,) for sentence in sentences]
    if rows:
        print_table(console, title, ("…",), rows)


def _seconds(console: Console, night: NightResult) -> None:
    parts = "  ".join(f"{name} {seconds:.1f}" for name, seconds in night.seconds.items())
    console.print(f"\nSeconds  {parts}", highlight=False)


def print_table(console: Console, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table under a title.

    A header that begins with `>` stands over numbers, one that ends with `…` over text that may be folded.
    """
    table = Table(show_header=any(name != "…" for name in header), box=box.SIMPLE_HEAD)
    for name in header:
        folds = name.endswith("…")
        table.add_column(
            Text(name.removeprefix(">").removesuffix("…")),
            justify="right" if name.startswith(">") else "left",
            no_wrap=not folds,
            overflow="fold" if folds else "ellipsis",
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print()
    console.print(title, style="bold", markup=False, highlight=False, soft_wrap=True)
    console.print(table)
