"""The commands of versions: going back to one, what differs between two, and building one again."""

from __future__ import annotations

from typing import Annotated

import typer

from raceway.console.form import Places, say


def add_versions(app: typer.Typer, places: Places) -> None:
    """Adds rollback to the program."""

    @app.command()
    def rollback(
        why: Annotated[str, typer.Option(help="Why; kept with the decision and your name.")],
        version: Annotated[
            str | None, typer.Argument(help="A kept version, or how its name begins; default the one before.")
        ] = None,
        release: Annotated[bool, typer.Option("--release", help="Let nights publish again.")] = False,
    ) -> None:
        """Show readers an earlier version at once, and hold publishing until it is released.

        Nights go on landing, building and checking; they end as held (exit code 4) and publish nothing.

        Example: `raceway rollback --why "spend counted twice"`, then `raceway rollback --release --why "report mended"`
        """
        from raceway.publish import rollback as going_back

        home = places.find()
        if release:
            held = going_back.release(home, why, version=version)
            say(places.out, f"Publishing goes on with the next night; until then readers see {held.version}.")
            return
        held = going_back.rollback(home, version, why)
        say(places.out, f"Readers see {held.version} (as of {held.as_of}) instead of {held.rolled_back_from}.")
        say(places.out, 'Publishing is held until: raceway rollback --release --why "…"')
