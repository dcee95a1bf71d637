"""Builds models on a local Spark; run by a Python that has dbt-spark and pyspark (`make test-spark` makes one).

    python tests/spark/on_spark.py FOLDER MODEL …

Every FOLDER/in/<schema>/<table>.parquet is a table before dbt begins; every model is written to FOLDER/out. The last
line printed is JSON: the versions, and the seconds of each model.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner
from pyspark import cloudpickle
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # raceway is not installed beside Spark

from raceway.fitting import spanning_forest  # noqa: E402  # found only once the path above is set

SCHEMA = "raceway"
FOREST = "array<struct<node: bigint, first_node: bigint, link: bigint>>"
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms1g -Xmn512m -XX:MetaspaceSize=256m"


def session(folder: Path) -> SparkSession:
    """One small Spark in this process, that leaves nothing outside the folder and listens to nobody else."""
    return (
        SparkSession.builder.master("local[1]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.catalogImplementation", "in-memory")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.local.dir", str(folder / "scratch"))
        # a short life of many small queries on one core
        .config("spark.driver.extraJavaOptions", JAVA)
        .config("spark.buffer.pageSize", "1m")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.adaptive.enabled", "false")
        # files without checksums beside them, written to where they stay
        .config("spark.hadoop.fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem")
        .config("spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", "2")
        .getOrCreate()
    )


def main(folder: Path, models: list[str]) -> dict[str, Any]:
    """Loads, builds, writes; the figures."""
    spark = session(folder)
    spark.sparkContext.setLogLevel("ERROR")
    cloudpickle.register_pickle_by_value(spanning_forest)  # nor where Spark's workers look
    spark.udf.register("spanning_forest", spanning_forest.spanning_forest, FOREST)
    for path in sorted(folder.glob("in/*/*.parquet")):
        spark.sql(f"create schema if not exists {path.parent.name}")
        spark.read.parquet(str(path)).write.saveAsTable(f"{path.parent.name}.{path.stem}")
    result = dbtRunner().invoke(
        ["run", "--target", "spark", "--select", *models, "--project-dir", str(ROOT / "dbt_project"),
         "--profiles-dir", str(ROOT / "profiles"), "--target-path", str(folder / "target"),
         "--log-path", str(folder / "logs"), "--no-partial-parse", "--no-write-json", "--quiet"]
    )  # fmt: skip
    if not result.success:
        raise SystemExit(f"dbt could not build on Spark: {result.exception or ''}")
    for model in models:
        spark.table(f"{SCHEMA}.{model}").write.parquet(str(folder / "out" / model))
    schemas = [row.namespace for row in spark.sql("show schemas").collect()]
    tables = [
        f"{schema}.{row.tableName}" for schema in schemas for row in spark.sql(f"show tables in {schema}").collect()
    ]
    return {
        "spark": spark.version,
        "java": spark.sparkContext._jvm.java.lang.System.getProperty("java.version"),
        "seconds": {run.node.name: round(run.execution_time, 1) for run in result.result},
        "schemas": sorted(schemas),
        "tables": sorted(tables),
    }


if __name__ == "__main__":
    os.environ.setdefault("TZ", "UTC")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    gc.disable()  # to read a project leaves little to collect
    print(json.dumps(main(Path(sys.argv[1]).resolve(), sys.argv[2:])))
