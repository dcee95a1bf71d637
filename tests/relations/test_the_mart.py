"""Relations of the mart that hold whatever the truth is.

Three marts are held against each other: the golden week's, which another test builds anyway; the same week 364 days
earlier, ten times as dear and beside a neighbour, whose accounts share nothing with the week's and tell less; and the
neighbour alone. So `make test` sees 3 homes and builds 2 marts. The long form sees more: homes that hold the week twice,
a period apart, each built as of two days; and the week told otherwise.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from raceway.common.home import Home
from tests.golden.golden_week import lay_out, night
from tests.relations import told
from tests.relations.golden_varied import EARLIER, SECOND_SITE, SITE, TIMES, again, empty_home, lay_out_varied, varied
from tests.relations.homes import deliver, inbox_of, without_inbox
from tests.relations.marts import MEASURES, Dbt, Key, Mart, Rows, built, near, parts, told_otherwise
from tests.relations.neighbour import MARKET, PEOPLE, TOLD, UNTOLD, add_neighbour
from tests.support.length import ALL

AS_OF = dt.date(2026, 3, 9)

SHARED_LISTS = ("products.csv", "brand_terms.csv")
"""Files of the plan that are the whole company's and no account's."""

SPREAD = ("marketing_budget", "marketing_cost", "acquisition_cost", "market_revenue")
"""What is told of 1 to 31 March and spread over its days: 364 days earlier the week is another part of it, and plans are
of 2 March to 1 April. Not compared by month."""
NOT_TOLD_FOR_LONG = ("new_visitors",)
"""Segment does not tell who has been there before: until the site's history is long, nobody knows who is new."""


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """The golden week."""
    return Mart(night(tmp_path_factory).current / "race.duckdb")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return night(tmp_path_factory).hash_key


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, key: Any, dbt: Dbt) -> Mart:
    """The week 364 days earlier and ten times as dear, beside the neighbour."""
    root = tmp_path_factory.mktemp("both")
    home = lay_out_varied(root / "home", root / "golden", key)
    add_neighbour(home)
    return Mart(built(home, AS_OF - EARLIER, dbt))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, key: Any, dbt: Dbt) -> Mart:
    """The neighbour."""
    root = tmp_path_factory.mktemp("alone")
    home = empty_home(root / "home", key)
    lists = inbox_of(lay_out(root / "golden"), "plan")
    deliver(home, [varied(file) for file in lists if file.path in SHARED_LISTS])
    add_neighbour(home)
    return Mart(built(home, AS_OF - EARLIER, dbt))


def times(measure: str, dearer: int = TIMES) -> int:
    """By what a measure grows where every amount is so many times as high."""
    return dearer if MEASURES[measure]["unit"] == "money" else 1


def left_out(measure: str, period: str) -> bool:
    """Whether a measure is no sum of two companies, or not the same 364 days earlier: a median is of all values, a fit of
    a month's end, a plan of a month."""
    kind = MEASURES[measure]["additivity"]
    return kind in ("fitted", "percentile") or (measure in SPREAD and period in ("month", "quarter"))


def test_two_companies_that_share_nothing_are_together_their_sum(week: Mart, both: Mart, alone: Mart) -> None:
    """Of every measure, counts of persons too, in every period, channel and market; unknown in one, unknown in both.

    What neither has is 0 there: a day that one of them covers is covered for the company.
    """
    one, other = week.rows("race_measure", "measure"), alone.rows("race_measure", "measure", EARLIER)
    together = both.rows("race_measure", "measure", EARLIER)
    assert not (one.keys() | other.keys()) - together.keys()
    wrong = []
    held = 0
    for key, row in sorted(together.items()):
        period, start, _, market, measure = key
        if left_out(measure, period):
            continue
        said = [_value(one, key, times(measure)), _value(other, key, 1)]
        unknown = _value(other, (period, start, "all", market, measure), 1) is None
        if None in said or (measure in NOT_TOLD_FOR_LONG and unknown):
            right = row["value"] is None
        else:
            # a cost that is spread over days is cut behind its sixth decimal on each of them
            right = near(sum(said), row["value"], Decimal("0.0001") if times(measure) == TIMES else Decimal(0))
        held += 1
        if not right:
            wrong.append(f"{key}: {said} -> {row['value']}")
    assert not wrong, f"{len(wrong)} of {held}:\n" + "\n".join(wrong[:40])
    assert held > 20_000


def _value(rows: Rows, key: Key, by: int) -> Decimal | None:
    """A measure's value `by` times; 0 where there is no row."""
    if key not in rows:
        return Decimal(0)
    value = rows[key]["value"]
    return None if value is None else value * by


