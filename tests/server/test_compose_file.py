"""docker-compose.yml: valid by the specification, with health checks, and without a default secret."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from raceway.common.faults import BadSettings
from raceway.common.home import PROJECT
from raceway.night.logins import write_server_environment
from raceway.night.wiring import WAREHOUSE_QUEUE
from tests.support.server import compose, filled, missing

CLUSTER = {"redis", "worker-1", "worker-2"}
"""The services of the profile for several machines."""
CHOICES = {"RACEWAY_EXECUTOR", "RACEWAY_EXTRAS"}
"""What a team may choose, and need not."""
SERVICES = {"postgres", "init", "api-server", "scheduler", "dag-processor", "triggerer"}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The compose specification's schema, out of the docker-compose wheel; the wheel itself is not installed."""
    folder = tmp_path_factory.mktemp("wheel")
    fetched = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder),
         "docker-compose==1.29.2"],
        capture_output=True, text=True, check=False, env=os.environ | {"PIP_RETRIES": "1"}, timeout=120,
    )  # fmt: skip
    if fetched.returncode != 0:
        missing("the compose specification's schema (docker-compose 1.29.2) cannot be fetched from the registry")
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        found: dict[str, Any] = json.loads(archive.read("compose/config/compose_spec.json"))
    return found


def test_the_file_keeps_to_the_compose_specification(schema: dict[str, Any]) -> None:
    errors = [f"{list(error.path)}: {error.message}" for error in Draft7Validator(schema).iter_errors(compose())]
    assert errors == []


def test_the_schema_would_find_a_slip(schema: dict[str, Any]) -> None:
    wrong = compose()
    wrong["services"]["scheduler"]["helthcheck"] = {}
    assert list(Draft7Validator(schema).iter_errors(wrong))


def test_a_server_is_database_page_scheduler_processor_triggerer_and_their_preparation() -> None:
    services = compose()["services"]
    assert {name for name, service in services.items() if "profiles" not in service} == SERVICES
    assert {name for name, service in services.items() if service.get("profiles") == ["cluster"]} == CLUSTER
    assert set(services) == SERVICES | CLUSTER


def test_the_warehouses_tasks_have_one_worker_and_every_queue_has_one() -> None:
    """The warehouse is one file: two machines must not open it."""
    commands = {name: compose()["services"][name]["command"] for name in ("worker-1", "worker-2")}
    queues = {name: command[command.index("--queues") + 1].split(",") for name, command in commands.items()}
    assert queues == {"worker-1": ["default", WAREHOUSE_QUEUE], "worker-2": ["default"]}


def test_without_a_choice_the_local_executor_works_and_the_image_holds_nothing_more() -> None:
    environment = compose()["services"]["scheduler"]["environment"]
    assert filled(environment["AIRFLOW__CORE__EXECUTOR"], {}) == "LocalExecutor"
    assert filled(compose()["services"]["scheduler"]["build"]["args"]["EXTRAS"], {}) == ""


def test_every_lasting_service_has_a_health_check() -> None:
    services = compose()["services"]
    assert all(services[name]["healthcheck"]["test"] for name in (SERVICES | CLUSTER) - {"init"})


def test_all_services_of_ours_share_one_image_and_one_home() -> None:
    ours = [compose()["services"][name] for name in sorted((SERVICES | CLUSTER) - {"postgres", "redis"})]
    assert len({service["image"] for service in ours}) == 1
    assert len({str(service["volumes"]) for service in ours}) == 1


