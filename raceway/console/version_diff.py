"""How a difference between two versions, and a reproduction, are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from rich.console import Console

from raceway.console.form import say
from raceway.console.show import print_table
from raceway.publish.equality import Difference
from raceway.publish.reproduce import Reproduction
from raceway.publish.version_diff import VersionDiff

_ROWS: Final = 40
_UNKNOWN: Final = "–"


def print_diff(console: Console, found: VersionDiff) -> None:
    """Prints causes, tables and cells; of many cells the first."""
    say(console, f"{found.before} → {found.after}")
    if not found.tables and not found.cells:
        say(console, "Nothing that analysts see differs.")
    say(console, f"What they were made of differs in: {', '.join(found.causes) or 'nothing'}")
    if found.tables:
        _print_tables(console, "Tables that differ", found.tables, "rows only before", "rows only after")
    if not found.cells:
        say(console, "No KPI cell of those asked for differs.")
        return
    built = any(cell.parts is not None for cell in found.cells)
    named = [cause for cause in found.causes if any(cause in (cell.parts or {}) for cell in found.cells)]
    print_table(
        console,
        f"KPI cells that differ ({len(found.cells):,})",
        ("kpi", "period", "channel", "market", ">before", ">after", ">change", *([] if not built else ["because of…"])),
        [
            (cell.kpi, f"{cell.period} {cell.period_start}", cell.channel, cell.market, _number(cell.before),
             _number(cell.after), _number(cell.change, sign=True),
             *([] if not built else [_because(named, cell.parts or {})]))
            for cell in found.cells[:_ROWS]
        ],
    )  # fmt: skip
    if len(found.cells) > _ROWS:
        say(console, f"… and {len(found.cells) - _ROWS:,} more cells: --kpi, --period, --channel, or --json for all")


def print_reproduction(console: Console, found: Reproduction) -> None:
    """Prints whether the same came out, and what did not."""
    if found.is_equal:
        say(console, f"{found.version}: built again from landing, and all {found.tables} tables are equal.")
        return
    say(console, f"{found.version}: built again from landing, and it is not the same.")
    for place, differences in (("parquet/", found.parquet), ("race.duckdb", found.database)):
        if differences:
            _print_tables(console, f"{place} differs", differences, "rows only published", "rows only built")


def _print_tables(console: Console, title: str, tables: Sequence[Difference], left: str, right: str) -> None:
    print_table(
        console,
        title,
        ("table", f">{left}", f">{right}", "columns of one side…"),
        [(one.table, _rows(one.only_left), _rows(one.only_right), ", ".join(one.columns)) for one in tables],
    )


def _rows(count: int) -> str:
    return "no table" if count < 0 else f"{count:,}"


def _because(causes: Sequence[str], parts: Mapping[str, Decimal]) -> str:
    return "; ".join(f"{cause} {_number(parts[cause], sign=True)}" for cause in causes if cause in parts)


def _number(value: Decimal | None, sign: bool = False) -> str:
    if value is None:
        return _UNKNOWN
    return f"{float(value):{'+' if sign else ''},{'.6g' if abs(value) < 1_000 else '.0f'}}"
