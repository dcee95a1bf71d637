"""A night builds nothing of the semantic layer, so its project does not hold it."""

from __future__ import annotations

from pathlib import Path

from raceway.build.dbt_run import where_of
from raceway.build.parsed_project import night_project, parsed_project
from raceway.common.home import PROJECT


def test_a_nights_project_has_no_metrics_and_no_exposures(tmp_path: Path) -> None:
    folders, where = [PROJECT.dbt_project, PROJECT.profiles], where_of(tmp_path / "target", tmp_path)
    whole = parsed_project(folders, where)
    assert len(whole.metrics) > 250
    assert {"report", "mart"} <= {exposure.name for exposure in whole.exposures.values()}
    night = night_project(folders, where).manifest
    assert (night.metrics, night.semantic_models, night.exposures, night.unit_tests) == ({}, {}, {}, {})
