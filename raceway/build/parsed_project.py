"""dbt's project as dbt has parsed it, kept for the next run.

The project is the program's and the same for every home (but for a company's own sources), and to parse it takes
longer than to build a small home. So it is parsed again only when a file of it has changed: it is kept in this
process, and in the user's cache folder for the next one.

A night takes a smaller one. Of 460 tests 430 are a short select on one or two tables, and dbt takes longer to wind up
each of them, and to walk a graph that they stand in, than DuckDB takes to answer all of them. So these leave the graph
with their selects written out, to be asked together (`raceway.build.simple_tests`), and unit tests, which test the
program, leave it, too. So do semantic models, metrics and exposures, which a night builds nothing of.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import platformdirs

from raceway.build.dbt_writes import write_below_target
from raceway.common.files import write_aside

WAREHOUSE_VARIABLE: Final = "RACEWAY_WAREHOUSE"
"""Where the profile finds the warehouse; unset it is a file named like a home's."""

_PARSED: Final[dict[str, Any]] = {}
"""The parsed project of this process, by its fingerprint: a manifest is large, so only the last one."""
_NIGHTS: Final[dict[str, NightProject]] = {}
"""The same for nights."""
_KEPT_ON_DISK: Final = 16
_SEMANTIC: Final = ".semantic.json"

# a test with another way to count, or one that keeps what it found, is left to dbt
_SIMPLE: Final = {
    "where": None, "limit": None, "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0",
    "store_failures": None, "enabled": True,
}  # fmt: skip


@dataclass(frozen=True)
class SimpleTest:
    """A test of dbt as the select of the rows that break it."""

    name: str
    subject: str
    """The model that it is attached to, else the first that it reads."""
    claim: str
    """Its description; empty where it has none."""
    severity: str
    """dbt's word: error or warn."""
    folder: str
    """Of the file that declares it, below the project."""
    reads: list[str]
    """dbt's ids of the models and seeds that it reads; none of a source."""
    select: str
    kind: str = ""
    """What dbt calls its kind: not_null, unique …; empty for a select of its own in `tests/`."""
    remedy: str = ""
    """What to do about the rows that break it (`config.meta.remedy`); empty where the kind says so."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """What its kind is asked about: column_name, values, to, field, expression, columns."""
    relation: str = ""
    """Its table as a select names it; empty for a select of its own."""
    key: list[str] = field(default_factory=list)
    """Columns that name one row of its table; empty where none are declared."""
    inputs: list[str] = field(default_factory=list)
    """dbt's ids of all that it reads, tables of sources among them."""


@dataclass(frozen=True)
class NightProject:
    """What a night builds."""

    manifest: Any
    """dbt's manifest without unit tests and simple tests, without metrics and exposures."""
    simple_tests: list[SimpleTest]


class NotParsed(Exception):
    """dbt could not parse the project; its own words."""


def parsed_project(folders: Sequence[Path], arguments: Sequence[str]) -> Any:
    """dbt's manifest of the project whose files lie in `folders`: kept by this process or an earlier one, else new.

    `arguments` say where dbt finds project and profile (as for `dbt parse`). Raises NotParsed.
    """
    fingerprint = _fingerprint(folders)
    if fingerprint not in _PARSED:
        manifest = _kept(fingerprint)
        if manifest is None:
            manifest = parse(arguments)
            _keep(fingerprint, manifest)
        _PARSED.clear()
        _PARSED[fingerprint] = manifest
    return _PARSED[fingerprint]


def night_project(folders: Sequence[Path], arguments: Sequence[str]) -> NightProject:
    """The same project as a night builds it, kept in the same way.

    Selects name tables as the warehouse does that the environment and `arguments` name. Raises NotParsed.
    """
    fingerprint = hashlib.sha256(f"night {_fingerprint(folders)}".encode()).hexdigest()
    if fingerprint not in _NIGHTS:
        night = _kept_night(fingerprint)
        if night is None:
            whole = parsed_project(folders, arguments)
            _PARSED.clear()  # the manifest is the night's from here on, even where taking tests out of it breaks off
            night = _smaller(whole, arguments)
            _keep(fingerprint, night.manifest)
            _keep_tests(fingerprint, night.simple_tests)
        _NIGHTS.clear()
        _NIGHTS[fingerprint] = night
    return _NIGHTS[fingerprint]


def semantic_manifest(folders: Sequence[Path], arguments: Sequence[str]) -> str:
    """What MetricFlow is told of the same project: dbt's semantic manifest as JSON, kept in the same way.

    Raises NotParsed.
    """
    from dbt.contracts.graph.semantic_manifest import SemanticManifest

    place = _place(_fingerprint(folders)).with_suffix(_SEMANTIC)
    with suppress(OSError):
        return place.read_text(encoding="utf-8")
    manifest = parsed_project(folders, arguments)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "semantic_manifest.json")
        SemanticManifest(manifest).write_json_to_file(str(file))
        text = file.read_text(encoding="utf-8")
    with suppress(OSError):
        write_aside(place, text)
    return text


def _smaller(manifest: Any, arguments: Sequence[str]) -> NightProject:
    """Takes the simple tests, compiled, and the unit tests out of a manifest."""
    from dbt.cli.main import dbtRunner

    write_below_target()
    compiling = ["compile", "--select", "test_type:generic", "--no-introspect", "--no-populate-cache"]
    outcome = dbtRunner(manifest=manifest).invoke([*compiling, *arguments])
    if outcome.exception is not None or not outcome.success:
        raise NotParsed(str(outcome.exception))
    simple: list[SimpleTest] = []
    keys, tables = keys_of(manifest), relations(manifest)
    for node in (result.node for result in outcome.result):
        if all(node.config.get(key) == value for key, value in _SIMPLE.items()):
            del manifest.nodes[node.unique_id]
            simple.append(simple_test(node, keys, tables))
    for unbuilt in (manifest.unit_tests, manifest.semantic_models, manifest.metrics, manifest.exposures):
        unbuilt.clear()
    manifest.build_flat_graph()
    return NightProject(manifest, sorted(simple, key=lambda test: test.name))


