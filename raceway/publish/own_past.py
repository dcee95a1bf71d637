"""Leading KPIs against their own past: a day that leaps beyond all others stops publishing, one that is odd warns.

Only what would be published anew is looked at: closed days whose value differs from the published version's. What a
person let pass (`raceway waive`) is published, and so is part of the past from then on.

    leap   one of LEADING_SUMS beyond ten times the most that any day ever brought, in the published version or before
    odd    a leading KPI that lies, by the logarithm, beyond six robust deviations (1.4826 × median absolute deviation,
           Rousseeuw & Croux 1993; at least a tenth) of the same weekdays of 400 days before, and outside all of them;
           days that an account does not cover yet, with few events behind
           them, or older than five weeks are not judged so

Holidays and the weeks around long ones are days of their own kind: they are judged by the leap alone. With fewer than
eight comparable days there is no past to judge by, and the check says so.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Final

import duckdb

from raceway.common.home import Home
from raceway.common.sql import quoted
from raceway.fitting.day_kinds import kinds_of_days
from raceway.history.records import Check

LEADING_SUMS: Final = ("ad_spend", "net_sales", "orders", "sessions")
"""KPIs whose every day is an amount: one of them that leaps is a wrong unit or currency, or a file read twice."""
LEAP: Final = 10
"""A factor that no honest day reaches twice a year and a wrong unit (100, 1,000, a rate of currencies) always does."""
COMPARABLE_DAYS: Final = 8
"""Days without which there is no past."""
_WINDOW: Final = dt.timedelta(days=400)
_DEVIATIONS: Final = 6.0
_LEAST_DEVIATION: Final = 0.1
"""In logarithms: a series that hardly moves may still move by this much."""
_BEYOND: Final = 2.0
"""How far outside the smallest and largest comparable day a value lies before it is odd."""
_MAD: Final = 1.4826
_RECENT: Final = dt.timedelta(days=35)
"""How far before the newest day a day is still news: the first load of three years is none."""
_FEW: Final = 30
"""Events below which a day is chance more than a level: nothing is called odd where such weekdays bring fewer."""

_NO_LEAP: Final = f"no day is beyond {LEAP} times the most that any day brought"
_LEAP_REMEDY: Final = (
    "look for the batch behind these days (raceway status) and take it out: raceway reject BATCH; where they are "
    "right: raceway waive {check} --why"
)
_ODD_REMEDY: Final = (
    "compare the newest exports of its sources with those before; nothing has to be done where it is so"
)

Days = dict[dt.date, float]


def like_their_past(home: Home, before: Path | None) -> list[Check]:
    """A check for each leading sum, and one for each leading KPI that is odd; `before`: the published race.duckdb."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(home.warehouse))} as warehouse (read_only)")
        now = _closed_days(connection, "warehouse.main", "warehouse.frozen")
        then: Mapping[str, Days] = {}
        if before is not None:
            connection.execute(f"attach {quoted(str(before))} as before (read_only)")
            then = _closed_days(connection, "before", "warehouse.frozen")
        special, incomplete, events = _special_days(connection, now), _incomplete_days(connection), _events(connection)
    checks = [_leap(kpi, now[kpi], then.get(kpi, {}), events.get(kpi, {})) for kpi in LEADING_SUMS if kpi in now]

    def passed_over(kpi: str, day: dt.date) -> bool:
        return day in special or (kpi, day) in incomplete

    return [*checks, *_odd_days(now, then, events, passed_over)]


def _closed_days(connection: duckdb.DuckDBPyConnection, mart: str, frozen: str) -> dict[str, Days]:
    """The values of leading KPIs on days that are over, over all channels and markets."""
    rows = connection.execute(
        f"""
        select kpi.kpi, kpi.period_start, kpi.value
        from {mart}.race_kpi as kpi
        inner join warehouse.main.kpi_catalog as catalog using (kpi)
        cross join {frozen}.settings as settings
        where kpi.period = 'day' and kpi.channel = 'all' and kpi.market = 'all' and kpi.value is not null
            and kpi.period_end < settings.as_of
            and (catalog.leading::integer = 1 or kpi.kpi in (select unnest($1)))
        order by all
        """,
        [list(LEADING_SUMS)],
    ).fetchall()
    found: dict[str, Days] = defaultdict(dict)
    for kpi, day, value in rows:
        found[kpi][day] = value
    return dict(found)


def _new_days(now: Days, then: Days) -> list[dt.date]:
    """The days whose value was never published so, in order."""
    return sorted(day for day, value in now.items() if day not in then or not math.isclose(then[day], value))


