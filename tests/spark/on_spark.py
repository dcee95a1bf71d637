"""Builds models on Spark; run by a Python that has dbt-spark and pyspark (`make test-spark` makes one).

    python tests/spark/on_spark.py FOLDER [--workers N] [--threads N] [--fits PYTHON] [--views] [--tests]
        [--large] SELECTOR …

Every FOLDER/in/<schema>/<table>.parquet is a table before dbt begins; every table that dbt builds lies as Parquet in
FOLDER/warehouse/raceway.db, and with --views every view is written to FOLDER/out. Without a selector the whole project
is built. Models in Python need --fits, a Python that has raceway (fits.py). Without --workers Spark runs in this
process, else in a master and workers of their own (cluster.py). --tests asks all data tests of a whole build.
--large is for tables that one core is slow with.
The last line printed is JSON: the versions, the seconds of each node, and what could not be built.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner
from pyspark import cloudpickle
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # raceway is not installed beside Spark

from raceway.fitting import spanning_forest  # noqa: E402  # found only once the path above is set
from tests.spark import cluster, fits  # noqa: E402

SCHEMA = "raceway"
FOREST = "array<struct<node: bigint, first_node: bigint, link: bigint>>"
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms1g -Xmn512m -XX:MetaspaceSize=512m -XX:ReservedCodeCacheSize=512m"

MEMORY = "2g"
TESTS_AT_ONCE = 20
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
}
LARGE = {"spark.sql.shuffle.partitions": "8", "spark.sql.adaptive.enabled": "true"}


def session(folder: Path, master: str, large: bool = False) -> SparkSession:
    """A Spark for many small queries, that leaves nothing outside the folder and listens to nobody else."""
    builder = (
        SparkSession.builder.master(master)
        .config("spark.driver.host", cluster.HOST)
        .config("spark.driver.bindAddress", cluster.HOST)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "3g")
        .config("spark.executor.memory", MEMORY)
        .config("spark.sql.catalogImplementation", "in-memory")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.local.dir", str(folder / "scratch"))
        .config("spark.driver.extraJavaOptions", JAVA)
        .config("spark.buffer.pageSize", "1m")
        # files without checksums beside them, written to where they stay
        .config("spark.hadoop.fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem")
        .config("spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", "2")
    )
    for name, value in (LARGE if large else SMALL).items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def main(options: argparse.Namespace) -> dict[str, Any]:
    """Builds on the Spark that the options ask for; the figures."""
    folder = Path(options.folder).resolve()
    if not options.workers:
        return build(session(folder, "local[1]", options.large), folder, options)
    with cluster.cluster(folder / "cluster", options.workers, MEMORY) as master:
        spark = session(folder, master, options.large)
        try:
            return build(spark, folder, options)
        finally:
            spark.stop()


def build(spark: SparkSession, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Loads, builds, writes; the figures."""
    began = time.monotonic()
    spark.sparkContext.setLogLevel("ERROR")
    cloudpickle.register_pickle_by_value(spanning_forest)  # nor where Spark's workers look
    spark.udf.register("spanning_forest", spanning_forest.spanning_forest, FOREST)
    fits.run_apart(folder / "fits", options.fits)
    for path in sorted(folder.glob("in/*/*.parquet")):
        spark.sql(f"create schema if not exists {path.parent.name}")
        spark.catalog.createTable(f"{path.parent.name}.{path.stem}", str(path), "parquet")
    loaded = time.monotonic()
    selection = ["--select", *options.selectors] if options.selectors else []
    kinds = ["--resource-type", "model", "--resource-type", "seed"]
    result = dbt("build", [*kinds, *selection], folder, options.threads)
    built = time.monotonic()
    runs = {run.node.name: run for run in result.result}
    views = [name for name, run in runs.items() if run.status == "success" and run.node.config.materialized == "view"]
    for view in views if options.views else []:
        spark.table(f"{SCHEMA}.{view}").write.parquet(str(folder / "out" / view))
    handed_back = time.monotonic()
    answers = {}
    if options.tests:
        answers = ask(spark, dbt("compile", ["--select", "test_type:data"], folder, options.threads).result)
    schemas = [row.namespace for row in spark.sql("show schemas").collect()]
    tables = [
        f"{schema}.{row.tableName}" for schema in schemas for row in spark.sql(f"show tables in {schema}").collect()
    ]
    return {
        "spark": spark.version,
        "java": spark.sparkContext._jvm.java.lang.System.getProperty("java.version"),
        "phases": {
            "load": round(loaded - began, 1),
            "build": round(built - loaded, 1),
            "views": round(handed_back - built, 1),
            "tests": round(time.monotonic() - handed_back, 1),
        },
        "seconds": {name: round(run.execution_time, 1) for name, run in runs.items()},
        "views": sorted(views),
        "built": sorted(name for name, run in runs.items() if run.status == "success"),
        "failed": {name: run.message for name, run in runs.items() if run.status == "error"},
        "skipped": sorted(name for name, run in runs.items() if run.status == "skipped"),
        "answers": answers,
        "schemas": sorted(schemas),
        "tables": sorted(tables),
    }


def dbt(command: str, arguments: list[str], folder: Path, threads: int) -> Any:
    """What a command of dbt gives."""
    given = dbtRunner().invoke(
        [command, "--target", "spark", *arguments, "--threads", str(threads),
         "--project-dir", str(ROOT / "dbt_project"), "--profiles-dir", str(ROOT / "profiles"),
         "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--log-level-file", "warn",
         "--no-write-json", "--quiet"]
    )  # fmt: skip
    if given.result is None:
        raise SystemExit(f"dbt could not {command} on Spark: {given.exception or ''}")
    return given


def ask(spark: SparkSession, compiled: Any) -> dict[str, int | str]:
    """By data test how many rows break it, or why it could not be asked; many tests in one query, as in a night."""
    selects = {one.node.name: one.node.compiled_code for one in compiled}
    answers: dict[str, int | str] = {}
    names = sorted(selects)
    for first in range(0, len(names), TESTS_AT_ONCE):
        asked = names[first : first + TESTS_AT_ONCE]
        try:
            answers |= ask_together(spark, {name: selects[name] for name in asked})
        except PySparkException:
            for name in asked:  # which one is it?
                try:
                    answers |= ask_together(spark, {name: selects[name]})
                except PySparkException as fault:
                    answers[name] = str(fault)
    return answers


def ask_together(spark: SparkSession, selects: dict[str, str]) -> dict[str, int | str]:
    """How many rows each of these queries gives."""
    parts = [f"select '{name}' as test, count(*) as failures from (\n{select}\n)" for name, select in selects.items()]
    return {row.test: row.failures for row in spark.sql("\nunion all\n".join(parts)).collect()}


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="builds models on Spark")
    parser.add_argument("folder")
    parser.add_argument("selectors", nargs="*")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--tests", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--fits", default="")
    parser.add_argument("--views", action="store_true")
    return parser.parse_intermixed_args()


if __name__ == "__main__":
    os.environ.setdefault("TZ", "UTC")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    gc.disable()  # to read a project leaves little to collect
    print(json.dumps(main(options())))
