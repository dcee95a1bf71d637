"""Schema `frozen` of the warehouse: the effective set, and all of a home's settings and lists that models read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final

import duckdb

from raceway.common.home import Home
from raceway.common.networks import coarse_ip
from raceway.config.accounts import Accounts, ChannelRule, Exclusion, SalesChannel, TicketTopic, VatRate
from raceway.config.segments import SegmentRule
from raceway.config.settings import Settings
from raceway.config.values import WEEKDAYS, minor_unit
from raceway.reading.forgotten import Forgotten
from raceway.reading.personal import Hasher

HISTORY_DAYS: Final = 180
"""Days of order history after which a customer without an earlier order is believed to be new."""


def write_schema(connection: duckdb.DuckDBPyConnection) -> None:
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


def write_settings(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    accounts: Accounts,
    exclusions: list[Exclusion],
    channel_rules: list[ChannelRule],
    as_of: dt.date,
) -> None:
    """The tables of accounts, exclusions, channel rules and settings."""
    rows = [
        account.model_dump()
        | {
            "prices_include_vat": bool(account.prices_include_vat),
            "vat_is_stated": account.prices_include_vat == "stated",
            "minor_unit": minor_unit(account.currency),
        }
        for account in accounts.values()
    ]
    write_table(
        connection,
        "accounts",
        "source varchar, account varchar, name varchar, brand varchar, market varchar, time_zone varchar, "
        "currency varchar, prices_include_vat boolean, vat_rate decimal(9, 6), history_start date, "
        "opened_on date, ended_on date, conversions_are_purchases boolean, site varchar, counts_sessions boolean, "
        "order_numbers varchar, minor_unit integer, vat_is_stated boolean",
        rows,
    )
    write_table(
        connection,
        "exclusions",
        "kind varchar, value varchar, reason varchar",
        [exclusion.model_dump() for exclusion in exclusions],
    )
    write_table(
        connection,
        "own_channel_rules",
        "rule integer, channel varchar, click_id varchar, category varchar, source varchar, medium varchar, "
        "campaign varchar, is_ad boolean",
        [{"rule": number} | rule.model_dump() for number, rule in enumerate(channel_rules, start=1)],
    )
    write_table(
        connection,
        "settings",
        "business_zone varchar, reporting_currency varchar, minor_unit integer, fiscal_year_start_month integer, "
        "cycle_start date, churn_window_days integer, attribution_lookback_days integer, cart_window_days integer, "
        "rate_max_age_days integer, identity_max_shared integer, as_of date, on_track double, at_risk double, "
        "history_days integer, first_reply_minutes integer",
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
                "first_reply_minutes": settings.support.first_reply_minutes,
            }
        ],
    )


def write_selling(
    connection: duckdb.DuckDBPyConnection, sales_channels: list[SalesChannel], vat_rates: list[VatRate]
) -> None:
    """The tables of the company's own sales channels and of VAT rates."""
    write_table(
        connection,
        "own_sales_channels",
        "sales_channel varchar, sales_place varchar, marketplace varchar",
        [channel.model_dump() for channel in sales_channels],
    )
    write_table(
        connection,
        "vat_rates",
        "source varchar, account varchar, market varchar, product_line varchar, valid_from date, rate decimal(9, 6)",
        [rate.model_dump() for rate in vat_rates],
    )


def write_ticket_topics(connection: duckdb.DuckDBPyConnection, topics: list[TicketTopic]) -> None:
    """The table of the company's own topics of support tickets, numbered in their order."""
    write_table(
        connection,
        "own_ticket_topics",
        "priority integer, tag varchar, topic varchar",
        [{"priority": number} | topic.model_dump() for number, topic in enumerate(topics, start=1)],
    )


def write_segments(connection: duckdb.DuckDBPyConnection, rules: list[SegmentRule]) -> None:
    """The table of segment rules, in their order; a value is a number or a text in lower case."""
    write_table(
        connection,
        "segments",
        "rule integer, segment varchar, column_name varchar, operator varchar, number_value decimal(38, 6), "
        "text_value varchar",
        [
            {
                "rule": number,
                "segment": rule.segment,
                "column_name": rule.column,
                "operator": rule.operator,
                "number_value": rule.number,
                "text_value": None if rule.number is not None else rule.value.lower(),
            }
            for number, rule in enumerate(rules, start=1)
        ],
    )


