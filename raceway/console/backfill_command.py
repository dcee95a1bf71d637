"""The command `raceway backfill`: reading a range again, looking at what it changes, and deciding."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.console.form import Places, a_day, say
from raceway.console.show import print_table

if TYPE_CHECKING:
    from raceway.publish.backfill import Backfill

_DAY: Final = ["%Y-%m-%d"]


def add_backfill(app: typer.Typer, places: Places) -> None:
    """Registers the command."""

    @app.command()
    def backfill(
        first: Annotated[
            dt.datetime | None, typer.Option("--from", formats=_DAY, callback=a_day, help="First day.")
        ] = None,
        last: Annotated[
            dt.datetime | None, typer.Option("--to", formats=_DAY, callback=a_day, help="Last day.")
        ] = None,
        source: Annotated[str | None, typer.Option(help="Of this source alone.")] = None,
        why: Annotated[str, typer.Option(help="Why; kept with the backfill and your name.")] = "",
        yes: Annotated[bool, typer.Option("--yes", help="Approve without being asked.")] = False,
        approve: Annotated[str, typer.Option(metavar="ID", help="Switch in a backfill that waits.")] = "",
        drop: Annotated[str, typer.Option(metavar="ID", help="Throw away a backfill that waits.")] = "",
        listed: Annotated[bool, typer.Option("--list", help="Show all backfills.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print as JSON; nothing is asked.")] = False,
    ) -> None:
        """Read the archived files of a range again with today's contracts, and switch in what differs.

        Batches that cover a day of the range are read aside, while nights go on; the KPI cells of months that would
        change are shown. Nothing counts before it is approved; then it counts from the next run on.

        Example: `raceway backfill --from 2026-01-01 --to 2026-02-28 --source shopify --why "tips are a column now"`
        """
        from raceway.publish import backfill as backfills

        home = places.find()
        if listed:
            _list(places, home, as_json)
        elif approve:
            _approve(places, home, approve)
        elif drop:
            say(places.out, f"{backfills.drop_backfill(home, drop).name}: dropped; nothing was changed.")
        elif first is None or last is None:
            raise PermanentFault("say which days: --from and --to; or --list, --approve ID, --drop ID")
        else:
            with places.progress("reading again") as tell:
                begun = backfills.start_backfill(home, first.date(), last.date(), source, why, tell)
            _look(places, home, begun, yes, as_json)


def _look(places: Places, home: Home, backfill: Backfill, yes: bool, as_json: bool) -> None:
    """Shows what a backfill changes, and asks for a decision where somebody sits there."""
    from raceway.console.version_diff import print_diff
    from raceway.publish.backfill_trial import try_backfill
    from raceway.publish.version_diff import Wanted

    if backfill.status != "waiting":
        if as_json:
            print(json.dumps(backfill.to_dict(), ensure_ascii=False, indent=2))
        say(places.out, f"{backfill.name}: all {backfill.unchanged} batches are read as they were; nothing to approve.")
        return
    wanted = Wanted(period="month", channel="all", market="all")
    with places.progress("looking at what it changes") as tell:
        found = try_backfill(home, backfill, wanted, tell)
    if as_json:
        print(json.dumps(backfill.to_dict() | {"diff": found.to_dict()}, ensure_ascii=False, indent=2))
    else:
        for sentence in backfill.left:
            say(places.out, sentence)
        print_table(
            places.out,
            f"Read otherwise ({backfill.unchanged} batches are read as they were)",
            ("table", "account", ">rows before", ">rows now", "batch…"),
            [
                (f"{one.source}.{one.table}", one.account, f"{one.rows_before:,}", f"{one.rows_after:,}", one.batch_id)
                for one in backfill.batches
            ],
        )
        print_diff(places.out, found)
    asks = sys.stdin.isatty() and not as_json
    if yes or (asks and typer.confirm(f"Switch in backfill {backfill.name}?")):
        _approve(places, home, backfill.name)
    elif not as_json:
        name = backfill.name
        say(places.out, f"Nothing counts yet: raceway backfill --approve {name}, or raceway backfill --drop {name}")


def _approve(places: Places, home: Home, name: str) -> None:
    from raceway.publish.backfill import approve_backfill

    done, stays_out = approve_backfill(home, name)
    for sentence in stays_out:
        say(places.err, sentence)
    say(places.err, f"{done.name}: {len(done.batches) - len(stays_out)} batches count from the next run on.")


def _list(places: Places, home: Home, as_json: bool) -> None:
    from raceway.publish.backfill import backfills

    known = backfills(home)
    if as_json:
        print(json.dumps([one.to_dict() for one in known], ensure_ascii=False, indent=2))
    elif not known:
        say(places.out, "There is no backfill.")
    else:
        print_table(
            places.out,
            "Backfills",
            ("id", "days", "source", "status", ">batches", "who", "why…"),
            [
                (one.name, f"{one.first} to {one.last}", one.source or "all", one.status, f"{len(one.batches):,}",
                 one.who, one.why)
                for one in known
            ],
        )  # fmt: skip
