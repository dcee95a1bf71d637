"""The steps of a night without Airflow, dbt and Great Expectations, run in a child that a fault may strike.

Mending, landing and freezing decide what a mart is made of: where they end with the same effective set and the same
rows, models make the same mart. Children are forked from a process that has imported all and holds no DuckDB.
"""

from __future__ import annotations

import codecs
import datetime as dt
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from raceway.alerts.outbox import Outbox
from raceway.build.freeze import freeze
from raceway.common.disk_faults import is_of_the_disk, said_of_the_disk
from raceway.common.faults import RacewayFault
from raceway.common.home import Home
from raceway.common.lock import alone
from raceway.common.sql import parquet_of
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.contracts.files import source_names
from raceway.history.compacted import gather_checks
from raceway.history.records import run_records
from raceway.history.waivers import open_waivers
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.ledger.ledger import Ledger
from raceway.ledger.left_out import left_out
from raceway.night.mending import as_told, mend
from raceway.publish.version import published_version, published_versions
from raceway.reading.personal import check_key

WRITES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "shutil.copyfile", "shutil.rmtree")
"""Python's audit events of what changes a disk; files that are opened to be written count, too."""


for _name in ("cp437", "cp1252", "utf-16", "utf-8-sig", "latin-1", "idna"):
    codecs.lookup(_name)  # a child that is another user may not find them


@dataclass(frozen=True)
class Ended:
    """How a child ended: with what the mart would be made of, with a sentence, with a traceback, or killed."""

    digest: str = ""
    sentence: str = ""
    traceback: str = ""
    killed: bool = False
    writes: int = 0


def steps(home: Home, as_of: dt.date) -> str:
    """One night; gives the digest of what a mart would be made of."""
    settings = load_settings(home)
    check_key(home)
    with alone(home):
        mend(home)
        state = Ledger(home).state()
        for source in source_names(home):
            for export in find_exports(home, source, state):
                land(home, export, gate=lambda *_: [], as_of=as_of, threads=1)
        run_id = f"chaos-{os.getpid()}"
        freeze(home, run_id, as_of, settings, load_accounts(home))
        left_out(home, run_id)
        run_records(home)
        open_waivers(home)
        published_version(home)
        published_versions(home)
        outbox = Outbox(home)
        outbox.waiting()
        outbox.points()
        with duckdb.connect(config={"threads": 1}) as connection:
            gather_checks(connection, home)
    return digest(home)


def digest(home: Home) -> str:
    """The effective set, by scope, and the rows of every batch in it."""
    with duckdb.connect(str(home.warehouse), read_only=True, config={"threads": 1}) as connection:
        scopes = connection.execute(
            "select count(*), sum(hash(t)::hugeint)::varchar from (select * from frozen.scopes) as t"
        ).fetchall()
        days = connection.execute("select count(*), sum(hash(t)::hugeint)::varchar from frozen.covered_days as t")
        said: list[Any] = [scopes, days.fetchall()]
        batches = connection.execute("select batch_id, path from frozen.batches order by batch_id").fetchall()
        states = connection.execute("select path from frozen.state_files").fetchall()
        for name, path in [*batches, *sorted((Path(path).name, path) for (path,) in states)]:
            found = connection.execute(
                f"select count(*), sum(hash(t)::hugeint)::varchar from {parquet_of(path)} as t"
            ).fetchall()
            said.append([name, found])
    return json.dumps(said)


def in_child(home: Home, as_of: dt.date, before: Callable[[], None] = lambda: None, kill_at: int = 0) -> Ended:
    """Runs the steps in a forked child; `before` is called in it, `kill_at` kills it at its so-manieth write."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            json.dump(_carry_out(home, as_of, before, kill_at), pipe)
            pipe.flush()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return Ended(killed=os.WTERMSIG(status) == signal.SIGKILL, traceback="" if kill_at else f"signal {status}")
    return Ended(**json.loads(text))


def _carry_out(home: Home, as_of: dt.date, before: Callable[[], None], kill_at: int) -> dict[str, Any]:
    writes = 0

    def count(event: str, given: tuple[Any, ...]) -> None:
        nonlocal writes
        opened_to_write = event == "open" and isinstance(given[1], str) and given[1][:1] in "wax"
        if event in WRITES or opened_to_write:
            writes += 1
            if writes == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        before()
        sys.addaudithook(count)
        return {"digest": steps(home, as_of), "writes": writes}
    except Exception as met:
        told = as_told(home, met)
        if isinstance(told, RacewayFault):
            return {"sentence": str(told)}
        if is_of_the_disk(told):
            return {"sentence": said_of_the_disk(told)}
        return {"traceback": "".join(traceback.format_exception(told))}
