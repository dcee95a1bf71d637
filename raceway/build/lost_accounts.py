"""Accounts that the last build counted and accounts.csv names no more: said before anything is built without them."""

from __future__ import annotations

import duckdb

from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.config.accounts import Accounts
from raceway.ledger.ledger import Ledger


def refuse_lost_accounts(home: Home, accounts: Accounts) -> None:
    """Raises BadSettings where accounts.csv has lost the line of an account whose batches were in effect when the
    warehouse was built last, and still are accepted.

    Its numbers would all be gone at once, and the mart's gate would only list what is missing.
    """
    if not home.warehouse.is_file():
        return
    try:
        with duckdb.connect(str(home.warehouse)) as connection:
            rows = connection.execute("select source, account, batch_id from frozen.batches order by all").fetchall()
    except duckdb.Error:  # held, damaged or new: whoever freezes says so
        return
    gone = [row for row in rows if (row[0], row[1]) not in accounts]
    if not gone:
        return
    accepted = {batch.batch_id for batch in Ledger(home).state().accepted()}
    lost: dict[tuple[str, str], list[str]] = {}
    for source, account, batch_id in gone:
        if batch_id in accepted:
            lost.setdefault((source, account), []).append(batch_id)
    if lost:
        said = "; ".join(
            f"{source},{account} ({len(ids)} batches, e.g. {ids[0]})" for (source, account), ids in lost.items()
        )
        raise BadSettings(
            f"{home.accounts}: has no line any more for accounts whose batches are in effect: {said}. Nothing was "
            "built. Put the lines back (from a backup, or as inbox/<source>/<account>/ names them; an account that is "
            "closed gets an ended_on), or take their batches out, one by one, with: raceway reject BATCH"
        )
