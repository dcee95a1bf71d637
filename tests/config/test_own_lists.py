"""A home's lists of words: what a row may say, and which two rows contradict each other."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.config.own_lists import load_loyalty_tiers, load_offline_codes, load_reasons


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return init_home(tmp_path / "home")


def test_a_new_home_has_lists_of_words_without_rows(home: Home) -> None:
    assert (load_reasons(home), load_offline_codes(home), load_loyalty_tiers(home)) == ([], [], [])
    home.reasons.unlink()
    assert load_reasons(home) == [], "a home of an earlier version has none of them"


def test_reasons_keep_their_order_and_a_pattern_that_could_find_nothing_is_refused(home: Home) -> None:
    home.reasons.write_text("pattern,reason\nkhông vừa,size\nvừa,other\n", encoding="utf-8")
    assert [row.reason for row in load_reasons(home)] == ["size", "other"]
    home.reasons.write_text("pattern,reason\nToo small,size\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="lower case"):
        load_reasons(home)


def test_a_code_may_come_back_later_and_stands_for_one_medium_a_day(home: Home) -> None:
    decomposed = unicodedata.normalize("NFD", "HÈ26")
    home.offline_codes.write_text(
        f"code,medium,channel,valid_from,valid_until\n{decomposed},billboard,,,2026-05-31\nhè26,leaflet,store,2026-06-01,\n",
        encoding="utf-8",
    )
    assert [(row.code, row.channel) for row in load_offline_codes(home)] == [
        ("hè26", "offline_media"),
        ("hè26", "store"),
    ]
    home.offline_codes.write_text("code,medium,valid_until\nA,bus,2026-05-31\na,radio,\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="row 3: a stands twice for one day"):
        load_offline_codes(home)
    home.offline_codes.write_text("code,medium,channel\nA,bus,billboards\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="no channel billboards"):
        load_offline_codes(home)


def test_a_tier_has_one_rank_whatever_it_is_called(home: Home) -> None:
    home.loyalty_tiers.write_text("tier_name,tier,rank\nXanh Lá,green,2\nGreen,green,2\n", encoding="utf-8")
    assert [row.tier_name for row in load_loyalty_tiers(home)] == ["xanh lá", "green"]
    home.loyalty_tiers.write_text("tier_name,tier,rank\nXanh Lá,green,2\nGreen,green,3\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="green has two ranks"):
        load_loyalty_tiers(home)
    home.loyalty_tiers.write_text("tier_name,tier,rank\nXanh,green,2\nXANH,green,2\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="row 3: xanh stands twice"):
        load_loyalty_tiers(home)
    home.loyalty_tiers.write_text("tier_name,tier,rank\nXanh,green,99999999999\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="row 2: rank: Input should be less than"):
        load_loyalty_tiers(home)
