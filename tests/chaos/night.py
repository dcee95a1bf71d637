"""The steps of a night without Airflow: up to the freeze, or up to the published mart.

Mending, landing and freezing decide what a mart is made of: where they end with the same effective set and the same
rows, models make the same mart. Faults of what follows work with dbt and the gate, and compare the published mart.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
from pathlib import Path
from typing import Any

import duckdb

from raceway.alerts.outbox import Outbox
from raceway.build.freeze import freeze
from raceway.common.home import HOME_VARIABLE, Home
from raceway.common.lock import alone
from raceway.common.sql import name, parquet_of
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.contracts.files import source_names
from raceway.contracts.load import load_contracts
from raceway.history.compacted import gather_checks
from raceway.history.records import run_records
from raceway.history.waivers import open_waivers
from raceway.inbox.exports import find_exports
from raceway.inbox.raw_files import RawFiles
from raceway.landing.land import land
from raceway.ledger.ledger import Ledger
from raceway.ledger.left_out import left_out
from raceway.night import beside, steps
from raceway.night.mending import mend
from raceway.night.wiring import STAGES
from raceway.publish.equality import VOLATILE_COLUMNS, VOLATILE_TABLES
from raceway.publish.version import published_version, published_versions
from raceway.reading.personal import check_key
from tests.chaos.child import Ended, Watch, Work
from tests.chaos.child import in_child as work_in_child
from tests.chaos.faults import Midst
from tests.chaos.homes import SOURCES


def in_child(home: Home, as_of: dt.date, **given: Any) -> Ended:
    """One night up to the freeze, in a child."""
    return work_in_child(home, to_freeze(as_of), **given)


def warm_up(home: Home) -> None:
    """Reads in this process what each child would read again."""
    load_contracts(home)


def to_freeze(as_of: dt.date) -> Work:
    """Mends, lands and freezes; gives the digest of what a mart would be made of."""

    def night(home: Home, watch: Watch) -> str:
        settings = load_settings(home)
        check_key(home)
        with alone(home):
            _land_all(home, as_of, watch)
            run_id = f"chaos-{os.getpid()}"
            with watch.in_step("freeze"):
                freeze(home, run_id, as_of, settings, load_accounts(home))
            left_out(home, run_id)
            _look_at_records(home)
        return digest(home)

    return night


def to_mart(as_of: dt.date) -> Work:
    """A whole night; gives the digest of the published mart."""

    def night(home: Home, watch: Watch) -> str:
        os.environ[HOME_VARIABLE] = str(home.root)
        beside.do = lambda _, *asked: beside.check_mart_here(*asked)  # the gate, in this process
        check_key(home)
        with alone(home):
            _land_all(home, as_of, watch)
            conf = {"as_of": as_of.isoformat(), "run_id": f"chaos-{os.getpid()}", "wait": False}
            _, run = steps.start(conf, dt.datetime.now(tz=dt.UTC))
            with watch.in_step("freeze"):
                frozen = steps.freeze(run)
            if frozen["changed"]:
                for stage in STAGES:
                    with watch.in_step("build"):
                        steps.build(run, stage)
                with watch.in_step("gate_mart"):
                    steps.gate_mart(run)
                with watch.in_step("publish"):
                    steps.publish(run)
        return mart_digest(home)

    return night


def _land_all(home: Home, as_of: dt.date, watch: Watch) -> None:
    put_away = RawFiles.put_away

    @functools.wraps(put_away)
    def watched(*given: Any) -> list[str]:
        with watch.in_step("put_away"):
            return put_away(*given)

    RawFiles.put_away = watched  # type: ignore[method-assign]  # watched on purpose
    with watch.in_step("mend"):
        mend(home)
    settings = load_settings(home)
    state = Ledger(home).state()
    for source in source_names(home):
        with watch.in_step("find"):
            if source in SOURCES:  # no other has files, and each is asked for in the bucket
                watch.left += steps.fetch(home, settings, [source])
            exports = find_exports(home, source, state)
        for export in exports:
            with watch.in_step("land"):
                land(home, export, gate=lambda *_: [], as_of=as_of, threads=1)
    if settings.inbox.address:
        steps.fetch(home, settings, SOURCES)


def _look_at_records(home: Home) -> None:
    """What a night reads of nights before, and of what waits."""
    run_records(home)
    open_waivers(home)
    published_version(home)
    published_versions(home)
    outbox = Outbox(home)
    outbox.waiting()
    outbox.points()
    with duckdb.connect(config={"threads": 1}) as connection:
        gather_checks(connection, home)


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
        for called, path in [*batches, *sorted((Path(path).name, path) for (path,) in states)]:
            found = connection.execute(
                f"select count(*), sum(hash(t)::hugeint)::varchar from {parquet_of(path)} as t"
            ).fetchall()
            said.append([called, found])
    return json.dumps(said)


def mart_digest(home: Home) -> str:
    """The rows of every table of the published mart, but for what may differ from run to run."""
    said: dict[str, Any] = {}
    with duckdb.connect(str(home.current.resolve() / "race.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_name, list(column_name order by column_name) from duckdb_columns() "
            "where schema_name = 'main' and table_name in (select table_name from duckdb_tables()) group by 1"
        ).fetchall()
        for table, columns in sorted(tables):
            if table in VOLATILE_TABLES:
                continue
            kept = ", ".join(name(column) for column in columns if column not in VOLATILE_COLUMNS)
            said[table] = connection.execute(
                f"select count(*), sum(hash(t)::hugeint)::varchar from (select {kept} from {name(table)}) as t"
            ).fetchone()
    return json.dumps(said)


__all__ = ["Ended", "Midst", "digest", "in_child", "mart_digest", "to_freeze", "to_mart", "warm_up"]
