"""What a person decides on Airflow's page: the same functions as the command line's, with Airflow's user as who.

The DAG `decide` calls `decide` here. What is asked is checked before anything is changed: the action, its id, and a
reason that says something.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from raceway.common.faults import PermanentFault
from raceway.common.home import find_home

ACTIONS: Final = ("accept", "reject", "retry", "waive", "rollback", "release")
SHORTEST_WHY: Final = 5
"""Letters that a reason has at least."""


def decide(params: Mapping[str, Any], who: str) -> str:
    """Carries out one decision; gives the sentence that says what holds now.

    `params`: `action` (one of ACTIONS), `id` (a batch for accept and reject, a file of the inbox for retry, a check for
    waive, the version to go back to for rollback, the one that is held for release) and `why`. Raises PermanentFault
    where one of them does not fit, UnknownBatch for an id that is not there.
    """
    from raceway.history.waivers import waive
    from raceway.ledger.decisions import accept, reject, retry
    from raceway.publish.rollback import release, rollback

    action, name, why = (str(params.get(key) or "").strip() for key in ("action", "id", "why"))
    if action not in ACTIONS:
        raise PermanentFault(f"{action!r}: no action; there are {', '.join(ACTIONS)}")
    if not name:
        raise PermanentFault(f"{action}: needs the id of what it is about, as the operators' page shows it")
    if len(why) < SHORTEST_WHY:
        raise PermanentFault(f"{action} {name}: needs a reason in why, of at least {SHORTEST_WHY} letters")
    home = find_home()
    if action == "waive":
        waiver = waive(home, name, why, who)
        return f"{waiver.subject}.{waiver.check} may fail in the next run; decided by {who}"
    if action == "retry":
        files = retry(home, name, who, why)
        return f"{', '.join(files)}: back in the inbox, read by the next run; decided by {who}"
    if action == "rollback":
        hold = rollback(home, name, why, who)
        return f"readers see {hold.version} instead of {hold.rolled_back_from}, and publishing is held; by {who}"
    if action == "release":
        return f"{release(home, why, who, name).version} is held no longer: the next night publishes; decided by {who}"
    batch = (accept if action == "accept" else reject)(home, name, who, why)
    stands = "counts" if action == "accept" else "is out"
    return f"{batch.batch_id} ({batch.source}.{batch.table}, {batch.account}) {stands} from the next run on; by {who}"
