"""How a mapped file is shown before anything is written, and what is said when it has landed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from rich.console import Console

from raceway.common.home import Home
from raceway.config.settings import load_settings
from raceway.console.kpis_of_file import kpis_of
from raceway.console.map_file import Plan
from raceway.console.show import print_table
from raceway.landing.outcome import Outcome
from raceway.ledger.ledger import Ledger

_KPIS: Final = 12


def show_plan(console: Console, made: Plan) -> None:
    """Prints the mapping, the first rows as they would land, and what stays out."""
    account, outcome = made.account, made.outcome
    print_table(
        console,
        f"{made.file.name} → {made.table.full_name}, account {account.account}",
        ["column", "header", "because", "which is …"],
        [
            [proposal.column.name, proposal.header, proposal.because, proposal.column.description]
            for proposal in made.mapping.proposals
        ],
    )
    console.print(
        f"The account: market {account.market}, currency {account.currency}, zone {account.time_zone}, prices "
        f"{'hold VAT' if account.prices_include_vat else 'hold no VAT (--prices-include-vat where they do)'}"
        f"{'' if made.is_new_account else '; as accounts.csv has it'}.",
        highlight=False,
        soft_wrap=True,
    )
    unread = [header for header in made.mapping.unread if header not in made.mapping.personal]
    if unread:
        _say(console, f"Not understood, and left out: {', '.join(unread)}. --map “Header=column” takes one in.")
    if made.mapping.personal:
        _say(console, f"Of persons, and never landed: {', '.join(made.mapping.personal)}.")
    optional = [c.name for c in made.table.columns if c.in_cells and c.name not in made.mapping.by_column]
    if optional:
        _say(console, f"Not stated by the file, so unknown: {', '.join(optional)}.")
    shown = [column for column in made.columns if not _is_constant(made, column)]
    print_table(
        console,
        f"The first {len(made.rows)} of {outcome.rows_landed} rows as they land (times in UTC)",
        shown,
        [[_cell(row[made.columns.index(column)]) for column in shown] for row in made.rows],
    )
    if outcome.rows_refused:
        _say(console, f"{outcome.rows_refused} rows would be refused: {'; '.join(made.refused)}")


def show_landed(console: Console, home: Home, made: Plan, outcome: Outcome) -> None:
    """Prints what was written, what landed and which KPIs it gives values to."""
    source, name = made.table.source, made.account.account
    _say(console, f"\nwrote {home.sources / f'{source}.{name}.yml'}")
    if made.is_new_account:
        _say(console, f"wrote a row for {source},{name} into {home.accounts}")
    if outcome.status == "duplicate":
        _say(console, f"The same file is in effect already: {outcome.reason or 'nothing was landed anew'}")
    else:
        _say(console, f"landed {outcome.rows_landed} rows ({', '.join(outcome.batches)})")
    fed = kpis_of(home, made.table, made.columns)
    _say(
        console,
        f"\nAfter the next `raceway run` these {len(fed.now)} KPIs have values from it: {', '.join(fed.now)}."
        if fed.now
        else "\nNo KPI has a value from it alone.",
    )
    if source == "answers_file" and fed.now:
        _say(console, "Of these, NPS, satisfaction and effort each need answers to a survey of their own.")
    if "new_customers" in fed.now:
        _say(console, "Those of new and returning customers stay empty until its history is 180 days long.")
    if fed.waiting:
        first = list(fed.waiting.items())[:_KPIS]
        some = "; ".join(f"{kpi} ({', '.join(lacking)})" for kpi, lacking in first)
        more = f"; and {len(fed.waiting) - len(first)} more" if len(fed.waiting) > len(first) else ""
        _say(console, f"{len(fed.waiting)} wait for what another source tells: {some}{more}.")
    reporting = load_settings(home).business.reporting_currency
    if made.account.currency != reporting and not Ledger(home).state().accepted("plan", "fx_rates"):
        _say(
            console,
            f"It waits for rates from {made.account.currency} to {reporting}: fill docs/templates/fx_rates.csv and put "
            "it into inbox/plan/<account>/, or run in its currency (reporting_currency in raceway.toml).",
        )
    _say(console, f"Further files of it: into {home.inbox / source / name}/")


def _say(console: Console, sentence: str) -> None:
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)


def _is_constant(made: Plan, column: str) -> bool:
    return column not in made.mapping.by_column


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = str(value)
    return text if len(text) <= 24 else f"{text[:9]}…"
