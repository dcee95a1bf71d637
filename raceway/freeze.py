"""The effective set of one run, frozen into the warehouse: what the mart is built from.

For every scope of days or entities the newest accepted batch counts, of events every accepted batch. A
batch that needs an exchange rate which is not there is left out, and what was in effect before it stays.

    ledger (accepted batches) → rates that are there → batches that can be converted → winner per scope
        → runs/<run_id>/effective_set.parquet, runs/<run_id>/frozen.json, schema `frozen` of the warehouse

Everything is written in one transaction of a connection of its own, so that a build sees the old set or
the new one. Batches accepted later wait for the next run.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import re
import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from raceway import __version__
from raceway.aside import write_aside
from raceway.contracts import load_contract
from raceway.faults import PermanentFault
from raceway.free_text import coarse_ip
from raceway.history import Check, record_checks
from raceway.home import PROJECT, Home
from raceway.ledger import BatchState, Ledger
from raceway.personal import Hasher, check_key
from raceway.settings import (
    Account,
    ChannelRule,
    Exclusion,
    Settings,
    load_channel_rules,
    load_exclusions,
    minor_unit,
)

HISTORY_DAYS: Final = 180
"""Days of order history after which a customer without an earlier order is believed to be new."""

_RESULT: Final = "frozen.json"
_RATES: Final = ("plan", "fx_rates")
_SOURCES_WITH_IDS: Final = ("ga4", "segment", "square", "kiotviet")

Accounts = Mapping[tuple[str, str], Account]


@dataclass(frozen=True)
class Frozen:
    """What one freeze decided."""

    run_id: str
    as_of: dt.date
    fingerprint: str
    """Equal for two runs that would build the same mart: hash of effective set, covered days, settings,
    accounts, exclusions, channel rules, as_of and program."""
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

    Records a failed check (severity warning) for every batch that is left out. Raises BadSettings without the
    key that landed rows are hashed under, PermanentFault where an accepted batch's file is gone,
    duckdb.IOException where another process holds the warehouse.
    """
    check_key(home)
    exclusions = _hashed(home, load_exclusions(home), accounts)
    channel_rules = load_channel_rules(home)
    program = _program_hash(home)
    _begin_anew_with_another_program(home, program)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("begin")
        waiting = _choose(connection, home, settings, accounts, as_of)
        _write_schema(connection)
        _write_settings(connection, settings, accounts, exclusions, channel_rules, as_of)
        _write_lists(connection, home, settings, accounts)
        _write_program(connection, program)
        fingerprint = _fingerprint(connection, program)
        batches = _count(connection, "frozen.batches")
        _write_parquet(connection, home.run(run_id) / "effective_set.parquet")
        connection.execute("commit")
    frozen = Frozen(run_id, as_of, fingerprint, batches, waiting)
    _write_result(home, frozen)
    return frozen


def waiting_for_rates(home: Home, run_id: str | None = None) -> dict[str, str]:
    """Accepted batches that a run left out: batch id to sentence. Default: the newest freeze's."""
    found = sorted(home.runs.glob(f"{run_id or '*'}/{_RESULT}"))
    if not found:
        return {}
    waiting: dict[str, str] = json.loads(found[-1].read_text(encoding="utf-8"))["waiting"]
    return waiting


# choosing


def _choose(
    connection: duckdb.DuckDBPyConnection, home: Home, settings: Settings, accounts: Accounts, as_of: dt.date
) -> dict[str, str]:
    """Fills the temporary tables `batch`, `covered` and `winner`; gives the batches that are left out."""
    everything = Ledger(home).state().accepted()
    accepted = [batch for batch in everything if (batch.source, batch.account) in accounts]
    strangers = {
        batch.batch_id: f"batch {batch.batch_id} ({_where(batch)}): accounts.csv has no row {batch.source},"
        f"{batch.account} any more; add it again, or take the batch out with: raceway reject {batch.batch_id}"
        for batch in everything
        if (batch.source, batch.account) not in accounts
    }
    gone = [batch for batch in accepted if not batch.path.is_file()]
    if gone:
        raise PermanentFault(
            f"batch {gone[0].batch_id} ({_where(gone[0])}) is accepted, but {gone[0].path} is not there: put the file "
            f"back from a backup, or take the batch out with: raceway reject {gone[0].batch_id}"
        )
    _load_batches(connection, accepted)
    _load_claims(connection, home, accepted)
    _decide(connection)
    rates = _rate_days(connection, settings.business.reporting_currency)
    waiting = {
        batch.batch_id: sentence
        for batch in accepted
        if (sentence := _missing_rate(batch, accounts, rates, settings, as_of)) is not None
    }
    if waiting:
        for table in ("batch", "covered", "claim", "state"):
            connection.execute(f"delete from {table} where list_contains(?, batch_id)", [list(waiting)])
        _decide(connection)
    return strangers | waiting


