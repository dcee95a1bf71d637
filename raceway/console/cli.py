"""The command line: every command is a thin shell over one function of the package.

Faults that raceway explains end with their sentence and exit code 2, never with a traceback.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from raceway import __version__
from raceway.common.disk_faults import is_of_the_disk, said_of_the_disk
from raceway.common.faults import RacewayFault
from raceway.common.home import HOME_VARIABLE, Home, find_home
from raceway.console.asking import add_commands
from raceway.console.backfill_command import add_backfill
from raceway.console.explain_command import add_explain
from raceway.console.form import Terminal, a_day, say
from raceway.console.operations_commands import add_decisions, add_doctor
from raceway.console.personal_commands import add_personal
from raceway.console.report_command import add_report
from raceway.console.secrets_command import add_secrets
from raceway.console.upgrade_commands import add_upgrade
from raceway.console.upkeep_commands import add_upkeep
from raceway.console.version_commands import add_versions

app = typer.Typer(
    name="raceway",
    help="A nightly pipeline from marketing exports to a gated RACE mart.\n\n"
    "Start with `raceway init` and `raceway sample`, then `raceway run`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

EXIT_COULD_NOT_RUN = 2
EXIT_INTERRUPTED = 130
PIPE_WIDTH = 132


class _Places:
    """Where this call of the command line works and writes."""

    def __init__(self) -> None:
        self.home: Path | None = None
        # into a file or pipe: wide enough that tables stay readable
        said = sys.stdout.isatty() or "COLUMNS" in os.environ
        self.out: Console = Terminal(width=None if said else PIPE_WIDTH)
        self.err: Console = Terminal(stderr=True)

    def place(self) -> Home:
        """The home that was asked for, whether it is there or not."""
        return Home((self.home or Path("var")).expanduser().absolute())

    def find(self) -> Home:
        """That home. Raises BadSettings where it is not there."""
        return find_home(self.home)

    def progress(self, first: str) -> AbstractContextManager[Callable[[str], None]]:
        """A line on the terminal that says what is going on and for how long."""
        return _progress(first)


_places = _Places()


def main() -> None:
    """The console script: runs a command; raceway's own faults end in one sentence and exit code 2."""
    try:
        app()
    except RacewayFault as fault:
        _places.err.print(f"[red]raceway:[/red] {escape(str(fault))}", highlight=False, soft_wrap=True)
        _end(EXIT_COULD_NOT_RUN)
    except Exception as fault:
        if not is_of_the_disk(fault):
            raise
        _places.err.print(f"[red]raceway:[/red] {escape(said_of_the_disk(fault))}", highlight=False, soft_wrap=True)
        _end(EXIT_COULD_NOT_RUN)
    except KeyboardInterrupt:
        _places.err.print("[red]raceway:[/red] stopped; nothing half-done is visible, run it again to go on")
        _end(EXIT_INTERRUPTED)
    except SystemExit as end:
        _end(end.code if isinstance(end.code, int) else int(bool(end.code)))


def _end(code: int) -> NoReturn:
    """Ends the process with this exit code.

    dbt's locks are given back: the process that keeps them (multiprocessing's resource tracker) would say of each that
    it leaked. A night leaves Airflow's threads and DuckDB's caches behind, whose teardown takes a second and prints
    leak warnings of DuckDB's bindings: all that matters is written and closed by then.
    """
    if "airflow" in sys.modules or "duckdb" in sys.modules:
        if "multiprocessing.util" in sys.modules:
            from multiprocessing import util

            util._exit_function()  # type: ignore[attr-defined]  # what Python itself calls at a usual end
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _show_version(wanted: bool) -> None:
    if wanted:
        _places.out.print(f"raceway {__version__}", highlight=False)
        raise typer.Exit


def _say(sentence: str) -> None:
    say(_places.out, sentence)


