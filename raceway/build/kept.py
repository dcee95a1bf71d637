"""Models that stay as they are, since nothing that they are made from has changed.

    kept.inputs       what tonight's batches, settings and lists are, a digest each        (written by the freeze)
    kept.models       of each model of this warehouse what it was made from (names and a digest), and what it holds
    kept.passed       of each test that found no row what it was asked of
          │
          ▼
    a model whose inputs are what they were when it was made is left as it is; one that is made anew and holds what it
    held before stops the change there: what reads it is left as it is, too; a test that found no row finds none

Nothing is believed to be unchanged because of when it came: a night that broke off, a late file, a setting that moved
and one that moved back are all the same to it. Another version of the program begins with an empty warehouse. A
company's own models may read what nobody froze: they are made each night. The way is that of build systems with early
cut-off (Mokhov, Mitchell and Peyton Jones: Build Systems à la Carte, 2018), for tables.

dbt's materializations ask here, through its `graph` (`dbt_project/macros/engine/kept_models.sql`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from raceway.build.parsed_project import SimpleTest

IN_GRAPH: Final = "kept"
"""Under which name dbt's `graph` has the KeptModels of a build."""

_MODELS: Final = "model varchar, inputs varchar[], made_from varchar, content varchar"
_PASSED: Final = "test varchar, inputs varchar[], asked_of varchar"
_NO_INPUT: Final = {"house.batches", "house.scopes", "house.state_files", "house.rows_rewritten"}
"""Batches are inputs of the models that read them (`landed`), table by table; the last one is written by models."""
_OF_THE_PROGRAM: Final = ("models/", "seeds/")
_TODAY: Final = "as_of"
"""The column of the settings that differs each night."""


