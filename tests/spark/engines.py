"""Both engines over the same frozen set: what DuckDB's warehouse hands over, and the process that builds on Spark."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

SECONDS = int(os.environ.get("RACEWAY_SPARK_SECONDS", "900"))


def spark_python() -> str:
    """The Python with Spark; skips with the reason, or fails where everything must be there (CI)."""
    python = os.environ.get("RACEWAY_SPARK_PYTHON", "")
    reason = ""
    if not python:
        reason = "RACEWAY_SPARK_PYTHON is not set: no environment with Spark at hand (make test-spark)"
    elif not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        reason = "no Java at hand, which Spark asks for (Debian: apt install openjdk-17-jre-headless)"
    if reason and os.environ.get("RACEWAY_REQUIRE_EXTRAS") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    return python


def frozen_tables(warehouse: Path) -> list[str]:
    """The tables of schema `frozen`: all that a build reads beside the landed files and the seeds."""
    with duckdb.connect(str(warehouse)) as connection:
        rows = connection.execute("select table_name from duckdb_tables() where schema_name = 'frozen'").fetchall()
    return [name for (name,) in rows]


def hand_over(warehouse: Path, folder: Path, schema: str, tables: Iterable[str]) -> None:
    """Writes tables of a warehouse as Parquet, where Spark is to find them in `schema`."""
    into = folder / "in" / schema
    into.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        for table in tables:
            here = f"frozen.{table}" if schema == "frozen" else f"main.{table}"
            connection.execute(f"copy {here} to '{into / table}.parquet' (format parquet)")


def build_on_spark(python: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """Runs on_spark.py in `folder` and gives what it tells; fails with what it wrote where it could not begin."""
    environment = {name: value for name, value in os.environ.items() if name != "SPARK_HOME"}
    ran = subprocess.run(
        [python, str(Path(__file__).with_name("on_spark.py")), str(folder), *arguments],
        capture_output=True, text=True, check=False, timeout=SECONDS, env=environment | {"SPARK_LOCAL_IP": "127.0.0.1"},
    )  # fmt: skip
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def written(folder: Path, told: dict[str, Any], model: str) -> Path:
    """Where Spark's rows of a model lie."""
    return folder / "out" / model if model in told["views"] else folder / "warehouse" / "raceway.db" / model
