"""Which KPIs a failed check, a refused file or a held batch may have touched.

A subject is `source.table` of a landed table, or a model. A landed table and its staging model touch the KPIs whose
measures they feed (seed measure_sources); a fact those whose measures the stages' models take from it; a model on
the way those of the facts behind it. Who a person is, what a click earned and what a currency is worth stand behind
nearly every number: a check of those would mark the whole page and tell nothing, so it marks none.
"""

from __future__ import annotations

import csv
import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from raceway.common.home import PROJECT
from raceway.common.kpi_formula import measures_of

_BEHIND_ALL: Final = ("identity", "attribution", "money", "segments")
_CTE: Final = re.compile(r"^(\w+) as (?:not materialized |materialized )?\(", re.MULTILINE)
_REF: Final = re.compile(r"ref\('(\w+)'\)")
_MEASURES: Final = re.compile(r"measures_from\(\s*'(\w+)',\s*\[([^\]]*)\]")


def touched_kpis(subjects: Sequence[str | None]) -> dict[str, list[int]]:
    """By KPI the places of the subjects that may have touched it; a KPI that none touches is left out."""
    feeding = _measures_by_subject()
    kpis: dict[str, set[str]] = defaultdict(set)
    for row in _seed("kpi_catalog"):
        for measure in measures_of(row):
            kpis[measure].add(row["kpi"])
    found: dict[str, list[int]] = defaultdict(list)
    for place, subject in enumerate(subjects):
        for kpi in sorted({kpi for measure in feeding.get(subject or "", ()) for kpi in kpis[measure]}):
            found[kpi].append(place)
    return dict(found)


@functools.cache
def _measures_by_subject() -> Mapping[str, frozenset[str]]:
    """The measures behind each landed table and each model."""
    models = {path.stem: path for path in (PROJECT.dbt_project / "models").rglob("*.sql")}
    parents = {
        name: {ref for ref in _REF.findall(path.read_text(encoding="utf-8")) if ref in models and _counts(models[ref])}
        for name, path in models.items()
    }
    found: dict[str, set[str]] = defaultdict(set)
    for row in _seed("measure_sources"):
        found[f"{row['source']}.{row['table_name']}"].add(row["measure"])
        found[f"stg_{row['source']}__{row['table_name']}"].add(row["measure"])
    for path in sorted((PROJECT.dbt_project / "models" / "measures" / "daily").glob("int_*_measures.sql")):
        for measures, facts in _taken_from(path.read_text(encoding="utf-8")):
            for model in _with_ancestors({fact for fact in facts if fact in models}, parents):
                found[model].update(measures)
    return {subject: frozenset(measures) for subject, measures in found.items()}


def _counts(path: Path) -> bool:
    """Whether a model hands on what a check of it says. Staging models do so by their table alone."""
    folder = path.relative_to(PROJECT.dbt_project / "models").parts
    return folder[0] == "facts" or (folder[0] == "intermediate" and folder[1] not in _BEHIND_ALL)


def _taken_from(sql: str) -> Iterator[tuple[set[str], set[str]]]:
    """The measures of a stage's model, with the models that the CTEs below them select from."""
    starts = [(match.start(), match[1]) for match in _CTE.finditer(sql)]
    ends = [start for start, _ in starts[1:]] + [len(sql)]
    bodies = {name: sql[start:end] for (start, name), end in zip(starts, ends, strict=True)}

    def models_below(cte: str, seen: set[str]) -> set[str]:
        seen.add(cte)
        named = set(re.findall(r"\b(?:from|join)\s+(\w+)", bodies[cte])) & bodies.keys()
        return set(_REF.findall(bodies[cte])).union(*(models_below(name, seen) for name in named - seen))

    for cte, names in _MEASURES.findall(sql):
        yield set(re.findall(r"'(\w+)'", names)), models_below(cte, set())


def _with_ancestors(models: set[str], parents: Mapping[str, set[str]]) -> set[str]:
    known: set[str] = set()
    while models - known:
        known |= models
        models = set().union(*(parents[model] for model in models))
    return known


def _seed(name: str) -> list[dict[str, str]]:
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