def write_inputs(connection: duckdb.DuckDBPyConnection, forgotten: Sequence[str] = ()) -> None:
    """Writes `kept.inputs (name, digest)` of a schema `frozen` that is complete, and makes the other tables of `kept`
    where they are not there yet: one row per table of the house, per landed table with a batch in effect, and one of
    the settings but for the day of the run.

    `forgotten` says when a person was last forgotten: landed rows are others since, under the same batch ids.
    """
    connection.execute("create schema if not exists kept")
    connection.execute(f"create table if not exists kept.models ({_MODELS})")
    connection.execute(f"create table if not exists kept.passed ({_PASSED})")
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
        select {_places_of("source || '.' || table_name")}, concat_ws(':', count(*), sum(hash(read_from)))
        from frozen.batches
        group by source, table_name
        union all
        select {_places_of("source || '.' || table_name")} || '__states', concat_ws(':', count(*), sum(hash(path)))
        from frozen.state_files
        group by source, table_name
        union all
        {" union all ".join(parts)}
    """)


def _places_of(table: str) -> str:
    """An expression: under which name it stands where the files of a landed table lie."""
    return f"'places.' || {table}"


def _input(name: str, relation: str) -> str:
    return f"select '{name}' as name, concat_ws(':', count(*), sum(hash(*columns(*)))) as digest from {relation}"


def _settings_of_any_day() -> str:
    return f"house.settings without {_TODAY}"


@dataclass(frozen=True)
class Made:
    """What a model was made from, and what it holds; for a test that found no row, what it was asked of."""

    inputs: tuple[str, ...]
    made_from: str
    content: str = ""


class KeptModels:
    """What a build's models are made from and hold. Its methods are called by dbt's macros, from several threads."""

    def __init__(
        self,
        inputs: Mapping[str, str],
        models: Mapping[str, Made],
        passed: Mapping[str, Made],
        there: Collection[str],
        anew: bool,
    ) -> None:
        self._inputs = inputs
        self._models = dict(models)
        self._passed = dict(passed)
        self._passed_before = dict(passed)
        self._there = there
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
                models = connection.execute("select model, inputs, made_from, content from kept.models").fetchall()
                passed = connection.execute("select test, inputs, asked_of from kept.passed").fetchall()
                there = connection.execute(
                    "select table_name from information_schema.tables where table_schema = 'main'"
                ).fetchall()
        except duckdb.Error:
            return None
        return cls(
            inputs,
            {name: Made(tuple(of), made_from, content) for name, of, made_from, content in models},
            {name: Made(tuple(of), asked_of) for name, of, asked_of in passed},
            {name for (name,) in there},
            anew,
        )

    def write_passed(self, warehouse: Path) -> None:
        """Writes which tests have found no row, where others have than before. Raises duckdb.IOException where another
        process holds the file."""
        if self._passed == self._passed_before:
            return
        given = pa.table(
            {
                "test": pa.array(self._passed.keys(), pa.string()),
                "inputs": pa.array([list(one.inputs) for one in self._passed.values()], pa.list_(pa.string())),
                "asked_of": pa.array([one.made_from for one in self._passed.values()], pa.string()),
            }
        )
        with duckdb.connect(str(warehouse)) as connection:
            connection.register("given", given)
            connection.execute("create or replace table kept.passed as from given")

    # before dbt begins

    def unchanged(self, codes: Mapping[str, str]) -> set[str]:
        """Of a program's models, given with their code in the order of their lineage, those that stay as they are
        whatever becomes of the others."""
        if self._anew:
            return set()
        doubtful: set[str] = set()
        for name, code in codes.items():
            made = self._models.get(name)
            if (
                made is None
                or name not in self._there
                or _code(code) not in made.inputs
                or not made.made_from
                or not doubtful.isdisjoint(made.inputs)
                or self._digest(made.inputs) != made.made_from
            ):
                doubtful.add(name)
        return codes.keys() - doubtful

    def still_passes(self, test: str, doubtful: Collection[str]) -> bool:
        """Whether a test found no row, and will be asked of the same whatever becomes of the models `doubtful`."""
        passed = self._passed.get(test)
        return (
            not self._anew
            and passed is not None
            and not set(passed.inputs) & set(doubtful)
            and self._digest(passed.inputs) == passed.made_from
        )

    # while dbt is at work

    def reads_landed(self, model: str, source: str, table: str) -> str:
        """Notes that a model reads a landed table; gives nothing to print."""
        self._landed.setdefault(model, set()).add(f"{source}.{table}")
        return ""

    def made_from(self, node: Mapping[str, Any], compiled: str, with_places: bool = False) -> Made:
        """What a model would be made from now; an empty digest where something of it is not known.

        A view names its files: `with_places` it is another one where they lie elsewhere.
        """
        landed = self._landed.get(node["name"], set())
        names = {_name(one) for one in node["depends_on"].get("nodes", ())} | landed
        if with_places:
            names |= {f"places.{table}{of}" for table in landed for of in ("", "__states")}
        names.add(_code(node.get("raw_code") or ""))
        whole_settings = node.get("language") == "python" or _TODAY in compiled
        return self._made(names, whole_settings)

    def asked_of(self, test: SimpleTest) -> Made:
        """What a test would be asked of now; an empty digest where something of it is not known."""
        return self._made({_name(one) for one in test.inputs}, whole_settings=_TODAY in test.select)

    def stays(self, node: Mapping[str, Any], made: Made) -> bool:
        """Whether a model of the warehouse is what it would be if it were made now."""
        before = self._models.get(node["name"])
        stays = (
            not self._anew
            and bool(made.made_from)
            and is_of_the_program(node["original_file_path"])
            and before is not None
            and before.made_from == made.made_from
        )
        if stays:
            self.left.add(node["name"])
        return stays

    def is_made(self, name: str, made: Made, content: str) -> str:
        """Notes what a model was made from and holds; gives nothing to print."""
        self._models[name] = Made(made.inputs, made.made_from, content)
        return ""

    def has_passed(self, test: str, asked: Made) -> bool:
        """Whether a test was asked of the same, and found no row."""
        before = self._passed.get(test)
        return not self._anew and bool(asked.made_from) and before is not None and before.made_from == asked.made_from

    def is_answered(self, test: str, asked: Made, failures: int) -> str:
        """Notes what a test found; gives nothing to print."""
        if failures or not asked.made_from:
            self._passed.pop(test, None)
        else:
            self._passed[test] = asked
        return ""

    def _made(self, names: set[str], whole_settings: bool) -> Made:
        named = {
            _settings_of_any_day() if name == "house.settings" and not whole_settings else name
            for name in names - _NO_INPUT
        }
        inputs = tuple(sorted(named))
        return Made(inputs, self._digest(inputs))

    def _digest(self, inputs: Sequence[str]) -> str:
        """Of what these inputs are now; empty where one is not known."""
        parts = []
        for name in inputs:
            if "." in name:
                told = self._inputs.get(name, "")
                is_known = bool(told) or not name.startswith("house.")  # a landed table may have no batch
            else:
                told = self._models[name].content if name in self._models else ""
                is_known = bool(told)
            if not is_known:
                return ""
            parts.append(f"{name}={told}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_of_the_program(file: str) -> bool:
    """Whether dbt finds a model there that reads nothing but what is frozen: a company's own may read anything."""
    return file.startswith(_OF_THE_PROGRAM)


def _code(text: str) -> str:
    """What stands for a model's own text among what it is made from: another one is another model."""
    return f"code.{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _name(unique_id: str) -> str:
    """Of dbt's id what a model, a seed or a table of a source is called here."""
    return unique_id.split(".", 2)[2]
