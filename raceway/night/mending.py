"""What a night mends of the home's own things before it begins, and how it tells of it.

Mended is what something else can say again: a batch by its raw files, states by their batch, the link `current` by the
versions, Airflow's database by Airflow. Nothing is mended in silence: each is a warning of the run.
"""

from __future__ import annotations

from collections.abc import Iterable

from raceway.common.home import Home
from raceway.history.records import Check
from raceway.landing.mend import mend_batches
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
