"""`raceway report`: where the published page lies, or a month of it as PDF."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from raceway.common.home import Home


class Language(StrEnum):
    """The languages of the report."""

    en = "en"
    vi = "vi"


def report_command(find: Callable[[], Home], say: Callable[[str], None]) -> Callable[..., None]:
    """The command over the home that `find` gives; `say` prints its one line."""

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
            say(str(print_month(find(), month, language.value if language else None, to)))
        elif month or language or to:
            raise typer.BadParameter("--month, --language and --to go with --pdf")
        else:
            say(report_page(find()).as_uri())

    return report
