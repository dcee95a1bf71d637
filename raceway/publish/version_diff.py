"""What differs between two kept versions, and why: tables with their rows, KPI cells with what each cause adds.

What the earlier version was made of is led over into what the later one was made of, one cause after the other in their
fixed order (see causes), and the mart is built in between, on one scratch warehouse. A part of a cell is its value
after a cause less the one before it, so the parts of a cell sum to its whole difference, digit by digit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway import __version__
from raceway.build.freeze import program_hash
from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.own_database import damage_told
from raceway.common.sql import parquet_of, quoted
from raceway.publish.causes import PROGRAM, differing, in_order, write_frozen
from raceway.publish.equality import VOLATILE_TABLES, Difference, Relation, compare
from raceway.publish.made_of import made_of, program_of
from raceway.publish.reproduce import check_batches
from raceway.publish.scratch import build_all, scratch_home
from raceway.publish.version import Version
from raceway.report.explanation import find_kpi, open_mart
from raceway.report.kpi_cells import kpis
from raceway.report.mart_file import MEND

Tell = Callable[[str], None]
Key = tuple[str, str, dt.date, str, str]
"""kpi, period, period_start, channel, market."""
Values = dict[Key, Decimal]
"""Those that are known."""

_KEY: Final = "kpi, period, period_start, channel, market"
KPIS: Final = "+race_kpi"
_EXACT: Final = Context(prec=100)
"""Doubles of any size differ by fewer digits than these, but for those that nobody counts in."""

UNTOLD: Final = "no known cause"
"""Where two versions were made of the same and differ all the same: one of them was changed since."""


@dataclass(frozen=True)
class Cell:
    """A KPI cell whose value differs. Values are the shortest decimals that name the published ones."""

    kpi: str
    period: str
    period_start: dt.date
    channel: str
    market: str
    before: Decimal | None
    after: Decimal | None
    parts: Mapping[str, Decimal] | None
    """By cause; they sum to `change`. None where one of the values is not known, and where nothing was built."""

    @property
    def change(self) -> Decimal | None:
        """By how much it differs; None where one of the values is not known."""
        return None if self.before is None or self.after is None else _EXACT.subtract(self.after, self.before)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; numbers are texts of exact decimals."""
        return {
            "kpi": self.kpi,
            "period": self.period,
            "period_start": self.period_start.isoformat(),
            "channel": self.channel,
            "market": self.market,
            "before": _text(self.before),
            "after": _text(self.after),
            "change": _text(self.change),
            "parts": None if self.parts is None else {cause: _text(part) for cause, part in self.parts.items()},
        }


@dataclass(frozen=True)
class VersionDiff:
    """All that differs between two versions."""

    before: str
    after: str
    causes: tuple[str, ...]
    """What they were made of differs in these, in their fixed order."""
    tables: tuple[Difference, ...]
    """`left` is the earlier version."""
    cells: tuple[Cell, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "before": self.before,
            "after": self.after,
            "causes": list(self.causes),
            "tables": [
                {"table": one.table, "only_before": one.only_left, "only_after": one.only_right, "columns": one.columns}
                for one in self.tables
            ],
            "cells": [cell.to_dict() for cell in self.cells],
        }


@dataclass(frozen=True)
class Wanted:
    """Which cells are compared; None means all."""

    kpi: str | None = None
    period: str | None = None
    channel: str | None = None
    market: str | None = None

    def where(self) -> str:
        """As a condition on race_kpi."""
        asked = {"kpi": self.kpi, "period": self.period, "channel": self.channel, "market": self.market}
        return " and ".join(["true", *(f"{column} = {quoted(value)}" for column, value in asked.items() if value)])


def kpi_named(version: Version, asked: str) -> str:
    """The key of a KPI of a version, by key or name. Raises PermanentFault where there is none, with the nearest."""
    with open_mart(version.database) as connection:
        return find_kpi(kpis(connection), asked).kpi


def diff(
    home: Home,
    before: Version,
    after: Version,
    wanted: Wanted = Wanted(),
    *,
    quick: bool = False,
    tell: Tell = lambda _: None,
) -> VersionDiff:
    """What differs from `before` to `after`, and what each cause adds to the wanted cells.

    `quick` builds nothing: it tells the cells and the causes, and no parts. Raises PermanentFault where a version does
    not keep what it was made of, or where it cannot be built again (see reproduce); GateFailed where a model breaks.
    """
    tell("comparing tables")
    made = made_of(before.path), made_of(after.path)
    causes = differing(*made)
    if before.details.get("program_version") != after.details.get("program_version"):
        causes = in_order({*causes, PROGRAM})
    with duckdb.connect() as connection:
        tables = tuple(compare(connection, *_changed_files(connection, before.path, after.path)))
    values = values_of(before.database, wanted), values_of(after.database, wanted)
    steps: list[tuple[str, Values]] | None = None
    if not quick and values[0] != values[1]:
        steps = [*_built(home, (before, after), made, causes, wanted, tell, values[1])]
    return VersionDiff(before.name, after.name, tuple(causes), tables, cells_of(*values, steps, causes))


