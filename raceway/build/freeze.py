"""The effective set of one run, frozen into the warehouse: what the mart is built from.

For every scope of days or entities the newest accepted batch counts, of events every accepted batch. A
batch that needs an exchange rate which is not there is left out, and what was in effect before it stays.

    ledger (accepted batches) → rates that are there → batches that can be converted → winner per scope
        → runs/<run_id>/effective_set.parquet, runs/<run_id>/frozen.json, schema `frozen` of the warehouse

Everything is written in one transaction of a connection of its own, so that a build sees the old set or
the new one. Batches accepted later wait for the next run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb

from raceway import __version__
from raceway.build.effective_set import choose_batches
from raceway.build.frozen_tables import (
    hashed_exclusions,
    write_lists,
    write_schema,
    write_segments,
    write_selling,
    write_settings,
    write_table,
    write_ticket_topics,
)
from raceway.build.kept import write_inputs
from raceway.build.lost_since import refuse_what_was_lost
from raceway.build.own_lists import OWN_LISTS, write_own_lists
from raceway.build.reports_agree import check_reports
from raceway.build.shared_names import check_shared_names
from raceway.build.warehouse import begin_anew
from raceway.common.files import write_aside
from raceway.common.home import PROJECT, Home
from raceway.common.moments import utc_text
from raceway.config.accounts import (
    Accounts,
    load_channel_rules,
    load_exclusions,
    load_sales_channels,
    load_ticket_topics,
    load_vat_rates,
)
from raceway.config.segments import load_segments
from raceway.config.settings import Settings
from raceway.history.records import Check, record_checks
from raceway.ledger.left_out import FROZEN, left_out
from raceway.reading.forgotten import last_forgotten
from raceway.reading.personal import check_key


@dataclass(frozen=True)
class Frozen:
    """What one freeze decided."""

    run_id: str
    as_of: dt.date
    fingerprint: str
    """Equal for two runs that would build the same mart: hash of effective set, covered days, settings,
    accounts and lists, as_of and program."""
    batches: int
    """Batches in effect."""
    waiting: dict[str, str]
    """Accepted batches left out (no exchange rate, no row in accounts.csv), by id, with the sentence that
    says why and what to do."""

    @property
    def pending(self) -> list[str]:
        """The sentences of the batches left out."""
        return list(self.waiting.values())


def freeze(home: Home, run_id: str, as_of: dt.date, settings: Settings, accounts: Accounts) -> Frozen:
    """Computes the effective set as the ledger stands and writes it for `run_id`.

    Records a failed check (severity warning) for every batch that is left out, for names that two entities share, and
    for reports that contradict each other. Raises BadSettings without the key that landed rows are hashed under,
    PermanentFault where an accepted batch's file is gone, duckdb.IOException where another process holds the warehouse.
    """
    check_key(home)
    refuse_what_was_lost(home, accounts)
    exclusions = hashed_exclusions(home, load_exclusions(home), accounts)
    channel_rules = load_channel_rules(home)
    sales_channels, vat_rates = load_sales_channels(home), load_vat_rates(home)
    ticket_topics = load_ticket_topics(home)
    segments = load_segments(home)
    program = program_hash(home)
    damaged = begin_anew(home, program)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("begin")
        waiting, verdicts = choose_batches(connection, home, settings, accounts, as_of, program)
        told_twice = [*check_shared_names(connection, home), *check_reports(connection, home)]
        write_schema(connection)
        write_settings(connection, settings, accounts, exclusions, channel_rules, as_of)
        write_selling(connection, sales_channels, vat_rates)
        write_ticket_topics(connection, ticket_topics)
        write_own_lists(connection, home)
        write_segments(connection, segments)
        write_lists(connection, home, settings, accounts)
        _write_program(connection, program)
        write_inputs(connection, _forgotten(home))
        fingerprint = _fingerprint(connection, program, [*verdicts.told(), *_forgotten(home)])
        batches = _count(connection, "frozen.batches")
        _write_parquet(connection, home.run(run_id) / "effective_set.parquet")
        connection.execute("commit")
    frozen = Frozen(run_id, as_of, fingerprint, batches, waiting)
    _write_result(home, frozen)
    record_checks(home, run_id, [*damaged, *told_twice, *verdicts.checks()])
    return frozen


def waiting_for_rates(home: Home, run_id: str | None = None) -> dict[str, str]:
    """Accepted batches that a run left out: batch id to sentence. Default: the newest freeze's."""
    return left_out(home, run_id)


