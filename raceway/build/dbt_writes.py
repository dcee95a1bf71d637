"""Where dbt writes what it has compiled."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


@cache
def write_below_target() -> None:
    """Has this process's dbt write compiled models below its target folder, whatever their own file is called.

    dbt joins the folder and the file's path, and a company's own models are read from outside of the project, by an
    absolute path: joined with that, the place is the file itself, and what was compiled would be written over it.
    """
    from dbt.contracts.graph.nodes import ParsedNode

    beside_the_file = ParsedNode.get_target_write_path

    def below_target(node: Any, target_path: str, subdirectory: str, split_suffix: str | None = None) -> str:
        place = Path(beside_the_file(node, target_path, subdirectory, split_suffix))
        target = Path(target_path)
        if place.is_relative_to(target):
            return str(place)
        return str(target / subdirectory / node.package_name / "own_sources" / place.relative_to(place.anchor))

    ParsedNode.get_target_write_path = below_target