def test_nothing_starts_before_the_database_is_prepared() -> None:
    services = compose()["services"]
    assert services["init"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in (SERVICES | CLUSTER) - {"postgres", "init", "redis"}:
        assert services[name]["depends_on"] == {"init": {"condition": "service_completed_successfully"}}


def test_secrets_come_from_the_environment_and_have_no_default() -> None:
    text = (PROJECT.root / "docker-compose.yml").read_text(encoding="utf-8")
    variables = [one for one in re.findall(r"\$\{([^}]*)\}", text) if one.split(":")[0] not in CHOICES]
    assert {variable.split(":")[0] for variable in variables} == {
        "RACEWAY_DB_PASSWORD", "RACEWAY_JWT_SECRET", "RACEWAY_SECRET_KEY", "RACEWAY_FERNET_KEY",
        "RACEWAY_ADMIN_PASSWORD", "RACEWAY_OPERATOR_PASSWORD", "RACEWAY_VIEWER_PASSWORD", "RACEWAY_HOME_FOLDER",
    }  # fmt: skip
    assert all(":?" in variable for variable in variables), "a missing one must stop the start with its name"


def test_the_command_makes_every_secret_that_the_file_asks_for(tmp_path: Path) -> None:
    text = (PROJECT.root / "docker-compose.yml").read_text(encoding="utf-8")
    file = tmp_path / ".env"
    made = write_server_environment(file, Path("/srv/raceway"))
    assert set(made) == set(re.findall(r"\$\{(\w+)", text)) - CHOICES
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text(encoding="utf-8")
    values = dict(line.split("=", 1) for line in before.splitlines())
    assert len(set(values.values())) == len(values)
    assert all(len(value) >= 20 for name, value in values.items() if name != "RACEWAY_HOME_FOLDER")
    assert re.fullmatch(r"\w+", values["RACEWAY_DB_PASSWORD"]), "it stands in an address"
    # what is there stays, and what is missing is added
    file.write_text(before.replace("RACEWAY_JWT_SECRET=", "OTHER="), encoding="utf-8")
    assert write_server_environment(file, Path("/srv/raceway")) == ["RACEWAY_JWT_SECRET"]
    again = dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())
    assert {name: again[name] for name in values if name != "RACEWAY_JWT_SECRET"} == {
        name: value for name, value in values.items() if name != "RACEWAY_JWT_SECRET"
    }


def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("source,account\ngoogle_ads,vn\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"row 1: no variable .* nothing was written"):
        write_server_environment(file, Path("/srv/raceway"))
    assert file.read_text(encoding="utf-8") == "source,account\ngoogle_ads,vn\n"


@pytest.mark.parametrize("folder", ["/srv/a b", "/srv/$HOME#x", '/srv/"q"'])
def test_a_path_of_any_signs_is_the_one_that_a_shell_reads(tmp_path: Path, folder: str) -> None:
    file = tmp_path / ".env"
    file.write_text("# ours\n\nexport OTHER=1\n", encoding="utf-8")
    write_server_environment(file, Path(folder))
    read = subprocess.run(
        ["sh", "-c", '. "$1"; printf %s "$RACEWAY_HOME_FOLDER"', "sh", str(file)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert read.stdout == folder
    assert write_server_environment(file, Path(folder)) == []


@pytest.mark.parametrize("folder", ["relative", "/srv/it's", "/srv/a:b", "/srv/a\nb"])
def test_a_path_that_no_line_can_name_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(BadSettings, match="needs a whole path"):
        write_server_environment(tmp_path / ".env", Path(folder))


def test_only_the_page_has_a_port_and_on_this_machine_alone() -> None:
    ports = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}
    assert ports == {"api-server": ["127.0.0.1:8080:8080"]}
    environment = compose()["services"]["scheduler"]["environment"]
    assert environment["AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST"] == "127.0.0.1"


def test_secret_values_are_never_written_out() -> None:
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD$|SECRET|FERNET", name):
                assert str(value).startswith("${"), name


def test_the_image_holds_the_locked_packages_and_runs_as_an_ordinary_user() -> None:
    lines = (PROJECT.root / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "RUN pip install --no-deps --require-hashes --requirement requirements.txt" in lines
    assert not [line for line in lines if "requirements-dev" in line], "no tests, linters or stand-ins in the image"
    assert "USER raceway" in lines


def test_what_the_image_copies_is_not_ignored_and_exists() -> None:
    kept = {
        line.removeprefix("!")
        for line in (PROJECT.root / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        word.removeprefix("./")
        for line in (PROJECT.root / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ")
        for word in line.split()[1:-1]
    }
    assert copied == kept
    assert all((PROJECT.root / name).exists() for name in copied), sorted(
        name for name in copied if not Path(PROJECT.root / name).exists()
    )
