"""The command `raceway report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from raceway.console.form import Language, Places, say


def add_report(app: typer.Typer, places: Places) -> None:
    """Registers the command."""

    @app.command()
    def report(
        pdf: Annotated[
            bool, typer.Option("--pdf", help="Write a month as PDF, by a Chromium that is installed.")
        ] = False,
        month: Annotated[str | None, typer.Option(help="As 2026-05; default: the last month that is over.")] = None,
        language: Annotated[Language | None, typer.Option(help="Default: the report's own.")] = None,
        to: Annotated[Path | None, typer.Option(help="Where; default: report-2026-05.pdf here.")] = None,
    ) -> None:
        """Show where the published report lies, or print a month of it.

        Example: `raceway report --pdf --month 2026-05 --language vi`
        """
        from raceway.console.paper import print_month, report_page

        if pdf:
            say(places.out, str(print_month(places.find(), month, language.value if language else None, to)))
        elif month or language or to:
            raise typer.BadParameter("--month, --language and --to go with --pdf")
        else:
            say(places.out, report_page(places.find()).as_uri())