def _leap(kpi: str, now: Days, then: Days, events: Days) -> Check:
    """Where nothing was published yet, days with few events are no past: the first export of a shop also tells of old
    orders that changed, a few a day, and the days behind them are no leap."""
    new = _new_days(now, then)
    past = {**{day: value for day, value in now.items() if day not in new}, **then}
    most = max(((abs(value), day) for day, value in past.items()), default=(0.0, dt.date.min))
    known = sum(value != 0 for value in past.values())
    leaps: list[tuple[dt.date, tuple[float, dt.date]]] = []
    judged = 0
    for day in new:
        size = abs(now[day])
        judged += known >= COMPARABLE_DAYS
        if known >= COMPARABLE_DAYS and size > LEAP * most[0]:
            leaps.append((day, most))
            continue
        most = max(most, (size, day))
        known += size > 0 and day not in then and (bool(then) or events.get(day, _FEW) >= _FEW)
    name, subject = "no_leap", f"race_kpi.{kpi}"
    if not leaps:
        said = f"{judged} of {len(new)} new days had a past to be held against"
        return Check(name, "reconcile", "critical", True, subject, observed=said, expected=_NO_LEAP,
                     message=f"{kpi}: {said}; {_NO_LEAP}")  # fmt: skip
    more = f" and {len(leaps) - 1} more days" if len(leaps) > 1 else ""
    day, (size, on) = leaps[0]
    observed = f"{now[day]:,.0f} on {day}{more}; the most before was {size:,.0f} on {on}"
    remedy = _LEAP_REMEDY.format(check=f"{subject}.{name}")
    return Check(
        name=name,
        kind="reconcile",
        severity="critical",
        passed=False,
        subject=subject,
        observed=observed,
        expected=_NO_LEAP,
        message=f"{kpi}: {observed}, and so beyond {LEAP} times anything it ever was: {remedy}",
        remedy=remedy,
    )


def _odd_days(
    now: Mapping[str, Days], then: Mapping[str, Days], events: Mapping[str, Days],
    passed_over: Callable[[str, dt.date], bool],
) -> Iterator[Check]:  # fmt: skip
    for kpi, days in now.items():
        logs = {day: math.log(value) for day, value in days.items() if value > 0 and not passed_over(kpi, day)}
        news = (day for day in _new_days(days, then.get(kpi, {})) if day in logs and day > max(days) - _RECENT)
        usual = ((day, _usual(logs, events.get(kpi, {}), day)) for day in news)
        odd = [(day, of) for day, of in usual if of is not None and not of[0] <= days[day] <= of[1]]
        if odd:
            day, (low, high) = odd[-1]
            more = f" and {len(odd) - 1} more days" if len(odd) > 1 else ""
            observed = f"{days[day]:,.4g} on {day}{more}; on such weekdays it lies between {low:,.4g} and {high:,.4g}"
            yield Check(
                name="is_like_its_past",
                kind="reconcile",
                severity="warning",
                passed=False,
                subject=f"race_kpi.{kpi}",
                observed=observed,
                expected="a day like the same weekdays before it",
                message=f"{kpi}: {observed}. The numbers are published all the same; {_ODD_REMEDY}",
                remedy=_ODD_REMEDY,
            )


def _usual(logs: Mapping[dt.date, float], events: Days, day: dt.date) -> tuple[float, float] | None:
    """Between which values the same weekdays before let a day lie; None without a past, or with few events a day."""
    alike = [other for other in logs if day - _WINDOW <= other < day and other.weekday() == day.weekday()]
    counted = [events[other] for other in alike if other in events]
    if len(alike) < COMPARABLE_DAYS or (counted and median(counted) < _FEW):
        return None
    past = [logs[other] for other in alike]
    middle = median(past)
    reach = _DEVIATIONS * max(_MAD * median(abs(log - middle) for log in past), _LEAST_DEVIATION)
    low = min(middle - reach, min(past) - math.log(_BEYOND))
    high = max(middle + reach, max(past) + math.log(_BEYOND))
    return math.exp(low), math.exp(high)


def _events(connection: duckdb.DuckDBPyConnection) -> dict[str, Days]:
    """How many events stand behind a KPI's days: its denominator, a count itself, orders behind sales."""
    rows = connection.execute(
        """
        select kpi.kpi, kpi.period_start,
            case
                when kpi.denominator is not null then kpi.denominator
                when catalog.unit = 'count' then kpi.value
                when kpi.kpi = 'net_sales' then coalesce(orders.value, 0)
            end::double as events
        from warehouse.main.race_kpi as kpi
        inner join warehouse.main.kpi_catalog as catalog using (kpi)
        left join warehouse.main.race_kpi as orders
            on orders.kpi = 'orders' and orders.period = kpi.period and orders.period_start = kpi.period_start
            and orders.channel = 'all' and orders.market = 'all'
        where kpi.period = 'day' and kpi.channel = 'all' and kpi.market = 'all' and events is not null
        """
    ).fetchall()
    found: dict[str, Days] = defaultdict(dict)
    for kpi, day, events in rows:
        found[kpi][day] = events
    return dict(found)


def _incomplete_days(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, dt.date]]:
    return set(
        connection.execute(
            "select kpi, period_start from warehouse.main.race_kpi "
            "where period = 'day' and channel = 'all' and market = 'all' and not is_complete"
        ).fetchall()
    )


def _special_days(connection: duckdb.DuckDBPyConnection, now: Mapping[str, Days]) -> set[dt.date]:
    """Holidays, own and shipped, and the weeks around long ones."""
    days = [day for of_kpi in now.values() for day in of_kpi]
    if not days:
        return set()
    shipped, own = (
        connection.execute(f"select starts_on, ends_on, name from warehouse.{table}").fetchall()
        if _is_there(connection, *table.split("."))
        else []
        for table in ("main.holidays", "frozen.own_holidays")
    )
    first = min(days)
    kinds = kinds_of_days(first, (max(days) - first).days + 1, shipped, own)
    return {first + dt.timedelta(days=place) for place, kind in enumerate(kinds) if kind is not None}


def _is_there(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where database_name = 'warehouse' and schema_name = ? and table_name = ?",
            [schema, table],
        ).fetchone()
    )
