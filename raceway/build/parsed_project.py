"""dbt's project as dbt has parsed it, kept for the next run.

The project is the program's and the same for every home (but for a company's own sources), and to parse it takes
longer than to build a small home. So it is parsed again only when a file of it has changed: it is kept in this
process, and in the user's cache folder for the next one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import platformdirs

from raceway.common.files import write_aside

_PARSED: Final[dict[str, Any]] = {}
"""The parsed project of this process, by its fingerprint: a manifest is large, so only the last one."""
_KEPT_ON_DISK: Final = 8


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
            manifest = _parse(arguments)
            _keep(fingerprint, manifest)
        _PARSED.clear()
        _PARSED[fingerprint] = manifest
    return _PARSED[fingerprint]


def _parse(arguments: Sequence[str]) -> Any:
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner().invoke(["parse", *arguments])
    if outcome.exception is not None or not outcome.success:
        raise NotParsed(str(outcome.exception))
    return outcome.result


def _fingerprint(folders: Sequence[Path]) -> str:
    """Changes with what the files of the folders say, with dbt's versions and with what the environment tells dbt."""
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


def _keep(fingerprint: str, manifest: Any) -> None:
    from dbt.parser.manifest import extended_mashumaro_encoder

    path = _place(fingerprint)
    with suppress(OSError):  # a user without a folder of his own parses anew each time
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_aside(path, manifest.to_msgpack(extended_mashumaro_encoder))
        kept = sorted(path.parent.glob("*.msgpack"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[_KEPT_ON_DISK:]:
            old.unlink(missing_ok=True)
