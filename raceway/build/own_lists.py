"""Tables of schema `frozen` that hold a home's lists of words."""

from __future__ import annotations

from typing import Final

import duckdb

from raceway.build.frozen_tables import write_table
from raceway.common.home import Home
from raceway.config.accounts import load_holidays
from raceway.config.own_lists import load_loyalty_tiers, load_offline_codes, load_reasons

OWN_LISTS: Final = ("own_reasons", "own_offline_codes", "own_loyalty_tiers", "own_holidays")
"""The tables that `write_own_lists` writes."""


def write_own_lists(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Writes reasons (numbered in their order), codes of offline media, loyalty tiers and holidays.

    Raises BadSettings naming the file, the row and the remedy.
    """
    write_table(
        connection,
        "own_reasons",
        "rule integer, pattern varchar, reason varchar",
        [{"rule": number, **row.model_dump()} for number, row in enumerate(load_reasons(home), start=1)],
    )
    write_table(
        connection,
        "own_offline_codes",
        "code varchar, medium varchar, channel varchar, valid_from date, valid_until date",
        [row.model_dump() for row in load_offline_codes(home)],
    )
    write_table(
        connection,
        "own_loyalty_tiers",
        "tier_name varchar, tier varchar, rank integer",
        [row.model_dump() for row in load_loyalty_tiers(home)],
    )
    write_table(
        connection,
        "own_holidays",
        "starts_on date, ends_on date, name varchar, market varchar",
        [row.model_dump() for row in load_holidays(home)],
    )
