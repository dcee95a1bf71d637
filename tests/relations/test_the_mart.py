"""Relations of the mart that hold whatever the truth is.

`make test` holds two marts against each other: the golden week's, which another test builds anyway, and one varied
home that carries several relations at once, landed, frozen and built in this process without Airflow. In it the week
lies 364 days earlier (rates, plan, history and cycle_start too), every amount is ten times as high with the rates
kept, and the company has one more market, whose accounts share no person, cost or campaign with the others and do not
tell what the others tell. So two homes are seen, and each row of their marts by day, week and cycle.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.build.dbt_run import absent_sources, build
from raceway.build.freeze import freeze
from raceway.common.home import PROJECT, Home
from raceway.config.accounts import load_accounts
from raceway.config.init import init_home
from raceway.config.settings import load_settings
from raceway.contracts.files import source_names
from raceway.night.wiring import STAGES
from tests.golden.golden_week import FOLDER, lay_out, night
from tests.relations.golden_varied import EARLIER, TIMES, earlier, lay_out_varied
from tests.relations.homes import File, deliver, land_all, without_inbox
from tests.relations.told import TELLINGS, world
from tests.support.length import ALL
from tests.support.once import once

AS_OF = dt.date(2026, 3, 9)
NEW = "TH"
"""The market of the accounts that are added."""
UNTOLD = ("bounce_rate", "avg_engagement_time", "email_forward_rate")
"""KPIs of which the added accounts tell nothing: Segment no engagement, Klaviyo no forwards."""
ROUNDED = Decimal(TIMES * 50) / 2
"""How far ten times a sum may lie from the sum of tens: half a dong for each of 50 amounts."""

Key = tuple[str, dt.date, str, str, str]
"""Period, its start, channel, market and the KPI or measure."""


def add_market(home: Home) -> None:
    """Accounts in Thailand: a site's events from Segment and letters from Klaviyo, with people of their own."""
    with (home.root / "accounts.csv").open("a", encoding="utf-8") as file:
        for source, account in (("segment", "th-site"), ("klaviyo", "th-letters")):
            file.write(f"{source},{account},Thailand,,{NEW},Asia/Bangkok,VND,false,0,,false,\n")
    at = int(dt.datetime(2025, 3, 9, 18, tzinfo=dt.UTC).timestamp())
    messages = [
        {
            "type": kind, "messageId": f"m-{day}-{number}-{kind}", "anonymousId": f"th-{number}", "userId": None,
            "timestamp": f"2025-03-{day:02d}T05:{number:02d}:00.000Z",
            "receivedAt": f"2025-03-{day:02d}T05:{number:02d}:01.000Z",
            "name": "Home", "event": None if kind == "page" else "Product Viewed", "properties": {},
            "traits": {"email": f"th.{number}@example.com"} if kind == "identify" else {},
            "context": {"page": {"url": "https://th.example/"}},
        }
        for day in range(3, 10)
        for number in range(3)
        for kind in ("page", "track", "identify")
    ]  # fmt: skip
    letters = (
        "Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,Unique Placed Order,Placed Order Rate,"
        "Revenue,Unique Opens,Open Rate,Total Opens,Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Spam Complaints,"
        "Spam Complaints Rate,Successful Deliveries,Bounces,Bounce Rate,Campaign ID,Campaign Channel\n"
        'Hello,,New,"All",2025-03-04 11:00:00,Tuesday,90.0,0.0,0.00%,0.0,40.0,44.44%,50.0,9.0,10.00%,11.0,1.0,0.0,0.00%,'
        "90.0,0.0,0.00%,TH1,Email\n"
    )
    profiles = (
        "Email,Klaviyo ID,First Name,Last Name,Email Marketing Consent,Email Marketing Consent Timestamp,Date Added\n"
        "th.0@example.com,01J1,A,B,SUBSCRIBED,2025-03-01 20:00:00,2025-03-01 08:00:00\n"
        "th.9@example.com,01J2,C,D,SUBSCRIBED,2025-03-02 20:00:00,2025-03-02 08:00:00\n"
    )
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    deliver(home, [
        File("segment", "th-site", "events.jsonl", lines.encode(), at),
        File("klaviyo", "th-letters", "campaigns.csv", letters.encode(), at),
        File("klaviyo", "th-letters", "profiles.csv", profiles.encode(), at),
    ])  # fmt: skip


