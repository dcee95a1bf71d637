"""The commands about one person: `forget` and `export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from raceway.console.form import Places, say

_Person = Annotated[
    str,
    typer.Argument(help="A mail address, a phone number, a customer as source:account:id, or a person_id of the mart."),
]
_Why = Annotated[str, typer.Option(help="By whose request, and when it came; kept with your name.")]


def add_personal(app: typer.Typer, places: Places) -> None:
    """Adds forget and export to the program."""

    @app.command()
    def forget(
        person: _Person,
        why: _Why,
        later: Annotated[bool, typer.Option("--later", help="Leave the new mart to the next run.")] = False,
    ) -> None:
        """Erase a person everywhere: identifiers become random, amounts stay, and a new mart is published.

        Exit code: that of the run which publishes the new mart; with `--later` 0.

        Example: `raceway forget an@example.com --why "her letter of 3 March 2026"`
        """
        from raceway.publish.forget import forget as forget_person

        home = places.find()
        erased = forget_person(home, person, why=why)
        say(places.out, f"{erased.identities} identifiers have a new, random identity.")
        if erased.batches:
            say(places.out, f"{len(erased.batches)} landed files were rewritten; batches and amounts are the same.")
        else:
            say(places.out, "Nothing that has landed names this person.")
        say(places.out, f"{len(erased.raw_files)} files of archive/ and quarantine/ were removed:")
        for name in erased.raw_files:
            say(places.out, f"  {name}")
        say(places.out, f"{erased.texts} files of sentences and logs were cleaned.")
        say(places.out, f"{len(erased.versions)} earlier published versions were removed.")
        for name in erased.own_files:
            say(places.out, f"{name} names the person: decide whether to take the line out.")
        if not erased.version_left:
            return
        if later:
            say(places.out, "The published mart shows the old identity until the next one is published: raceway run")
            return
        from raceway.console.show import show_night
        from raceway.night.run import run_night

        night = run_night(home)
        show_night(places.out, night)
        if night.status != "published":
            say(places.out, "No mart was published: the old one shows the old identity. Mend it, then: raceway run")
        raise typer.Exit(night.exit_code)

    @app.command("export")
    def export(
        person: _Person,
        why: _Why,
        to: Annotated[Path, typer.Option("--to", help="A new folder for the answer; it is yours alone.")],
    ) -> None:
        """Write all that the mart and landing hold of a person as CSV, with what each column means.

        Example: `raceway export an@example.com --to answer --why "her letter of 3 March 2026"`
        """
        from raceway.publish.access_request import export_person

        answer = export_person(places.find(), person, to, why=why)
        for table, rows in sorted(answer.rows.items()):
            say(places.out, f"{table}: {rows} rows")
        if not answer.rows:
            say(places.out, "Neither mart nor landing holds a row of this person.")
        say(places.out, f"Written to {answer.folder}. Raw files in archive/ and quarantine/ are not looked at.")
