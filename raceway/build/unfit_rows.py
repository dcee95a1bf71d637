"""Batches whose rows break a critical test of a staging model: left out once, so that the rest of the night counts.

    runs/_taken_out/<batch id>.json   program, run and sentence: the freeze leaves that batch out for as long as the
                                      same program builds, so every later night decides alike

A person who accepts the batch puts it back, and then the test stops the night as any other does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import duckdb

from raceway.build.claims import broken_rows, claim
from raceway.build.parsed_project import SimpleTest
from raceway.common.faults import GateFailed
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.ledger.ledger import BatchState

_FOLDER: Final = "_taken_out"
_OF_A_KEY: Final = ("unique", "unique_combination")


class UnfitBatches(GateFailed):
    """Every critical test that failed names the batches whose rows break it: without them the build would pass."""

    def __init__(self, message: str, batches: Mapping[str, str]) -> None:
        super().__init__(message)
        self.batches = dict(batches)
        """What each of them breaks, by batch id."""


def unfit_batches(home: Home, tests: Sequence[SimpleTest]) -> dict[str, str]:
    """The batches behind the rows that break these tests of staging models, each with what it breaks.

    Empty where a test is about rows that name no batch. Where rows of several exports bear one key, the earliest stays.
    """
    broken: dict[str, list[str]] = {}
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            for test in tests:
                found = connection.execute(_batches_of(test)).fetchall()
                if not found or any(batch_id is None for (batch_id,) in found):
                    return {}
                for (batch_id,) in found:
                    broken.setdefault(batch_id, []).append(claim(test))
    except duckdb.Error:  # rows without a batch, or a warehouse that somebody has just opened
        return {}
    return {batch_id: "; ".join(claims) for batch_id, claims in broken.items()}


def _batches_of(test: SimpleTest) -> str:
    rows = broken_rows(test)
    if test.kind not in _OF_A_KEY:
        return f"select distinct batch_id from ({rows}\n) order by 1"
    keys = test.arguments.get("columns") or [test.arguments["column_name"]]
    return f"""
        with broken as ({rows}
        ), placed as (
            select batch_id,
                dense_rank() over (partition by {", ".join(keys)} order by batches.exported_at, batch_id) as place,
                count(distinct batch_id) over (partition by {", ".join(keys)}) as batches
            from broken inner join frozen.batches as batches using (batch_id)
        )
        select distinct batch_id from placed where place > 1 or batches = 1 order by 1
    """


def take_out(home: Home, run_id: str, found: Mapping[str, str], batches: Mapping[str, BatchState]) -> bool:
    """Notes that these batches are left out from now on; False where a person put one of them into effect."""
    if any(batch_id not in batches or batches[batch_id].is_decided_by_a_person for batch_id in found):
        return False
    program = _program(home)
    for batch_id, broken in found.items():
        batch = batches[batch_id]
        files = ", ".join(file["path"] for file in batch.files) or batch_id
        sentence = (
            f"batch {batch_id} ({batch.source}.{batch.table} of {batch.account}, {files}) is left out: its rows break "
            f"a rule of the mart ({broken}); what was in effect before stays. Export it again, or put it into effect "
            f"with: raceway accept {batch_id}"
        )
        said = {"program": program, "run_id": run_id, "sentence": sentence}
        write_aside(home.runs / _FOLDER / f"{batch_id}.json", json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    return True


def taken_out(home: Home, program: str, accepted: Iterable[BatchState]) -> dict[str, str]:
    """The batches among these that are left out while `program` builds, each with its sentence."""
    found: dict[str, str] = {}
    for batch in accepted:
        file = home.runs / _FOLDER / f"{batch.batch_id}.json"
        if batch.is_decided_by_a_person or not file.is_file():
            continue
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:  # a note that cannot be read: the test says again what it says
            continue
        if said.get("program") == program:
            found[batch.batch_id] = said["sentence"]
    return found


def _program(home: Home) -> str:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        [(program,)] = connection.execute("select program from frozen.program").fetchall()
    return str(program)
