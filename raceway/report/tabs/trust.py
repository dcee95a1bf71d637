"""The trust page: what is late, refused, held, warned about, left out and restated, with what to do about each."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from raceway.report.context import Columns, Context
from raceway.report.phrases import in_vietnamese
from raceway.report.restatement import RESTATED, TABLE
from raceway.report.touched import touched_kpis

_RUNS: Final = 30
_RESTATEMENTS: Final = 200


def payload(context: Context) -> dict[str, object]:
    """`run` (version, as_of, program), `open` (every open point with its sentence, remedy and command; in Vietnamese
    its remedy and what a check claims, the sentence as it was said), `touched`
    (KPI → places in `open`), `sources`, `runs`, `checks` by outcome, `restated` (None where nothing keeps them)."""
    run_id = context.details["run_id"]
    points = _open_points(context, run_id)
    return {
        "run": {key: context.details.get(key) for key in _TOLD_OF_A_RUN} | {"as_of": context.as_of.isoformat()},
        "open": points,
        "touched": touched_kpis(points["subject"]),
        "sources": context.columns(_SOURCES, {"as_of": context.as_of, "ended": _ended(context)}),
        "runs": context.columns(_LAST_RUNS),
        "checks": context.columns(_CHECKS, {"run_id": run_id}),
        "restated": context.columns(_RESTATED) if context.has(TABLE) else None,
    }


_TOLD_OF_A_RUN: Final = ("version", "run_id", "started_at", "published_at", "mart_version", "program_version")


def _open_points(context: Context, run_id: str) -> Columns:
    """Late sources as the run said them, then what the ledger and the checks tell, the worst first."""
    sentences = context.details["late"]
    late = {"kind": "late", "severity": "warning", "remedy": _LATE, "command": "raceway run"}
    points = {
        name: (list(sentences) if name == "sentence" else [late.get(name)] * len(sentences)) + values
        for name, values in context.columns(_OPEN, {"run_id": run_id}).items()
    }
    claims = points.pop("claim")
    return points | {
        "claim_vi": [in_vietnamese(claim) for claim in claims],
        "remedy_vi": [in_vietnamese(remedy) for remedy in points["remedy"]],
    }


_LATE: Final = "put the export into the inbox and run"


def _ended(context: Context) -> list[dict[str, Any]]:
    """The accounts that have ended: they are behind their last day alone."""
    return [
        {"source": source, "account": account, "ended_on": ended.isoformat()}
        for (source, account), ended in _ends(context)
    ]


def _ends(context: Context) -> list[tuple[tuple[str, str], dt.date]]:
    return [(key, account.ended_on) for key, account in context.accounts.items() if account.ended_on is not None]


# what an earlier freeze said of a batch is over; a whole file that was refused became no batch. The freeze's own checks
# repeat what batch_history says of a pending batch
_OPEN: Final = """
    with ledger as (
        select 'refused_file' as kind, 'warning' as severity, source, account, source || '.' || table_name as subject,
            files || ': ' || coalesce(reason, '') as sentence,
            'mend the export or its account and read it again' as remedy,
            'raceway retry ' || case
                when regexp_full_match(path, '[A-Za-z0-9_./+=,-]+') then path
                else '''' || replace(path, '''', '''"''"''') || ''''  -- as a shell takes it
            end as command,
            files as name,
            null as claim
        from (select *, source || '/' || account || '/' || files as path from race.batch_history)
        where status = 'refused' and batch_id = ''
        union all
        select 'refused_batch', 'critical', source, account, source || '.' || table_name,
            files || ': ' || coalesce(reason, ''), 'export it again, or put it into effect where it is right',
            'raceway accept ' || batch_id || ' --why "…"', batch_id, null
        from race.batch_history
        where status = 'refused' and batch_id <> ''
        union all
        select 'pending', 'warning', source, account, source || '.' || table_name,
            files || ': ' || coalesce(reason, ''),
            'what was in effect before it stays; bring what it waits for and run, or decide on it',
            'raceway accept ' || batch_id || ' --why "…"', batch_id, null
        from race.batch_history
        where status = 'pending'
        union all
        select 'refused_rows', 'warning', source, account, source || '.' || table_name,
            files || ': ' || rows_refused || ' of ' || rows_read || ' rows refused',
            'row, column and reason of each stand in quarantine/rows/' || source || '/' || account || '/' || batch_id
                || '.csv',
            null, batch_id, null
        from race.batch_history
        where status = 'accepted' and rows_refused > 0
    ),
    checks as (
        select 'check' as kind, severity, split_part(subject, '.', 1) as source, null as account, subject,
            message as sentence, remedy, null as command, name, expected as claim
        from race.check_history
        where not passed and kind <> 'freeze' and (
            run_id = $run_id or coalesce(run_id, '') = ''
            and batch_id in (select batch_id from race.batch_history where status in ('accepted', 'pending'))
        )
    )
    select kind, severity, source, account, subject, sentence, remedy, command, claim
    from (from ledger union all from checks)
    order by list_position(['critical', 'warning', 'info'], severity),
        list_position(['refused_batch', 'refused_file', 'pending', 'refused_rows', 'check'], kind), source, account,
        name