@contextmanager
def _progress(first: str) -> Iterator[Callable[[str], None]]:
    """A line on the terminal that says what is going on and for how long; silent where there is no terminal.

    It writes to a copy of the terminal, and leaves the process's own streams alone: a night sends those into
    its log.
    """
    with os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8") as stream:
        console = Terminal(file=stream)
        shown = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        with shown:
            line = shown.add_task(first)
            yield lambda what: shown.update(line, description=what)


@app.callback()
def common(
    home: Annotated[
        str | None,
        typer.Option(help="The company's folder; default `var/` here.", envvar=HOME_VARIABLE, metavar="PATH"),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Reads the options that all commands share."""
    if home is not None and not home.strip():
        raise typer.BadParameter("empty: it names no folder; leave --home out for var/ here, or write the folder")
    _places.home = None if home is None else Path(home)


@app.command()
def init() -> None:
    """Make a new home with commented settings.

    Example: `raceway --home /srv/acme init`, then edit `raceway.toml` and `accounts.csv` there.
    """
    from raceway.config.init import init_home

    home = init_home(_places.place().root)
    root = home.root
    _say(
        f"A new home: {root}\n"
        "Next: edit raceway.toml and accounts.csv there, put exports into inbox/<source>/<account>/, then run: "
        f"raceway --home {root} run\n"
        f"Or try it out with invented data: raceway --home {root} sample"
    )


@app.command()
def sample(
    days: Annotated[int, typer.Option(min=14, max=3_660, help="Days of activity.")] = 90,
    scale: Annotated[
        float, typer.Option(min=0.001, max=1_000, help="Size: 1 is at least 100,000 events and 5,000 orders.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Another seed is another world.")] = 7,
    end: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], callback=a_day, help="Last day; default yesterday.")
    ] = None,
    traps: Annotated[
        bool, typer.Option(help="Also the ugly files that exports bring: cut, doubled, of no use.")
    ] = True,
) -> None:
    """Write a realistic inbox, and beside it the truth that the mart must show; makes the home if there is none.

    Example: `raceway sample --days 30 --scale 0.1`
    """
    from raceway.console.show import show_sample
    from raceway.sample.write import write_sample

    home = _places.place()
    with _progress("inventing persons") as tell:
        written = write_sample(
            home,
            days=days,
            scale=scale,
            seed=seed,
            end=end.date() if end else None,
            progress=tell,
            traps=traps,
        )
    show_sample(_places.out, home, written)


@app.command()
def run(
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], callback=a_day, help="The business day to run for, at most tomorrow; default today."
        ),
    ] = None,
    full_refresh: Annotated[bool, typer.Option(help="Build everything again from landing.")] = False,
    strict: Annotated[bool, typer.Option(help="Exit 3 where a batch was refused.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Run one night: land what is new, build, check and publish the mart.

    Exit code: 2 could not run, else 1 the gate refused the mart (the old version stays), else 4 the mart passed and
    publishing is held (`raceway rollback`), else 3 with `--strict` when a batch was refused, else 0.

    Example: `raceway run --as-of 2026-03-01 --strict`
    """
    from raceway.console.show import show_night
    from raceway.night.run import run_night

    home = _places.find()
    with _progress("starting") as tell:
        night = run_night(
            home,
            as_of=as_of.date() if as_of else None,
            full_refresh=full_refresh,
            strict=strict,
            tell=tell,
        )
    if as_json:
        print(json.dumps(night.to_dict(), ensure_ascii=False, indent=2, default=str))
    else:
        show_night(_places.out, night)
    raise typer.Exit(night.exit_code)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """Show sources and their freshness, pending and refused batches, last runs, the published version.

    Example: `raceway status`
    """
    from raceway.console.status import read_status, show_status

    found = read_status(_places.find())
    if as_json:
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2, default=str))
    else:
        show_status(_places.out, found)