def _load_batches(connection: duckdb.DuckDBPyConnection, accepted: list[BatchState]) -> None:
    """Temporary tables `batch`, `covered` (batch, day) and `state` (batch, states file)."""
    given = pa.table(
        {
            "batch_id": _column((b.batch_id for b in accepted), pa.string()),
            "source": _column((b.source for b in accepted), pa.string()),
            "table_name": _column((b.table for b in accepted), pa.string()),
            "account": _column((b.account for b in accepted), pa.string()),
            "path": _column((str(b.path) for b in accepted), pa.string()),
            "exported_at": _column((_naive(b.exported_at) for b in accepted), pa.timestamp("us")),
            "content_hash": _column((b.content_hash for b in accepted), pa.string()),
            "covers_from": _column((b.covers_from for b in accepted), pa.date32()),
            "covers_to": _column((b.covers_to for b in accepted), pa.date32()),
            "scope_kind": _column((b.scope_kind for b in accepted), pa.string()),
            "is_filtered": _column((b.is_filtered for b in accepted), pa.bool_()),
            "rows_landed": _column((b.rows_landed for b in accepted), pa.int64()),
            "days": _column((b.covered_days() for b in accepted), pa.list_(pa.date32())),
            "states": _column(([str(path) for path in b.state_files()] for b in accepted), pa.list_(pa.string())),
        }
    )
    connection.register("given", given)
    connection.execute("create temp table batch as select * exclude (days, states) from given")
    connection.execute("create temp table covered as select batch_id, unnest(days) as day from given")
    connection.execute("create temp table state as select batch_id, unnest(states) as path from given")
    connection.unregister("given")


def _load_claims(connection: duckdb.DuckDBPyConnection, home: Home, accepted: list[BatchState]) -> None:
    """Temporary table `claim`: the scopes that each batch of days or entities speaks for.

    An export that lists what exists covers the days up to its own, but of the days after its last row it
    only says that it holds nothing of them: it does not take them from another export.
    """
    open_ended = [b for b in accepted if b.scope_kind == "days" and b.manifest.get("covers_through_zone")]
    _load_last_days(connection, home, open_ended)
    parts = [
        """
        select covered.batch_id, strftime(covered.day, '%Y-%m-%d') as scope
        from covered
        inner join batch using (batch_id)
        left join last_day using (batch_id)
        where batch.scope_kind = 'days' and (last_day.day is null or covered.day <= last_day.day)
    """
    ]
    given: list[list[str]] = []
    by_table: dict[tuple[str, str], list[BatchState]] = defaultdict(list)
    for batch in accepted:
        if batch.scope_kind == "entities":
            by_table[batch.source, batch.table].append(batch)
    for (source, table), batches in by_table.items():
        if load_contract(source, home).table(table).scope.full_snapshot:
            # a snapshot speaks for everything even when it is empty: its one scope has no name
            parts.append("select batch_id, '' from batch where list_contains(?, batch_id)")
            given.append([batch.batch_id for batch in batches])
        else:
            parts.append("select distinct _batch_id, _entity from read_parquet(?, union_by_name = true)")
            given.append([str(batch.path) for batch in batches])
    # One statement: DuckDB 2.0.0 loses an insert of more than 122,880 rows into a table that was made in the same
    # transaction when an insert of no rows came before it; only count(*) still tells of them.
    connection.execute(f"create temp table claim as {' union all '.join(parts)}", given)


def _load_last_days(connection: duckdb.DuckDBPyConnection, home: Home, batches: list[BatchState]) -> None:
    """Temporary table `last_day`: of each batch the last day with a row."""
    connection.execute("create temp table last_day (batch_id varchar, day date)")
    for batch in batches:
        day = load_contract(batch.source, home).table(batch.table).scope.day or "day"
        connection.execute(
            f"insert into last_day select ?, coalesce(max({day}), date '0001-01-01') from read_parquet(?)",
            [batch.batch_id, str(batch.path)],
        )


