"""Who is who, for many identities: seconds of `int_identity_left_out` and `int_identity_tree`.

    python bench/identities.py --identities 1000000

Identities of persons with up to six, and about one link for each, as orders and logins would tell them; the models are
built by dbt on a DuckDB file. To reach: twice the identities take about twice the time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import duckdb

from raceway.home import PROJECT
from raceway.transform import WAREHOUSE_VARIABLE


def write_mentions(warehouse: Path, identities: int) -> int:
    """The mentions and the settings; how many links there are. Each identity is linked to one or two of its six."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"""
            create schema frozen;
            create table frozen.settings as select 5 as identity_max_shared;
            create table frozen.setting_values (setting varchar, value varchar);
            create table identities as
            select
                i,
                ['email', 'phone', 'login', 'ga4_client'][1 + cast(hash(i) % 4 as integer)] as id_type,
                md5(cast(i as varchar)) as id_value,
                timestamp '2025-01-01' + to_seconds(cast(hash(i, 1) % 40000000 as bigint)) as seen_at
            from range({identities}) as numbers (i);
            create table links as
            select row_number() over () as link, i as one, i // 6 * 6 + cast(hash(i, pass) % 6 as bigint) as other
            from identities, range(2) as passes (pass)
            where pass = 0 or i % 5 = 0;
            create table int_identity_mentions as
            select 'order:' || link as trace_id, id_type, id_value, seen_at
            from links
            inner join identities on i = one
            union
            select 'order:' || link, id_type, id_value, seen_at from links inner join identities on i = other;
            drop table identities;
        """)
        [(links,)] = connection.execute("select count(*) from links where one <> other").fetchall()
        return int(links)


def build(folder: Path, warehouse: Path, model: str) -> float:
    """Seconds of one model."""
    from dbt.cli.main import dbtRunner

    os.environ[WAREHOUSE_VARIABLE] = str(warehouse)
    result = dbtRunner().invoke(
        ["run", "--select", model, "--project-dir", str(PROJECT.dbt_project), "--profiles-dir", str(PROJECT.profiles),
         "--target-path", str(folder / "target"), "--log-path", str(folder), "--quiet"]
    )  # fmt: skip
    if not result.success:
        raise SystemExit(f"{model} could not be built: {result.exception or result.result}")
    (built,) = result.result
    return float(built.execution_time)


def main() -> None:
    """Prints seconds per model, and how many persons there are."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--identities", type=int, default=1_000_000)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse.duckdb"
        links = write_mentions(warehouse, given.identities)
        print(f"{given.identities:,} identities, {links:,} links")
        began = time.perf_counter()
        for model in ("int_identity_left_out", "int_identity_tree"):
            print(f"{model}: {build(Path(folder), warehouse, model):.1f} s")
        with duckdb.connect(str(warehouse)) as connection:
            [(persons,)] = connection.execute("select count(distinct person_id) from int_identity_tree").fetchall()
        print(f"{persons:,} persons; {time.perf_counter() - began:.1f} s with dbt's own start")


if __name__ == "__main__":
    main()
