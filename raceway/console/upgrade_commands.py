"""The command that brings a home to this version."""

from __future__ import annotations

from typing import Annotated

import typer

from raceway.console.form import Places, say


def add_upgrade(app: typer.Typer, places: Places) -> None:
    """Adds upgrade to the program."""

    @app.command()
    def upgrade(
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what differs; nothing is changed.")] = False,
        rebuild: Annotated[bool, typer.Option(help="Run a night that builds everything anew at the end.")] = True,
    ) -> None:
        """Bring a home to this version: say what differs, land again what a changed contract alters, rebuild.

        Readers keep the published version until the new one has passed its gate. A home that a newer raceway has
        written in is refused, and nothing is changed. With `--no-rebuild` the next `raceway run` builds.

        Exit code: that of the run; 2 where a person has to mend something first.

        Example: `raceway upgrade --dry-run`, then `raceway upgrade`
        """
        from raceway.common.lock import alone
        from raceway.common.who import who_decides
        from raceway.console.upgrade import bring, differences

        home = places.find()
        found = differences(home)
        for sentence in [*found.said, *(f"to mend: {one}" for one in found.to_mend)]:
            say(places.out, sentence)
        if not (found.said or found.to_mend):
            say(places.out, "Nothing differs: the home is of this version.")
            return
        if dry_run:
            say(places.out, "Nothing was changed.")
            raise typer.Exit(2 if found.to_mend else 0)
        with alone(home):
            done = bring(home, found, who_decides())
        unchanged = [one for one in done if one.what == "unchanged"]
        for one in done:
            if one.what != "unchanged":
                say(places.out, one.sentence)
        if unchanged:
            say(places.out, f"{len(unchanged)} batches read as they landed.")
        say(places.out, "The home is of this version.")
        if rebuild:
            from raceway.console.show import show_night
            from raceway.night.run import run_night

            night = run_night(home, full_refresh=True)
            show_night(places.out, night)
            raise typer.Exit(night.exit_code)
