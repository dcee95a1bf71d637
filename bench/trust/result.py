"""What was measured, as rows for people and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

from bench.trust.clean import Cried
from bench.trust.kinds import KINDS
from bench.trust.retail import ODD
from bench.trust.rules import RULES

WAYS: Final = ("equal", "refused", "held", "warned")
"""In which an injection is caught."""
RULE_COLUMNS: Final = RULES
Json = dict[str, Any]


def caught_rate(by: Counter[str]) -> float:
    """The share that was caught of what had a baseline."""
    counted = by.total() - by["no baseline"]
    return sum(by[way] for way in WAYS) / counted if counted else 1.0


def kind_rows(results: list[Json]) -> list[tuple[str, ...]]:
    """One row for each kind, and one for all."""
    rows = []
    for name in [*(kind.name for kind in KINDS), "all"]:
        of_kind = [result for result in results if name in (result["kind"], "all")]
        if of_kind:
            by = Counter(result["by"] for result in of_kind)
            rules = Counter(rule for result in of_kind for rule in result["rules"])
            rows.append((name, f"{by.total()}", *(f"{by[way]}" for way in WAYS), f"{by['missed']}",
                         f"{by['no baseline']}", f"{100 * caught_rate(by):.0f}",
                         *(f"{rules[rule]}" for rule in RULES)))  # fmt: skip
    return rows


def alarm_rows(cried: list[Cried], cries: list[dict[str, int]], retail: Cried | None) -> list[tuple[str, ...]]:
    """One row for each company's clean nights, and one for the real shop's."""
    rows = [
        (f"seed {told.seed}", f"{told.nights}", f"{len(told.warned)}", f"{len(told.held)}",
         *(f"{of_rule[rule]}" for rule in RULES))
        for told, of_rule in zip(cried, cries, strict=True)
    ]  # fmt: skip
    if retail:
        rows.append(("Online Retail", f"{retail.nights}", f"{len(retail.warned)}", f"{len(retail.held)}", "", "", ""))
    return rows


def summary(
    results: list[Json], cried: list[Cried], cries: list[dict[str, int]], retail: Cried | None, nights: list[Json]
) -> Json:
    """What `var/trust.json` says."""
    kinds = {}
    for kind in dict.fromkeys(result["kind"] for result in results):
        by = Counter(result["by"] for result in results if result["kind"] == kind)
        rules = Counter(rule for result in results if result["kind"] == kind for rule in result["rules"])
        kinds[kind] = {
            "injected": by.total(),
            "caught": {way: by[way] for way in WAYS},
            "missed": by["missed"],
            "no_baseline": by["no baseline"],
            "caught_rate": caught_rate(by),
            "usual_rules": {rule: rules[rule] for rule in RULES},
        }
    every = sum(told.nights for told in cried)
    return {
        "caught_rate": caught_rate(Counter(result["by"] for result in results)),
        "lowest_kind_rate": min((kind["caught_rate"] for kind in kinds.values()), default=1.0),
        "false_alarm_rate": sum(len(told.warned) for told in cried) / every if every else 0.0,
        "held_without_fault": sum(len(told.held) for told in cried),
        "kinds": kinds,
        "clean_nights": [
            {**told.to_json(), "usual_rules": of_rule} for told, of_rule in zip(cried, cries, strict=True)
        ],
        "online_retail": _retail(retail) if retail else None,
        "whole_nights": nights,
        "missed": [result for result in results if result["by"] == "missed"],
    }


_OF_CHAOS: Final = ("faults", "recovered", "rows_lost", "wrong_publishes", "tracebacks")


def of_chaos(path: Path) -> Json:
    """What `make chaos` measured, for `var/trust.json`: nulls where it has not run, since unknown is not zero."""
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kinds = len(told["kinds"]) if told else None
    chaos = {key: value for key, value in told.items() if key != "bad"} if told else None
    return {name: told.get(name) for name in _OF_CHAOS} | {"fault_kinds": kinds, "chaos": chaos}


def merge_chaos(trust: Path, chaos: Path) -> None:
    """Puts the figures of a later `make chaos` into a `trust.json` that is there."""
    if trust.exists():
        told = json.loads(trust.read_text(encoding="utf-8")) | of_chaos(chaos)
        trust.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def of_orders(place: Path) -> Json:
    """What `make orders` has found, as far as it was run: how often a mart that was built step by step differs from one
    that is built in full, and how often another order of the same files gives another mart. None where it was not run.
    """
    told = json.loads(place.read_text(encoding="utf-8")) if place.exists() else {}
    differences = {name: told.get(name) for name in ("incremental_differences", "order_differences")}
    return {**differences, "orders": {name: told.get(name) for name in ("nights", "tables_compared")}}


def _retail(retail: Cried) -> Json:
    said = set(retail.warned) | set(retail.held)
    return {
        **retail.to_json(),
        "odd_invoices_told": {invoice: day in said for day, invoice in ODD.items()},
        "nights_besides": len(said - set(ODD)),
    }
