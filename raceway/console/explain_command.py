"""The command `raceway explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from raceway.console.form import Format, Places


def add_explain(app: typer.Typer, places: Places) -> None:
    """Registers the command."""

    @app.command()
    def explain(
        kpi: Annotated[str | None, typer.Argument(help="A KPI by key or name; without one all are listed.")] = None,
        earlier: Annotated[
            str | None, typer.Option("--from", help="The earlier period; default the one before the later.")
        ] = None,
        later: Annotated[
            str | None, typer.Option("--to", help="The later period; default the last that is over.")
        ] = None,
        period: Annotated[
            str | None, typer.Option(help="day, week, month, quarter or cycle; default as --from is written.")
        ] = None,
        channel: Annotated[str, typer.Option(help="Of this channel alone.")] = "all",
        market: Annotated[str, typer.Option(help="Of this market alone.")] = "all",
        output: Annotated[Format, typer.Option("--format", "-f", help="How to print it.")] = Format.table,
    ) -> None:
        """Say why a KPI changed between two periods, in parts that sum to the change to the last digit.

        A period is written 2026-05, 2026-W22, 2026-Q2 or 2026-05-31; with `--period` any day of it will do.

        Example: `raceway explain net_sales --from 2026-05 --to 2026-06`
        """
        from raceway.console.explain import all_explained, explained, print_all, print_explanation

        home = places.find()
        if kpi:
            told = explained(home, kpi, earlier, later, period, channel, market)
            print_explanation(places.out, told, output.value)
        else:
            print_all(places.out, all_explained(home, earlier, later, period), output.value)
