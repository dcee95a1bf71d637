"""How many rows of each batch in effect `exclusions.csv` flags: they stay landed and are left out of facts.

A contract's column says by `excluded_by` which kinds of exclusions look at its values; the models leave the same
rows out and compare by the macro of that name (macros/exclusions.sql). Where one line of an order is flagged, so is
the whole order.
"""

from __future__ import annotations

from typing import Final

import duckdb

from raceway.common.home import Home
from raceway.common.sql import name, parquet_of
from raceway.contracts.grammar import ColumnContract, TableContract
from raceway.contracts.load import load_contracts

_HOST: Final = "nullif(regexp_extract({0}, '^[a-z]+://(www[.])?([^/:?#]+)', 2), '')"
"""The host of an address, as the models take it."""
_TEXTS: Final = ("host", "traffic_type", "browser")
"""Kinds whose values are compared in any case."""


def excluded_rows(connection: duckdb.DuckDBPyConnection, home: Home) -> dict[str, int]:
    """Flagged rows by batch id, of every batch in effect. Needs the warehouse attached as `warehouse`."""
    found = connection.execute(
        "select batch_id, source, table_name, read_from from warehouse.frozen.batches"
    ).fetchall()
    counts = {batch: 0 for batch, *_ in found}
    kinds = {kind for (kind,) in connection.execute("select distinct kind from warehouse.frozen.exclusions").fetchall()}
    contracts = load_contracts(home)
    for source, table in sorted({(source, table) for _, source, table, _ in found}):
        contract = contracts[source].table(table)
        flags = [
            _flag(column, kind) for column in contract.columns for kind in column.meta.excluded_by if kind in kinds
        ]
        if flags:
            paths = sorted({path for _, of, called, path in found if (of, called) == (source, table)})
            flagged = connection.execute(_counted(contract, flags, paths)).fetchall()
            counts |= {batch: number for batch, number in flagged if batch in counts}  # a pack holds others, too
    return counts


def _flag(column: ColumnContract, kind: str) -> str:
    values = f"(select value from warehouse.frozen.exclusions where kind = '{kind}')"
    text = f"trim({name(column.name)})"
    if kind == "order_tag":
        tags = f"list_transform(string_split(lower({text}), ','), lambda tag: trim(tag))"
        return f"list_has_any({tags}, (select list(lower(trim(value))) from {values}))"
    if kind == "user_agent" or (kind == "browser" and "user_agent" in column.meta.excluded_by):
        return f"exists (select 1 from {values} as parts where contains(lower({text}), lower(parts.value)))"
    if kind == "host" and "url" in column.name:
        hosts = f"(select regexp_replace(lower(value), '^www[.]', '') from {values})"
        return f"{_HOST.format(f'lower({text})')} in {hosts}"
    if kind in _TEXTS:
        return f"lower({text}) in (select lower(value) from {values})"
    return f"{text} in {values}"


def _counted(contract: TableContract, flags: list[str], paths: list[str]) -> str:
    flagged = f"coalesce({' or '.join(f'coalesce({flag}, false)' for flag in flags)}, false)"
    rows = f"select *, {flagged} as is_excluded from {parquet_of(paths, by_name=True)}"
    if contract.scope.kind == "entities" and not contract.scope.full_snapshot:
        one = "_entity"
        if contract.scope.own_id and contract.scope.made_at:  # two entities may share a key
            made_at = name(contract.scope.made_at)
            of_first = f"min({made_at}) over (partition by _batch_id, _entity)"
            rows = f"select *, coalesce({made_at}, {of_first}) as _made_at from ({rows})"
            one = "_entity, _made_at"
        rows = f"select *, bool_or(is_excluded) over (partition by _batch_id, {one}) as is_left_out from ({rows})"
    else:
        rows = f"select *, is_excluded as is_left_out from ({rows})"
    return f"select _batch_id, count(*) filter (where is_left_out) from ({rows}) group by _batch_id"
