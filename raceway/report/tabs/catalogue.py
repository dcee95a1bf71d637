"""What the KPIs mean and where they come from: names, formulas, standards, caveats, sources, files, open warnings."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from raceway.common.home import PROJECT
from raceway.report.context import Columns, Context
from raceway.report.kpi_page import CAVEATS, EXAMPLES
from raceway.report.phrases import in_vietnamese
from raceway.report.restatement import restated_periods
from raceway.report.touched import touched_kpis

_FILES_KEPT: Final = 40
"""Newest batches in effect of a table and account that the page names; all stand in batch_history."""
_OF_AN_EXAMPLE: Final = ("kpi", "standard", "standard_vi")


def payload(context: Context) -> dict[str, Any]:
    """The catalogue by column, and what hangs on it by KPI or by measure."""
    warnings = _warnings(context)
    kpis = context.columns(
        """
        select kpi, stage, "leading"::integer as leading, name, name_vi, unit, good, numerator, denominator,
            scale::double as scale
        from race.kpi_catalog order by kpi
        """
    )
    return {
        "kpis": kpis,
        "measures": context.columns(
            """
            select measure, unit, additivity, dated_by, channel_by, market_by, definition,
                dated_by_vi, definition_vi
            from race.measure_catalog order by measure
            """
        ),
        "channels": context.columns("select channel, name, name_vi from race.dim_channel order by sort_order, channel"),
        "examples": {name: column for name, column in _rows(EXAMPLES).items() if name in _OF_AN_EXAMPLE},
        "caveats": _rows(CAVEATS),
        "sources": _sources(),
        "files": _files(context),
        "warnings": warnings,
        "touched": touched_kpis(warnings["subject"]),
        "undecided": _undecided(context),
        "restated": _restated(context),
    }


def _sources() -> Columns:
    """Measure by the landed tables that it is made of."""
    rows = _rows(PROJECT.dbt_project / "seeds" / "measure_sources.csv")
    return {name: rows[name] for name in ("measure", "source", "table_name", "role")}


def _files(context: Context) -> Columns:
    """The newest batches in effect of each table and account."""
    return context.columns(
        f"""
        select source, table_name, account, files, covers_from::varchar as covers_from, covers_to::varchar as covers_to,
            exported_at::date::varchar as exported_on
        from race.batch_history
        where status = 'accepted'
        qualify row_number() over (
            partition by source, table_name, account order by covers_to desc, exported_at desc, files
        ) <= {_FILES_KEPT}
        order by source, table_name, account, covers_to desc, exported_at desc, files
        """
    )


def _warnings(context: Context) -> Columns:
    """Checks that do not hold, of the run and of the batches in effect, with what they claim in Vietnamese."""
    found = context.columns(
        """
        select severity, subject, message, expected from race.check_history
        where not passed and (
            run_id = $run or coalesce(run_id, '') = ''  -- what an earlier freeze said of a batch is over
            and batch_id in (select batch_id from race.batch_history where status in ('accepted', 'pending'))
        )
        order by list_position(['critical', 'warning', 'info'], severity), subject, message
        """,
        {"run": context.details["run_id"]},
    )
    return found | {"claim_vi": [in_vietnamese(claim) for claim in found.pop("expected")]}


def _undecided(context: Context) -> Columns:
    """Batches and files that are in no effect: refused ones, and those that wait for a decision or a rate."""
    return context.columns(
        """
        select source, table_name, account, files, status, reason from race.batch_history
        where status in ('refused', 'pending') order by all
        """
    )


def _restated(context: Context) -> Columns:
    """Periods whose value was published otherwise before; none where the mart does not keep them."""
    return dict(restated_periods(context.connection))


def _rows(path: Path) -> Columns:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
