"""Which landed tables feed which measure: `seeds/measure_sources.csv` for the package."""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from raceway.common.home import PROJECT

_SEEDS: Final = PROJECT.dbt_project / "seeds"

Table = tuple[str, str]
"""A landed table: source and name."""


@functools.cache
def measure_tables() -> Mapping[str, frozenset[Table]]:
    """Every landed table that a measure is made of, whatever its role, by measure."""
    tables: dict[str, set[Table]] = defaultdict(set)
    for row in _rows("measure_sources"):
        tables[row["measure"]].add((row["source"], row["table_name"]))
    return MappingProxyType({measure: frozenset(names) for measure, names in tables.items()})


@functools.cache
def daily_feeds(source: str) -> frozenset[frozenset[str]]:
    """Tables of a source that give days to its daily measures: any one of a set gives them all of a measure's.

    Sets that hold a smaller one are left out: what the smaller one covers they cover, too. Empty for a source that
    feeds no daily measure.
    """
    daily = {row["measure"] for row in _rows("measures") if row["grains"] == "all"}
    feeds: dict[str, set[str]] = defaultdict(set)
    for row in _rows("measure_sources"):
        if row["source"] == source and row["role"] == "covers" and row["measure"] in daily:
            feeds[row["measure"]].add(row["table_name"])
    sets = {frozenset(tables) for tables in feeds.values()}
    return frozenset(one for one in sets if not any(other < one for other in sets))


def _rows(seed: str) -> list[dict[str, str]]:
    with (_SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
