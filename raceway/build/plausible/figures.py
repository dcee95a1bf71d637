"""The profiles of one source's, table's and account's batches as matrices: days down, figures across."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from raceway.common.files import remove
from raceway.common.sql import parquet_of
from raceway.contracts.grammar import TableContract
from raceway.contracts.load import load_contract
from raceway.landing.profile import PROFILE, write_profile
from raceway.ledger.states import BatchState

Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]
Feature = tuple[str, str]
"""Aspect and part."""


@dataclass
class Sheet:
    """What one batch says: `values[i, j]` is figure `j` of the day with the ordinal `days[i]`."""

    days: Days
    values: Numbers
    keys: dict[str, float] = field(default_factory=dict)
    """Hashes of some keys, each with the hash of the key and its time."""


@dataclass
class Figures:
    """All sheets of one source, table and account, over the same figures."""

    features: list[Feature]
    place: dict[Feature, int]
    of: dict[str, Sheet]

    def columns(self, prefix: str) -> dict[str, int]:
        """Of a kind of aspect (`sum:`) the places by column, without those by part."""
        return {
            aspect.removeprefix(prefix): place
            for (aspect, part), place in self.place.items()
            if aspect.startswith(prefix) and "@" not in aspect and not part
        }

    @cached_property
    def _parted(self) -> dict[str, dict[str, dict[str, int]]]:
        found: dict[str, dict[str, dict[str, int]]] = {}
        for (name, part), place in self.place.items():
            aspect, at, column = name.rpartition("@")
            if at:
                found.setdefault(aspect + at, {}).setdefault(column, {})[part] = place
        return found

    def parts(self, aspect: str) -> dict[str, dict[str, int]]:
        """Of `rows@` or `sum:cost@` the places by column and part."""
        return self._parted.get(aspect, {})


def read_figures(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[BatchState], zones: Mapping[str, str]
) -> Figures:
    """The figures of the batches of one table; one that landed without a profile gets it first, in its zone."""
    paths = [_profile_of(connection, batch, zones[batch.account]) for batch in batches]
    try:
        _read(connection, paths)
    except duckdb.Error:  # a profile is a copy: a damaged one is made anew
        for batch, path in zip(batches, paths, strict=True):
            if not _reads(connection, path):
                remove(Path(path))
                _profile_of(connection, batch, zones[batch.account])
        _read(connection, paths)
    features: list[Feature] = connection.execute(
        "select distinct aspect, part from told where aspect <> 'key' order by all"
    ).fetchall()
    place = {feature: n for n, feature in enumerate(features)}
    cells: dict[str, Any] = connection.execute(
        "select list_position($1, filename) - 1 as batch, datediff('day', date '0001-01-01', day) + 1 as day, "
        "f.n as figure, value from told inner join (select aspect, part, row_number() over (order by aspect, part) "
        "- 1 as n from (select distinct aspect, part from told where aspect <> 'key')) as f using (aspect, part) "
        "order by batch, day",
        [paths],
    ).fetchnumpy()
    keys = connection.execute(
        "select list_position($1, filename) - 1, part, value from told where aspect = 'key'", [paths]
    ).fetchall()
    sheets = {}
    starts = np.searchsorted(cells["batch"], np.arange(len(batches) + 1))
    for n, batch in enumerate(batches):
        rows = slice(starts[n], starts[n + 1])
        said = np.asarray(cells["day"][rows], dtype=np.int64)
        days = np.unique(np.concatenate([said, _covered(batch)]))
        values = np.zeros((len(days), len(features)))
        values[np.searchsorted(days, said), np.asarray(cells["figure"][rows])] = cells["value"][rows]
        sheets[batch.batch_id] = Sheet(days, values)
    for n, key, value in keys:
        sheets[batches[n].batch_id].keys[key] = value
    return Figures(features, place, sheets)


def _read(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> None:
    connection.execute(
        "create or replace temp table told as select filename, cast(day as date) as day, aspect, part, "
        f"cast(value as double) as value from {_named(paths)}"
    )


def _reads(connection: duckdb.DuckDBPyConnection, path: str) -> bool:
    try:
        _read(connection, [path])
    except duckdb.Error:
        return False
    return True


def _named(paths: list[str]) -> str:
    return parquet_of(paths)[:-1] + ", filename = true)"


def _covered(batch: BatchState) -> Days:
    """The days that a batch covers and may have no row of."""
    return np.array([day.toordinal() for day in batch.covered_days()], dtype=np.int64)


def _profile_of(connection: duckdb.DuckDBPyConnection, batch: BatchState, zone: str) -> str:
    """Where a batch's profile lies; made where it landed without one."""
    path = batch.path.with_name(PROFILE)
    if not path.exists():
        table = load_contract(batch.source, batch.home).table(batch.table)
        aside = path.with_name(f".{uuid.uuid4().hex}.parquet")
        write_profile(connection, _as_landed(connection, table, batch), zone, batch.path, aside)
        aside.replace(path)
    return str(path)


def _as_landed(connection: duckdb.DuckDBPyConnection, table: TableContract, batch: BatchState) -> TableContract:
    """The contract without the columns that it did not have when the batch landed."""
    there = {column for column, *_ in connection.execute(f"describe from {parquet_of(batch.path)}").fetchall()}
    columns = tuple(column for column in table.columns if column.name in there)
    return TableContract(
        source=table.source, name=table.name, description=table.description, meta=table.meta, columns=columns
    )


def day_of(ordinal: int) -> dt.date:
    """The day of an ordinal."""
    return dt.date.fromordinal(int(ordinal))
