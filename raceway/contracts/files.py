"""Where contracts lie and how their YAML is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from raceway.common.faults import BadContract
from raceway.common.home import PROJECT, Home


def contract_path(source: str, home: Home | None = None) -> Path | None:
    """The file that holds a source's contract: a company's own before the shipped one; None without one."""
    name = f"_{source}__sources.yml"
    places = [PROJECT.contracts / source / name]
    if home is not None:
        places.insert(0, home.sources / source / name)
    return next((path for path in places if path.is_file()), None)


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
