"""Why two versions differ: the causes, in a fixed order, and the frozen tables as some of them make them.

    program → as_of → settings → rates → links → batches of a source, one source after the other by name

What two versions were made of is cut into these. A cause *differs* where a row of its share does. Taking the causes
from the later version one after the other, and building in between, tells what each adds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import duckdb

from raceway.build.kept import write_inputs
from raceway.common.home import Home
from raceway.common.sql import name, quoted, text_list
from raceway.publish.made_of import WITH_PATHS

PROGRAM, AS_OF, SETTINGS, RATES, LINKS = "program", "as_of", "settings", "rates", "links"
BATCHES: Final = "batches of "
"""Followed by a source."""

_ORDER: Final = (PROGRAM, AS_OF, SETTINGS, RATES, LINKS)
_BY_BATCH: Final = ("batches", "scopes", "covered_days", "state_files")
_LINKING: Final = ("segment.identities", "plan.campaign_map")
"""Landed tables that only say what belongs together: who is who, and which link is which campaign."""


def in_order(causes: Collection[str]) -> list[str]:
    """Causes in their fixed order."""
    known = [cause for cause in _ORDER if cause in causes]
    return known + sorted(cause for cause in causes if cause not in _ORDER)


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The causes that differ between what two versions were made of (see `made_of`), in order."""
    found = set()
    with duckdb.connect() as connection:
        for table in sorted({*before, *after}):
            if table not in before or table not in after:
                found.add(PROGRAM)  # the freeze of another program writes other tables
                continue
            shares = _shares(table)
            for cause, columns in shares.items():
                sides = [f"select {columns} from {of[table]}" for of in (before, after)]
                changed = " union all ".join(f"(({a}) except all ({b}))" for a, b in (sides, sides[::-1]))
                rows = connection.execute(f"select distinct {cause} from ({changed}) as changed").fetchall()
                found.update(one for (one,) in rows)
    return in_order(found)


def write_frozen(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    before: Mapping[str, str],
    after: Mapping[str, str] | None = None,
    taken: Collection[str] = (),
) -> None:
    """Writes schema `frozen` of a scratch warehouse: what `before` was made of, the `taken` causes as in `after`."""
    connection.execute("set timezone = 'UTC'")
    connection.execute("begin")
    connection.execute("create schema if not exists frozen")
    later = after or before
    wanted = text_list(list(taken))
    for table, rows in before.items():
        below = f"{quoted(f'{home.landing}/')} || path"
        placed = f"replace ({below} as path)" if table in WITH_PATHS else ""
        placed += f", {below} as read_from" if table == "batches" else ""
        if table in _BY_BATCH:
            select = (
                f"select * from {rows} where not list_contains({wanted}, {_BATCH_CAUSE}) "
                f"union all by name select * from {later[table]} where list_contains({wanted}, {_BATCH_CAUSE})"
            )
        elif table == "settings":
            whole, day = (later if SETTINGS in taken else before), (later if AS_OF in taken else before)
            select = f"select * replace ((select as_of from {day[table]}) as as_of) from {whole[table]}"
        else:
            cause = RATES if table == "vat_rates" else PROGRAM if table == "program" else SETTINGS
            select = f"select * from {(later if cause in taken else before)[table]}"
        connection.execute(
            f"create or replace table frozen.{name(table)} as select * {placed} from ({select}) order by all"
        )
    connection.execute(
        "create or replace table frozen.rows_rewritten (model varchar, rows_written bigint, rows_kept bigint)"
    )
    write_inputs(connection)
    connection.execute("commit")


_BATCH_CAUSE: Final = (
    f"case when source = 'plan' and table_name = 'fx_rates' then '{RATES}' "
    f"when list_contains({text_list(_LINKING)}, source || '.' || table_name) then '{LINKS}' "
    f"else '{BATCHES}' || source end"
)


def _shares(table: str) -> dict[str, str]:
    """By cause (an expression) the columns of a table that it is about."""
    if table in _BY_BATCH:
        return {_BATCH_CAUSE: "*"}
    if table == "settings":
        return {quoted(AS_OF): "as_of", quoted(SETTINGS): "* replace (null::date as as_of)"}
    cause = RATES if table == "vat_rates" else PROGRAM if table == "program" else SETTINGS
    return {quoted(cause): "*"}
