"""The command that removes what was kept long enough."""

from __future__ import annotations

from typing import Annotated

import typer

from raceway.console.form import Places, say


def add_upkeep(app: typer.Typer, places: Places) -> None:
    """Adds upkeep to the program."""

    @app.command()
    def upkeep(
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go, with its size.")] = False,
    ) -> None:
        """Remove what `[retention]` says was kept long enough: raw files, rows of checks, logs, versions, batches that
        were read again, and rows of Airflow's own database in the home.

        Nothing that is in effect, waits for a decision or belongs to a kept version goes. Readers are not disturbed.

        Example: `raceway upkeep --dry-run`, then `raceway upkeep`
        """
        from raceway.night.upkeep import kept_up

        for line in kept_up(places.find(), dry_run):
            say(places.out, line)
