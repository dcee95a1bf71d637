"""Who is who, and a handful of tables from landed files, built by DuckDB and by a real local Spark: every column of every
table is equal. The whole project is compared by test_project_on_spark.py.

Left out is the digest in `counted_from`, which each engine takes in its own way: equal is how many rows it is of.

RACEWAY_SPARK_PYTHON names a Python of an environment with dbt-spark and pyspark; `make test-spark` makes one.
RACEWAY_SPARK_IDENTITIES says how many identities the random graph has.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.models.intermediate.test_identity_graph import NO_TESTS, SHOP, random_orders, shapes
from tests.spark.comparison import difference
from tests.spark.engines import build_on_spark, frozen_tables, hand_over, spark_python, written
from tests.support.dbt_story import Story, failures

MODELS = (
    "int_identity_left_out", "int_identity_named", "int_identity_tree", "int_identity_person",
    "identity_left_out", "identity_link", "identity_person",
)  # fmt: skip
FROM_LANDED = (
    "+dim_date", "+int_products", "+int_order_items__shopify", "stg_shopify__order_states", "stg_ga4__event_days",
    "stg_ga4__events",
    "reasons", "holidays",
)  # fmt: skip
"""Landed rows of days, entities, events and states; seeds with quotes, backslashes and empty cells; days and money."""
DIGESTED = ("int_identity_named", "int_identity_tree")
IDENTITIES = int(os.environ.get("RACEWAY_SPARK_IDENTITIES", "3000"))
ORDERS_OF_ONE = 1_000

# Persons of up to six, one in fifty linked to a stranger; times of a microsecond, many equal, some unknown; values
# with letters beyond ASCII, whose order is that of their bytes; and one identity that a thousand orders name.
RANDOM_MENTIONS = f"""
    with
    identities as (
        select
            i,
            ['email', 'phone', 'login', 'ga4_client'][1 + cast(hash(i) % 4 as integer)] as id_type,
            case when i % 7 = 0 then chr(cast(192 + hash(i, 2) % 8000 as integer)) || ' ' || i else md5(i::varchar) end
                as id_value,
            case
                when i % 97 = 0 then null
                when i % 3 = 0 then timestamp '2025-01-01' + to_days(cast(hash(i, 1) % 60 as integer))
                else timestamp '2025-01-01' + to_microseconds(cast(hash(i, 1) % 40000000000000 as bigint))
            end as seen_at
        from range({IDENTITIES}) as numbers (i)
    ),
    links as (
        select i as one, i // 6 * 6 + cast(hash(i, pass) % 6 as bigint) as other, 'order:' || i || '-' || pass as trace_id
        from identities, range(2) as passes (pass)
        where pass = 0 or i % 5 = 0
        union all
        select i, cast(hash(i, 3) % {IDENTITIES} as bigint), 'stranger:' || i from identities where i % 50 = 1
        union all
        select i, 0, 'shared:' || i from identities where i between 1 and {ORDERS_OF_ONE}
    )
    select distinct
        trace_id,
        'shopify' as source,
        'orders' as table_name,
        'order' as kind,
        case when one % 11 > 0 then trace_id end as record_id,
        id_type,
        id_value,
        seen_at
    from links
    inner join identities on i = one or i = other
"""


@dataclass(frozen=True)
class Engines:
    """What both have built, and what Spark's process said of itself."""

    duckdb: Story
    spark: Path
    told: dict[str, Any]

    def rows_of(self, model: str) -> str:
        """Spark's table, for a query on DuckDB's warehouse."""
        return f"read_parquet('{written(self.spark, self.told, model)}/*.parquet')"


