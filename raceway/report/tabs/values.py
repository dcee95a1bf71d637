"""The KPIs' values by period, channel and market, packed: what the stage pages draw.

A series is a KPI at a channel and a market. Its numerators and denominators over the axis of a period are one text
each, `1,2,,4`: an empty place is unknown. Equal texts stand once, so that ratios that share a denominator, and all the
series that are 0 throughout, cost nothing. The page divides as `race_kpi` did, by KPI: numerator ÷ denominator × scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from raceway.report.context import Context


@dataclass(frozen=True)
class Grain:
    """How much of one period the page holds."""

    period: str
    kept: int
    """Periods back from the newest that has begun."""
    broken_down: bool = True
    """With channels and markets, else `all` × `all` alone."""


GRAINS: Final = (Grain("month", 24), Grain("week", 26), Grain("day", 90), Grain("quarter", 8), Grain("cycle", 8))

THINNED: Final = (
    (),
    (Grain("day", 90, broken_down=False),),
    (Grain("day", 30, broken_down=False), Grain("week", 26, broken_down=False)),
    (Grain("day", 0), Grain("week", 13, broken_down=False), Grain("month", 24, broken_down=False)),
)
"""What replaces grains, step by step, where a page grew too large."""

_NUMBER: Final = "coalesce(rtrim(rtrim({}::varchar, '0'), '.'), '')"
"""A decimal without the zeros behind it."""


def payload(context: Context, grain: Grain) -> dict[str, Any]:
    """The axis, the series and their texts, what is compared, the targets, and which periods are complete."""
    cut = "" if grain.broken_down else "and channel = 'all' and market = 'all'"
    context.connection.execute(
        """
        create or replace temp table shown_axis as
        select period_start, period_end, row_number() over (order by period_start) - 1 as position
        from (
            select period_start, max(period_end) as period_end from race.race_kpi
            where period = $period and period_start <= $as_of
            group by period_start order by period_start desc limit $kept
        )
        """,
        {"period": grain.period, "as_of": context.as_of, "kept": grain.kept},
    )
    context.connection.execute(
        f"""
        create or replace temp table shown as
        select kpi, channel, market, position, numerator, denominator, is_complete, target, paced_target, attainment,
            status, year_ago_value, case when period_end >= $as_of then previous_to_date_value end as to_date
        from (select * exclude (period_end) from shown_axis) as shown_axis
        inner join race.race_kpi as kpis
            on kpis.period_start = shown_axis.period_start
        where kpis.period = $period {cut}
        """,
        {"period": grain.period, "as_of": context.as_of},
    )
    context.connection.execute(
        f"""
        create or replace temp table shown_series as
        with series as (select distinct kpi, channel, market from shown),
        dense as (
            select kpi, channel, market,
                string_agg({_NUMBER.format("numerator")}, ',' order by position) as tops,
                string_agg({_NUMBER.format("denominator")}, ',' order by position) as bottoms,
                -- of a period that runs: as many days of the one before
                max(to_date) as to_date
            from series
            cross join (select position from shown_axis)
            left join shown using (kpi, channel, market, position)
            group by all
        )
        select kpi, channel, market, printf('%.12g', to_date) as to_date, trim(tops, ',') as top,
            trim(bottoms, ',') as bottom,
            length(tops) - length(ltrim(tops, ',')) as top_from,
            length(bottoms) - length(ltrim(bottoms, ',')) as bottom_from
        from dense
        """
    )
    context.connection.execute(
        """
        create or replace temp table shown_texts as
        select text, row_number() over (order by channel, market, text) - 1 as number from (
            select text, min(channel) as channel, min(market) as market from (
                select top as text, channel, market from shown_series
                union all
                select bottom, channel, market from shown_series
            ) group by text
        )
        """
    )
    return {
        "period": grain.period,
        "broken_down": grain.broken_down,
        "axis": context.columns(
            "select period_start::varchar as start, period_end::varchar as end from shown_axis order by position"
        ),
        "texts": context.columns("select text from shown_texts order by number")["text"],
        "series": context.columns(
            """
            select kpi, channel, market, top.number as top, top_from, bottom.number as bottom, bottom_from, to_date
            from shown_series
            inner join shown_texts as top on shown_series.top = top.text
            inner join shown_texts as bottom on shown_series.bottom = bottom.text
            order by channel, market, kpi
            """
        ),
        "complete": context.columns(
            """
            select kpi, string_agg(coalesce(flag, '-'), '' order by position) as flags
            from (select distinct kpi from shown)
            cross join shown_axis
            left join (select kpi, position, bool_and(is_complete)::integer::varchar as flag from shown group by all)
                using (kpi, position)
            group by kpi order by kpi
            """
        ),
        "year_ago": context.columns(
            """
            select kpi, position, printf('%.12g', year_ago_value) as value from shown
            where channel = 'all' and market = 'all' and year_ago_value is not null
            order by kpi, position
            """
        )
        if grain.period in ("day", "week")
        else {"kpi": [], "position": [], "value": []},
        "targets": context.columns(
            """
            select kpi, channel, market, position, target::double as target, paced_target::double as paced,
                attainment::double as attainment, status
            from shown where target is not null order by kpi, channel, market, position
            """
        ),
    }
