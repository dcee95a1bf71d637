"""A csv to Parquet by dlt; run by a Python that has it (`make setup-dlt` makes one).

    python bench/performance/by_dlt.py SOURCE.csv FOLDER

The last line printed is the seconds from the pipeline's begin to its end, without the imports.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import dlt
from dlt.sources.filesystem import filesystem, read_csv_duckdb


def main(source: Path, folder: Path) -> float:
    """Loads the file as dlt's fastest reader of csv does: DuckDB's, a chunk of Arrow at a time."""
    began = time.perf_counter()
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(folder / "state"),
        destination=dlt.destinations.filesystem(bucket_url=str(folder / "out")),
        dataset_name="ads",
        progress=None,
    )
    rows = filesystem(bucket_url=str(source.parent), file_glob=source.name) | read_csv_duckdb(use_pyarrow=True)
    pipeline.run(rows.with_name("ads"), loader_file_format="parquet")
    return time.perf_counter() - began


if __name__ == "__main__":
    print(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
