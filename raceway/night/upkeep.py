"""What the DAG `upkeep` does: the same as the command line's `raceway upkeep`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from raceway.common.home import Home, find_home


def keep_up(params: Mapping[str, Any]) -> list[str]:
    """Removes what was kept long enough, with `dry_run` only lists it; gives what went or would go, in lines.

    Raises HomeIsLocked where a run holds the home alone.
    """
    home, dry_run = find_home(), bool(params.get("dry_run"))
    lines = kept_up(home, dry_run)
    for line in lines:
        print(line)
    return lines


def kept_up(home: Home, dry_run: bool) -> list[str]:
    """Removes what was kept long enough, Airflow's own rows too, or only lists it; gives the lines that say so.

    Raises HomeIsLocked where a run holds the home alone.
    """
    from raceway.common.lock import together
    from raceway.config.settings import load_settings
    from raceway.night.airflow_upkeep import told_of_airflow
    from raceway.publish.upkeep import remove, told, what_goes

    retention, now = load_settings(home).retention, dt.datetime.now(dt.UTC)
    with together(home):
        going = what_goes(home, retention, now) if dry_run else remove(home, retention, now)
        of_airflow = told_of_airflow(home, retention.log_days, now, dry_run)
    return [*told(home, going, dry_run), *of_airflow]
