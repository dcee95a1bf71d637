"""Builds models on Spark; run by a Python that has dbt-spark and pyspark (`make test-spark` makes one).

    python tests/spark/on_spark.py FOLDER [--master URL] [--threads N] [--fits PYTHON] [--views] SELECTOR …

Every FOLDER/in/<schema>/<table>.parquet is a table before dbt begins; every table that dbt builds lies as Parquet in
FOLDER/warehouse/raceway.db, and with --views every view is written to FOLDER/out. Without a selector the whole project
is built. Models in Python need --fits, a Python that has raceway (fits.py). The last line printed is JSON: the
versions, the seconds of each node, and what could not be built.
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
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # raceway is not installed beside Spark

from raceway.fitting import spanning_forest  # noqa: E402  # found only once the path above is set
from tests.spark import fits  # noqa: E402

SCHEMA = "raceway"
FOREST = "array<struct<node: bigint, first_node: bigint, link: bigint>>"
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms1g -Xmn512m -XX:MetaspaceSize=512m -XX:ReservedCodeCacheSize=512m"


def session(folder: Path, master: str) -> SparkSession:
    """One small Spark in this process, that leaves nothing outside the folder and listens to nobody else."""
    return (
        SparkSession.builder.master(master)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "3g")
        .config("spark.sql.catalogImplementation", "in-memory")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.local.dir", str(folder / "scratch"))
        # a short life of many small queries on one core
        .config("spark.driver.extraJavaOptions", JAVA)
        .config("spark.buffer.pageSize", "1m")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")
        # files without checksums beside them, written to where they stay
        .config("spark.hadoop.fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem")
        .config("spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", "2")
        .getOrCreate()
    )


def main(options: argparse.Namespace) -> dict[str, Any]:
    """Loads, builds, writes; the figures."""
    began = time.monotonic()
    folder = Path(options.folder).resolve()
    spark = session(folder, options.master)
    spark.sparkContext.setLogLevel("ERROR")
    cloudpickle.register_pickle_by_value(spanning_forest)  # nor where Spark's workers look
    spark.udf.register("spanning_forest", spanning_forest.spanning_forest, FOREST)
    fits.run_apart(folder / "fits", options.fits)
    for path in sorted(folder.glob("in/*/*.parquet")):
        spark.sql(f"create schema if not exists {path.parent.name}")
        spark.catalog.createTable(f"{path.parent.name}.{path.stem}", str(path), "parquet")
    loaded = time.monotonic()
    selection = ["--select", *options.selectors] if options.selectors else []
    result = dbtRunner().invoke(
        ["build", "--target", "spark", "--resource-type", "model", "--resource-type", "seed", *selection,
         "--threads", str(options.threads), "--project-dir", str(ROOT / "dbt_project"),
         "--profiles-dir", str(ROOT / "profiles"), "--target-path", str(folder / "target"),
         "--log-path", str(folder / "logs"), "--no-write-json", "--quiet"]
    )  # fmt: skip
    if result.result is None:
        raise SystemExit(f"dbt could not build on Spark: {result.exception or ''}")
    built = time.monotonic()
    runs = {run.node.name: run for run in result.result}
    views = [
        name for name, run in runs.items() if run.status == "success" and run.node.config.materialized == "view"
    ]
    for view in views if options.views else []:
        spark.table(f"{SCHEMA}.{view}").write.parquet(str(folder / "out" / view))
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
            "views": round(time.monotonic() - built, 1),
        },
        "seconds": {name: round(run.execution_time, 1) for name, run in runs.items()},
        "views": sorted(views),
        "built": sorted(name for name, run in runs.items() if run.status == "success"),
        "failed": {name: run.message for name, run in runs.items() if run.status == "error"},
        "skipped": sorted(name for name, run in runs.items() if run.status == "skipped"),
        "schemas": sorted(schemas),
        "tables": sorted(tables),
    }


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="builds models on Spark")
    parser.add_argument("folder")
    parser.add_argument("selectors", nargs="*")
    parser.add_argument("--master", default="local[1]")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--fits", default="")
    parser.add_argument("--views", action="store_true")
    return parser.parse_intermixed_args()


if __name__ == "__main__":
    os.environ.setdefault("TZ", "UTC")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    gc.disable()  # to read a project leaves little to collect
    print(json.dumps(main(options())))
