"""The commands of versions: going back to one, what differs between two, and building one again."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from raceway.console.form import Places, say

_Version = Annotated[str, typer.Argument(help="A kept version, or how its name begins; `current` is the published.")]


def add_versions(app: typer.Typer, places: Places) -> None:
    """Adds rollback, diff and reproduce to the program."""

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

    @app.command()
    def reproduce(
        version: _Version = "current",
        as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    ) -> None:
        """Build a version again from landing, in a scratch folder, and compare it table by table.

        It takes the batches, settings and day that the version was made of. Exit code: 0 the same came out, 1 it did
        not, 2 it cannot be built again.

        Example: `raceway reproduce`, or `raceway reproduce v20260301T051203Z`
        """
        from raceway.console.version_diff import print_reproduction
        from raceway.publish import reproduce as again
        from raceway.publish.rollback import named_version

        home = places.find()
        with places.progress("looking at what it was made of") as tell:
            found = again.reproduce(home, named_version(home, version), tell)
        if as_json:
            print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
        else:
            print_reproduction(places.out, found)
        raise typer.Exit(0 if found.is_equal else 1)

    @app.command()
    def diff(
        before: _Version,
        after: _Version = "current",
        kpi: Annotated[str | None, typer.Option(help="Of this KPI alone, by key or name.")] = None,
        period: Annotated[
            str, typer.Option(help="Of periods of this kind: day, week, month, quarter, cycle; or all.")
        ] = "month",
        channel: Annotated[str, typer.Option(help="Of this channel (`all` is the sum); `every` for each.")] = "all",
        market: Annotated[str, typer.Option(help="Of this market (`all` is the sum); `every` for each.")] = "all",
        quick: Annotated[bool, typer.Option("--quick", help="Build nothing: cells and causes without parts.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    ) -> None:
        """Say what differs between two kept versions and why: tables, and KPI cells in parts that sum exactly.

        The causes, in this order: program, as_of (the day), settings, rates, links, batches of each source. The mart is
        built once for each cause that differs, in a scratch folder; `--quick` builds nothing.

        Example: `raceway diff v20260301T051203Z v20260302T051150Z --kpi net_sales`
        """
        from raceway.console.version_diff import print_diff
        from raceway.publish import version_diff as differences
        from raceway.publish.rollback import named_version

        home = places.find()
        versions = named_version(home, before), named_version(home, after)
        wanted = differences.Wanted(
            kpi=differences.kpi_named(versions[1], kpi) if kpi else None,
            period=None if period == "all" else period,
            channel=None if channel == "every" else channel,
            market=None if market == "every" else market,
        )
        with places.progress("looking at what they were made of") as tell:
            found = differences.diff(home, *versions, wanted, quick=quick, tell=tell)
        if as_json:
            print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
        else:
            print_diff(places.out, found)