def build(story: Story, *models: str) -> None:
    results = story.dbt("build", *NO_TESTS, "--select", *models)
    assert not failures(results), failures(results)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Engines:
    """The shapes made by hand, a company's random orders, and a random graph that no model made."""
    python = spark_python()
    story = shapes(tmp_path_factory.mktemp("graph"))
    story.batch("shopify", "orders", SHOP, random_orders(random.Random(7)), "2026-03-21 00:00:00")
    story.batch("plan", "fx_rates", "company", [
        {"rate_date": "2026-01-02", "currency": "USD", "to_currency": "VND", "rate": "25000.125"},
        {"rate_date": "2026-02-02", "currency": "USD", "to_currency": "VND", "rate": "26000"},
    ], "2026-03-21 00:00:00")  # fmt: skip
    story.freeze()
    build(story, "+int_identity_mentions", *FROM_LANDED)
    with duckdb.connect(str(story.warehouse)) as connection:
        connection.execute(f"insert into int_identity_mentions by name {RANDOM_MENTIONS}")
    build(story, *MODELS)
    folder = tmp_path_factory.mktemp("spark")
    hand_over(story.warehouse, folder, "frozen", frozen_tables(story.warehouse))
    hand_over(story.warehouse, folder, "raceway", ["int_identity_mentions"])
    told = build_on_spark(python, folder, "--views", *MODELS, *FROM_LANDED)
    assert not told["failed"], told["failed"]
    return Engines(story, folder, told)


@pytest.mark.parametrize("model", MODELS)
def test_spark_gives_every_row_and_every_column_that_duckdb_gives(engines: Engines, model: str) -> None:
    spark = engines.rows_of(model)
    here, there = (
        [(name, kind) for name, kind, *_ in engines.duckdb.query(f"describe from {of}")] for of in (model, spark)
    )
    assert here == there
    columns = "* replace (split_part(counted_from, ':', 1) as counted_from)" if model in DIGESTED else "*"
    [(rows_here, rows_there, only_here, only_there)] = engines.duckdb.query(f"""
        with
        here as (select {columns} from {model}),
        there as (select {columns} from {spark})
        select
            (select count(*) from here),
            (select count(*) from there),
            (select count(*) from (from here except all from there)),
            (select count(*) from (from there except all from here))
    """)
    assert rows_here > 0
    assert (rows_there, only_here, only_there) == (rows_here, 0, 0)


def test_the_graph_holds_what_engines_could_differ_in(engines: Engines) -> None:
    [(identities, unknown, fractions, beyond_ascii, persons, largest)] = engines.duckdb.query("""
        select sum(identities), sum(unknown), sum(fractions), sum(beyond_ascii), count(*), max(identities)
        from (
            select
                count(*) as identities,
                count(*) filter (where first_seen_at is null) as unknown,
                count(*) filter (where first_seen_at <> date_trunc('second', first_seen_at)) as fractions,
                count(*) filter (where strlen(id_value) <> length(id_value)) as beyond_ascii
            from int_identity_tree
            group by person_id
        )
    """)
    assert identities > IDENTITIES
    assert min(unknown, fractions, beyond_ascii) > IDENTITIES / 200
    assert identities / 10 < persons < identities / 2
    assert largest > 400  # the chain made by hand
    [(orders,)] = engines.duckdb.query(
        "select max(orders) from (select count(*) as orders from int_identity_mentions group by id_type, id_value)"
    )
    assert orders > ORDERS_OF_ONE
    assert set(engines.duckdb.query("select distinct reason from int_identity_left_out")) == {("shared",), ("listed",)}


def test_tables_from_landed_files_are_those_of_duckdb(engines: Engines) -> None:
    built = [model for model in engines.told["built"] if model not in MODELS]
    with duckdb.connect(str(engines.duckdb.warehouse)) as connection:
        found = [
            difference(
                connection, model, written(engines.spark, engines.told, model), False, left_out=("counted_from",)
            )
            for model in built
        ]
        rows = {model: connection.execute(f"select count(*) from {model}").fetchone() for model in built}
    assert [str(one) for one in found if one] == []
    for model in (
        "int_fx_daily",
        "int_order_items__shopify",
        "stg_shopify__order_states",
        "stg_ga4__events",
        "reasons",
    ):
        assert rows[model] > (0,), model


def test_spark_holds_what_it_was_given_and_the_models_and_nothing_else(engines: Engines) -> None:
    tables = [f"frozen.{table}" for table in frozen_tables(engines.duckdb.warehouse)]
    tables += [f"raceway.{model}" for model in ("int_identity_mentions", *engines.told["built"])]
    landed = [table for table in engines.told["tables"] if table.startswith("landed.rows_")]
    assert engines.told["tables"] == sorted(tables + landed)
    assert engines.told["schemas"] == ["default", "frozen", "landed", "raceway"]
