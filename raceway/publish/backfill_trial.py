"""What a backfill would change: the mart built aside with it, against the mart without it.

Both are frozen from the ledger as it stands, in a home aside that mirrors the company's, for the day of the published
version. Where nothing has landed since that version, its own cells are those without the backfill.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import duckdb

from raceway.build.freeze import freeze
from raceway.common.home import Home
from raceway.common.sql import quoted
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.publish.aside import aside_home, mirror_landing
from raceway.publish.backfill import Backfill, switch_in
from raceway.publish.causes import differing, write_frozen
from raceway.publish.current import check_shown
from raceway.publish.made_of import made_of, write_made_of
from raceway.publish.scratch import build_all
from raceway.publish.version import Version
from raceway.publish.version_diff import KPIS, Tell, VersionDiff, Wanted, cells_of, lead_over, values_of


def try_backfill(home: Home, backfill: Backfill, wanted: Wanted, tell: Tell = lambda _: None) -> VersionDiff:
    """How the wanted KPI cells differ with a backfill that waits for a decision, and which source adds what.

    Raises PermanentFault where nothing is published yet; GateFailed where a model breaks.
    """
    current = check_shown(home)
    with tempfile.TemporaryDirectory(dir=home.backfills / backfill.name, prefix=".trial-") as place:
        aside = aside_home(home, Path(place) / "home")
        mirror_landing(home, aside)
        tell("freezing without and with what was read again")
        before = _frozen(aside, "without", current, Path(place))
        _show(home, aside, backfill)
        after = _frozen(aside, "with", current, Path(place))
        made = made_of(before), made_of(after)
        causes = differing(*made)
        name = current.name
        values = values_of(current.database, wanted)
        if differing(made_of(current.path), made[0]):
            name = f"{current.name} with what has landed since"
            tell("building without what was read again")
            with duckdb.connect(str(aside.warehouse)) as connection:
                write_frozen(connection, aside, made[0])
            build_all(aside, KPIS)
            values = values_of(aside.warehouse, wanted)
        steps = [*lead_over(aside, aside, made, causes, wanted, tell)]
        later = steps[-1][1] if steps else values
        return VersionDiff(name, f"the same with backfill {backfill.name}", tuple(causes), (),
                           cells_of(values, later, steps, causes))  # fmt: skip


def _frozen(aside: Home, run_id: str, current: Version, place: Path) -> Path:
    """The folder that keeps what a mart of now would be made of."""
    freeze(aside, run_id, current.as_of, load_settings(aside), load_accounts(aside))
    folder = place / run_id
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(aside.warehouse))} as warehouse (read_only)")
        write_made_of(connection, aside, folder, None)
    return folder


def _show(home: Home, aside: Home, backfill: Backfill) -> None:
    """Lets the backfill's batches count in the home aside."""
    own = Home(home.backfills / backfill.name)
    for one in backfill.batches:
        source = own.landing / one.source
        for path in [source / one.table / one.batch_id, *(source / f"{one.table}__states").glob(f"{one.batch_id}_*")]:
            target = aside.landing / path.relative_to(own.landing)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, target)
            else:
                shutil.copy2(path, target)
        switch_in(aside, one, backfill.who, backfill.why)
