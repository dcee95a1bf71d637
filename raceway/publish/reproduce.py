"""Building a version again from landing, and whether the same comes out.

The version's own frozen tables (see made_of) go into a scratch home, all models are built there, and every published
table is compared, as Parquet and as race.duckdb has it, but for what may differ from run to run (see equality).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from raceway import __version__
from raceway.build.freeze import program_hash
from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.own_database import damage_told
from raceway.common.sql import name, parquet_of, quoted
from raceway.ledger.ledger import Ledger
from raceway.publish.causes import write_frozen
from raceway.publish.equality import Difference, Relation, compare
from raceway.publish.made_of import made_of, missing_files, program_of
from raceway.publish.mart_tables import mart_tables
from raceway.publish.scratch import build_all, scratch_home
from raceway.publish.version import Version
from raceway.report.mart_file import MEND

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Reproduction:
    """What came of building a version again. `left` of a difference is the version, `right` what was built."""

    version: str
    tables: int
    """How many were compared."""
    parquet: tuple[Difference, ...]
    database: tuple[Difference, ...]

    @property
    def is_equal(self) -> bool:
        """Whether the same came out."""
        return not self.parquet and not self.database

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self) | {"is_equal": self.is_equal}


def reproduce(home: Home, version: Version, tell: Tell = lambda _: None) -> Reproduction:
    """Builds a version again and compares it table by table.

    Raises PermanentFault where it cannot be built again: another program built it, or batches that it was made of are
    gone or were rewritten when a person was erased; GateFailed where a model breaks.
    """
    check_program(home, version)
    check_batches(home, version)
    with scratch_home(home) as scratch:
        tell("laying out what it was made of")
        with duckdb.connect(str(scratch.warehouse)) as connection:
            write_frozen(connection, home, made_of(version.path))
        tell("building it again")
        build_all(scratch)
        tell("comparing")
        return compared(version, scratch.warehouse)


def compared(version: Version, warehouse: Path) -> Reproduction:
    """Holds a version against a mart that was built: each table as Parquet and, where it is whole there, as race.duckdb
    has it."""
    with damage_told(version.database, MEND), duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(warehouse))} as built (read_only)")
        connection.execute(f"attach {quoted(str(version.database))} as race (read_only)")
        built = _relations(connection, "built", [table.name for table in mart_tables(connection, "built")])
        partial = version.details.get("partial_in_race_duckdb", {})
        whole = [table for table in built if not partial.get(table)]
        return Reproduction(
            version.name,
            len(built),
            tuple(compare(connection, published_parquet(connection, version.path, built), built)),
            tuple(compare(connection, _relations(connection, "race", whole), {t: built[t] for t in whole})),
        )


def check_program(home: Home, version: Version) -> None:
    """Raises PermanentFault where another program built a version: today's would build something else."""
    number, models = str(version.details.get("program_version")), program_of(version.path)
    if number != __version__:
        raise PermanentFault(
            f"{version.name} was built by raceway {number}, and this is {__version__}: install that version beside "
            "this one to build it again"
        )
    if models != program_hash(home):
        raise PermanentFault(
            f"{version.name} was built by other models than today's, of this program or in sources/: go back to the "
            "state of that day to build it again"
        )


def check_batches(home: Home, version: Version) -> None:
    """Raises PermanentFault where what a version was made of is gone or was rewritten since."""
    if gone := list(missing_files(home, version.path)):
        raise PermanentFault(
            f"{version.name} cannot be built again: {len(gone)} of its files are not in landing/ any more, as "
            f"{gone[0]}; put them back from a backup"
        )
    forgotten = [e for e in Ledger(home).events() if e.kind == "forgotten" and e.at > version.published_at]
    if forgotten:
        raise PermanentFault(
            f"{version.name} cannot be built again: a person was erased on {forgotten[-1].at:%Y-%m-%d}, after it was "
            "published; take a later version"
        )


def published_parquet(
    connection: duckdb.DuckDBPyConnection, folder: Path, wanted: Mapping[str, Relation] | Sequence[str]
) -> dict[str, Relation]:
    """The wanted tables of a version as its Parquet files hold them, those that are there."""
    found: dict[str, Relation] = {}
    for table in wanted:
        if files := sorted((folder / "parquet" / table).rglob("*.parquet")):
            rows = parquet_of(files)
            described = connection.execute(f"describe select * from {rows}").fetchall()
            found[table] = rows, [column for column, *_ in described]
    return found


def _relations(connection: duckdb.DuckDBPyConnection, database: str, wanted: Sequence[str]) -> dict[str, Relation]:
    rows = connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "where database_name = ? and schema_name = 'main' and list_contains(?, table_name) group by table_name",
        [database, list(wanted)],
    ).fetchall()
    return {table: (f"{database}.main.{name(table)}", columns) for table, columns in rows}
