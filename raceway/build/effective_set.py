"""Which accepted batches count: rates that are there, batches that can be converted, the winner of each scope."""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from raceway.build.packs import pack
from raceway.build.plausible import Verdicts, judge_batches
from raceway.build.unfit_rows import taken_out
from raceway.common.faults import PermanentFault
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.moments import naive
from raceway.common.sql import parquet_of
from raceway.config.accounts import Accounts
from raceway.config.settings import Settings
from raceway.contracts.load import load_contract
from raceway.ledger.data_file import damage_of
from raceway.ledger.effect import mend_entities, mend_states
from raceway.ledger.ledger import BatchState, Ledger, LedgerState

_RATES: Final = ("plan", "fx_rates")


def choose_batches(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    settings: Settings,
    accounts: Accounts,
    as_of: dt.date,
    program: str,
) -> tuple[dict[str, str], Verdicts]:
    """Fills the temporary tables `batch`, `covered` and `winner`; gives the batches that are left out, with the
    sentence that says why, and the verdicts on their plausibility: those held for a person to decide (those whose rows
    break a rule under this `program` among them), and warnings.
    """
    state = Ledger(home).state()
    everything = state.accepted()
    accepted = [batch for batch in everything if (batch.source, batch.account) in accounts]
    strangers = {
        batch.batch_id: f"batch {batch.batch_id} ({_where(batch)}): accounts.csv has no row {batch.source},"
        f"{batch.account} any more; add it again, or take the batch out with: raceway reject {batch.batch_id}"
        for batch in everything
        if (batch.source, batch.account) not in accounts
    }
    for batch in accepted:
        if damage := damage_of(batch):
            raise PermanentFault(
                f"batch {batch.batch_id} ({_where(batch)}) is accepted, but of {batch.path} is to say: {damage}. Put "
                "the file back from a backup, run again where archive/ holds its raw files, or take the batch out "
                f"with: raceway reject {batch.batch_id}"
            )
    _mend_entities(home, accepted)
    unfit = taken_out(home, program, accepted)
    accepted = [batch for batch in accepted if batch.batch_id not in unfit]
    verdicts = judge_batches(accepted, accounts, settings, as_of)
    verdicts.held.update(unfit)
    accepted = [batch for batch in accepted if batch.batch_id not in verdicts.held]
    for batch in accepted:
        if kept := load_contract(batch.source, home).table(batch.table).meta.keep_states:
            mend_states(batch, kept)
    _load_batches(connection, accepted)
    pack(connection, home, as_of)
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
    return _undecided(home, state) | strangers | verdicts.to_decide | waiting, verdicts


def _mend_entities(home: Home, accepted: list[BatchState]) -> None:
    """A new version may tell the entities of a table apart by another key: what landed before is given it, too.

    Each batch is looked at once: those that stand under the key are noted beside them.
    """
    tables: dict[tuple[str, str], list[BatchState]] = defaultdict(list)
    for batch in accepted:
        if batch.scope_kind == "entities":
            tables[batch.source, batch.table].append(batch)
    for (source, table), batches in tables.items():
        keys = list(load_contract(source, home).table(table).scope.keys)
        note = home.landing / source / f"{table}__keys.json"
        seen = _seen_under(note, keys)
        doubtful = [b for b in batches if b.head.get("scope_keys") != keys and b.batch_id not in seen]
        if doubtful:
            mend_entities(doubtful, keys)
            ids = sorted({*seen, *(batch.batch_id for batch in doubtful)})
            write_aside(note, json.dumps({"keys": keys, "batches": ids}))


def _seen_under(note: Path, keys: list[str]) -> set[str]:
    """The batches that a note says to stand under these keys; where it cannot be read, they are looked at anew."""
    try:
        noted = json.loads(note.read_bytes())
        return set(noted["batches"]) if noted["keys"] == keys else set()
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError, TypeError):
        note.unlink()
        return set()


def _undecided(home: Home, state: LedgerState) -> dict[str, str]:
    """Batches whose raw files were put away and whose decision the ledger lacks: an event was lost.

    A landing that was broken off leaves its files in the inbox, and the next one decides.
    """
    archived: set[str] = set()
    for file in state.files.values():
        if file.kept_at.startswith("archive/") and (home.root / file.kept_at).is_file():
            archived.update(file.batches)
    return {
        batch.batch_id: f"batch {batch.batch_id} ({_where(batch)}): landed, and the ledger holds no decision about it, "
        "though its file lies in archive/: an event is missing. Copy landing/_ledger/ again from where it came, or put "
        f"the batch into effect with: raceway accept {batch.batch_id}"
        for batch in state.batches.values()
        if batch.status == "landed" and batch.batch_id in archived
    }