def test_the_same_week_earlier_and_dearer_shows_the_same_rows(week: Mart, both: Mart, alone: Mart) -> None:
    """KPIs by day, week and cycle, wherever the neighbour tells nothing: money ten times, ratios as they were."""
    was, now = week.rows("race_kpi", "kpi"), both.rows("race_kpi", "kpi", EARLIER)
    told = _told(alone)
    pairs = {key[:3] for key in told}
    wrong = []
    held = set()
    for key, row in sorted(was.items()):
        period, _, channel, market, kpi = key
        if period in ("month", "quarter") or any(left_out(measure, period) for measure in parts(kpi)):
            continue
        if told & {(period, channel, market, measure) for measure in parts(kpi)}:
            continue
        if market == "all" and set(NOT_TOLD_FOR_LONG) & set(parts(kpi)):
            continue
        held.add(key)
        apart = list(_apart(kpi, row, now[key]))
        if channel != "all" and (period, channel, market) in pairs:  # it was active before, by the neighbour's rows
            apart = [what for what in apart if not what.startswith("previous")]
        wrong += [f"{key}: {what}" for what in apart]
    assert not wrong, f"{len(wrong)} of {len(held)}:\n" + "\n".join(wrong[:40])
    assert len(held) > 5_000


def _told(alone: Mart) -> set[tuple[str, str, str, str]]:
    """Of what the neighbour tells something: period, channel, market and measure."""
    rows = alone.ask(
        "select distinct period, channel, market, measure from race_measure where value is distinct from 0"
    )
    return {(period, channel, market, measure) for period, channel, market, measure in rows}


def test_a_market_of_its_own_shows_what_a_home_with_only_its_accounts_shows(both: Mart, alone: Mart) -> None:
    """Its KPIs in every period and channel, but for two things that are the company's: whether all required accounts
    have told a period, and a period before of which only others tell, where its accounts' part is 0 and not unknown.
    """
    was, now = alone.rows("race_kpi", "kpi"), both.rows("race_kpi", "kpi")
    wrong = []
    held = 0
    for key, row in sorted(was.items()):
        if key[3] == MARKET and not any(left_out(measure, "day") for measure in parts(key[-1])):
            held += 1
            apart = (what for what in _apart(key[-1], row, now[key], 1) if not what.startswith("is_complete"))
            wrong += [f"{key}: {what}" for what in apart if not what.endswith("None -> 0.0")]
    assert not wrong, f"{len(wrong)} of {held}:\n" + "\n".join(wrong[:40])
    assert held > 1_000


def _apart(kpi: str, was: dict[str, Any], now: dict[str, Any], dearer: int = TIMES) -> Iterator[str]:
    """How a row is not the same so many times as dear."""
    over = max(times(name, dearer) for name in parts(kpi, "numerator"))
    under = max((times(name, dearer) for name in parts(kpi, "denominator")), default=1)
    values = ("value", "previous_value", "previous_to_date_value", "year_ago_value")
    grown = {"numerator": over, "denominator": under} | {name: Decimal(over) / under for name in values}
    for name, by in grown.items():
        wanted = None if was[name] is None else Decimal(was[name]) * by
        # costs of a day to six decimals, in a sum and in its ratio
        if not near(wanted, now[name], Decimal("0.0001") if TIMES in (over, under) else Decimal(0)):
            yield f"{name} {was[name]} -> {now[name]}"
    for name in ("is_complete", "status"):
        if was[name] != now[name]:
            yield f"{name} {was[name]} -> {now[name]}"


def test_accounts_that_do_not_tell_a_measure_do_not_change_its_kpi(week: Mart, both: Mart, alone: Mart) -> None:
    """In any period, though they tell other measures of the same rows."""
    told = {measure for (measure,) in alone.ask("select distinct measure from race_measure where value > 0")}
    assert set(TOLD) <= told
    assert not told & {measure for kpi in UNTOLD for measure in parts(kpi, "denominator")}
    was, now = week.rows("race_kpi", "kpi"), both.rows("race_kpi", "kpi", EARLIER)
    wrong, held = [], set()
    for key, row in sorted(now.items()):
        kpi = key[-1]
        if kpi not in UNTOLD:
            continue
        if key in was:
            held.add(kpi)
            wrong += [f"{key}: {apart}" for apart in _apart(kpi, was[key], row) if not apart.startswith("is_complete")]
        elif row["value"] is not None:
            wrong.append(f"{key}: {row['value']}, of which the week says nothing")
    assert not wrong, "\n".join(wrong[:40])
    assert held == set(UNTOLD) - {"active_subscriber_rate"}  # the week's own list tells no activity, either


