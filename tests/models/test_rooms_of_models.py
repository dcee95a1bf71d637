"""Every model has its folder, its description beside it and the one stage of the night that builds it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from raceway.build.parsed_project import parsed_project
from raceway.common.stages import RACE_STAGES
from raceway.night.wiring import STAGES
from tests.support.dbt_story import PROJECT, ROOT

MODELS = PROJECT / "models"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Models and seeds of the project as dbt knows them, by dbt's id."""
    folder = tmp_path_factory.mktemp("parsed")
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(ROOT / "profiles"), "--quiet",
             "--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]  # fmt: skip
    manifest = parsed_project([PROJECT, ROOT / "profiles"], where)
    return {name: node for name, node in manifest.nodes.items() if node.resource_type in ("model", "seed")}


def test_every_model_is_built_by_one_stage_and_none_before_what_it_reads(nodes: dict[str, Any]) -> None:
    stage_of = {name: [stage for stage in STAGES if stage in node.tags] for name, node in nodes.items()}
    assert {name: stages for name, stages in stage_of.items() if len(stages) != 1} == {}
    place = {name: STAGES.index(stages[0]) for name, stages in stage_of.items()}
    early = {
        (parent, name)
        for name, node in nodes.items()
        for parent in getattr(node.depends_on, "nodes", [])  # a seed reads none
        if parent in place and place[parent] > place[name]
    }
    assert early == set()


def test_a_folder_describes_and_tests_its_own_models_and_no_others() -> None:
    described: list[str] = []
    for file in sorted(MODELS.rglob("*.yml")):
        folder = file.parent
        if file.name.endswith("__sources.yml"):
            continue
        assert file.name in {f"_{folder.name}__models.yml", f"_{folder.name}__unit_tests.yml"}, file
        beside = {path.stem for path in folder.iterdir() if path.suffix in (".sql", ".py")}
        content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
        named = [entry["name"] for entry in content.get("models", [])]
        described += named
        about = {*named, *(test["model"] for test in content.get("unit_tests", []))}
        assert about <= beside, f"{file} speaks of {about - beside}"
    written = sorted(path.stem for path in MODELS.rglob("*") if path.suffix in (".sql", ".py"))
    assert sorted(described) == written


def test_a_model_is_in_the_room_that_its_name_says() -> None:
    """What a name begins with says where the model is."""
    places = {"stg": ("staging",), "int": ("intermediate", "measures"), "fct": ("facts",), "dim": ("marts",)}
    for path in MODELS.rglob("*"):
        room = path.relative_to(MODELS).parts[0]
        word = path.stem.split("_")[0]
        if path.suffix in (".sql", ".py") and word in places:
            assert room in places[word], Path(room, path.name)


def test_package_and_project_know_the_same_stages_in_the_same_order() -> None:
    project = yaml.load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    assert tuple(project["vars"]["race_stages"]) == RACE_STAGES
    catalogue = (PROJECT / "seeds" / "kpi_catalog.csv").read_text(encoding="utf-8")
    stages = {row["stage"] for row in csv.DictReader(catalogue.splitlines())}
    assert stages == set(RACE_STAGES)
    facts = {path.name for path in (MODELS / "facts").iterdir() if path.is_dir()}
    assert facts == set(RACE_STAGES)


def test_every_fact_says_which_day_dates_its_rows_or_that_none_does(nodes: dict[str, Any]) -> None:
    facts = [node for node in nodes.values() if node.name.startswith("fct_")]
    assert len(facts) > 50
    for fact in facts:
        assert "dated_by" in fact.config.meta, fact.name
        day = fact.config.meta["dated_by"]
        if day is not None:
            column = fact.columns[day]
            known = [constraint.type.value for constraint in column.constraints]
            assert (column.data_type, known) == ("date", ["not_null"]), f"{fact.name}.{day}"
