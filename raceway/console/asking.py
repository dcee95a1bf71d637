"""The commands that ask the published mart: `query`, `serve` and `docs`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from raceway.common.faults import PermanentFault
from raceway.console.form import MOST_GIGABYTES, MOST_ROWS, MOST_SECONDS, Format, Places, a_day

_NOTHING = (
    "say what to ask: an SQL query, --file with one, or --kpi NAME "
    '(the names: raceway query "select kpi, name from kpi_catalog")'
)
_BOTH = "ask either an SQL query, or --file with one, or --kpi NAME: one of them in one call"

_UNSAFE = "--unsafe: this query may read and write every file that you may, reach the network, and has no limits"


def add_commands(app: typer.Typer, places: Places) -> None:
    """Adds the commands to the program; they work in `places`."""

    @app.command()
    def query(
        sql: Annotated[str, typer.Argument(help="What to ask, in DuckDB's SQL.")] = "",
        file: Annotated[Path | None, typer.Option(help="Instead: a file of SQL.")] = None,
        kpi: Annotated[list[str], typer.Option("--kpi", help="Instead: a KPI's name; any number.")] = [],  # noqa: B006  # typer wants a list; it is only read
        by: Annotated[str, typer.Option(help="With --kpi: slices by comma, as channel,market or campaign.")] = "",
        period: Annotated[str, typer.Option(help="With --kpi: day, week, month, quarter or cycle.")] = "month",
        first: Annotated[
            dt.datetime | None,
            typer.Option(
                "--from", formats=["%Y-%m-%d"], callback=a_day, help="With --kpi: periods that begin then or later."
            ),
        ] = None,
        last: Annotated[
            dt.datetime | None,
            typer.Option(
                "--to", formats=["%Y-%m-%d"], callback=a_day, help="With --kpi: periods that begin then or earlier."
            ),
        ] = None,
        channel: Annotated[str, typer.Option(help="With --kpi: this channel alone.")] = "",
        market: Annotated[str, typer.Option(help="With --kpi: this market alone.")] = "",
        output: Annotated[Format, typer.Option("--format", "-f", help="How to print it.")] = Format.table,
        rows: Annotated[
            int, typer.Option(min=1, max=1_000_000_000, help="Most rows of an answer; more are refused.")
        ] = MOST_ROWS,
        seconds: Annotated[int, typer.Option(min=1, max=86_400, help="Longest time of an answer.")] = MOST_SECONDS,
        memory: Annotated[
            int, typer.Option(min=1, max=4_096, help="Most memory of an answer, in GB.")
        ] = MOST_GIGABYTES,
        unsafe: Annotated[
            bool, typer.Option("--unsafe", help="Any statement, files and network too, and no limits.")
        ] = False,
    ) -> None:
        """Ask the published mart: in SQL, or for KPIs by name.

        Example: `raceway query "select kpi, value from race_kpi where period = 'month'" --format csv`, or
        `raceway query --kpi roas --kpi cpc --by channel --from 2026-04-01`; docs/how-to/slicing-kpis.md says by what.

        One select on the mart's tables, and nothing else of the machine: no files, no network, no extensions.
        """
        from raceway.console.query import Answer, ask, ask_kpis, ask_unsafe, limits_of, print_answer, text_of

        given = sum((bool(sql), file is not None, bool(kpi)))
        if given != 1:
            raise PermanentFault(_BOTH if given else _NOTHING)
        limits = limits_of(rows, seconds, memory)
        if not kpi:
            asked = text_of(file) if file else sql
            if unsafe:
                places.err.print(f"[yellow]raceway:[/yellow] {_UNSAFE}", highlight=False, soft_wrap=True)
                print_answer(places.out, ask_unsafe(places.find(), asked), output.value)
            else:
                print_answer(places.out, ask(places.find(), asked, limits), output.value)
            return
        from raceway.report.kpi_values import Question

        slices = tuple(dict.fromkeys(one.strip() for one in by.split(",") if one.strip()))
        question = Question(
            tuple(kpi), slices, period, first.date() if first else None, last.date() if last else None, channel, market
        )
        found = ask_kpis(places.find(), question, limits)
        print_answer(places.out, Answer(found.columns, found.rows), output.value)
        for note in found.notes:
            places.err.print(f"[yellow]raceway:[/yellow] {escape(note)}", highlight=False, soft_wrap=True)

    @app.command()
    def serve(
        mcp: Annotated[bool, typer.Option("--mcp", help="To a language model's client, on standard input and output.")],
    ) -> None:
        """Serve the published mart to an assistant, read-only: KPI definitions, values, explanations and SQL.

        A client starts it itself; docs/how-to/mcp.md has the lines of its configuration.

        Example: `raceway --home /srv/acme serve --mcp`
        """
        from raceway.console.mcp_server import mart_server

        if not mcp:
            raise PermanentFault(
                "there is nothing to serve but --mcp; Airflow's page and the report come with: make up"
            )
        mart_server(places.find()).run("stdio")

    @app.command()
    def docs() -> None:
        """Write dbt's documentation of models, lineage, metrics and exposures as one page beside the published mart.

        It is the program's: write it anew after an upgrade.

        Example: `raceway docs`
        """
        from raceway.build.dbt_docs import write_docs

        places.out.print(str(write_docs(places.find())), highlight=False, soft_wrap=True, markup=False)