def _load_batches(connection: duckdb.DuckDBPyConnection, accepted: list[BatchState]) -> None:
    """Temporary tables `batch`, `covered` (batch, day) and `state` (batch, states file)."""
    given = pa.table(
        {
            "batch_id": _column((b.batch_id for b in accepted), pa.string()),
            "source": _column((b.source for b in accepted), pa.string()),
            "table_name": _column((b.table for b in accepted), pa.string()),
            "account": _column((b.account for b in accepted), pa.string()),
            "path": _column((str(b.path) for b in accepted), pa.string()),
            "read_from": _column((str(b.path) for b in accepted), pa.string()),
            "exported_at": _column((naive(b.exported_at) for b in accepted), pa.timestamp("us")),
            "file_time": _column((b.file_time for b in accepted), pa.string()),
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
    open_ended = [b for b in accepted if b.scope_kind == "days" and b.covers_through_zone]
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
    files = connection.execute(
        "select source, table_name, list(batch_id order by batch_id), list(distinct read_from order by read_from) "
        "from batch where scope_kind = 'entities' group by all order by all"
    ).fetchall()
    for source, table, batches, paths in files:
        scope = load_contract(source, home).table(table).scope
        if scope.full_snapshot:
            # a snapshot speaks for everything even when it is empty: its one scope has no name
            parts.append("select batch_id, '' from batch where list_contains(?, batch_id)")
            given.append(batches)
        else:
            # two orders of one name are two scopes, each with its own moment; landed.sql tells them apart alike
            scope_of = scope.entity
            parts.append(f"select distinct _batch_id, {scope_of} from {parquet_of(paths, by_name=True)}")
    # One statement: DuckDB 2.0.0 loses an insert of more than 122,880 rows into a table that was made in the same
    # transaction when an insert of no rows came before it; only count(*) still tells of them.
    connection.execute(f"create temp table claim as {' union all '.join(parts)}", given)


def _load_last_days(connection: duckdb.DuckDBPyConnection, home: Home, batches: list[BatchState]) -> None:
    """Temporary table `last_day`: of each batch the last day with a row."""
    connection.execute("create temp table last_day (batch_id varchar, day date)")
    for batch in batches:
        day = load_contract(batch.source, home).table(batch.table).scope.day or "day"
        connection.execute(
            f"insert into last_day select ?, coalesce(max({day}), date '0001-01-01') from {parquet_of(batch.path)}",
            [batch.batch_id],
        )


def _decide(connection: duckdb.DuckDBPyConnection) -> None:
    """Temporary table `winner`: of each scope the newest export, of equal times that of the newer file, then of the
    larger content hash.

    A filtered export bears no totals: it never takes a scope from one that is not filtered.
    """
    connection.execute("""
        create or replace temp table winner as
        select batch.source, batch.table_name, batch.account, claim.scope, claim.batch_id
        from claim
        inner join batch using (batch_id)
        qualify row_number() over (
            partition by batch.source, batch.table_name, batch.account, claim.scope
            order by batch.is_filtered, batch.exported_at desc, batch.file_time desc, batch.content_hash desc
        ) = 1
    """)


def _rate_days(connection: duckdb.DuckDBPyConnection, reporting_currency: str) -> dict[str, list[dt.date]]:
    """The days, ascending, on which a rate of a currency to the reporting one is in effect."""
    paths = connection.execute(
        "select distinct read_from from batch inner join winner using (batch_id) "
        "where batch.source = ? and batch.table_name = ?",
        _RATES,
    ).fetchall()
    if not paths:
        return {}
    rows = connection.execute(
        "select currency, list(distinct rate_date order by rate_date) "
        f"from {parquet_of([path for (path,) in paths])} as rates "
        "inner join winner on rates._batch_id = winner.batch_id and rates._entity = winner.scope "
        "where to_currency = ? and rate > 0 group by currency",
        [reporting_currency],
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


def _column(values: Iterable[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(list(values), type=kind)


def _where(batch: BatchState) -> str:
    return f"{batch.source}.{batch.table} of {batch.account}"
