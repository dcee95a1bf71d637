"""Two tables, one of DuckDB and one that Spark wrote as Parquet: the same columns, and the same rows in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

TOLERANCE = 1e-9
"""How far two doubles may lie apart, as a share of the larger where that is above 1: sums come in another order."""

FITTED = ("expected_order_value", "clv_12m")
"""Decimals made of fitted doubles: where such a one lies between two of them, each engine may take another."""


@dataclass(frozen=True)
class Difference:
    """How a table of Spark differs from DuckDB's."""

    table: str
    said: str

    def __str__(self) -> str:
        return f"{self.table}: {self.said}"


def difference(
    connection: duckdb.DuckDBPyConnection, table: str, there: Path, exact_types: bool, left_out: tuple[str, ...] = ()
) -> Difference | None:
    """None where Spark's Parquet files `there` hold what the connection's `table` holds, but for the columns
    `left_out`; `exact_types` where a contract names the types."""
    spark = f"read_parquet('{there}/*.parquet')"
    mine, its = columns_of(connection, f"main.{table}"), columns_of(connection, spark)
    if [name for name, _ in mine] != [name for name, _ in its]:
        return Difference(table, f"columns {[name for name, _ in its]} for {[name for name, _ in mine]}")
    others = [
        f"{name} is {its_type} for {type_}"
        for (name, type_), (_, its_type) in zip(mine, its, strict=True)
        if (type_ != its_type if exact_types else kind(type_) != kind(its_type))
    ]
    if others:
        return Difference(table, "; ".join(others))
    columns = [(name, type_) for name, type_ in mine if name not in left_out]
    found = rows_apart(connection, f"main.{table}", spark, columns)
    return Difference(table, found) if found else None


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    """Names and types."""
    return [(name, type_) for name, type_, *_ in connection.execute(f"describe from {relation}").fetchall()]


def kind(type_: str) -> str:
    """A type without how much room it has: a count is an integer of 32 bits on one engine, of 128 on the other."""
    if type_ in ("INTEGER", "BIGINT", "HUGEINT"):
        return "a whole number"
    decimals = re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", type_)
    return f"{decimals[1]} decimals" if decimals else type_


def rows_apart(connection: duckdb.DuckDBPyConnection, here: str, there: str, columns: list[tuple[str, str]]) -> str:
    """What is not equal when the rows of both lie side by side, in the order of all their columns."""
    near = {name for name, type_ in columns if type_ == "DOUBLE" or name in FITTED}
    order = [f'"{name}"' for name, _ in columns if name not in near]
    order += [f'round("{name}", 4)' for name, _ in columns if name in near]
    apart = {
        name: f'abs(here."{name}" - there."{name}") > {TOLERANCE} * greatest(1, abs(here."{name}")) '
        f'or (here."{name}" is null) <> (there."{name}" is null)'
        if name in near
        else f'here."{name}" is distinct from there."{name}"'
        for name, _ in columns
    }
    numbered = f"select *, row_number() over (order by {', '.join(order)}) as place_of_row from "
    counts = ", ".join(f"count(*) filter ({of})" for of in apart.values())
    in_here, in_there, *found = connection.execute(
        f"select count(here.place_of_row), count(there.place_of_row), {counts} "
        f"from ({numbered} {here}) as here full join ({numbered} {there}) as there using (place_of_row)"
    ).fetchone() or (0, 0)
    if in_here != in_there:
        return f"{in_there} rows for {in_here}"
    return ", ".join(f"{name} differs in {rows} rows" for name, rows in zip(apart, found, strict=True) if rows)
