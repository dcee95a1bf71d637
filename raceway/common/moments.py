"""Moments as texts and as the naive UTC that tables hold."""

from __future__ import annotations

import datetime as dt
from typing import overload


@overload
def naive(moment: dt.datetime) -> dt.datetime: ...
@overload
def naive(moment: dt.datetime | None) -> dt.datetime | None: ...
def naive(moment: dt.datetime | None) -> dt.datetime | None:
    """UTC without a zone, as all timestamps in the warehouse are; None where nothing happened yet."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment else None


def moment(text: str) -> dt.datetime:
    """The moment (UTC) that `utc_text` wrote."""
    return dt.datetime.fromisoformat(text)


def utc_text(value: dt.datetime) -> str:
    """A moment as ISO text in UTC with microseconds: sorts as time does."""
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
