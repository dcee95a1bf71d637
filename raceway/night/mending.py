"""What a night mends of the home's own things before it begins, and how it tells of it.

Mended is what something else can say again: a batch by its raw files, states by their batch, the link `current` by the
versions, Airflow's database by Airflow. Nothing is mended in silence: each is a warning of the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import duckdb

from raceway.build.warehouse import take_away_warehouse, warehouse_is_damaged
from raceway.common.disk_faults import MENDS, UNREADABLE, said_of_the_disk
from raceway.common.faults import GateFailed, PassingFault, PermanentFault
from raceway.common.home import Home
from raceway.common.own_database import says_damage
from raceway.history.records import Check
from raceway.landing.mend import mend_batches
from raceway.ledger.data_file import deep_damage_of
from raceway.ledger.ledger import Ledger
from raceway.publish.current import mend_current


def mend(home: Home, sources: Iterable[str] | None = None) -> list[Check]:
    """Looks at every accepted batch (of some sources) and at the link `current`; gives a warning for each thing that
    was mended. What cannot be mended is left as it is: the freeze or the publish says so.
    """
    found = mend_batches(home, Ledger(home).state(), sources)
    checks = [_warning("landing", mended.sentence, mended.batch_id) for mended in found if mended.is_mended]
    if sources is None and (sentence := mend_current(home)):
        checks.append(_warning("published", sentence))
    return checks


def mended_database(sentence: str) -> list[Check]:
    """The warning about Airflow's database; none for an empty sentence."""
    return [_warning("airflow", sentence)] if sentence else []


def as_told(home: Home, fault: Exception) -> Exception:
    """What a step's fault is for people: the damage behind it, which is mended where that can be, or the disk's own
    words with what to do; the same fault where it is neither.
    """
    said = str(fault)
    if not isinstance(fault, duckdb.Error | GateFailed | PassingFault | OSError):
        return fault
    if warehouse_is_damaged(home, said):
        take_away_warehouse(home)
        return PermanentFault(
            f"{home.warehouse}: damaged ({said.splitlines()[0]}); it was taken away, since landing holds all that was "
            "in it: run again, and it is built anew"
        )
    version = re.search(rf"{re.escape(str(home.published))}/[^/\"]+", said)
    if version and says_damage(said):
        return PermanentFault(
            f"{version[0]}: a database in this published version is damaged ({said.splitlines()[0]}); copy the version "
            "back from a backup, or take its whole folder away: the next run publishes the mart again"
        )
    if any(mark in said for mark in (*UNREADABLE, "Invalid Input Error")):
        found = mend_batches(home, Ledger(home).state(), look=deep_damage_of)
        if found:
            return PermanentFault("; ".join(mended.sentence for mended in found) + "; then run again")
    if isinstance(fault, duckdb.IOException) or (isinstance(fault, duckdb.Error) and _UNWRITTEN in said):
        return PassingFault(f"DuckDB could not read or write a file: {fault}")
    if isinstance(fault, OSError) and fault.errno in MENDS:
        return PassingFault(said_of_the_disk(fault))
    return fault


_UNWRITTEN: Final = "Could not write file"
"""What DuckDB says of a commit for which the disk had no room."""


def _warning(subject: str, sentence: str, batch_id: str | None = None) -> Check:
    return Check(
        name="own_files_are_whole",
        kind="landing",
        severity="warning",
        passed=False,
        subject=subject,
        batch_id=batch_id,
        expected="what raceway keeps of its own is as it was written",
        message=sentence,
        remedy="it was mended as the sentence says; look at the disk, and at who else writes into this home",
    )
