"""Asks a stage's simple tests together: one query, one row per test.

    select 0 as test, count(*) as failures from (select … where day is null)
    union all
    select 1 as test, count(*) as failures from (select … group by order_id having count(*) > 1)

Each part counts the rows that break a claim, as dbt would count them one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.build.parsed_project import SimpleTest

_AT_ONCE: Final = 40
"""Tests in one query: enough that the query itself costs nothing, few enough that what they hold at once is small."""


@dataclass(frozen=True)
class Answer:
    """How a test ended: with a count of rows that break it, or with the reason why it could not run."""

    test: SimpleTest
    failures: int
    fault: str = ""


def due_tests(
    tests: Iterable[SimpleTest], manifest: Any, selected: set[str], built: set[str], without: Sequence[str] = ()
) -> list[SimpleTest]:
    """The tests of a build, as dbt selects them (`--indirect-selection buildable`): something that a test reads was
    selected, and everything was, or stands before it. One that reads what could not be built is not asked.

    `selected` and `built` are dbt's ids; tests declared in a folder of `without` (below the project) are left out.
    """
    known = selected | ancestors(manifest, selected)
    return [
        test
        for test in tests
        if test.folder not in without
        and selected & set(test.reads)
        and known.issuperset(test.reads)
        and built.issuperset(selected & set(test.reads))
    ]


def ask(warehouse: Path, tests: Sequence[SimpleTest]) -> list[Answer]:
    """Runs the tests on a warehouse that nobody writes to; one answer per test, in their order.

    Raises duckdb.IOException where another process holds the file.
    """
    if not tests:
        return []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        return [
            answer
            for first in range(0, len(tests), _AT_ONCE)
            for answer in _ask(connection, tests[first : first + _AT_ONCE])
        ]


def _ask(connection: duckdb.DuckDBPyConnection, tests: Sequence[SimpleTest]) -> list[Answer]:
    parts = [
        f"select {place} as test, count(*) as failures from (\n{test.select}\n)" for place, test in enumerate(tests)
    ]
    try:
        failures = dict(connection.execute("\nunion all\n".join(parts)).fetchall())
    except duckdb.IOException:
        raise
    except duckdb.Error as fault:
        if len(tests) == 1:
            return [Answer(tests[0], 0, str(fault))]
        return [answer for test in tests for answer in _ask(connection, [test])]  # which one is it?
    return [Answer(test, failures[place]) for place, test in enumerate(tests)]


def ancestors(manifest: Any, nodes: set[str]) -> set[str]:
    """dbt's ids of all that nodes are made of, near or far."""
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = manifest.nodes.get(waiting.pop())
        parents = set(getattr(node.depends_on, "nodes", [])) - found if node is not None else set()
        found |= parents
        waiting += parents
    return found
