"""The command that removes what was kept long enough."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from raceway.console.form import Places, say


def add_upkeep(app: typer.Typer, places: Places) -> None:
    """Adds upkeep to the program."""

    @app.command()
    def upkeep(
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go, with its size.")] = False,
    ) -> None:
        """Remove what `[retention]` says was kept long enough: raw files, logs, batches that were read again.

        Nothing that is in effect, waits for a decision or belongs to a kept version goes. Readers are not disturbed.

        Example: `raceway upkeep --dry-run`, then `raceway upkeep`
        """
        from raceway.common.lock import together
        from raceway.config.settings import load_settings
        from raceway.publish.upkeep import remove, told, what_goes

        home = places.find()
        retention, now = load_settings(home).retention, dt.datetime.now(dt.UTC)
        with together(home):
            going = what_goes(home, retention, now) if dry_run else remove(home, retention, now)
        for line in told(home, going, dry_run):
            say(places.out, line)
