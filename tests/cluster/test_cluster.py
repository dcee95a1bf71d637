"""A night on two Celery workers, one of which is killed in the middle of landing: nothing is lost or doubled.

The compose file's commands of profile cluster as processes of this machine, on Debian's PostgreSQL and Redis.
RACEWAY_CELERY_PYTHON names a Python of an environment with Celery; `make test-cluster` makes one, and runs this.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from raceway.common.home import Home
from raceway.inbox.exports import find_exports
from raceway.ledger.ledger import Ledger
from tests.support.server import Server, compose, server, wait_until
from tests.support.small_company import AS_OF, LAST_DAY, put, small_company

DAYS = 200
"""One small file each: four groups of fifty, landed side by side."""
IMPRESSIONS = [1000 + (37 * day) % 211 for day in range(DAYS)]  # days that are no copies of each other
LASTING = ["api-server", "scheduler", "dag-processor", "triggerer", "redis", "worker-1", "worker-2"]
KILLED = "worker-2"


@dataclass(frozen=True)
class Night:
    """How it went."""

    services: Server
    said: dict[str, Any]
    seconds: float
    accepted_at_the_kill: int
    killed: list[int]
    """Map indices of the landings that the killed worker was at."""


def company(root: Path) -> Home:
    home = small_company(root)
    for number, impressions in enumerate(IMPRESSIONS):
        day = LAST_DAY - dt.timedelta(days=number)
        report = f"Day,Campaign,Campaign type,Currency code,Impr.,Clicks,Cost\n{day},Tết,Search,VND,{impressions},40,200000\n"
        put(home, f"Campaign report {day}.csv", report, dt.datetime.combine(day, dt.time(23), tzinfo=dt.UTC))
    return home


@pytest.fixture(scope="module")
def night() -> Iterator[Night]:
    python = os.environ.get("RACEWAY_CELERY_PYTHON", "")
    if not python:
        pytest.skip("RACEWAY_CELERY_PYTHON is not set: make test-cluster")
    if not shutil.which("redis-server"):
        pytest.fail("Redis is not installed (Debian: apt install redis-server)")
    with server(company, python, {"RACEWAY_EXECUTOR": "CeleryExecutor"}) as services:
        try:
            prepared = services.run(compose()["services"]["init"]["command"])
            assert prepared.returncode == 0, prepared.stdout + prepared.stderr
            for name in LASTING:
                services.start(name, *(["--bind", "127.0.0.1"] if name == "redis" else []))
            for name in LASTING[:4]:
                services.wait_until_healthy(name)
            wait_until(lambda: all(_is_ready(services, worker) for worker in ("worker-1", KILLED)), "both workers")
            yield _killed_in_the_middle(services)
        finally:
            services.stop()


def _is_ready(services: Server, worker: str) -> bool:
    return f"{worker}@" in services.log(worker) and "ready." in services.log(worker)


def _killed_in_the_middle(services: Server) -> Night:
    began = time.monotonic()
    with (services.folder / "run.out").open("w+") as out:
        run = subprocess.Popen(
            services.command(["raceway", "run", "--as-of", AS_OF.isoformat(), "--json"]), env=services.environment,
            cwd=services.folder, stdout=out, stderr=subprocess.STDOUT, **services.who.popen,
        )  # fmt: skip
        accepted = 0

        def is_in_the_middle() -> bool:
            nonlocal accepted
            accepted = len(Ledger(services.home).state().accepted())
            return accepted > 0 and bool(_landings_of(services, KILLED))

        wait_until(is_in_the_middle, f"{KILLED} lands")
        at_work = _landings_of(services, KILLED)
        for pid in _session(services.running[KILLED].pid):
            os.kill(pid, signal.SIGKILL)
        services.running[KILLED].wait(10)
        run.wait(600)
        out.seek(0)
        text = out.read()
    assert run.returncode == 0, text + "".join(f"\n{name}:\n{services.log(name)}" for name in LASTING)
    return Night(services, json.loads(text), time.monotonic() - began, accepted, at_work)


def _session(leader: int) -> list[int]:
    """The processes of a session: a worker, its pool and the tasks that these are at."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            found.append(int(stat.parent.name))
    return found


def _landings_of(services: Server, worker: str) -> list[int]:
    """Map indices of the landings that a worker is at."""
    pids = set(_session(services.running[worker].pid))
    at_work = _rows(services, "select map_index, pid from task_instance where task_id = 'land' and state = 'running'")
    return [index for index, pid in at_work if pid in pids]


def _rows(services: Server, sql: str) -> list[tuple[Any, ...]]:
    engine = sqlalchemy.create_engine(services.environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sqlalchemy.text(sql)).fetchall()]


def test_the_worker_was_killed_in_the_middle_and_its_landings_were_tried_again(night: Night) -> None:
    assert 0 < night.accepted_at_the_kill < DAYS
    assert night.killed
    tries = dict(_rows(night.services, "select map_index, try_number from task_instance where task_id = 'land'"))
    assert len(tries) == 4
    assert all(tries[index] > 1 for index in night.killed)
    assert any(tries[index] == 1 for index in tries), "the other worker's landings went on"


def test_nothing_is_lost_or_doubled(night: Night) -> None:
    assert night.said["status"] == "published"
    assert not list(find_exports(night.services.home, "google_ads"))
    batches = Ledger(night.services.home).state().accepted()
    assert len(batches) == DAYS
    assert len({batch.covers_from for batch in batches}) == DAYS
    asked = night.services.run(
        ["raceway", "query", "--format", "json",
         "select sum(impressions)::integer as impressions, count(*) as days from fct_reach_ads"]
    )  # fmt: skip
    assert json.loads(asked.stdout) == [{"impressions": sum(IMPRESSIONS), "days": DAYS}]
    print(
        f"\n{len(night.killed)} landings of a killed worker, {night.accepted_at_the_kill} of {DAYS} files accepted by then: "
        f"0 rows lost, 0 doubled; {night.seconds:.0f} s"
    )


def test_the_warehouse_was_opened_by_the_first_worker_alone(night: Night) -> None:
    queues = _rows(night.services, "select distinct queue from task_instance where dag_id = 'race_mart'")
    assert queues == [("warehouse",)]
