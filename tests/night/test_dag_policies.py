"""What Airflow makes of the DAG files: the exact set of DAGs, and the policy of each."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from raceway.common.home import PROJECT
from raceway.config.init import init_home
from raceway.config.settings import Business, Settings
from raceway.contracts.load import load_contract
from raceway.night.wiring import WITHOUT_SCHEDULER, deadline_alert, until_deadline

SOURCES = {path.parent.name for path in PROJECT.contracts.glob("*/_*__sources.yml")}
STAGES = ["staging", "conform", "plan", "reach", "act", "convert", "engage", "advocacy", "mart"]
FLOW = ["wait_for_sources", "freeze", *STAGES, "gate_mart", "publish", "tell"]


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("dags") / "home"
    home = init_home(root, Settings(business=Business(zone="Asia/Ho_Chi_Minh")))
    # an overlay of the company: another owner and hour for one source
    (home.sources / "nps.yml").write_text("owner: surveys-team\nschedule: '15 4 * * *'\n", encoding="utf-8")
    told = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("describe_dags.py")), str(root)],
        env={name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    line = next(line for line in told.stdout.splitlines() if line.startswith("DAGS="))
    found: dict[str, Any] = json.loads(line.removeprefix("DAGS="))
    return found


def extracts(parsed: dict[str, Any]) -> dict[str, Any]:
    return {dag_id: dag for dag_id, dag in parsed["dags"].items() if dag_id.startswith("extract_")}


def tasks(parsed: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(dag_id, name, task) for dag_id, dag in parsed["dags"].items() for name, task in dag["tasks"].items()]


def test_there_is_one_extract_dag_for_each_source_and_the_mart_and_nothing_else(parsed: dict[str, Any]) -> None:
    assert parsed["errors"] == {}
    assert set(parsed["dags"]) == {f"extract_{source}" for source in SOURCES} | {"race_mart", "decide", "upkeep"}


def test_each_dag_file_parses_in_under_a_second(parsed: dict[str, Any]) -> None:
    assert set(parsed["seconds"]) == {"extract_sources.py", "race_mart.py", "decide.py", "upkeep.py"}
    assert max(parsed["seconds"].values()) < 1.0, parsed["seconds"]


def test_parsing_imports_nothing_heavy(parsed: dict[str, Any]) -> None:
    assert parsed["heavy"] == [], "import these inside the function that uses them (raceway/night/steps.py)"


def test_no_dag_catches_up_or_overlaps_itself(parsed: dict[str, Any]) -> None:
    assert {(dag["catchup"], dag["max_active_runs"]) for dag in parsed["dags"].values()} == {(False, 1)}


def test_schedules_are_read_from_contracts_in_the_business_zone(parsed: dict[str, Any]) -> None:
    assert {dag["zone"] for name, dag in parsed["dags"].items() if name != "decide"} == {"Asia/Ho_Chi_Minh"}
    for source in SOURCES - {"nps"}:
        contract = load_contract(source).meta
        dag = parsed["dags"][f"extract_{source}"]
        assert dag["schedule"] == contract.schedule
        assert {task["owner"] for task in dag["tasks"].values()} == {contract.owner}
        assert set(dag["tags"]) == {"extract", *contract.tags}
        assert {task["timeout"] for task in dag["tasks"].values()} == {contract.timeout_minutes * 60}


def test_a_companys_overlay_changes_schedule_and_owner(parsed: dict[str, Any]) -> None:
    dag = parsed["dags"]["extract_nps"]
    assert dag["schedule"] == "15 4 * * *"
    assert dag["tasks"]["land"]["owner"] == "surveys-team"
    assert "surveys-team" in dag["doc"]


def test_passing_faults_are_retried_three_times_with_growing_pauses(parsed: dict[str, Any]) -> None:
    policies = {
        (task["retries"], task["retry_delay"], task["backoff"], task["max_retry_delay"])
        for dag_id, _, task in tasks(parsed)
        if dag_id != "decide"
    }
    assert policies == {(3, 20.0, 2.0, 600.0)}
    # whoever decided hears at once that nothing was changed
    assert parsed["dags"]["decide"]["tasks"]["decide"]["retries"] == 0


def test_only_locks_and_io_errors_are_worth_another_try(parsed: dict[str, Any]) -> None:
    for dag_id, name, task in tasks(parsed):
        assert task["on_fault"] == {
            "ExportRefused": "fail",
            "GateFailed": "fail",
            "BadContract": "fail",
            "HomeIsLocked": "retry",
            "OSError": "retry",
            "KeyError": "fail",
        }, f"{dag_id}.{name}: its default_args must be wiring.task_defaults(plan)"


def test_every_task_and_run_has_a_time_limit(parsed: dict[str, Any]) -> None:
    assert all(task["timeout"] > 0 for _, _, task in tasks(parsed))
    assert all(dag["dagrun_timeout"] > 0 for dag in parsed["dags"].values())


def test_every_dag_says_what_it_does_what_a_failure_means_what_to_do_and_who(parsed: dict[str, Any]) -> None:
    for dag_id, dag in parsed["dags"].items():
        for section in ("**What it does.**", "**What a failure means.**", "**What to do.**", "**Who.**"):
            assert section in dag["doc"], f"{dag_id}: its documentation lacks {section}"


def test_an_extract_dag_lands_each_export_in_a_mapped_task(parsed: dict[str, Any]) -> None:
    for dag_id, dag in extracts(parsed).items():
        assert set(dag["tasks"]) == {"find_exports", "land"}
        assert dag["tasks"]["find_exports"]["downstream"] == ["land"]
        assert dag["tasks"]["land"]["mapped"]
        assert dag["tasks"]["land"]["outlets"] == [f"raceway://landing/{dag_id.removeprefix('extract_')}"]


def test_landing_needs_no_slot_of_the_warehouse(parsed: dict[str, Any]) -> None:
    assert {task["pool"] for dag in extracts(parsed).values() for task in dag["tasks"].values()} == {"default_pool"}


def test_the_mart_is_one_line_of_stages_from_freeze_to_publish(parsed: dict[str, Any]) -> None:
    tasks = parsed["dags"]["race_mart"]["tasks"]
    assert set(tasks) == set(FLOW)
    for task, following in pairwise(FLOW):
        assert tasks[task]["downstream"] == [following]
    assert tasks["tell"]["downstream"] == []


def test_telling_people_runs_whatever_became_of_the_night_and_decides_nothing_about_it(parsed: dict[str, Any]) -> None:
    tasks = parsed["dags"]["race_mart"]["tasks"]
    assert {name for name, task in tasks.items() if task["teardown"]} == {"tell"}
    assert tasks["tell"]["trigger_rule"] == "all_done_setup_success"
    assert not tasks["tell"]["fails_the_run"]


def test_all_that_touches_the_warehouse_shares_its_one_slot(parsed: dict[str, Any]) -> None:
    tasks = parsed["dags"]["race_mart"]["tasks"]
    assert {tasks[name]["pool"] for name in FLOW[1:-1]} == {"warehouse"}
    assert tasks["wait_for_sources"]["pool"] == "default_pool"


def test_waiting_for_sources_occupies_no_worker(parsed: dict[str, Any]) -> None:
    assert parsed["dags"]["race_mart"]["tasks"]["wait_for_sources"]["mode"] == "reschedule"


def test_a_mart_that_is_late_has_an_alert_from_its_schedule_to_the_deadline(parsed: dict[str, Any]) -> None:
    three_hours = 3 * 60 * 60  # scheduled at 05:00, due at 08:00
    assert {name: dag["deadline"] for name, dag in parsed["dags"].items() if dag["deadline"]} == {
        "race_mart": [[three_hours, "raceway.night.late.mart_is_late"]]
    }


@pytest.mark.parametrize(
    ("schedule", "deadline", "hours"),
    [("0 5 * * *", "08:00", 3), ("30 23 * * 1-5", "06:30", 7), ("0 8 * * *", "08:00", 24), ("0 0 29 2 *", "08:00", 8)],
)
def test_the_deadline_is_the_first_after_the_schedule(schedule: str, deadline: str, hours: int) -> None:
    assert until_deadline(schedule, deadline) == dt.timedelta(hours=hours)


def test_a_night_without_a_scheduler_has_no_deadline_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    # nobody would look at it, and DAG.test of Airflow 3.3.2 breaks off on a DAG that has one
    monkeypatch.setenv(WITHOUT_SCHEDULER, "1")
    assert deadline_alert() is None


def test_decisions_wait_for_a_person_and_need_a_reason(parsed: dict[str, Any]) -> None:
    decide = parsed["dags"]["decide"]
    assert decide["schedule"] is None
    assert decide["params"]["action"]["enum"] == ["accept", "reject", "retry", "waive", "rollback", "release"]
    assert decide["params"]["id"]["minLength"] == 1
    assert decide["params"]["why"]["minLength"] == 5


def test_assets_show_where_the_mart_comes_from(parsed: dict[str, Any]) -> None:
    tasks = parsed["dags"]["race_mart"]["tasks"]
    assert set(tasks["freeze"]["inlets"]) == {f"raceway://landing/{source}" for source in SOURCES}
    assert tasks["publish"]["outlets"] == ["raceway://published/race_mart"]
