"""Publishing: a new version folder, then one atomic switch.

    published/
      v20261122T051203Z-<run>/  race.duckdb  parquet/<table>/[month=yyyy-mm/]part.parquet
                                report/index.html  report/data/  quality/  made_of/  run.json  sha256sums.txt
      current -> v20261122T051203Z-<run>

A version is written beside the others under a name that no reader looks at, synced to disk, renamed, and
only then does `current` (a relative link) change, by one rename. A crash leaves `current` as it was or as
it should be; what it leaves behind is cleared away by the next publish. Versions never change: readers
keep the one they opened, and Parquet files that did not change are hard links to the version before.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway import MART_VERSION, __version__
from raceway.build.freeze import waiting_for_rates
from raceway.common.faults import GateFailed, PassingFault, PublishingIsHeld
from raceway.common.files import make_durable, write_aside
from raceway.common.home import Home
from raceway.common.own_files import mended_by, read_own_json
from raceway.config.accounts import load_accounts
from raceway.config.settings import Settings, load_settings
from raceway.history.holds import holds, open_hold
from raceway.history.records import Check, RunRecord, record_checks, record_run, run_checks, run_records
from raceway.history.waivers import waivers_of
from raceway.publish.carried import carry
from raceway.publish.descriptions import describe_tables
from raceway.publish.history_tables import HISTORY_TABLES, landed_since_last_publish, write_history_tables
from raceway.publish.kpi_published import KPI_PUBLISHED, carry_kpi_published, earlier_rows_are_kept
from raceway.publish.made_of import write_made_of
from raceway.publish.mart_files import facts_from, load_table, open_files, write_parquet
from raceway.publish.mart_tables import MartTable, mart_tables
from raceway.publish.sums import write_sums
from raceway.reading.forgotten import last_forgotten
from raceway.report.quality import write_quality
from raceway.report.report import write_report

DATABASE: Final = "race.duckdb"
_UNFINISHED: Final = "_tmp"
_OPEN_FOLDER: Final = 0o755
"""What is published is the only thing in a home that others read."""


@dataclass(frozen=True)
class Version:
    """One published version; `path` is its own folder, so what is opened below it never changes."""

    name: str
    path: Path
    run_id: str
    as_of: dt.date
    published_at: dt.datetime
    fingerprint: str
    mart_version: str
    details: Mapping[str, Any]
    """run.json as it stands: rows by table, KPIs, checks and batches by outcome, late sources."""

    @property
    def database(self) -> Path:
        """race.duckdb of this version."""
        return self.path / DATABASE

    @property
    def report(self) -> Path:
        """The report page of this version."""
        return self.path / "report" / "index.html"


def published_version(home: Home) -> Version | None:
    """The version that `current` shows; None before the first publish."""
    return version_in(home.current.resolve()) if home.current.is_symlink() else None


def published_versions(home: Home) -> list[Version]:
    """All versions that are kept, oldest first."""
    found = (version_in(folder) for folder in sorted(home.published.glob("v*")) if folder.is_dir())
    return [version for version in found if version is not None]


def publish(
    home: Home, run_id: str, *, started_at: dt.datetime, fingerprint: str, late: tuple[str, ...] = ()
) -> Version:
    """Publishes the warehouse's mart as a new version, and records the run as published.

    `started_at`: when the run began (with zone); `fingerprint`: the freeze's; `late`: sentences on required
    sources that are due and not in. Published twice for one run, it gives the version that is there.
    Raises GateFailed where a critical check of the run has failed, PublishingIsHeld where a person went back to an
    earlier version, PassingFault where another publish is at work.
    """
    settings = load_settings(home)
    if not home.published.exists():
        home.published.mkdir(parents=True)
        home.published.chmod(_OPEN_FOLDER)
    with alone(home):
        _clear_leftovers(home)
        before = published_version(home)
        if before is not None and before.run_id == run_id:
            return before
        _stop_while_held(home, before)
        checks = run_checks(home, run_id)
        _stop_on_critical(checks)
        name = f"v{_stamp(dt.datetime.now(tz=dt.UTC))}-{re.sub(r'[^A-Za-z0-9]+', '-', run_id).strip('-')}"
        unfinished = home.published / f"{_UNFINISHED}-{uuid.uuid4().hex}"
        unfinished.mkdir()
        record = _write_version(
            home, settings, unfinished, _Publication(name, run_id, started_at, fingerprint, late, checks, before)
        )
        write_sums(unfinished, before.path if before else None)
        _seal(unfinished)
        folder = home.published / name
        unfinished.rename(folder)
        make_durable(home.published)
        switch(home, name)
        record_run(home, record)
        _forget_old_versions(home, settings.retention.versions)
    version = version_in(folder)
    assert version is not None, "a version that was just written has its run.json"
    return version


def switch(home: Home, name: str) -> None:
    """Makes `current` show the version `name`, by one rename."""
    aside = home.published / f"{_UNFINISHED}-{uuid.uuid4().hex}"
    aside.symlink_to(name)
    aside.replace(home.current)
    make_durable(home.published)


# writing a version


@dataclass(frozen=True)
class _Publication:
    """What one publish is about."""

    name: str
    run_id: str
    started_at: dt.datetime
    fingerprint: str
    late: tuple[str, ...]
    checks: list[Check]
    before: Version | None


def _write_version(home: Home, settings: Settings, folder: Path, what: _Publication) -> RunRecord:
    """Writes everything of a version into `folder`; gives the run's record as it will stand."""
    earlier = what.before.path / "parquet" if what.before else None
    parquet = folder / "parquet"
    months = settings.retention.fact_months
    with open_files(home.warehouse) as connection:
        as_of = _as_of(connection)
        record = _record(home, what, as_of)
        tables = mart_tables(connection, "warehouse")
        carried = carry(
            connection, home, folder, [table.name for table in tables], what.before.path if what.before else None,
            facts_from(as_of, months),
        )  # fmt: skip
        connection.execute("begin")
        partial = dict(carried.partial)
        for table in tables:
            if table.name in carried.loaded:
                continue
            files = carried.files.get(table.name)
            files = files or write_parquet(connection, f"warehouse.main.{table.name}", table, parquet, earlier)
            partial[table.name] = load_table(connection, table, files, as_of, months)
        what = _with_kpi_published(connection, home, what, record)
        write_history_tables(connection, home, record, waiting_for_rates(home, what.run_id))
        describe_tables(connection, "race", partial)
        connection.execute("commit")
        for table in (KPI_PUBLISHED, *(MartTable(name, None) for name in HISTORY_TABLES)):
            write_parquet(connection, f"race.{table.name}", table, parquet, earlier)
        details = _details(connection, tables, what, record) | {
            "waived": [asdict(waiver) for waiver in waivers_of(home, what.run_id)],
            "partial_in_race_duckdb": {table: said for table, said in partial.items() if said},
        }
        write_made_of(connection, home, folder, what.before.path if what.before else None)
        write_quality(connection, folder / "quality", details)
        write_report(connection, folder / "report" / "index.html", settings, details, load_accounts(home))
        connection.execute("detach race")
    carried.write()
    write_aside(folder / "run.json", json.dumps(details, indent=2, ensure_ascii=False) + "\n")
    return record


