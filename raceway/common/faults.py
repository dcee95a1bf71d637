"""The two kinds of failure.

A permanent fault stays until a person changes something (a file, a contract, a setting): retrying it
only hides it. A passing fault (a lock, a full disk that is being cleared, a slow share) may heal by
itself and is retried with growing pauses. The kind is a type, so that nobody has to guess from a text.
"""

from __future__ import annotations

from raceway.common.texts import legible


class RacewayFault(Exception):
    """Base of all faults that raceway explains in a sentence; `str(fault)` is that sentence.

    It may name files, headers and cells: signs in them that a terminal would obey are written out.
    """

    def __str__(self) -> str:
        return legible(super().__str__())


class PermanentFault(RacewayFault):
    """Never retried: only a changed file, contract or setting mends it."""


class BadSettings(PermanentFault):
    """`raceway.toml`, `accounts.csv`, `exclusions.csv` or the home folder cannot be used as it is."""


class BadContract(PermanentFault):
    """A source's contract is wrong; names file, table, column and what to write instead."""


class ExportRefused(PermanentFault):
    """An export cannot be understood or its batch failed the landing gate."""


class GateFailed(PermanentFault):
    """A model, a critical dbt test or a critical expectation failed: nothing is published."""


class PublishingIsHeld(PermanentFault):
    """A person went back to an earlier version: nothing is published until a person releases it."""


class PassingFault(RacewayFault):
    """Retried with backoff: a lock held by another process, an I/O error."""


class HomeIsLocked(PassingFault):
    """Another run holds the home's lock; names its process and since when."""
