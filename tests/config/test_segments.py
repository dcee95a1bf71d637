"""segments.csv: rules that can hold for somebody are read, and all others are refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from raceway.common.faults import BadSettings
from raceway.common.home import PROJECT, Home
from raceway.config.init import init_home
from raceway.config.segments import COLUMNS, load_segments, usual_segments


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return init_home(tmp_path / "home")


def test_a_new_home_has_the_usual_segments_in_their_order(home: Home) -> None:
    assert load_segments(home) == usual_segments()
    assert list(dict.fromkeys(rule.segment for rule in load_segments(home))) == ["new", "at risk", "VIP"]
    home.segments.unlink()  # a home of an earlier version
    assert load_segments(home) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("big,revenue,>,5", "there is no column revenue; a rule may name orders, net_sales"),
        ("big,orders,~,5", "operator"),
        ("big,orders,>,many", "orders is a number; many is none"),
        ("big,orders,>,nan", "orders is a number; nan is none"),
        ("big,orders,>,1e400", "orders is a number; 1e400 is none"),
        ("big,net_sales,>,1_000", "net_sales is a number; 1_000 is none"),
        ("big,net_sales,>,1.000", "1.000 may be 1000 or 1.0000; write the one that is meant"),
        ("big,orders,>,5\nBig,orders,<,9", "segment Big is written big further up"),
        ("near,market,>,VN", "market is no number; it is compared by = or <>"),
        ("here,is_active,=,maybe", "is_active is true or false"),
        ("None,orders,>,5", "none is everybody who is in no segment"),
        ("big,orders,>,5\nbig,orders,>,5", "the same rule stands twice"),
    ],
)
def test_a_rule_that_can_hold_for_nobody_is_refused(home: Home, row: str, said: str) -> None:
    home.segments.write_text(f"segment,column,operator,value\n{row}\n", encoding="utf-8")
    with pytest.raises(BadSettings) as fault:
        load_segments(home)
    assert said in str(fault.value)
    assert f"segments.csv, row {1 + len(row.splitlines())}: " in str(fault.value)


def test_rules_look_at_the_columns_that_the_models_know() -> None:
    known = yaml.safe_load((PROJECT.dbt_project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    numbers = {name for name, kind in COLUMNS.items() if kind == "number"}
    assert set(known["segment_numbers"]) == numbers
    assert set(known["segment_words"]) == set(COLUMNS) - numbers