def _with_kpi_published(
    connection: duckdb.DuckDBPyConnection, home: Home, what: _Publication, record: RunRecord
) -> _Publication:
    """Carries kpi_published on; gives the publication with the check that nothing of it was lost."""
    kept = published_versions(home)
    carried = carry_kpi_published(
        connection, [version.path for version in kept], version=what.name, as_of=record.as_of, at=record.finished_at
    )
    if not kept:
        return what
    expected = int(kept[-1].details["tables"].get(KPI_PUBLISHED.name, 0))
    check = earlier_rows_are_kept(kept[-1].name, expected, carried)
    record_checks(home, what.run_id, [check])
    return replace(what, checks=[*what.checks, check])


def _record(home: Home, what: _Publication, as_of: dt.date) -> RunRecord:
    landed = landed_since_last_publish(home)
    return RunRecord(
        run_id=what.run_id,
        as_of=as_of,
        started_at=what.started_at,
        finished_at=dt.datetime.now(tz=dt.UTC),
        status="published",
        program_version=__version__,
        version=what.name,
        fingerprint=what.fingerprint,
        batches_landed=landed.batches_landed,
        batches_refused=landed.batches_refused,
        rows_landed=landed.rows_landed,
    )


def _as_of(connection: duckdb.DuckDBPyConnection) -> dt.date:
    row = connection.execute("select as_of from warehouse.frozen.settings").fetchone()
    if row is None:
        raise GateFailed("the warehouse's frozen.settings has no row; freeze the effective set first")
    as_of: dt.date = row[0]
    return as_of