def write_lists(connection: duckdb.DuckDBPyConnection, home: Home, settings: Settings, accounts: Accounts) -> None:
    """The lists of the settings, one row per value, sorted."""
    lists: dict[str, Iterable[str]] = {
        "attribution_model": [settings.attribution.model],
        "target_pacing": [settings.targets.pacing],
        "undelivered_tags": settings.orders.undelivered_tags,
        "gift_card_names": settings.orders.gift_card_names,
        "web.own_hosts": settings.web.own_hosts,
        "seo.authority_vendor": [settings.seo.authority_vendor],
        "seo.primary_domain": [settings.seo.primary_domain] if settings.seo.primary_domain else [],
        "key_features": [feature.strip().lower() for feature in settings.app.key_features],
        "required_sources": [required.source for required in settings.night.required],
    }
    lists |= {f"events.{meaning}": names for meaning, names in settings.events}
    lists |= {f"required_lag_days.{required.source}": [str(required.lag_days)] for required in settings.night.required}
    lists |= {
        f"required_due_weekday.{required.source}": [str(WEEKDAYS.index(day)) for day in required.due]
        for required in settings.night.required
        if set(required.due) != set(WEEKDAYS)
    }
    lists["identity.never_join"] = _never_joined(home, settings, accounts)
    rows = [
        {"setting": setting, "value": value}
        for setting, values in sorted(lists.items())
        for value in sorted(set(values))
    ]
    write_table(connection, "setting_values", "setting varchar, value varchar", rows)


_LIKE_A_PHONE: Final = re.compile(r"(?:[^0-9a-zA-Z@]*[0-9]){8,15}[^0-9a-zA-Z@]*")
"""Digits and signs, no more digits than a phone has: a device of GA4 has some twenty."""


def _never_joined(home: Home, settings: Settings, accounts: Accounts) -> set[str]:
    """What the identities that the settings list may be called in landed rows; no address, no phone in the clear."""
    if not settings.identity.never_join:
        return set()
    hasher, forgotten = Hasher(home), Forgotten(home)
    markets = {account.market for account in accounts.values()}
    found = set()
    for value in map(str.strip, settings.identity.never_join):
        is_phone = _LIKE_A_PHONE.fullmatch(value) is not None
        ids = {hasher.id(value)} if is_phone or "@" in value else {hasher.id(value), value}
        names = ids | {hasher.email(value)}
        if is_phone:
            names |= {hasher.phone(value, market) for market in markets}
        ids |= set(forgotten.renamed(ids).values())
        names |= ids | set(forgotten.renamed(names).values())
        for source, account in accounts:  # devices and a till's customers are known by account and id
            names |= {f"{account}:{called}" for called in ids}
            names |= {f"{source}:{account}:{called}" for called in ids}
        found |= names
    return found


def hashed_exclusions(home: Home, exclusions: list[Exclusion], accounts: Accounts) -> list[Exclusion]:
    """Exclusions as landed rows show them: e-mails and phones hashed (per market), IPs as their networks; who was
    forgotten under the new identity, too."""
    if not exclusions:
        return []
    hasher, forgotten = Hasher(home), Forgotten(home)
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
        values |= set(forgotten.renamed(values).values())
        for value in values:
            found[exclusion.kind, value] = exclusion.model_copy(update={"value": value})
    return [found[key] for key in sorted(found)]


def write_table(connection: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[dict[str, Any]]) -> None:
    """Creates a table of schema `frozen` from rows; no rows give an empty table of the declared columns."""
    connection.execute(f"create or replace table frozen.{name} ({columns})")
    for row in rows:
        marks = ", ".join("?" for _ in row)
        connection.execute(f"insert into frozen.{name} ({', '.join(row)}) values ({marks})", list(row.values()))
