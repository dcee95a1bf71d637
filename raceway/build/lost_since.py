"""What the last build counted and is gone without a decision: said before anything is built without it."""

from __future__ import annotations

import duckdb

from raceway.common.faults import BadSettings, PermanentFault
from raceway.common.home import Home
from raceway.config.accounts import Accounts
from raceway.ledger.ledger import Ledger


def refuse_what_was_lost(home: Home, accounts: Accounts) -> None:
    """Raises BadSettings where accounts.csv has lost the line of an account whose batches were in effect when the
    warehouse was built last and still are accepted, PermanentFault where the ledger has lost an event about one.

    Their numbers would all be gone at once, and the mart's gate would only list what is missing.
    """
    if not home.warehouse.is_file():
        return
    try:
        with duckdb.connect(str(home.warehouse)) as connection:
            rows = connection.execute("select source, account, batch_id from frozen.batches order by all").fetchall()
    except duckdb.Error:  # held, damaged or new: whoever freezes says so
        return
    batches = Ledger(home).state().batches
    for source, account, batch_id in rows:
        if batch_id not in batches or batches[batch_id].status == "landed":
            raise PermanentFault(
                f"{home.ledger}: batch {batch_id} ({source}/{account}) was in effect when the warehouse was built "
                "last, and the ledger holds no decision about it any more: an event is missing. Copy landing/_ledger/ "
                f"again from where it came or from a backup; or take {home.warehouse} away where the older "
                "ledger is meant"
            )
    lost: dict[str, list[str]] = {}
    for source, account, batch_id in rows:
        if (source, account) not in accounts and batches[batch_id].is_accepted:
            lost.setdefault(f"{source},{account}", []).append(batch_id)
    if lost:
        said = "; ".join(f"{where} ({len(ids)} batches, e.g. {ids[0]})" for where, ids in lost.items())
        raise BadSettings(
            f"{home.accounts}: has no line any more for accounts whose batches are in effect: {said}. Nothing was "
            "built. Put the lines back (from a backup, or as inbox/<source>/<account>/ names them; an account that is "
            "closed gets an ended_on), or take their batches out, one by one, with: raceway reject BATCH"
        )
