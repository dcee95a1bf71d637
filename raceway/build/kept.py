"""Models that stay as they are, since nothing that they are made from has changed.

    kept.inputs       what tonight's batches, settings and lists are, a digest each        (written by the freeze)
    kept.models       of each model of this warehouse what it was made from, and what it holds, as digests
    kept.passed       of each test that found no row what it was asked of
          │
          ▼
    a model whose inputs are what they were when it was made is left as it is; one that is made anew and holds what it
    held before stops the change there: what reads it is left as it is, too; a test that found no row finds none

Nothing is believed to be unchanged because of when it came: a night that broke off, a late file, a setting that moved
and one that moved back are all the same to it. Another version of the program begins with an empty warehouse, so what a
model says is no part of what it is made from. A company's own models may read what nobody froze: they are made each
night. The way is that of build systems with early cut-off (Mokhov, Mitchell and Peyton Jones: Build Systems à la
Carte, 2018), for tables.

dbt's materializations ask here, through its `graph` (`dbt_project/macros/engine/kept_models.sql`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from raceway.build.parsed_project import SimpleTest

IN_GRAPH: Final = "kept"
"""Under which name dbt's `graph` has the KeptModels of a build."""

_NO_INPUT: Final = {"house.batches", "house.scopes", "house.state_files", "house.rows_rewritten"}
"""Batches are inputs of the models that read them (`landed`), table by table; the last one is written by models."""
_OF_THE_PROGRAM: Final = ("models/", "seeds/")
"""Where dbt finds the models that read nothing but what is frozen."""
_TODAY: Final = "as_of"
"""The column of the settings that differs each night."""


def write_inputs(connection: duckdb.DuckDBPyConnection, forgotten: Sequence[str] = ()) -> None:
    """Writes `kept.inputs (name, digest)` of a schema `frozen` that is complete, and makes the other tables of `kept`
    where they are not there yet: one row per table of the house, per landed table with a batch in effect, and one of
    the settings but for the day of the run.

    `forgotten` says when a person was last forgotten: landed rows are others since, under the same batch ids.
    """
    connection.execute("create schema if not exists kept")
    connection.execute("create table if not exists kept.models (model varchar, made_from varchar, content varchar)")
    connection.execute("create table if not exists kept.passed (test varchar, asked_of varchar)")
    tables = [
        table
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'frozen' order by 1"
        ).fetchall()
        if f"house.{table}" not in _NO_INPUT and table != "program"
    ]
    parts = [_input(f"house.{table}", f"frozen.{table}") for table in tables]
    parts.append(_input(_settings_of_any_day(), f"(select * exclude ({_TODAY}) from frozen.settings)"))
    said = " ".join(forgotten).replace("'", "''")
    connection.execute(f"""
        create or replace table kept.inputs as
        with
        told as (
            select source || '.' || table_name as name, 'batch' as part,
                hash(*columns(* exclude (path, read_from))) as row_hash
            from frozen.batches
            union all
            select source || '.' || table_name, 'scope', hash(*columns(*)) from frozen.scopes
            union all
            select source || '.' || table_name, 'states', hash(parse_filename(path)) from frozen.state_files
        )
        select name, concat_ws(':', count(*), sum(hash(part, row_hash)), '{said}') as digest
        from told
        group by name
        union all
        {" union all ".join(parts)}
    """)


def _input(name: str, relation: str) -> str:
    return f"select '{name}' as name, concat_ws(':', count(*), sum(hash(*columns(*)))) as digest from {relation}"


def _settings_of_any_day() -> str:
    return f"house.settings without {_TODAY}"


class KeptModels:
    """What a build's models are made from and hold. Its methods are called by dbt's macros, from several threads."""

    def __init__(
        self, inputs: Mapping[str, str], models: Mapping[str, tuple[str, str]], passed: dict[str, str], anew: bool
    ) -> None:
        self._inputs = inputs
        self._passed = passed
        self._made = {model: made_from for model, (made_from, _) in models.items()}
        self._content = {model: content for model, (_, content) in models.items()}
        self._landed: dict[str, set[str]] = {}
        self._anew = anew
        self.left: set[str] = set()
        """The models that this build left as they were."""

    @classmethod
    def of(cls, warehouse: Path, anew: bool = False) -> KeptModels | None:
        """What stands in a warehouse; None where no freeze of this program wrote it, or where the file cannot be read
        just now: dbt meets the same fault, and says it.

        With `anew` each model is made, whatever it was made from.
        """
        try:
            with duckdb.connect(str(warehouse), read_only=True) as connection:
                inputs = dict(connection.execute("select name, digest from kept.inputs").fetchall())
                models = {
                    model: (made_from, content)
                    for model, made_from, content in connection.execute("from kept.models").fetchall()
                }
                passed = dict(connection.execute("from kept.passed").fetchall())
        except duckdb.Error:
            return None
        return cls(inputs, models, passed, anew)

    def write_passed(self, warehouse: Path) -> None:
        """Writes which tests have found no row. Raises duckdb.IOException where another process holds the file."""
        given = pa.table({"test": list(self._passed), "asked_of": list(self._passed.values())})  # noqa: F841  # SQL reads it
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("create or replace table kept.passed as from given")

    def reads_landed(self, model: str, source: str, table: str) -> str:
        """Notes that a model reads a landed table; gives nothing to print."""
        self._landed.setdefault(model, set()).add(f"{source}.{table}")
        return ""

    def made_from(self, node: Mapping[str, Any], compiled: str) -> str:
        """The digest of all that a model would be made from now; empty where something of it is not known."""
        names = {_name(one) for one in node["depends_on"].get("nodes", ())} | self._landed.get(node["name"], set())
        return self._digest(names, whole_settings=node.get("language") == "python" or _TODAY in compiled)

    def asked_of(self, test: SimpleTest) -> str:
        """The digest of all that a test would be asked of now; empty where something of it is not known."""
        return self._digest({_name(one) for one in test.inputs}, whole_settings=_TODAY in test.select)

    def _digest(self, names: set[str], whole_settings: bool) -> str:
        parts = []
        for name in sorted(names - _NO_INPUT):
            if name == "house.settings" and not whole_settings:
                name = _settings_of_any_day()
            told = self._inputs.get(name, "") if "." in name else self._content.get(name)
            if told is None or (not told and name.startswith("house.")):
                return ""
            parts.append(f"{name}={told}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def stays(self, node: Mapping[str, Any], made_from: str) -> bool:
        """Whether a model of the warehouse is what it would be if it were made now."""
        name = node["name"]
        stays = (
            not self._anew
            and bool(made_from)
            and str(node["original_file_path"]).startswith(_OF_THE_PROGRAM)
            and self._made.get(name) == made_from
        )
        if stays:
            self.left.add(name)
        return stays

    def is_made(self, name: str, made_from: str, content: str) -> str:
        """Notes what a model was made from and holds; gives nothing to print."""
        self._made[name], self._content[name] = made_from, content
        return ""

    def has_passed(self, test: str, asked_of: str) -> bool:
        """Whether a test was asked of the same, and found no row."""
        return not self._anew and bool(asked_of) and self._passed.get(test) == asked_of

    def is_answered(self, test: str, asked_of: str, failures: int) -> str:
        """Notes what a test found; gives nothing to print."""
        if failures or not asked_of:
            self._passed.pop(test, None)
        else:
            self._passed[test] = asked_of
        return ""


def _name(unique_id: str) -> str:
    """Of dbt's id what a model, a seed or a table of a source is called here."""
    return unique_id.split(".", 2)[2]
