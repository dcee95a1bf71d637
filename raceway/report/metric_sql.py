"""MetricFlow as a writer of SQL: its metrics of the published mart, asked by its Python API.

MetricFlow plans, DuckDB answers: nothing is run here. The metrics are those of models/semantic/, which are written
from the catalogue (raceway/build/semantic_models.py).
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from raceway.build.dbt_run import where_of
from raceway.build.parsed_project import NotParsed, semantic_manifest
from raceway.build.semantic_models import SHARED
from raceway.common.faults import PermanentFault
from raceway.common.home import PROJECT

GRAINS: Final = {"day": "day", "week": "week", "month": "month", "quarter": "fiscal_quarter", "cycle": "cycle"}
"""MetricFlow's word for each period: quarters follow the fiscal year, cycles the setting."""
_TIME: Final = "metric_time"


class NoSuchSlice(Exception):
    """Metrics cannot be grouped so."""


class Metrics:
    """The metrics of the program's semantic models."""

    def __init__(self, manifest: str) -> None:
        """Takes dbt's semantic manifest as JSON. What it names as tables are those of the file that is asked."""
        from metricflow.engine.metricflow_engine import MetricFlowEngine
        from metricflow.protocols.sql_client import SqlEngine
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
        from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
        from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

        # as much of a client as it takes to write SQL
        client: Any = SimpleNamespace(sql_engine_type=SqlEngine.DUCKDB, sql_plan_renderer=DuckDbSqlPlanRenderer())
        for name in ("metricflow", "metricflow_semantics"):
            logging.getLogger(name).setLevel(logging.ERROR)  # it warns of slow plans on standard error
        parsed = parse_manifest_from_dbt_generated_manifest(manifest_json_string=_of_any_file(manifest))
        self._engine: Any = MetricFlowEngine(SemanticManifestLookup(parsed), client)

    def sql(self, metrics: Sequence[str], by: Sequence[str], period: str = "", where: Sequence[str] = ()) -> str:
        """One select over the mart's tables: columns `period_start` (with a period), then `by`, then the metrics.

        `by` are names as `slices` gives them, `where` filters of MetricFlow. Raises NoSuchSlice where the metrics have
        not all of them.
        """
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest
        from metricflow_semantics.errors.error_classes import InvalidQueryException

        time = f"{_TIME}__{GRAINS[period]}" if period else ""
        request = MetricFlowQueryRequest.create(
            metric_names=list(metrics),
            group_by_names=[*([time] if time else []), *by],
            where_constraints=list(where) or None,
        )
        try:
            written = self._engine.explain(request).sql_statement.sql
        except InvalidQueryException as fault:
            raise NoSuchSlice(str(fault)) from fault
        columns = [
            *([f"cast({time} as date) as period_start"] if time else []),
            *(f'"{name}"' for name in (*by, *metrics)),
        ]
        return f"select {', '.join(columns)} from ({written})"

    def slices(self, metrics: Sequence[str]) -> list[str]:
        """What all of the metrics can be grouped by, beside time: no keys of single persons and orders."""
        names = list(metrics)
        found = {entity.name for entity in self._engine.entities_for_metrics(names)} & set(SHARED)
        for dimension in self._engine.simple_dimensions_for_metrics(names):
            # what is two joins away is the same as what is one away, under a longer name
            if dimension.type.value == "categorical" and dimension.dunder_name.count("__") == 1:
                found.add(dimension.dunder_name)
        return sorted(found)


def _of_any_file(manifest: str) -> str:
    """The manifest without the database's name: that of the file in which the project was parsed says nothing."""
    content = json.loads(manifest)
    places = [model["node_relation"] for model in content["semantic_models"]]
    places += [spine["node_relation"] for spine in content["project_configuration"]["time_spines"]]
    for place in places:
        place["database"] = None
        place["relation_name"] = f'"{place["schema_name"]}"."{place["alias"]}"'
    return json.dumps(content)


@cache
def program_metrics() -> Metrics:
    """The metrics of this program. The first call of a new version parses the project, the next ones take a second.

    Raises PermanentFault where dbt cannot parse the project.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            return Metrics(
                semantic_manifest([PROJECT.dbt_project, PROJECT.profiles], where_of(Path(folder), Path(folder)))
            )
        except NotParsed as fault:
            raise PermanentFault(f"dbt could not parse {PROJECT.dbt_project}: {fault}") from fault