# choosing


# writing


def _write_program(connection: duckdb.DuckDBPyConnection, program: str) -> None:
    """Which program builds from now on, and an empty list of what its models will have counted anew."""
    write_table(connection, "program", "program varchar", [{"program": program}])
    write_table(connection, "rows_rewritten", "model varchar, rows_written bigint, rows_kept bigint", [])


def _write_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The effective set of a run as one file; batches of events have no scope."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    connection.execute(f"""
        copy (
            select batches.source, batches.table_name, batches.account, scopes.scope, batches.batch_id
            from frozen.batches as batches
            left join frozen.scopes as scopes using (batch_id)
            order by all
        ) to '{str(aside).replace("'", "''")}' (format parquet, compression zstd)
    """)
    aside.replace(path)


def _write_result(home: Home, frozen: Frozen) -> None:
    values = {
        "run_id": frozen.run_id,
        "as_of": frozen.as_of.isoformat(),
        "fingerprint": frozen.fingerprint,
        "batches": frozen.batches,
        "waiting": frozen.waiting,
    }
    write_aside(home.run(frozen.run_id) / FROZEN, json.dumps(values, indent=2, ensure_ascii=False) + "\n")
    record_checks(
        home,
        frozen.run_id,
        (
            Check(
                name="batch_is_in_effect",
                kind="freeze",
                severity="warning",
                passed=False,
                subject="effective_set",
                batch_id=batch_id,
                observed="left out",
                expected="an account in accounts.csv, a rate for every day with an amount in another currency, and "
                "nothing implausible beside what was in effect",
                message=sentence,
                remedy="mend accounts.csv, bring the rate, export again, or put the batch into effect: "
                f"raceway accept {batch_id}",
            )
            for batch_id, sentence in frozen.waiting.items()
        ),
    )


# fingerprint


def _fingerprint(connection: duckdb.DuckDBPyConnection, program: str, told: list[str]) -> str:
    """Hash of all that the mart depends on: every frozen table, the program, and the held and odd batches it tells of.

    Paths are left out: a home may move. What a batch holds is told by its id.
    """
    digest = hashlib.sha256("\n".join([__version__, program, *told, ""]).encode())
    tables = {
        "batches": "* exclude (path, read_from)",
        "scopes": "*",
        "covered_days": "*",
        "state_files": "source, table_name, parse_filename(path)",
        "accounts": "*",
        "exclusions": "*",
        "own_channel_rules": "*",
        "own_sales_channels": "*",
        "own_ticket_topics": "*",
        **dict.fromkeys(OWN_LISTS, "*"),
        "vat_rates": "*",
        "segments": "*",
        "settings": "*",
        "setting_values": "*",
    }
    for table, columns in tables.items():
        digest.update(f"{table}\n".encode())
        rows = connection.execute(f"select {columns} from frozen.{table} order by all")
        while chunk := rows.fetchmany(10_000):
            for row in chunk:
                digest.update(repr(row).encode())
    return digest.hexdigest()


def _forgotten(home: Home) -> list[str]:
    """When a person was last forgotten: landed rows are others since, under the same batch ids."""
    last = last_forgotten(home)
    return [f"forgotten {utc_text(last)}"] if last else []


def program_hash(home: Home) -> str:
    """Hash of the dbt project's files, of what its models fit and of a company's own sources: a changed model, or one
    that is built in another way (`dbt_project.yml`), is a changed program."""
    digest = hashlib.sha256((PROJECT.dbt_project / "dbt_project.yml").read_bytes())
    roots = [PROJECT.dbt_project / folder for folder in ("macros", "models", "seeds", "tests")]
    roots.append(PROJECT.root / "raceway" / "fitting")
    for root in [*roots, home.sources]:
        for path in sorted(path for path in root.rglob("*") if path.suffix in (".sql", ".py", ".yml", ".csv")):
            digest.update(str(path.relative_to(root.parent)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


# small things


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])