"""

# the day as_of is not over: a source that covers the day before is not behind. Of the last night: what landed after
# the version before was published
_SOURCES: Final = """
    with ends as (
        select ended.source, ended.account, ended.ended_on::date as ended_on
        from (select unnest($ended::struct(source varchar, account varchar, ended_on varchar)[]) as ended)
    ),
    night as (
        select coalesce(max(finished_at), '1970-01-01'::timestamp) as since from race.run_history
        where status = 'published'
            and finished_at < (select max(finished_at) from race.run_history where status = 'published')
    ),
    told as (
        select source, account,
            max(covers_to) filter (where status in ('accepted', 'superseded')) as covers_to,
            max(exported_at)::date as exported,
            coalesce(sum(rows_landed) filter (where status in ('accepted', 'superseded')), 0) as rows_landed,
            coalesce(sum(rows_excluded), 0) as rows_excluded,
            count(*) filter (where landed_at > since and status in ('accepted', 'superseded')) as landed,
            coalesce(sum(rows_landed) filter (where landed_at > since), 0) as night_rows,
            count(*) filter (where status = 'duplicate' and coalesce(landed_at, decided_at) > since) as duplicates,
            count(*) filter (where status = 'refused') as refused,
            count(*) filter (where status = 'pending') as pending,
            coalesce(sum(rows_refused) filter (where status = 'accepted'), 0) as rows_refused
        from race.batch_history
        cross join night
        group by all
    )
    select told.source, told.account, strftime(covers_to, '%Y-%m-%d') as covers_to,
        strftime(exported, '%Y-%m-%d') as exported,
        greatest(0, date_diff('day', covers_to, least($as_of::date - 1, coalesce(ended_on, $as_of::date))))
            as days_behind,
        rows_landed::bigint as rows_landed, rows_excluded::bigint as rows_excluded, landed,
        night_rows::bigint as night_rows, duplicates, refused, pending, rows_refused::bigint as rows_refused
    from told
    left join ends on told.source = ends.source and told.account = ends.account
    order by told.source, told.account
"""

_LAST_RUNS: Final = f"""
    select run_id, strftime(as_of, '%Y-%m-%d') as as_of, strftime(started_at, '%Y-%m-%dT%H:%M:%SZ') as started_at,
        date_diff('second', started_at, finished_at) as seconds, status, batches_landed, batches_refused, rows_landed,
        message
    from race.run_history
    order by started_at desc
    limit {_RUNS}
"""

_CHECKS: Final = """
    select kind, severity, count(*) as checks, count(*) filter (where not passed) as failed
    from race.check_history
    where run_id = $run_id or coalesce(run_id, '') = ''
        and batch_id in (select batch_id from race.batch_history where status <> 'superseded')
    group by all
    order by all
"""

# days are marked where they stand; a list of them would hide what matters
_RESTATED: Final = f"""
    with told as (from ({RESTATED}) where period <> 'day')
    select told.kpi, told.period, strftime(told.period_start, '%Y-%m-%d') as period_start,
        strftime(now.period_end, '%Y-%m-%d') as period_end, first_value, first_version, told.value, times
    from told
    inner join race.race_kpi as now
        on told.kpi = now.kpi and told.period = now.period and told.period_start = now.period_start
            and now.channel = 'all' and now.market = 'all'
    order by abs(told.value - first_value) / nullif(abs(first_value), 0) desc nulls last, told.kpi, told.period_start
    limit {_RESTATEMENTS}
"""
