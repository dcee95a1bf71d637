"""What the DAG `upkeep` does: the same as the command line's `raceway upkeep`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from raceway.common.home import find_home


def keep_up(params: Mapping[str, Any]) -> list[str]:
    """Removes what was kept long enough, with `dry_run` only lists it; gives what went or would go, in lines.

    Raises HomeIsLocked where a run holds the home alone.
    """
    from raceway.common.lock import together
    from raceway.config.settings import load_settings
    from raceway.publish.upkeep import remove, told, what_goes

    home = find_home()
    retention, now, dry_run = load_settings(home).retention, dt.datetime.now(dt.UTC), bool(params.get("dry_run"))
    with together(home):
        going = what_goes(home, retention, now) if dry_run else remove(home, retention, now)
    lines = told(home, going, dry_run)
    for line in lines:
        print(line)
    return lines