def test_channels_and_markets_sum_to_all(week: Mart, both: Mart) -> None:
    """Measures that add, wherever their rows are crossed; what the plan says of no channel or market is in `all` alone."""
    for mart in (week, both):
        for kind, fixed in (("channel", "market"), ("market", "channel")):
            by = f"{kind}_by"
            summed = [name for name, row in MEASURES.items() if row["additivity"] == "sum" and "plan" not in row[by]]
            wrong = mart.ask(
                f"""
                with rows as (select * from race_measure where list_contains(?, measure)),
                parts as (
                    select measure, period, period_start, {fixed}, sum(value) as of_parts
                    from rows where {kind} <> 'all' group by all
                )
                select measure, period, period_start, {fixed}, rows.value, of_parts
                from parts inner join rows using (measure, period, period_start, {fixed})
                where rows.{kind} = 'all' and rows.value is not null and abs(rows.value - of_parts) > 0.00001
                order by all
                """,
                summed,
            )
            assert not wrong, (kind, len(wrong), wrong[:60])


PEOPLE_SAID = """
    select
        market, race_stage, first_touch_at, first_touch_channel, last_touch_at, last_touch_channel, sessions,
        first_order_date, last_order_date, orders, is_active, is_anonymous, is_customer, is_lead, is_subscriber,
        is_member, nps_score, nps_kind, nps_on, tickets, open_tickets, last_ticket_on, last_used_on, net_sales
    from customer_360
"""
"""Of a person all but the id, which is a hash of her first moment; scores, which compare her with all others; and what
is fitted at a month's end."""


def test_added_people_are_exactly_their_rows_and_one_who_is_left_out_is_none(
    week: Mart, both: Mart, alone: Mart
) -> None:
    """The neighbour's people, each known by some of its files alone, and the tester who is in nearly every file."""
    was = [(*said, sales * TIMES) for *said, sales in week.ask(PEOPLE_SAID)]
    added = [_later(row) for row in alone.ask(PEOPLE_SAID)]
    assert len(added) == PEOPLE
    now = [_later(row) for row in both.ask(PEOPLE_SAID)]
    assert sorted(now, key=repr) == sorted(was + added, key=repr)


def _later(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(cell + EARLIER if isinstance(cell, dt.date) else cell for cell in row)


# the long form

TO_DATE: Final = [("month", 28), ("week", 7), ("quarter", 92), ("cycle", 90)]
"""Periods that run on 6 March, and how many days before the one before was as old."""


def lay_out_twice(root: Path, by: dt.timedelta) -> Home:
    """The golden week's company with the week once more some days earlier, in accounts of its own, for the same people."""
    home = lay_out(root)
    lines = (home.root / "accounts.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    others = [re.sub("^([^,]*,[^,]*)", r"\1-b", line).replace(SITE, SECOND_SITE) for line in lines[1:]]
    (home.root / "accounts.csv").write_text("".join(lines + others), encoding="utf-8")
    for source in sorted(path.name for path in home.inbox.iterdir()):
        deliver(home, [again(file, by) for file in inbox_of(home, source) if file.path not in SHARED_LISTS])
    return home


@pytest.mark.skipif(not ALL, reason="builds two marts for each period: make test-all; on facts: test_to_date")
@pytest.mark.parametrize(("period", "days"), TO_DATE)
def test_what_was_shown_to_date_is_what_a_run_of_that_day_shows(
    period: str, days: int, tmp_path: Path, dbt: Dbt
) -> None:
    """`previous_to_date_value` of a running period, in a home that holds later days, too.

    Its later days alone give some rows of the run of that day their channel or market, or their first covered day:
    they say 0, where looking back there is no row.
    """
    as_of = dt.date(2026, 3, 6)
    home = lay_out_twice(tmp_path / "home", dt.timedelta(days=days))
    now = Mart(built(home, as_of, dbt, ("+race_kpi",))).rows("race_kpi", "kpi")
    then = Mart(built(home, as_of - dt.timedelta(days=days), dbt, ("+race_kpi",))).rows("race_kpi", "kpi")
    wrong, held = told_otherwise(now, then, period, as_of)
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong)
    assert len(held) > 60


@pytest.mark.skipif(not ALL, reason="builds a mart: make test-all")
def test_a_home_told_otherwise_builds_the_same_mart(week: Mart, key: Any, tmp_path: Path, dbt: Dbt) -> None:
    """What test_files_told_otherwise says of effective rows, once to the end. Parts of a file may cover fewer days."""
    golden = lay_out(tmp_path / "golden")
    home = without_inbox(golden, tmp_path / "home")
    shutil.copyfile(key, home.hash_key)
    luck = random.Random(1)
    ways = [way for way in told.TELLINGS if way is not told.split]
    for exports in told.world(home.root, golden, tmp_path / "scratch").exports.values():
        for one in (one for export in exports for one in export):
            said = (way(one, luck) for way in luck.sample(ways, len(ways)))
            deliver(home, next((files for files in said if files), [one.file]))
    otherwise = Mart(built(home, AS_OF, dbt))
    for table in ("race_kpi", "race_measure", "customer_360", "cohort_retention"):
        query = f"select * from {table} order by all"
        assert week.ask(query) == otherwise.ask(query), table
