"""The usual rules (usual_rules.sql) on the same nights: what they would catch, and how often they cry."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import duckdb

from bench.trust.bases import Base
from raceway.common.sql import name, parquet_of
from raceway.config.accounts import load_accounts
from raceway.contracts.grammar import TableContract
from raceway.contracts.load import load_contract
from raceway.landing.read_table import day_sql
from raceway.ledger.ledger import Ledger
from raceway.ledger.states import BatchState

RULES: Final = ("z_14", "z_weekday", "static")
_SQL: Final = Path(__file__).with_name("usual_rules.sql")
_FIGURES: Final = "source varchar, account varchar, table_name varchar, figure varchar, day date, value double"


def figures_of(
    connection: duckdb.DuckDBPyConnection, batches: Iterable[BatchState], zone: str
) -> list[tuple[Any, ...]]:
    """Rows and sums of the day of each batch that has the most rows; of batches of one account and table."""
    told = list(batches)
    if not told:
        return []
    source, account, table = told[0].source, told[0].account, told[0].table
    contract = load_contract(source, told[0].home).table(table)
    dated = contract.scope.day or next(iter(contract.meta.covers.by), None)
    if dated is None:
        return []
    day = day_sql(contract.by_name[dated], zone)
    sums = ", ".join(
        ["count(*) as rows", *(f"sum({name(each)})::double as {name(each)}" for each in _numbers(contract))]
    )
    columns = ", ".join(["rows", *map(name, _numbers(contract))])
    return connection.execute(
        f"with days as (select _batch_id, {day} as day, {sums} "
        f"from {parquet_of([batch.path for batch in told], by_name=True)} "
        "where day is not null group by all), "
        "newest as (select * from days "
        "qualify row_number() over (partition by _batch_id order by rows desc, day desc) = 1), "
        f"last as (select day, {columns} from newest "
        "qualify row_number() over (partition by day order by rows desc) = 1) "
        f"select '{source}', '{account}', '{table}', figure, day, value::double "
        f"from (unpivot (select day, columns(* exclude day)::double from last) on columns(* exclude day) "
        "into name figure value value)"
    ).fetchall()


def _numbers(table: TableContract) -> list[str]:
    counted = ("bigint", "decimal", "double") if table.scope.kind != "events" else ()
    return [
        c.name
        for c in table.columns
        if not c.meta.ident and (c.meta.money or c.data_type.startswith(counted)) and c.name not in table.scope.keys
    ]


def history(base: Base) -> Path:
    """The figures of all clean nights, worked out once."""
    kept = base.folder / "figures.parquet"
    noted = base.folder / "figures.txt"
    nights = str(len(base.days()))
    if kept.exists() and noted.exists() and noted.read_text() == nights:
        return kept
    groups: dict[tuple[str, str, str], list[BatchState]] = defaultdict(list)
    for batch in Ledger(base.home).state().accepted():
        groups[batch.source, batch.table, batch.account].append(batch)
    accounts = load_accounts(base.home)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"create table figure ({_FIGURES})")
        for (source, _, account), batches in groups.items():
            rows = figures_of(connection, batches, accounts[source, account].time_zone)
            if rows:
                connection.executemany("insert into figure values (?, ?, ?, ?, ?, ?)", rows)
        connection.execute(f"copy figure to '{kept}' (format parquet)")
    noted.write_text(nights)
    return kept


def cries(base: Base, source: str, account: str, day: dt.date, batches: Iterable[BatchState]) -> list[str]:
    """The rules that cry over the spoiled batches of a night; a table of which nothing came has 0 rows."""
    zone = load_accounts(base.home)[source, account].time_zone
    by_table: dict[str, list[BatchState]] = defaultdict(list)
    for batch in batches:
        by_table[batch.table].append(batch)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(
            f"create table figure as select *, false as is_asked from {parquet_of(history(base))} "
            "where source = ? and account = ?", [source, account],
        )  # fmt: skip
        # what the night would have brought: its newest day, table by table
        connection.execute(
            "create table asked as select table_name, figure, max(day) as day from figure where day <= ? group by all",
            [day],
        )
        connection.execute("delete from figure where day >= (select min(day) from asked)")
        told = [row for of_table in by_table.values() for row in figures_of(connection, of_table, zone)]
        values = {(table, figure, on): value for _, _, table, figure, on, value in told}
        for table, figure, on in connection.execute("select table_name, figure, day from asked").fetchall():
            connection.execute("insert into figure values (?, ?, ?, ?, ?, ?, true)",
                               [source, account, table, figure, on, values.get((table, figure, on), 0.0)])  # fmt: skip
        return sorted({row[-1] for row in connection.execute(_SQL.read_text()).fetchall()})


def false_cries(base: Base) -> dict[str, int]:
    """By rule: in how many clean nights it cries, about whatever account and figure."""
    with duckdb.connect() as connection:
        connection.execute(
            f"create table figure as select *, true as is_asked from {parquet_of(history(base))} "
            f"union all select *, false from {parquet_of(history(base))} where false"
        )
        sql = _SQL.read_text().replace("and not is_asked", "")
        found = connection.execute(f"select rule, count(distinct day) from ({sql}) group by rule").fetchall()
    return {rule: dict(found).get(rule, 0) for rule in RULES}
