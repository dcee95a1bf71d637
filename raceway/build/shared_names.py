"""Names that two entities of one account share: an order that one export dates otherwise than another.

Within a file two of them are refused (see raceway/landing/unfit.py). Over two files nothing is blended, since the newer
export of a name takes the place of the older one; but where these are orders of two shops, one of them is missing.
"""

from __future__ import annotations

import duckdb

from raceway.common.home import Home
from raceway.common.sql import name, parquet_of
from raceway.contracts.load import load_contract
from raceway.history.records import Check


def check_shared_names(connection: duckdb.DuckDBPyConnection, home: Home) -> list[Check]:
    """A failed check (warning) for each account and table in which one name was made on two days, an example in it.

    Reads the temporary table `batch` of the freeze. Tables whose contract knows an id of their own are left out: there
    both stay.
    """
    tables = connection.execute(
        "select source, table_name, list(path order by path) from batch where scope_kind = 'entities' "
        "group by all order by all"
    ).fetchall()
    checks = []
    for source, table, paths in tables:
        scope = load_contract(source, home).table(table).scope
        if not scope.made_at or scope.own_id:
            continue
        made_at = name(scope.made_at)
        found = connection.execute(
            f"""
            select account, count(*), min(_entity), min_by(first, _entity), min_by(last, _entity)
            from (
                select batch.account, _entity, min({made_at}) as first, max({made_at}) as last
                from {parquet_of(paths, by_name=True)} as landed_rows
                inner join batch on landed_rows._batch_id = batch.batch_id
                group by all
                having last - first > interval 1 day
            )
            group by account
            order by account
            """
        ).fetchall()
        for account, count, entity, first, last in found:
            checks.append(
                Check(
                    name="names_stand_for_one",
                    kind="freeze",
                    severity="warning",
                    passed=False,
                    subject=f"{source}.{table}",
                    observed=f"{count} names with two days",
                    expected="one name, one day",
                    message=f"{source}/{account}, {table}: {count} names are told on two days, among them {entity} on "
                    f"{first:%Y-%m-%d} and {last:%Y-%m-%d} (UTC); the newest export of a name counts alone. Two shops "
                    "belong into two accounts",
                    remedy="two shops belong into two accounts",
                )
            )
    return checks