def _details(
    connection: duckdb.DuckDBPyConnection, tables: list[MartTable], what: _Publication, record: RunRecord
) -> dict[str, Any]:
    """run.json: what this version is made of. Rows are those of the Parquet tables, which hold all months."""
    rows = {table.name: _count(connection, f"warehouse.main.{table.name}") for table in tables}
    rows |= {name: _count(connection, f"race.{name}") for name in (KPI_PUBLISHED.name, *HISTORY_TABLES)}
    batches = connection.execute("select status, count(*) from race.batch_history group by all order by all").fetchall()
    kpis = connection.execute("select distinct kpi from race.race_kpi where value is not null order by kpi").fetchall()
    return {
        "version": what.name,
        "run_id": what.run_id,
        "as_of": record.as_of.isoformat(),
        "started_at": what.started_at.isoformat(),
        "published_at": record.finished_at.isoformat(),
        "fingerprint": what.fingerprint,
        "mart_version": MART_VERSION,
        "program_version": __version__,
        "tables": rows,
        "kpis": [kpi for (kpi,) in kpis],
        "batches": dict(batches),
        "checks": {
            "passed": sum(check.passed for check in what.checks),
            "warning": sum(not check.passed and check.severity == "warning" for check in what.checks),
            "info": sum(not check.passed and check.severity == "info" for check in what.checks),
        },
        "late": list(what.late),
    }


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0


# the folder of versions


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """One publish or rollback at a time; the kernel's lock ends with its process. Raises PassingFault."""
    with (home.published / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PassingFault(f"{home.published}: another publish is at work here; wait until it has ended") from None
        yield


def _clear_leftovers(home: Home) -> None:
    """Takes away what a crash left: unfinished folders, and a finished version that never became current.

    Such a version is newer than all that readers saw (they may have gone back from it) and no run is recorded as having
    published it. A crash right after the switch leaves the current version without its record: that is made up for.
    """
    for leftover in home.published.glob(f"{_UNFINISHED}-*"):
        if leftover.is_symlink():
            leftover.unlink()
        else:
            shutil.rmtree(leftover)
    recorded = {record.version for record in run_records(home) if record.status == "published"}
    current = published_version(home)
    if current is not None and current.name not in recorded:
        record_run(home, _own_record(current))
    shown = max([current.name if current else "", *(hold.rolled_back_from for hold in holds(home))])
    for folder in home.published.glob("v*"):
        if folder.name not in recorded and folder.name > shown:
            shutil.rmtree(folder)


def _own_record(version: Version) -> RunRecord:
    """The record of a version's run, from the version's own run_history."""
    with duckdb.connect(str(version.database), read_only=True) as connection:
        cursor = connection.execute("select * from run_history where run_id = ?", [version.run_id])
        names = [column[0] for column in cursor.description or []]
        row = cursor.fetchone()
    assert row is not None, "a version's run_history holds its own run"
    values = dict(zip(names, row, strict=True))
    for name in ("started_at", "finished_at"):
        values[name] = values[name].replace(tzinfo=dt.UTC)
    return RunRecord(**values)


def _forget_old_versions(home: Home, kept: int) -> None:
    for version in old_versions(home, kept):
        shutil.rmtree(version.path)


def old_versions(home: Home, kept: int) -> list[Version]:
    """All but the newest `kept` versions, and those that show a person who was forgotten since; never the current
    one."""
    current, forgotten = published_version(home), last_forgotten(home)
    versions = published_versions(home)
    found = []
    for number, version in enumerate(versions, start=1):
        shows_her = forgotten is not None and version.published_at < forgotten
        if (shows_her or number <= len(versions) - kept) and (current is None or version.name != current.name):
            found.append(version)
    return found


def version_in(folder: Path) -> Version | None:
    """The version in a folder; None where it has no run.json. Raises PermanentFault where that is damaged."""
    file = folder / "run.json"
    with mended_by(file, _MEND):
        try:
            details = read_own_json(file, _MEND)
        except FileNotFoundError:
            return None
        return Version(
            name=folder.name,
            path=folder,
            run_id=details["run_id"],
            as_of=dt.date.fromisoformat(details["as_of"]),
            published_at=dt.datetime.fromisoformat(details["published_at"]),
            fingerprint=details["fingerprint"],
            mart_version=details["mart_version"],
            details=details,
        )


_MEND: Final = (
    "copy this version back from a backup, or take its whole folder away: the next run publishes the mart again, and "
    "current shows the newest version that is kept until then"
)


def _stop_while_held(home: Home, shown: Version | None) -> None:
    """Raises where publishing is held; a rollback that was broken off before its switch is made up for."""
    held = open_hold(home)
    if held is None:
        return
    if (shown is None or shown.name != held.version) and (home.published / held.version).is_dir():
        switch(home, held.version)
    raise PublishingIsHeld(str(held))


def _stop_on_critical(checks: list[Check]) -> None:
    stopping = [check.message for check in checks if check.stops]
    if stopping:
        raise GateFailed("nothing was published: " + "; ".join(stopping))


def _seal(folder: Path) -> None:
    """Makes a version read-only and open to all readers (hard links are already), and syncs it to disk."""
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place, name)
            if file.stat().st_nlink == 1:
                file.chmod(0o444)
                make_durable(file)
        Path(place).chmod(_OPEN_FOLDER)
        make_durable(Path(place))


def _stamp(moment: dt.datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")
