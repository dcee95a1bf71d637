"""What of a stage a build has to hand to dbt: the models that may change, and the tests that may find a row.

dbt needs as long to leave a model as it is as to make a small one. Which ones stay can be told before it begins, from
what each was made from (`raceway.build.kept`); dbt is given the names of the others, or is not called at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from raceway.build.kept import KeptModels, is_of_the_program
from raceway.build.simple_tests import ancestors

_STAGE: Final = re.compile(r"tag:(\w+)")


@dataclass(frozen=True)
class Due:
    """What is handed to dbt, and what is known without it."""

    selection: list[str]
    """dbt's arguments; empty where it has nothing to do."""
    staying: list[Any] = field(default_factory=list)
    """Nodes of the models and seeds that stay as they are."""
    passing: list[Any] = field(default_factory=list)
    """Nodes of the tests that dbt would ask, and that find no row."""


def due(manifest: Any, select: str, kept: KeptModels | None, left_out: Sequence[str]) -> Due:
    """What a build of `select` hands to dbt; `left_out` names tests that are not asked at all."""
    without = ["--exclude", *left_out] if left_out else []
    everything = Due(["--select", *select.split(), "--indirect-selection", "buildable", *without])
    stage = _STAGE.fullmatch(select)
    if kept is None or stage is None:
        return everything
    chosen = [node for node in _in_order(manifest) if stage.group(1) in node.tags]
    stays = kept.unchanged({node.name: node.raw_code for node in chosen if is_of_the_program(node.original_file_path)})
    if not stays:
        return everything
    doubtful = [node.name for node in chosen if node.name not in stays]
    tests = [node for node in _tests_of(manifest, chosen) if node.name not in left_out]
    passing = [test for test in tests if kept.still_passes(test.name, doubtful)]
    known = {test.name for test in passing}
    asked = [*doubtful, *(test.name for test in tests if test.name not in known)]
    kept.left |= stays
    return Due(
        ["--select", *asked, "--indirect-selection", "empty"] if asked else [],
        [node for node in chosen if node.name in stays],
        passing,
    )


def _in_order(manifest: Any) -> list[Any]:
    """Models and seeds, each after all that it is made of."""
    nodes = {name: node for name, node in manifest.nodes.items() if node.resource_type in ("model", "seed")}
    found: dict[str, Any] = {}

    def add(name: str) -> None:
        if name in nodes and name not in found:
            for parent in getattr(nodes[name].depends_on, "nodes", []):
                add(parent)
            found[name] = nodes[name]

    for name in nodes:
        add(name)
    return list(found.values())


def _tests_of(manifest: Any, chosen: Sequence[Any]) -> list[Any]:
    """The tests that dbt would ask with these models (`--indirect-selection buildable`): they read one of them, and
    nothing that does not stand before them."""
    selected = {node.unique_id for node in chosen}
    known = selected | ancestors(manifest, selected)
    return [
        node
        for node in manifest.nodes.values()
        if node.resource_type == "test"
        and not selected.isdisjoint(node.depends_on.nodes)
        and known.issuperset(node.depends_on.nodes)
    ]
