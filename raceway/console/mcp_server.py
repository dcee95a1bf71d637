"""`raceway serve --mcp`: the published mart for assistants that speak the Model Context Protocol, read-only.

Standard input and output are the only way to it. Every call opens the version that is current then, so a newly
published one is followed. What is refused comes back as a sentence that says what to ask instead.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any, Final, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from raceway import __version__
from raceway.common.faults import PermanentFault, RacewayFault
from raceway.common.home import Home
from raceway.common.kpi_formula import measures_of
from raceway.console.explain import explained
from raceway.report.bounded import ROWS, SECONDS, Bounded, bounded_query, limited_time, shut_mart
from raceway.report.kpi_page import caveats, examples, surprises
from raceway.report.kpi_values import KpiValues, Question, kpi_values
from raceway.report.phrases import in_vietnamese

_T = TypeVar("_T")
_INSTRUCTIONS: Final = (
    "The marketing mart of one company by RACE: plan, reach, act, convert, engage, advocacy. Read get_kpi before you "
    "speak of a KPI. Unknown is null and never zero; ratios are never averaged: ask for the period and slice that you "
    "need. is_complete = false means that the period still changes. Money is in the reporting currency. "
    f"query answers one DuckDB select at a time, at most {ROWS:,} rows and {SECONDS:g} seconds; the tables and columns "
    "carry comments (duckdb_tables(), duckdb_columns())."
)


def mart_server(home: Home) -> MCPServer[Any]:
    """The server of a home's published mart; it runs by `run("stdio")`."""
    server: MCPServer[Any] = MCPServer("raceway", version=__version__, instructions=_INSTRUCTIONS, log_level="WARNING")
    tools = _Tools(home)
    for tool in (tools.list_kpis, tools.get_kpi, tools.get_kpi_values, tools.explain, tools.query):
        server.tool()(tool)
    return server


class _Tools:
    """What a client may call. Each method's docstring is what the client reads."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._mart = home.current / "race.duckdb"

    def list_kpis(self, stage: str = "") -> dict[str, Any]:
        """All KPIs with stage, unit and formula; `stage` (plan, reach, act, convert, engage, advocacy) narrows them."""
        sql = "select kpi, name, stage, unit, good, numerator, denominator, scale, grains from kpi_catalog order by kpi"
        found = _answered(lambda: bounded_query(self._mart, sql))
        rows = [row for row in _rows(found) if not stage or row["stage"] == stage]
        if not rows:
            raise ToolError(f"there is no stage {stage!r}; it is plan, reach, act, convert, engage or advocacy")
        return {"kpis": rows}

    def get_kpi(self, kpi: str) -> dict[str, Any]:
        """One KPI's definition: formula, what its measures count, standard, worked example and caveats."""
        return _answered(lambda: self._definition(kpi))

    def get_kpi_values(
        self,
        kpis: list[str],
        by: list[str] | None = None,
        period: str = "month",
        first: dt.date | None = None,
        last: dt.date | None = None,
        channel: str = "",
        market: str = "",
    ) -> dict[str, Any]:
        """KPIs' numerator, denominator and value by period (day, week, month, quarter, cycle).

        `by` slices them: channel, market, and what the KPI's facts hold (campaign, device, category, segment …); a
        slice that a KPI has not is refused with those that it has. `first` and `last` bound the periods' first days,
        `channel` and `market` take one alone.
        """
        question = Question(tuple(kpis), tuple(by or ()), period, first, last, channel, market)

        def ask() -> KpiValues:
            with shut_mart(self._mart) as mart, limited_time(mart):
                return kpi_values(mart, question)

        found = _answered(ask)
        return _told(Bounded(found.columns, found.rows[:ROWS], len(found.rows) > ROWS)) | {"notes": found.notes}

    def explain(
        self, kpi: str, before: str = "", after: str = "", channel: str = "all", market: str = "all"
    ) -> dict[str, Any]:
        """Why a KPI changed between two periods, in parts that sum to the change.

        A period is written 2026-05, 2026-W22, 2026-Q2 or 2026-05-31; without them it is the last one that is over
        against the one before.
        """
        return _answered(
            lambda: explained(self._home, kpi, before or None, after or None, None, channel, market).to_dict()
        )

    def query(self, sql: str) -> dict[str, Any]:
        """Answers one select in DuckDB's SQL over the mart's tables; no files, no other statement."""
        return _told(_answered(lambda: bounded_query(self._mart, sql)))

    def _definition(self, kpi: str) -> dict[str, Any]:
        with shut_mart(self._mart) as mart, limited_time(mart):
            cursor = mart.execute(
                "select * replace (coalesce(denominator, '') as denominator) from kpi_catalog where kpi = ?", [kpi]
            )
            found = _rows(Bounded([column[0] for column in cursor.description or []], cursor.fetchall(), is_cut=False))
            if not found:
                raise PermanentFault(f"there is no KPI {kpi!r}; list_kpis names them all")
            (row,) = found
            measures = mart.execute(
                "select * exclude (stage, grains, is_fed) from measure_catalog "
                "where list_contains(?, measure) order by measure",
                [measures_of(row)],
            )
            columns = [column[0] for column in measures.description or []]
            told = row | {"measures": _rows(Bounded(columns, measures.fetchall(), is_cut=False))}
        example: dict[str, str] = next((one for one in examples() if one["kpi"] == kpi), {})
        declared = caveats({key: str(cell) for key, cell in row.items()})
        surprising = [one for one in surprises() if one["kpi"] == kpi]
        return told | {
            "standard": example.get("standard", ""),
            "example": example.get("example", ""),
            "caveats": [*declared, *(one["caveat"] for one in surprising)],
            "standard_vi": example.get("standard_vi", ""),
            "caveats_vi": [*map(in_vietnamese, declared), *(one["caveat_vi"] for one in surprising)],
        }


def _answered(ask: Callable[[], _T]) -> _T:
    """The answer; raceway's own faults become the client's, in the same words."""
    try:
        return ask()
    except RacewayFault as fault:
        raise ToolError(str(fault)) from fault


def _rows(found: Bounded) -> list[dict[str, Any]]:
    return [dict(zip(found.columns, (_plain(cell) for cell in row), strict=True)) for row in found.rows]


def _told(found: Bounded) -> dict[str, Any]:
    told: dict[str, Any] = {
        "columns": found.columns,
        "rows": [[_plain(cell) for cell in row] for row in found.rows],
        "is_cut": found.is_cut,
    }
    return told | ({"said": f"only the first {len(found.rows)} rows; ask for less"} if found.is_cut else {})


def _plain(cell: Any) -> Any:
    """A cell as JSON has it; decimals and dates as text, so that no digit is lost, and NaN, which it has not."""
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else str(cell)
    return cell if cell is None or isinstance(cell, bool | int | str) else str(cell)