def _decide(connection: duckdb.DuckDBPyConnection) -> None:
    """Temporary table `winner`: of each scope the newest export, of equal times the larger content hash.

    A filtered export bears no totals: it never takes a scope from one that is not filtered.
    """
    connection.execute("""
        create or replace temp table winner as
        select batch.source, batch.table_name, batch.account, claim.scope, claim.batch_id
        from claim
        inner join batch using (batch_id)
        qualify row_number() over (
            partition by batch.source, batch.table_name, batch.account, claim.scope
            order by batch.is_filtered, batch.exported_at desc, batch.content_hash desc
        ) = 1
    """)


def _rate_days(connection: duckdb.DuckDBPyConnection, reporting_currency: str) -> dict[str, list[dt.date]]:
    """The days, ascending, on which a rate of a currency to the reporting one is in effect."""
    paths = connection.execute(
        "select distinct path from batch inner join winner using (batch_id) "
        "where batch.source = ? and batch.table_name = ?",
        _RATES,
    ).fetchall()
    if not paths:
        return {}
    rows = connection.execute(
        "select currency, list(distinct rate_date order by rate_date) from read_parquet(?) as rates "
        "inner join winner on rates._batch_id = winner.batch_id and rates._entity = winner.scope "
        "where to_currency = ? and rate > 0 group by currency",
        [[path for (path,) in paths], reporting_currency],
    ).fetchall()
    return dict(rows)


def _missing_rate(
    batch: BatchState, accounts: Accounts, rates: Mapping[str, list[dt.date]], settings: Settings, as_of: dt.date
) -> str | None:
    """Why a batch cannot be converted, or None. A planned amount of later days takes the rate of its export's day."""
    longest = dt.timedelta(days=settings.rates.max_age_days)
    exported_on = batch.exported_at.astimezone(accounts[batch.source, batch.account].zone).date()
    for currency, days in batch.money_days().items():
        needed = {min(day, exported_on) for day in days} | set(_refund_days(batch, accounts))
        known = rates.get(currency, [])
        missing = sorted(
            day for day in needed if not (place := bisect_right(known, day)) or day - known[place - 1] > longest
        )
        if missing:
            more = f" and {len(missing) - 1} more days" if len(missing) > 1 else ""
            return (
                f"batch {batch.batch_id} ({_where(batch)}): no rate {currency} to "
                f"{settings.business.reporting_currency} for {missing[0].isoformat()}{more}, on the day or at most "
                f"{settings.rates.max_age_days} days before; add it to the fx_rates file in inbox/plan/"
            )
    return None


def _refund_days(batch: BatchState, accounts: Accounts) -> list[dt.date]:
    """Days (account zone) of the exports of a batch with states: a change between two is dated by the later."""
    if not batch.state_files() or not batch.money_days():
        return []
    zone = accounts[batch.source, batch.account].zone
    return [sighting.astimezone(zone).date() for sighting in batch.sightings]


# writing