def simple_test(node: Any, keys: Mapping[str, list[str]], tables: Mapping[str, str | None]) -> SimpleTest:
    """A compiled test of a manifest; `keys` and `tables` give by dbt's id the key and the relation of a model."""
    reads = [*(one for one in node.depends_on.nodes if one.startswith(("model.", "seed."))), *node.depends_on.nodes]
    about = getattr(node, "attached_node", None) or (reads[0] if hasattr(node, "test_metadata") and reads else None)
    subject = about or (reads[0] if reads else node.unique_id)
    kind = getattr(node, "test_metadata", None)
    arguments = {key: value for key, value in kind.kwargs.items() if key != "model"} if kind else {}
    return SimpleTest(
        name=node.name,
        subject=".".join(subject.split(".")[-2 if subject.startswith("source.") else -1 :]),
        claim=node.description.strip(),
        severity=str(node.config.severity).lower(),
        folder=str(Path(node.original_file_path).parent),
        reads=[parent for parent in node.depends_on.nodes if not parent.startswith("source.")],
        select=(node.compiled_code or node.raw_code).strip(),
        kind=kind.name if kind else "",
        remedy=str(node.config.meta.get("remedy", "")),
        arguments=arguments,
        relation=(tables.get(about) or "") if about else "",
        key=keys.get(about, []) if about else [],
        inputs=list(node.depends_on.nodes),
    )


def relations(manifest: Any) -> dict[str, str | None]:
    """By dbt's id how a select names the table of a model, a seed or a source."""
    nodes = {**manifest.nodes, **manifest.sources}
    return {name: getattr(node, "relation_name", None) for name, node in nodes.items()}


def keys_of(manifest: Any) -> dict[str, list[str]]:
    """By dbt's id the columns that name one row of a model or seed, where a test holds that they do."""
    keys: dict[str, list[str]] = {}
    for node in manifest.nodes.values():
        kind, about = getattr(node, "test_metadata", None), getattr(node, "attached_node", None)
        if kind is not None and about is not None and kind.name in ("unique", "unique_combination"):
            columns = kind.kwargs.get("columns") or [kind.kwargs.get("column_name")]
            if about not in keys or len(columns) < len(keys[about]):
                keys[about] = [str(column) for column in columns]
    return keys


def parse(arguments: Sequence[str]) -> Any:
    """The project, parsed anew; dbt writes its artifacts where the arguments ask for them. Raises NotParsed."""
    from dbt.cli.main import dbtRunner

    write_below_target()
    outcome = dbtRunner().invoke(["parse", *arguments])
    if outcome.exception is not None or not outcome.success:
        raise NotParsed(str(outcome.exception))
    return outcome.result


def _fingerprint(folders: Sequence[Path]) -> str:
    """Changes with what the files of the folders say, with dbt's versions, the warehouse's name and with what the
    environment tells dbt."""
    files = [
        Path(folder) / name
        for root in folders
        for folder, _, names in os.walk(root)
        for name in names
        if name.endswith((".sql", ".py", ".yml", ".yaml", ".csv", ".md"))
    ]
    # a kept project holds the macros of dbt and its adapter, too
    said = [f"{package} {version(package)}" for package in ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb")]
    said += [str(folders[0]), *(f"{key}={value}" for key, value in os.environ.items() if key[:4] == "DBT_")]
    # tables stand in it under the warehouse's name, which is that of its file
    said.append(f"warehouse {Path(os.environ.get(WAREHOUSE_VARIABLE, 'warehouse.duckdb')).stem}")
    said += [f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
    return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()


def _place(fingerprint: str) -> Path:
    return platformdirs.user_cache_path("raceway") / "dbt" / f"{fingerprint}.msgpack"


def _kept(fingerprint: str) -> Any:
    """What an earlier process has parsed; None where there is nothing, or nothing that this dbt can read."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    path = _place(fingerprint)
    try:
        manifest = Manifest.from_msgpack(path.read_bytes(), decoder=extended_mashumuro_decoder)
        path.touch()  # what is used is not pruned
    except OSError:
        return None
    except Exception:  # whatever a damaged file brings about, parsing anew mends it
        return None
    manifest.build_flat_graph()  # is not kept, and macros look into it
    return manifest


def _kept_night(fingerprint: str) -> NightProject | None:
    try:
        rows = json.loads(_place(fingerprint).with_suffix(".json").read_text(encoding="utf-8"))
        simple = [SimpleTest(**row) for row in rows]
    except (OSError, ValueError, TypeError):
        return None
    manifest = _kept(fingerprint)
    return None if manifest is None else NightProject(manifest, simple)


def _keep_tests(fingerprint: str, simple: Sequence[SimpleTest]) -> None:
    with suppress(OSError):
        text = json.dumps([asdict(test) for test in simple])
        write_aside(_place(fingerprint).with_suffix(".json"), text)


def _keep(fingerprint: str, manifest: Any) -> None:
    from dbt.parser.manifest import extended_mashumaro_encoder

    path = _place(fingerprint)
    with suppress(OSError):  # a user without a folder of his own parses anew each time
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_aside(path, manifest.to_msgpack(extended_mashumaro_encoder))
        kept = sorted(path.parent.glob("*.msgpack"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[_KEPT_ON_DISK:]:
            old.unlink(missing_ok=True)
            for beside in (".json", _SEMANTIC):
                old.with_suffix(beside).unlink(missing_ok=True)
