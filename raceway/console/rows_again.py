"""`raceway retry --rows`: the refused rows of files that landed are read again with today's contract."""

from __future__ import annotations

from collections.abc import Iterator

from raceway.common.home import Home
from raceway.common.lock import together
from raceway.common.who import who_decides
from raceway.landing.read_again import read_again, with_refused_rows
from raceway.ledger.decisions import UnknownBatch


def read_refused_rows(home: Home, batch_id: str | None = None, who: str | None = None) -> Iterator[str]:
    """Reads the refused rows of all batches, or of one, again; gives what became of each, in sentences.

    Raises UnknownBatch where the named batch has no refused rows or is not in effect, HomeIsLocked where a run is at
    work, BadContract and BadSettings.
    """
    with together(home):
        batches = with_refused_rows(home, batch_id)
        if batch_id is not None and not batches:
            raise UnknownBatch(f"batch {batch_id}: no accepted batch with refused rows of that id; `raceway status`")
        done = read_again(home, batches, who_decides(who), refused_rows_only=True)
    for one in done:
        still = "; the refused rows stay in quarantine/rows/" if one.what == "unchanged" else ""
        yield f"{one.sentence}{still}"
    replaced = sum(one.what == "replaced" for one in done)
    yield (
        f"{replaced} of {len(done)} batches count with more rows from the next run on."
        if done
        else ("There is no batch with refused rows.")
    )
