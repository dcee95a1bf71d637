"""Reports of one source against each other: what two of them say of the same account and days goes together.

Which tables tell the same is said by their contracts (`reconciles`). A platform that restates, or an export that lost
or doubled rows on its way, shows as a difference; the numbers of the mart stay those of the report that bears them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb

from raceway.common.home import Home
from raceway.common.sql import name, parquet_of, text_list
from raceway.contracts.grammar import TableContract
from raceway.contracts.load import load_contract
from raceway.contracts.reports import days_of
from raceway.contracts.words import Reconciles
from raceway.history.records import Check


def check_reports(connection: duckdb.DuckDBPyConnection, home: Home) -> list[Check]:
    """A failed check (warning) for each account and pair of reports that contradict each other, the first days in it.

    Reads the temporary tables `batch` and `winner` of the freeze. Filtered exports are left out, and so are days of
    which only one of the two is in effect.
    """
    paths: dict[tuple[str, str], list[str]] = {
        (source, table): files
        for source, table, files in connection.execute(
            "select source, table_name, list(distinct path order by path) from batch "
            "where not is_filtered and batch_id in (select batch_id from winner) group by all order by all"
        ).fetchall()
    }
    checks = []
    for source, table_name in paths:
        contract = load_contract(source, home)
        table = contract.table(table_name)
        for rule in table.meta.reconciles:
            other = contract.table(rule.against)
            if (source, other.name) in paths:
                checks += _compared(
                    connection, rule, table, paths[source, table_name], other, paths[source, other.name]
                )
    return checks


def _compared(
    connection: duckdb.DuckDBPyConnection, rule: Reconciles, table: TableContract, files: list[str],
    other: TableContract, other_files: list[str],
) -> list[Check]:  # fmt: skip
    there = _columns_in(connection, files) & _columns_in(connection, other_files)
    columns = [column for column in rule.columns if column in there]  # an older batch may lack one
    if not columns:
        return []
    is_off = "part - whole" if rule.relation == "at_most" else "abs(part - whole)"
    part, whole = (f"[{', '.join(f'{side}.{name(column)}' for column in columns)}]" for side in ("part", "whole"))
    found = connection.execute(f"""
        with part as ({_sums(table, files, columns)}),
        by_day as ({_sums(other, other_files, columns)}),
        whole as (
            select part.account, part.first_day, part.last_day, {_each(columns, "sum(by_day.{0}) as {0}")}
            from part
            inner join by_day
                on part.account = by_day.account and by_day.first_day between part.first_day and part.last_day
            group by part.account, part.first_day, part.last_day
            having count(*) = part.last_day - part.first_day + 1
        ),
        both_told as (
            select account, first_day, last_day, unnest({text_list(columns)}) as told, unnest({part}) as part,
                unnest({whole}) as whole
            from part inner join whole using (account, first_day, last_day)
        )
        select *, count(distinct (first_day, last_day)) over (partition by account) as days
        from both_told
        where {is_off} > {rule.within} * abs(whole)
        qualify row_number() over (partition by account order by first_day, last_day, told) = 1
        order by account
    """).fetchall()
    return [_check(rule, table, *row) for row in found]


def _sums(table: TableContract, files: list[str], columns: list[str]) -> str:
    """SQL for the sums of a table in effect by account and the days that they speak for."""
    days = days_of(table)
    assert days is not None
    scope = f"strftime({name(days[0])}, '%Y-%m-%d')" if table.scope.kind == "days" else table.scope.entity
    return f"""
        select batch.account, {name(days[0])} as first_day, {name(days[1])} as last_day,
            {_each(columns, "cast(sum({0}) as decimal(38, 6)) as {0}")}
        from {parquet_of(files, by_name=True)} as landed_rows
        inner join batch on landed_rows._batch_id = batch.batch_id
        where not batch.is_filtered and exists (
            select 1 from winner where winner.batch_id = batch.batch_id and winner.scope = {scope}
        )
        group by batch.account, {name(days[0])}, {name(days[1])}
    """


def _each(columns: list[str], said: str) -> str:
    return ", ".join(said.format(name(column)) for column in columns)


def _columns_in(connection: duckdb.DuckDBPyConnection, files: list[str]) -> set[str]:
    rows = connection.execute(f"select * from {parquet_of(files, by_name=True)} limit 0")
    return {column[0] for column in rows.description or []}


def _check(
    rule: Reconciles, table: TableContract, account: str, first: dt.date, last: dt.date, column: str, part: Decimal,
    whole: Decimal, count: int,
) -> Check:  # fmt: skip
    days = f"{first}" if first == last else f"{first} to {last}"
    more = f" (and for {count - 1} more)" if count > 1 else ""
    expected = {"at_most": "no more than", "equal": "as much as"}[rule.relation]
    return Check(
        name="reports_agree_with_each_other",
        kind="freeze",
        severity="warning",
        passed=False,
        subject=table.full_name,
        observed=f"{column} {_shown(part)} beside {_shown(whole)} on {days}",
        expected="reports of one source say the same of the same days",
        message=f"{table.source}/{account}: {table.name} says {column} {_shown(part)} for {days}{more}, where "
        f"{rule.against} says {_shown(whole)}; it should say {expected} that, to {rule.within * 100:g} % of it. "
        "Export both reports again for these days; the numbers are those of the report by day",
        remedy="export both reports again for these days; the numbers are those of the report by day",
    )


def _shown(value: Decimal) -> str:
    """A number for people, without zeros at the end of its fraction."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