def _write_schema(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables of the effective set. Only batches that won a scope, or bring events, are in effect."""
    connection.execute("create schema if not exists frozen")
    connection.execute("""
        create or replace table frozen.batches as
        select * from batch
        where scope_kind = 'events' or batch_id in (select batch_id from winner)
        order by all
    """)
    connection.execute("create or replace table frozen.scopes as select * from winner order by all")
    # a filtered export does not know the whole day
    connection.execute("""
        create or replace table frozen.covered_days as
        select distinct batch.source, batch.table_name, batch.account, covered.day
        from covered
        inner join batch using (batch_id)
        where not batch.is_filtered
        order by all
    """)
    connection.execute("""
        create or replace table frozen.state_files as
        select distinct batch.source, batch.table_name, state.path
        from state
        inner join batch using (batch_id)
        order by all
    """)


def _write_settings(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    accounts: Accounts,
    exclusions: list[Exclusion],
    channel_rules: list[ChannelRule],
    as_of: dt.date,
) -> None:
    """The tables of accounts, exclusions, channel rules and settings."""
    rows = [account.model_dump() | {"minor_unit": minor_unit(account.currency)} for account in accounts.values()]
    _create(
        connection,
        "accounts",
        "source varchar, account varchar, name varchar, brand varchar, market varchar, time_zone varchar, "
        "currency varchar, prices_include_vat boolean, vat_rate decimal(9, 6), history_start date, "
        "conversions_are_purchases boolean, site varchar, counts_sessions boolean, minor_unit integer",
        rows,
    )
    _create(
        connection,
        "exclusions",
        "kind varchar, value varchar, reason varchar",
        [exclusion.model_dump() for exclusion in exclusions],
    )
    _create(
        connection,
        "own_channel_rules",
        "rule integer, channel varchar, click_id varchar, category varchar, source varchar, medium varchar, "
        "campaign varchar, is_ad boolean",
        [{"rule": number} | rule.model_dump() for number, rule in enumerate(channel_rules, start=1)],
    )
    _create(
        connection,
        "settings",
        "business_zone varchar, reporting_currency varchar, minor_unit integer, fiscal_year_start_month integer, "
        "cycle_start date, churn_window_days integer, attribution_lookback_days integer, cart_window_days integer, "
        "rate_max_age_days integer, identity_max_shared integer, as_of date, on_track double, at_risk double, "
        "history_days integer, history_ready_from date",
        [
            {
                "business_zone": settings.business.zone,
                "reporting_currency": settings.business.reporting_currency,
                "minor_unit": settings.minor_unit,
                "fiscal_year_start_month": settings.business.fiscal_year_start_month,
                "cycle_start": settings.business.cycle_start,
                "churn_window_days": settings.customers.churn_window_days,
                "attribution_lookback_days": settings.attribution.lookback_days,
                "cart_window_days": settings.customers.cart_window_days,
                "rate_max_age_days": settings.rates.max_age_days,
                "identity_max_shared": settings.identity.max_shared,
                "as_of": as_of,
                "on_track": settings.targets.on_track,
                "at_risk": settings.targets.at_risk,
                "history_days": HISTORY_DAYS,
                "history_ready_from": _history_ready_from(connection, accounts),
            }
        ],
    )


def _write_lists(connection: duckdb.DuckDBPyConnection, home: Home, settings: Settings, accounts: Accounts) -> None:
    """The lists of the settings, one row per value, sorted."""
    lists: dict[str, Iterable[str]] = {
        "attribution_model": [settings.attribution.model],
        "target_pacing": [settings.targets.pacing],
        "undelivered_tags": settings.orders.undelivered_tags,
        "gift_card_names": settings.orders.gift_card_names,
        "seo.authority_vendor": [settings.seo.authority_vendor],
        "seo.primary_domain": [settings.seo.primary_domain] if settings.seo.primary_domain else [],
        "key_features": [feature.strip().lower() for feature in settings.app.key_features],
        "required_sources": [required.source for required in settings.night.required],
    }
    lists |= {f"events.{meaning}": names for meaning, names in settings.events}
    lists |= {f"required_lag_days.{required.source}": [str(required.lag_days)] for required in settings.night.required}
    lists["identity.never_join"] = _never_joined(home, settings, accounts)
    rows = [
        {"setting": setting, "value": value}
        for setting, values in sorted(lists.items())
        for value in sorted(set(values))
    ]
    _create(connection, "setting_values", "setting varchar, value varchar", rows)


_LIKE_A_PHONE: Final = re.compile(r"(?:[^0-9a-zA-Z@]*[0-9]){8,15}[^0-9a-zA-Z@]*")
"""Digits and signs, no more digits than a phone has: a device of GA4 has some twenty."""


def _never_joined(home: Home, settings: Settings, accounts: Accounts) -> set[str]:
    """What the identities that the settings list may be called in landed rows; no address, no phone in the clear."""
    if not settings.identity.never_join:
        return set()
    hasher = Hasher(home)
    markets = {account.market for account in accounts.values()}
    found = set()
    for value in map(str.strip, settings.identity.never_join):
        is_phone = _LIKE_A_PHONE.fullmatch(value) is not None
        ids = {hasher.id(value)} if is_phone or "@" in value else {hasher.id(value), value}
        names = ids | {hasher.email(value)}
        if is_phone:
            names |= {hasher.phone(value, market) for market in markets}
        for source, account in accounts:  # devices and a till's customers are known by account and id
            prefix = "segment:" if source == "segment" else ""
            if source in _SOURCES_WITH_IDS:
                names |= {f"{prefix}{account}:{called}" for called in ids}
        found |= names
    return found


def _history_ready_from(connection: duckdb.DuckDBPyConnection, accounts: Accounts) -> dt.date | None:
    """From which day on a customer without an earlier order is new: 180 days after the youngest history.

    The history of an order account starts where accounts.csv says, else with its first covered day; None
    where no order account has either.
    """
    order_sources = _order_sources()
    first_days = {
        (source, account): day
        for source, account, day in connection.execute(
            "select source, account, min(day) from frozen.covered_days group by source, account"
        ).fetchall()
    }
    starts = [
        start
        for key, account in accounts.items()
        if key[0] in order_sources and (start := account.history_start or first_days.get(key)) is not None
    ]
    return max(starts) + dt.timedelta(days=HISTORY_DAYS) if starts else None


def _order_sources() -> set[str]:
    """The sources that feed the measure `orders`."""
    with (PROJECT.dbt_project / "seeds" / "measure_sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["source"] for row in csv.DictReader(file) if row["measure"] == "orders"}


def _hashed(home: Home, exclusions: list[Exclusion], accounts: Accounts) -> list[Exclusion]:
    """Exclusions as landed rows show them: e-mails and phones hashed (per market), IPs as their networks."""
    if not exclusions:
        return []
    hasher = Hasher(home)
    markets = sorted({account.market for account in accounts.values()})
    found: dict[tuple[str, str], Exclusion] = {}
    for exclusion in exclusions:
        values = {exclusion.value}
        if exclusion.kind == "email":
            values = {hasher.email(exclusion.value)}
        elif exclusion.kind == "phone":
            values = {hasher.phone(exclusion.value, market) for market in markets}
        elif exclusion.kind == "ip":
            values = {coarse_ip(exclusion.value)}
        for value in values:
            found[exclusion.kind, value] = exclusion.model_copy(update={"value": value})
    return [found[key] for key in sorted(found)]


def _begin_anew_with_another_program(home: Home, program: str) -> None:
    """Removes a warehouse that other models have built: what they kept is not what these would have made."""
    if not home.warehouse.exists():
        return
    with duckdb.connect(str(home.warehouse)) as connection:
        known = connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'frozen' and table_name = 'program'"
        ).fetchone()
        built_by = connection.execute("select program from frozen.program").fetchone() if known else None
    if built_by != (program,):
        home.warehouse.unlink()
        home.warehouse.with_name(f"{home.warehouse.name}.wal").unlink(missing_ok=True)


def _write_program(connection: duckdb.DuckDBPyConnection, program: str) -> None:
    """Which program builds from now on, and an empty list of what its models will have counted anew."""
    _create(connection, "program", "program varchar", [{"program": program}])
    _create(connection, "rows_rewritten", "model varchar, rows_written bigint, rows_kept bigint", [])


def _create(connection: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[dict[str, Any]]) -> None:
    connection.execute(f"create or replace table frozen.{name} ({columns})")
    for row in rows:
        marks = ", ".join("?" for _ in row)
        connection.execute(f"insert into frozen.{name} ({', '.join(row)}) values ({marks})", list(row.values()))


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
    write_aside(home.run(frozen.run_id) / _RESULT, json.dumps(values, indent=2, ensure_ascii=False) + "\n")
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
                expected="an account in accounts.csv, and a rate for every day with an amount in another currency",
                message=sentence,
            )
            for batch_id, sentence in frozen.waiting.items()
        ),
    )


# fingerprint


def _fingerprint(connection: duckdb.DuckDBPyConnection, program: str) -> str:
    """Hash of all that the mart depends on: every frozen table and the program.

    Paths are left out: a home may move. What a batch holds is told by its id.
    """
    digest = hashlib.sha256(f"{__version__}\n{program}\n".encode())
    tables = {
        "batches": "* exclude (path)",
        "scopes": "*",
        "covered_days": "*",
        "state_files": "source, table_name, parse_filename(path)",
        "accounts": "*",
        "exclusions": "*",
        "own_channel_rules": "*",
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


def _program_hash(home: Home) -> str:
    """Hash of the dbt project's files, of what its models fit and of a company's own sources: a changed model is a
    changed program."""
    digest = hashlib.sha256()
    roots = [PROJECT.dbt_project / folder for folder in ("macros", "models", "seeds", "tests")]
    roots.append(PROJECT.root / "raceway" / "fitting")
    for root in [*roots, home.sources]:
        for path in sorted(path for path in root.rglob("*") if path.suffix in (".sql", ".py", ".yml", ".csv")):
            digest.update(str(path.relative_to(root.parent)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


# small things


def _column(values: Iterable[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(list(values), type=kind)


def _naive(moment: dt.datetime) -> dt.datetime:
    """UTC without a zone, as all timestamps in the warehouse are."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _where(batch: BatchState) -> str:
    return f"{batch.source}.{batch.table} of {batch.account}"


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])
