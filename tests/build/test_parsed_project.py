"""dbt's parsed project as it is kept between runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from raceway.build.dbt_run import where_of
from raceway.build.parsed_project import parsed_project

PROFILE = """
small:
  target: duckdb
  outputs: {duckdb: {type: duckdb, path: "{{ env_var('RACEWAY_WAREHOUSE') }}", schema: main}}
"""


def test_a_warehouse_of_another_name_is_another_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Selects name tables with the warehouse's file: kept under one name they would read a database that is not there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text("name: small\nprofile: small\n", encoding="utf-8")
    (project / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    (project / "models" / "one.sql").write_text("select 1 as one", encoding="utf-8")
    where = where_of(tmp_path / "target", tmp_path / "logs")
    where[where.index("--project-dir") + 1] = where[where.index("--profiles-dir") + 1] = str(project)

    def table() -> str:
        (node,) = parsed_project([project], where).nodes.values()
        return str(node.relation_name)

    found = []
    for place in ("a/warehouse.duckdb", "b/other.duckdb", "c/warehouse.duckdb"):
        monkeypatch.setenv("RACEWAY_WAREHOUSE", str(tmp_path / place))
        found.append(table())
    assert found == ['"warehouse"."main"."one"', '"other"."main"."one"', '"warehouse"."main"."one"']
