"""Which days a night may be run for: none that lies further ahead than tomorrow.

As of a day that is far ahead every window, cohort and gap up to it would be worked out, and every period would be over.
"""

from __future__ import annotations

import datetime as dt

from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.config.settings import Settings

_A_DAY = dt.timedelta(days=1)


def refuse_days_ahead(home: Home, settings: Settings, as_of: dt.date, now: dt.datetime) -> None:
    """Raises BadSettings where `as_of` lies after the day after `now` (with zone) in the business zone.

    A sample's days are invented: its home may be run for the day after its last one, whenever that is.
    """
    tomorrow = settings.business_day(now) + _A_DAY
    last = max(tomorrow, _after_the_sample(home) or tomorrow)
    if as_of > last:
        raise BadSettings(
            f"--as-of {as_of}: lies ahead; a night runs for today ({settings.business_day(now)} in "
            f"{settings.business.zone}) or an earlier day, at the latest for {last}. What has not happened cannot be "
            "loaded; is the clock of this machine right?"
        )


def _after_the_sample(home: Home) -> dt.date | None:
    """The day that a sample in this home is meant to be run for."""
    try:
        return dt.date.fromisoformat(home.sample_as_of.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
