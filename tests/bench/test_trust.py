"""The measurement of trust measures: faults that it injects are seen, and a clean night is not cried over."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.trust.bases import Base, make_base
from bench.trust.clean import clean_nights
from bench.trust.inject import inject, plan
from bench.trust.kinds import GOOGLE, KINDS
from bench.trust.result import merge_chaos, summary
from bench.trust.rules import false_cries
from raceway.ledger.ledger import Ledger

NIGHTS = 26


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return make_base(
        tmp_path_factory.mktemp("trust"), 5, NIGHTS, 0.3, tell=lambda _: None, sources=("google_ads",)
    )  # fmt: skip


def test_a_fault_of_each_way_is_caught_and_told(base: Base) -> None:
    names = ("file twice", "currency swapped", "micros")
    kinds = [replace(kind, accounts=(GOOGLE,)) for kind in KINDS if kind.name in names]
    results = [inject(base, each) for each in plan([base], 1, kinds, first_night=NIGHTS - 3)]

    by = {result["kind"]: result["by"] for result in results}
    assert by["file twice"] == "equal"
    assert by["currency swapped"] == "refused"
    assert by["micros"] in ("held", "warned")
    assert all("google_ads" in " ".join(result["told"]) or result["by"] != "warned" for result in results)
    told = summary(results, [], [], None, [])
    assert (told["caught_rate"], told["lowest_kind_rate"]) == (1.0, 1.0)


def test_a_clean_night_is_not_held_and_an_injection_leaves_the_base_as_it_was(base: Base) -> None:
    before = {batch.batch_id for batch in Ledger(base.home).state().batches.values()}
    cried = clean_nights(base)

    assert cried.nights == NIGHTS
    assert not cried.held
    assert before == set(base.nights_of_batches())
    assert set(false_cries(base)) == {"z_14", "z_weekday", "static"}


def test_the_figures_of_chaos_are_told_beside_those_of_trust_and_unknown_where_it_has_not_run(tmp_path: Path) -> None:
    trust, chaos = tmp_path / "trust.json", tmp_path / "chaos.json"
    trust.write_text('{"caught_rate": 1.0}', encoding="utf-8")
    merge_chaos(trust, chaos)
    assert json.loads(trust.read_text())["rows_lost"] is None
    figures = {"faults": 3, "recovered": 2, "rows_lost": 0, "wrong_publishes": 1, "tracebacks": 0}
    chaos.write_text(json.dumps({**figures, "kinds": {"kill": {"faults": 3}}, "bad": [1]}), encoding="utf-8")
    merge_chaos(trust, chaos)
    told = json.loads(trust.read_text())
    assert told.pop("chaos") == {**figures, "kinds": {"kill": {"faults": 3}}}
    assert told == {"caught_rate": 1.0, **figures, "fault_kinds": 1}
