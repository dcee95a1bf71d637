"""Where contracts lie and how their YAML is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from raceway.common.faults import BadContract
from raceway.common.home import PROJECT, Home


def contract_path(source: str, home: Home | None = None) -> Path | None:
    """The file that holds a source's contract: a company's own before the shipped one; None without one."""
    return next((path for path in contract_places(source, home) if path.is_file()), None)


def contract_places(source: str, home: Home | None = None) -> list[Path]:
    """Where a source's contract may lie; the first one that is there counts."""
    folders = [home.sources, PROJECT.contracts] if home is not None else [PROJECT.contracts]
    return [folder / source / f"_{source}__sources.yml" for folder in folders]


def source_names(home: Home | None = None) -> list[str]:
    """All sources with a contract, sorted: shipped ones and those of the home."""
    folders = [PROJECT.contracts] + ([home.sources] if home is not None else [])
    return sorted(
        {
            path.parent.name
            for folder in folders
            for path in folder.glob("*/_*__sources.yml")
            if path.name == f"_{path.parent.name}__sources.yml"
        }
    )


def read_yaml(path: Path) -> Any:
    """A YAML file as values; raises BadContract naming file and line where it is none."""
    try:
        return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    except yaml.YAMLError as fault:
        raise BadContract(f"{path}: no valid YAML: {fault}") from fault
