"""Which reports are held against each other, as a contract says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from raceway.common.faults import BadContract
from raceway.common.home import Home
from raceway.contracts.fingerprint import fingerprint
from raceway.contracts.load import load_contract
from raceway.contracts.reports import days_of
from raceway.contracts.words import Reconcile


def table(name: str, scope: dict[str, Any], columns: dict[str, str], **meta: Any) -> dict[str, Any]:
    return {
        "name": name, "description": "Rows.", "config": {"meta": {"scope": scope} | meta},
        "columns": [
            {"name": column, "description": "A cell.", "data_type": kind, "config": {"meta": {"aliases": [column]}}}
            for column, kind in columns.items()
        ],
    }  # fmt: skip


def home_with(folder: Path, **rule: Any) -> Home:
    """A home with a source `kiosk`: sales by day, by article and day, and a list of articles."""
    by_day = {"kind": "days", "day": "day"}
    reconciles = {"reconciles": [rule]} if rule else {}
    tables = [
        table("days", by_day, {"day": "date", "pieces": "bigint", "clerk": "varchar"}),
        table(
            "articles", by_day, {"day": "date", "pieces": "bigint", "clerk": "varchar", "size": "bigint"}, **reconciles
        ),
        table("list", {"kind": "entities", "keys": ["article"]}, {"article": "varchar", "pieces": "bigint"}),
    ]
    home = Home(folder)
    path = home.sources / "kiosk" / "_kiosk__sources.yml"
    path.parent.mkdir(parents=True)
    source = {"name": "kiosk", "description": "A kiosk.", "schema": "landing", "config": {"meta": {"owner": "retail"}}}
    path.write_text(yaml.safe_dump({"version": 2, "sources": [source | {"tables": tables}]}), encoding="utf-8")
    return home


GOOD = {"against": "days", "columns": ["pieces"], "relation": "equal"}


def test_a_rule_says_how_far_two_reports_may_be_apart_and_changes_nothing_that_lands(tmp_path: Path) -> None:
    with_rule = load_contract("kiosk", home_with(tmp_path / "with", **GOOD)).table("articles")
    without = load_contract("kiosk", home_with(tmp_path / "without")).table("articles")
    [rule] = with_rule.meta.reconciles
    assert (rule.against, rule.columns, rule.relation, rule.within) == ("days", ("pieces",), "equal", 0.01)
    assert fingerprint(with_rule) == fingerprint(without)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"against": "weeks"}, r"table articles: reconciles names weeks, which is no other table of this source"),
        ({"against": "articles"}, r"reconciles names articles, which is no other table"),
        (
            {"against": "list"},
            r"reconciles names list, which is no other table of this source with `scope: {kind: days}`",
        ),
        ({"columns": ["size"]}, r"reconciles: days has no column size"),
        ({"columns": ["clerk"]}, r"reconciles: clerk is no number in both tables"),
        ({"columns": []}, r"reconciles.0.columns"),
        ({"relation": "about"}, r"reconciles.0.relation: Input should be 'equal' or 'at_most'"),
        ({"within": 1}, r"reconciles.0.within"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_place(tmp_path: Path, rule: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadContract, match=sentence):
        load_contract("kiosk", home_with(tmp_path, **GOOD | rule))


def test_rows_speak_for_a_day_for_a_period_or_for_none() -> None:
    assert days_of(load_contract("search_console").table("chart")) == ("day", "day")
    assert days_of(load_contract("search_console").table("queries")) == ("period_start", "period_end")
    assert days_of(load_contract("meta_ads").table("ads_period")) == ("period_start", "period_end")
    assert days_of(load_contract("shopify").table("orders")) is None


@pytest.mark.parametrize(
    ("total", "sentence"),
    [
        ({"label": "Total"}, r"say what the total is of: columns, or records"),
        ({"label": "Total (2)", "records": True}, r"records needs a label with a group"),
        ({"label": "~^Total", "records": True}, r"records needs a label with a group"),
    ],
)
def test_a_total_says_what_it_is_of(total: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Reconcile.model_validate(total)