def cells_of(
    before: Values, after: Values, steps: Sequence[tuple[str, Values]] | None, causes: Sequence[str]
) -> tuple[Cell, ...]:
    """The cells whose value differs; `steps` are the values after each cause, None where nothing was built."""
    keys = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    return tuple(Cell(*key, before.get(key), after.get(key), parts_of(key, before, steps, causes)) for key in keys)


def _built(
    home: Home,
    versions: tuple[Version, Version],
    made: tuple[Mapping[str, str], Mapping[str, str]],
    causes: Sequence[str],
    wanted: Wanted,
    tell: Tell,
    published: Values,
) -> Iterator[tuple[str, Values]]:
    """The values after each cause: built where they are not those of the later version itself."""
    today = __version__, program_hash(home)
    programs = [(str(version.details.get("program_version")), program_of(version.path)) for version in versions]
    if PROGRAM not in causes and programs[0] != today:
        raise PermanentFault(
            f"{versions[0].name} and {versions[1].name} were built by another program than today's, which cannot tell "
            "what each cause added; raceway diff --quick tells which cells differ"
        )
    for version in versions:
        check_batches(home, version)
    to_build = [cause for cause in causes if cause != PROGRAM or programs[0] != today]
    last = UNTOLD if not causes else PROGRAM if programs[1] != today else to_build.pop()
    with scratch_home(home) as scratch:
        yield from lead_over(home, scratch, made, to_build, wanted, tell)
    yield last, published


def lead_over(
    home: Home,
    scratch: Home,
    made: tuple[Mapping[str, str], Mapping[str, str]],
    causes: Sequence[str],
    wanted: Wanted,
    tell: Tell,
) -> Iterator[tuple[str, Values]]:
    """The values after each of the causes, built one after the other in a scratch home from the landing of `home`."""
    taken: set[str] = set()
    for number, cause in enumerate(causes, start=1):
        tell(f"building with the later {cause} ({number} of {len(causes)})")
        taken.add(cause)
        with duckdb.connect(str(scratch.warehouse)) as connection:
            write_frozen(connection, home, *made, taken)
        build_all(scratch, KPIS)
        yield cause, values_of(scratch.warehouse, wanted)


def parts_of(
    key: Key, before: Values, steps: Sequence[tuple[str, Values]] | None, causes: Sequence[str]
) -> dict[str, Decimal] | None:
    """What each cause adds to a cell; a cause that adds nothing is left out.

    Where a build in between does not know the cell, the next that does has all that came since.
    """
    known = before.get(key)
    if steps is None or known is None or key not in steps[-1][1]:
        return None
    parts = dict.fromkeys((*causes, UNTOLD), Decimal(0))
    for cause, values in steps:
        now = values.get(key)
        if now is not None:
            parts[cause] = _EXACT.add(parts[cause], _EXACT.subtract(now, known))
            known = now
    return {cause: part for cause, part in parts.items() if part}


def values_of(database: Path, wanted: Wanted) -> Values:
    """The wanted cells of a mart whose value is known."""
    with damage_told(database, MEND), duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(database))} as mart (read_only)")
        rows = connection.execute(
            f"select {_KEY}, value from mart.main.race_kpi where value is not null and {wanted.where()}"
        ).fetchall()
    return {(kpi, period, start, channel, market): Decimal(repr(value))
            for kpi, period, start, channel, market, value in rows}  # fmt: skip


def _changed_files(
    connection: duckdb.DuckDBPyConnection, before: Path, after: Path
) -> tuple[dict[str, Relation], dict[str, Relation]]:
    """The tables of both versions as far as their files differ: a file that both share is equal."""
    sides: tuple[dict[str, Relation], dict[str, Relation]] = ({}, {})
    folders = before / "parquet", after / "parquet"
    for table in sorted({path.name for folder in folders for path in folder.iterdir()} - VOLATILE_TABLES):
        files = [sorted((folder / table).rglob("*.parquet")) for folder in folders]
        nodes = [{file.stat().st_ino for file in of} for of in files]
        for side, of, others in zip(sides, files, reversed(nodes), strict=True):
            if not of:
                continue
            changed = [file for file in of if file.stat().st_ino not in others]
            rows = parquet_of(changed) if changed else f"(select * from {parquet_of(of[:1])} limit 0)"
            described = connection.execute(f"describe select * from {rows}").fetchall()
            side[table] = rows, [column for column, *_ in described]
    return sides


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