def built(home: Home, as_of: dt.date) -> Home:
    """Lands, freezes and builds a home as a night does, without publishing."""
    outcomes = land_all(home, [name for name in source_names() if (home.inbox / name).is_dir()], as_of)
    assert not [outcome.reason for outcome in outcomes if outcome.status != "landed"]
    frozen = freeze(home, "relation", as_of, load_settings(home), load_accounts(home))
    assert not frozen.waiting
    for stage in STAGES:
        build(home, "relation", f"tag:{stage}", absent=absent_sources(home) if stage == "staging" else ())
    return home


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = night(tmp_path_factory)
    with duckdb.connect(str(home.current / "race.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    key = night(tmp_path_factory).hash_key

    def vary(folder: Path) -> None:
        built(lay_out_varied(folder / "home", folder / "golden", key, add_market), AS_OF - EARLIER)

    home = Home(once(tmp_path_factory, "varied_week", vary) / "home")
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        yield connection


def seed(name: str) -> list[dict[str, str]]:
    """The rows of a seed."""
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MEASURES = {row["measure"]: row for row in seed("measures")}
KPIS = {row["kpi"]: row for row in seed("kpi_catalog")}
FED_BY_NEW = {row["measure"] for row in seed("measure_sources") if row["source"] in ("segment", "klaviyo")}


def parts(kpi: str) -> list[str]:
    """The measures of a KPI."""
    return re.findall(r"[a-z_][a-z0-9_]*", f"{KPIS[kpi]['numerator']} {KPIS[kpi]['denominator']}")


def times(formula: str) -> int:
    """By what a side of a ratio grows where every amount is ten times as high."""
    units = {MEASURES[name]["unit"] for name in re.findall(r"[a-z_][a-z0-9_]*", formula)}
    return TIMES if "money" in units else 1


def is_fitted(kpi: str) -> bool:
    """Whether a measure comes from the fit of a month's end, which lies on another day of the week."""
    return any(MEASURES[name]["additivity"] == "fitted" for name in parts(kpi))


def untouched(name: str, market: str, measures: list[str]) -> bool:
    """Whether the added market may not show in a row: another market's, or of what its accounts do not tell."""
    return market not in ("all", NEW) or name in UNTOLD or not FED_BY_NEW & set(measures)


def kpis(connection: duckdb.DuckDBPyConnection, shift: dt.timedelta) -> dict[Key, dict[str, Any]]:
    """Rows of race_kpi by day, week and cycle."""
    rows = connection.execute("select * from race_kpi where period in ('day', 'week', 'cycle')")
    names = [column[0] for column in rows.description]
    found = {}
    for row in rows.fetchall():
        values = dict(zip(names, row, strict=True))
        key = (values["period"], values["period_start"] + shift, values["channel"], values["market"], values["kpi"])
        found[key] = values
    return found


def near(wanted: Any, found: Any, by: Decimal) -> bool:
    """Whether two values are equal but for rounding."""
    if wanted is None or found is None:
        return wanted is found
    gap = abs(Decimal(found) - Decimal(wanted))
    return gap <= by + abs(Decimal(wanted)) * Decimal("1e-9")


def test_the_same_week_earlier_dearer_and_beside_another_market_is_the_same_week(
    base: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection
) -> None:
    was, now = kpis(base, dt.timedelta()), kpis(other, EARLIER)
    wrong: list[str] = []
    held = 0
    for key in sorted(was.keys() | now.keys()):
        *_, market, kpi = key
        if is_fitted(kpi) or not untouched(kpi, market, parts(kpi)):
            continue
        if key not in was or key not in now:
            wrong.append(
                f"{key}: only in the {'varied' if key in now else 'golden'} week: {now.get(key) or was.get(key)}"
            )
            continue
        held += 1
        for difference in differences(kpi, was[key], now[key]):
            wrong.append(f"{key}: {difference}")
    assert not wrong, f"{len(wrong)} of {held}:\n" + "\n".join(wrong[:40])
    assert held > 5_000


def differences(kpi: str, was: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """How a row of the varied week is not what the golden week's says."""
    over, under = times(KPIS[kpi]["numerator"]), times(KPIS[kpi]["denominator"])
    ratio = Decimal(over) / under if KPIS[kpi]["denominator"] else Decimal(over)
    for name, by in (
        ("numerator", Decimal(over)), ("denominator", Decimal(under)), ("value", ratio), ("previous_value", ratio),
        ("previous_to_date_value", ratio), ("year_ago_value", ratio), ("is_complete", None), ("status", None),
    ):  # fmt: skip
        if by is None:
            if was[name] != now[name]:
                yield f"{name} {was[name]} -> {now[name]}"
            continue
        wanted = None if was[name] is None else Decimal(was[name]) * by
        is_sum = name in ("numerator", "denominator") or not KPIS[kpi]["denominator"]
        money = over == TIMES or under == TIMES
        allowed = ROUNDED if money and is_sum else abs(wanted or 0) / 1000 if money else Decimal(0)
        if not near(wanted, now[name], allowed):
            yield f"{name} {was[name]} -> {now[name]}"


def test_channels_and_markets_sum_to_all(base: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection) -> None:
    summed = [name for name, row in MEASURES.items() if row["additivity"] == "sum"]
    for connection in (base, other):
        for kind, fixed in (("channel", "market"), ("market", "channel")):
            wrong = connection.execute(
                f"""
                with rows as (select * from race_measure where list_contains(?, measure)),
                parts as (
                    select measure, period, period_start, {fixed}, sum(value) as of_parts
                    from rows where {kind} <> 'all' group by all
                )
                select measure, period, period_start, {fixed}, rows.value, of_parts
                from parts inner join rows using (measure, period, period_start, {fixed})
                where rows.{kind} = 'all' and rows.value is not null and abs(rows.value - of_parts) > 0.000001
                order by all
                """,
                [summed],
            ).fetchall()
            assert not wrong, (kind, len(wrong), wrong[:20])


PEOPLE = """
    select
        market, race_stage, first_touch_at, first_touch_channel, last_touch_at, last_touch_channel, sessions,
        first_order_date, last_order_date, orders, is_active, is_anonymous, is_customer, is_lead, is_subscriber,
        is_member, nps_score, nps_kind, nps_on, tickets, open_tickets, last_ticket_on, last_used_on, recency_days,
        r_score, f_score, m_score, segment, net_sales
    from customer_360 where market <> ?
"""
"""Of a person all but her id, which is a hash of her first moment, and what is fitted at a month's end."""


def test_added_people_change_nothing_of_the_others(
    base: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection
) -> None:
    """Which is also: removing people from the files removes exactly their rows."""
    was = sorted(base.execute(PEOPLE, [NEW]).fetchall(), key=repr)
    now = sorted((_later(row) for row in other.execute(PEOPLE, [NEW]).fetchall()), key=repr)
    assert [row[:-1] for row in was] == [row[:-1] for row in now]
    assert all(near(a[-1] and a[-1] * TIMES, b[-1], ROUNDED) for a, b in zip(was, now, strict=True))
    added = other.execute("select count(*) from customer_360 where market = ?", [NEW]).fetchall()
    assert (len(was), added) == (len(now), [(4,)])  # three visitors, one of them a reader, and one who only reads


def _later(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(cell + EARLIER if isinstance(cell, dt.date) else cell for cell in row)


# the long form: each of these builds a mart of its own


@pytest.mark.skipif(not ALL, reason="builds a mart: make test-all")
def test_a_home_told_otherwise_builds_the_same_mart(
    base: duckdb.DuckDBPyConnection, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What test_files_told_otherwise says of effective rows, once to the end."""
    golden = lay_out(tmp_path / "golden")
    home = without_inbox(golden, tmp_path / "home")
    luck = random.Random(1)
    (tmp_path / "scratch").mkdir()
    for exports in world(home.root, golden, tmp_path / "scratch").exports.values():
        for one in (one for export in exports for one in export):
            said = (way(one, luck) for way in luck.sample(TELLINGS, len(TELLINGS)))
            deliver(home, next((files for files in said if files), [one.file]))
    shutil.copyfile(night(tmp_path_factory).hash_key, home.hash_key)
    built(home, AS_OF)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        for table in ("race_kpi", "race_measure", "customer_360", "cohort_retention", "osa_review"):
            names = [column[0] for column in base.execute(f"select * from {table} limit 0").description]
            select = f"select {', '.join(names)} from {table} order by all"
            assert base.execute(select).fetchall() == connection.execute(select).fetchall(), table


@pytest.mark.skipif(not ALL, reason="builds a mart: make test-all")
def test_a_market_of_its_own_is_what_a_home_with_only_its_accounts_shows(
    other: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    home = init_home(tmp_path / "home")
    accounts = (FOLDER / "accounts.csv").read_text(encoding="utf-8").splitlines(keepends=True)[0]
    (home.root / "accounts.csv").write_text(accounts, encoding="utf-8")
    settings = (FOLDER / "raceway.toml").read_text(encoding="utf-8")
    (home.root / "raceway.toml").write_text(earlier(settings), encoding="utf-8")
    add_market(home)
    built(home, AS_OF - EARLIER)
    columns = "kpi, period, period_start, channel, numerator, denominator, value"
    select = f"select {columns} from race_kpi where market = ? and value is not null order by all"
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        alone = connection.execute(select, [NEW]).fetchall()
    assert alone
    assert alone == other.execute(select, [NEW]).fetchall()