add_commands(app, _places)
add_explain(app, _places)
add_report(app, _places)
add_decisions(app, _places)
add_versions(app, _places)
add_backfill(app, _places)
add_personal(app, _places)
add_upgrade(app, _places)
add_upkeep(app, _places)

_KIND = "Map the file to a generic source instead of drafting one: orders, ads, events, contacts, answers."


def _map_file(
    name: str, example: Path, kind: str, accept: bool, mapped: list[str], day_first: bool | None, decimals: str,
    market: str, currency: str, zone: str, vat: bool,
) -> None:  # fmt: skip
    """Shows how a file would land as an account of a generic source, asks, and lands it."""
    from raceway.console.map_file import carry_out, plan, said_of
    from raceway.console.show_plan import show_landed, show_plan
    from raceway.landing.watched import read_watched

    home = _places.find()
    said = said_of(mapped, day_first, decimals, market, currency, zone, vat)
    with _progress("reading and landing it aside"):
        made = read_watched(home, example, plan, home, name, kind, example, said)
    show_plan(_places.out, made)
    if not accept and not typer.confirm("Write this, and land the file?"):
        _say("Nothing was written.")
        raise typer.Exit(1)
    show_landed(_places.out, home, made, read_watched(home, example, carry_out, home, made))


@app.command("new-source")
def new_source(
    name: Annotated[str, typer.Argument(help="The source's name: small letters, digits and _.")],
    example: Annotated[Path, typer.Option("--from", help="A file that it exported: csv, xlsx, JSON lines.")],
    table: Annotated[str, typer.Option(help="The name of the table that the file holds.")] = "rows",
    project: Annotated[
        bool, typer.Option("--project", help="Draft among the shipped sources, not in the home.")
    ] = False,
    kind: Annotated[str, typer.Option(help=_KIND)] = "",
    accept: Annotated[bool, typer.Option("--accept", help="With --kind: yes to what would be asked.")] = False,
    mapped: Annotated[
        list[str],
        typer.Option("--map", help="With --kind: “Header=column”, or “Header=” for none; any number."),
    ] = [],  # noqa: B006  # typer wants a list; it is only read
    day_first: Annotated[
        bool | None, typer.Option("--day-first/--month-first", help="With --kind: how 05/03 is read.")
    ] = None,
    decimals: Annotated[str, typer.Option(help="With --kind: comma or point, where no number tells.")] = "",
    market: Annotated[str, typer.Option(help="With --kind: ISO country of rows that state none.")] = "",
    currency: Annotated[str, typer.Option(help="With --kind: its currency; default the file's, else the mart's.")] = "",
    zone: Annotated[str, typer.Option(help="With --kind: zone of its times; default the business's.")] = "",
    vat: Annotated[bool, typer.Option("--prices-include-vat", help="With --kind: its amounts hold VAT.")] = False,
) -> None:
    """Draft the folder of a new source from an example file, and list what a person must decide.

    With `--kind` the file counts without a contract of its own: its headers are mapped to what is known of orders,
    ads, events, contacts or answers, shown as they would land, and after a yes it lands as an account of that name.

    Example: `raceway new-source kiosk --kind orders --from sales.csv`, or for a draft `raceway new-source kiosk --from
    sales.csv --table sales`; docs/tutorials/adding-a-source.md goes through both.
    """
    if kind:
        _map_file(name, example, kind, accept, mapped, day_first, decimals, market, currency, zone, vat)
        return
    from raceway.console.new_source import draft_source
    from raceway.landing.watched import read_watched

    home = _places.find()
    draft = read_watched(home, example, draft_source, home, name, example, table, project)
    for file in draft.files:
        _say(f"wrote {file}")
    _say("\nTo decide (`decide` in the contract marks the places):")
    for decision in draft.decisions:
        _say(f"- {decision}")
    _say(f"\nThen put a file into inbox/{name}/<account>/ and: raceway run")


add_doctor(app, _places)
add_secrets(app, _places)


if __name__ == "__main__":
    main()
