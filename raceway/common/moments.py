"""Moments as texts and as the naive UTC that tables hold."""

from __future__ import annotations

import datetime as dt


def naive(moment: dt.datetime) -> dt.datetime:
    """UTC without a zone, as all timestamps in the warehouse are."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def moment(text: str) -> dt.datetime:
    """The moment (UTC) that `utc_text` wrote."""
    return dt.datetime.fromisoformat(text)


def utc_text(value: dt.datetime) -> str:
    """A moment as ISO text in UTC with microseconds: sorts as time does."""
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
