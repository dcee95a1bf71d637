"""A night with new links among many identities: seconds, and how many rows of each table it rewrote.

    python -m bench.links [--identities 1000000] [--links 1000]

Writes a home whose site and shop know that many identities over a year, runs the first night, then a second one whose
only news are identifications of visitors of the last week. To reach: the second night counts only the periods anew
in which those visitors were there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from raceway.common.home import Home
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.config.settings import Business, Night, Settings
from raceway.console.show import print_table
from raceway.night.run import run_night

DAYS = 365
LAST = dt.date(2026, 6, 30)
ZONE = "Asia/Ho_Chi_Minh"


def write_home(root: Path) -> Home:
    """A home with one site and one shop of a year's history."""
    settings = Settings(business=Business(name="Links", zone=ZONE, reporting_currency="VND"), night=Night(required=()))
    first = LAST - dt.timedelta(days=DAYS - 1)
    accounts = [
        Account(source=source, account="main", name="Main", market="VN", time_zone=ZONE, currency="VND",
                history_start=first)
        for source in ("segment", "shopify")
    ]  # fmt: skip
    return init_home(root, settings, accounts)


def write_year(home: Home, identities: int) -> None:
    """Of ten identities six are devices, two logins and two addresses: one person in five bought and is known."""
    persons = identities // 5
    with duckdb.connect() as connection:
        connection.execute(f"""
            create table devices as
            select
                i as device,
                case when i % 3 = 0 then i // 3 end as person,
                hash(i) % {DAYS} as day,
                hash(i, 1) % 80000 as second
            from range({persons} * 3) as numbers (i)
        """)
        moment = f"timestamp '{LAST - dt.timedelta(days=DAYS - 1)} 00:00:00' - interval 7 hour"
        messages = f"""
            select
                'page' as type,
                'd' || device as "anonymousId",
                cast(null as varchar) as "userId",
                cast(null as varchar) as email,
                {moment} + to_days(cast(least(day + 3 * visit, {DAYS - 1}) as integer))
                    + to_seconds(cast(second + visit as bigint)) as sent_at,
                'p' || device || '-' || visit as "messageId",
                case when device % 4 = 0 then 'https://links.example/?utm_source=google&utm_medium=cpc'
                     else 'https://links.example/' end as url
            from devices, range(2) as visits (visit)
            where visit = 0 or device % 5 = 0
            union all
            select
                'identify', 'd' || device, 'u' || person, 'u' || person || '@links.example',
                {moment} + to_days(cast(day as integer)) + to_seconds(cast(second + 60 as bigint)),
                'i' || device, 'https://links.example/login'
            from devices
            where person is not null
        """
        _write_messages(connection, home, messages, "year")
        orders = f"""
            select
                'L' || device as "Name",
                'u' || person || '@links.example' as "Email",
                'paid' as "Financial Status", 'VND' as "Currency",
                300000 as "Subtotal", 0 as "Shipping", 0 as "Taxes", 300000 as "Total", 0 as "Discount Amount",
                strftime({moment} + to_days(cast(day as integer)) + to_seconds(cast(second + 120 as bigint))
                    + interval 7 hour, '%Y-%m-%d %H:%M:%S +0700') as "Created at",
                1 as "Lineitem quantity", 'Tea' as "Lineitem name", 300000 as "Lineitem price", 'TEA' as "Lineitem sku"
            from devices
            where person is not null
            order by "Created at"
        """
        file = home.inbox / "shopify" / "main" / "orders_export.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(f"copy ({orders}) to '{file}' (header true)")
        _exported(file, LAST + dt.timedelta(days=1))


def write_links(home: Home, identities: int, links: int) -> None:
    """Visitors of the last week who now log in: each identification joins a device to a login of old."""
    persons = identities // 5
    with duckdb.connect() as connection:
        messages = f"""
            select
                'identify' as type, 'd' || i as "anonymousId", 'u' || i % {persons} as "userId",
                cast(null as varchar) as email,
                timestamp '{LAST + dt.timedelta(days=1)} 01:00:00' + to_seconds(i % 3600) as sent_at,
                'n' || i as "messageId", 'https://links.example/login' as url
            from range({persons} * 3) as numbers (i)
            where i % 3 <> 0 and hash(i) % {DAYS} >= {DAYS - 7}
            limit {links}
        """
        _write_messages(connection, home, messages, "links")


def _write_messages(connection: duckdb.DuckDBPyConnection, home: Home, messages: str, name: str) -> None:
    file = home.inbox / "segment" / "main" / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"""
        copy (
            select
                type, "anonymousId", "userId", "messageId",
                strftime(sent_at, '%Y-%m-%dT%H:%M:%S.000Z') as "timestamp",
                strftime(sent_at, '%Y-%m-%dT%H:%M:%S.000Z') as "receivedAt",
                {{'page': {{'url': url}}, 'traits': {{'email': email}}}} as context
            from ({messages})
            order by sent_at, "messageId"
        ) to '{file}' (format json)
    """)
    [(newest,)] = connection.execute(f"select max(sent_at) from ({messages})").fetchall()
    _exported(file, newest.date() + dt.timedelta(days=1))


def _exported(file: Path, day: dt.date) -> None:
    moment = dt.datetime.combine(day, dt.time(1), tzinfo=dt.UTC).timestamp()
    os.utime(file, (moment, moment))


def models_of(home: Home, run_id: str) -> dict[str, dict[str, Any]]:
    """What each model of a run took, and how many rows of it were written and kept where it keeps some."""
    return {
        model["name"]: model
        for file in (home.run(run_id) / "dbt").glob("*.json")
        for model in json.loads(file.read_text(encoding="utf-8"))["models"]
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--identities", type=int, default=1_000_000)
    options.add_argument("--links", type=int, default=1_000)
    given = options.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="raceway-links-") as folder:
        home = write_home(Path(folder) / "home")
        write_year(home, given.identities)
        first = run_night(home, as_of=LAST + dt.timedelta(days=1))
        write_links(home, given.identities, given.links)
        second = run_night(home, as_of=LAST + dt.timedelta(days=2))
        nights = [models_of(home, night.run_id) for night in (first, second)]
        print_table(
            console,
            f"{given.identities:,} identities, then {given.links:,} new links: {first.status}, {second.status}",
            ("model", ">first night, seconds", ">second, seconds", ">rows rewritten", ">rows kept"),
            [
                (name, *(f"{night[name]['seconds']:.1f}" for night in nights),
                 f"{model['rows_written']:,}", f"{model['rows_kept']:,}")
                for name, model in nights[1].items()
                if model["rows_written"] is not None
            ]
            + [("dbt, all models and tests", f"{first.seconds['dbt']:.1f}", f"{second.seconds['dbt']:.1f}", "", "")],
        )  # fmt: skip


if __name__ == "__main__":
    main()
