"""Writes the truth about a sample beside its inbox."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from raceway.sample.truth.experiments import RESULT, experiment_results
from raceway.sample.truth.kpis import kpi_rows
from raceway.sample.truth.plan import TARGET_COLUMNS, target_rows
from raceway.sample.truth.tally import Key, Number
from raceway.sample.truth.truth import Truth
from raceway.sample.world.world import World


def write_truth(world: World, folder: Path) -> int:
    """Writes measures, kpis, targets and experiments as csv; gives the number of rows.

    Measures that are zero have no row; what nobody can know has an empty value.
    """
    truth = Truth(world)
    values = truth.measures()
    folder.mkdir(parents=True, exist_ok=True)
    shown: dict[Key, Number | None] = {**values, **dict.fromkeys(truth.unknown)}
    rows = [(*_texts(key), _plain(value)) for key, value in sorted(shown.items(), key=lambda item: item[0])]
    _write(folder / "measures.csv", ("measure", "period", "period_start", "channel", "market", "value"), rows)
    found = list(kpi_rows(values, truth.is_unknown))
    kpis = [
        (*_texts(key), _plain(numerator), _plain(denominator), value) for key, numerator, denominator, value in found
    ]
    header = ("kpi", "period", "period_start", "channel", "market", "numerator", "denominator", "value")
    _write(folder / "kpis.csv", header, kpis)
    targets = list(target_rows(world, {key: value for key, _, _, value in found}))
    _write(folder / "targets.csv", TARGET_COLUMNS, targets)
    experiments = list(experiment_results(world, truth.links.person, truth.counted))
    _write(folder / "experiments.csv", RESULT, experiments)
    return len(rows) + len(kpis) + len(targets) + len(experiments)


def _texts(key: Key) -> tuple[str, str, str, str, str]:
    return (key[0], key[1], key[2].isoformat(), key[3], key[4])


def _plain(value: Number | None) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
