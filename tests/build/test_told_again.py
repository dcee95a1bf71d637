"""Days and orders that are told again, filled in or brought in later are judged like those of the last night."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from raceway.landing.profile import PROFILE
from tests.build.test_plausible import ADS, ORDERS, Past, ads, day, each, orders

TWO_WEEKS = range(14)


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path / "home")


@pytest.mark.parametrize(
    ("rows", "is_held", "says"),
    [
        (each(ads(14), cost=lambda r: r["cost"] * 1000), True, "on 2026-06-15 cost by"),
        (each(ads(14), cost=lambda r: 0), True, "on 2026-06-15 cost is 0 in all rows"),
        (ads(14)[:1], False, "on 2026-06-15 "),
        (ads(14), False, ""),
        (each(ads(14), clicks=lambda r: r["clicks"] - 1), False, ""),
    ],
    ids=["in another unit", "without its cost", "one campaign of three", "as before", "a few clicks taken back"],
)
def test_a_day_of_last_night_that_is_told_again_is_judged_again(
    past: Past, rows: list[dict[str, object]], is_held: bool, says: str
) -> None:
    before = [past.batch(ADS, ads(*TWO_WEEKS), day(13)), past.batch(ADS, ads(14), day(14), "-first")]
    again = past.batch(ADS, [*rows, *ads(15)], day(15), "-again")
    verdicts = past.judge([*before, again])
    assert list(verdicts.held) == [again.batch_id] * is_held
    messages = [*verdicts.held.values(), *(warning.message for warning in verdicts.warnings)]
    assert any(says in message for message in messages) == bool(says), messages


def test_a_day_that_is_mended_in_the_next_night_is_not_held(past: Past) -> None:
    before = [past.batch(ADS, ads(*TWO_WEEKS), day(13)), past.batch(ADS, ads(14)[:1], day(14), "-cut")]
    whole = past.batch(ADS, ads(14, 15), day(15), "-whole")
    verdicts = past.judge([*before, whole])
    assert verdicts.held == {}
    assert {warning.batch_id for warning in verdicts.warnings} == {before[1].batch_id}


def test_a_day_that_was_missing_and_is_filled_in_later_is_judged(past: Past) -> None:
    before = [
        past.batch(ADS, ads(*TWO_WEEKS), day(13)),
        past.batch(ADS, ads(15, 16), day(16), "-later", is_stated=False),
    ]
    right = past.batch(ADS, ads(14), day(17), "-right", is_stated=False)
    wrong = past.batch(ADS, each(ads(14), cost=lambda r: r["cost"] * 1000), day(17), "-wrong", is_stated=False)
    assert past.judge([*before, right]).held == {}
    assert "on 2026-06-15 cost by" in past.judge([*before, wrong]).held[wrong.batch_id]


def test_days_before_all_that_is_known_are_held_against_those_after_them(past: Past) -> None:
    known = past.batch(ADS, ads(*range(60, 80)), day(79))
    smaller = {name: lambda r, n=name: r[n] // 3 for name in ("impressions", "clicks", "cost")}
    right = past.batch(ADS, each(ads(*range(20, 40)), **smaller), day(80), "-right", is_stated=False)
    wrong = past.batch(
        ADS, each(ads(*range(20, 40)), cost=lambda r: r["cost"] * 1000), day(81), "-wrong", is_stated=False
    )
    assert past.judge([known, right]).held == {}
    assert "cost by" in past.judge([known, wrong]).held[wrong.batch_id]


@pytest.mark.parametrize("number", [4, 40], ids=["a few", "many"])
@pytest.mark.parametrize("by", [1000, 1 / 1000, 25_000])
def test_orders_that_come_again_with_amounts_of_another_unit_are_held(past: Past, number: int, by: float) -> None:
    before = past.batch(ORDERS, orders(*TWO_WEEKS), day(13))
    spoilt = each(orders(*TWO_WEEKS)[-number:], **{
        name: lambda r, n=name: r[n] * by for name in ("lineitem_price", "subtotal", "total")
    })  # fmt: skip
    again = past.batch(ORDERS, [*spoilt, *orders(14)], day(14), "-again")
    verdicts = past.judge([before, again])
    assert "rows of days that were told before" in verdicts.held[again.batch_id]


def test_orders_that_come_again_paid_or_given_back_are_not(past: Past) -> None:
    before = past.batch(ORDERS, orders(*TWO_WEEKS), day(13))
    changed = each(
        orders(*TWO_WEEKS)[-20:], financial_status=lambda r: "refunded", refunded_amount=lambda r: r["total"]
    )
    again = past.batch(ORDERS, [*changed, *orders(14)], day(14), "-again")
    assert past.judge([before, again]).held == {}


def test_orders_of_few_days_have_no_usual_size(past: Past) -> None:
    """Ten days of which the file has no row say nothing of what an order is worth."""
    few = [row for row in orders(*TWO_WEEKS) if row["_d"] in (day(0), day(12), day(13))]
    before = past.batch(ORDERS, few, day(13))
    again = past.batch(
        ORDERS,
        each(few[:2], total=lambda r: r["total"] * 1000, subtotal=lambda r: r["total"] * 1000),
        day(14),
        "-again",
    )
    assert past.judge([before, again]).held == {}


def test_a_campaign_of_another_kind_is_a_warning_and_the_others_in_another_unit_are_held(past: Past) -> None:
    views = {**ads(14)[0], "campaign": "Awareness", "impressions": 9_000_000, "clicks": 90, "cost": 900_000}
    before = past.batch(ADS, ads(*TWO_WEEKS), day(13))
    begun = past.batch(ADS, [*ads(14), views], day(14), "-begun")
    verdicts = past.judge([before, begun])
    assert verdicts.held == {}
    assert verdicts.warnings
    spoilt = each(ads(14), cost=lambda r: r["cost"] * 1000)
    wrong = past.batch(ADS, [*spoilt, views], day(14), "-wrong")
    assert list(past.judge([before, wrong]).held) == [wrong.batch_id]


def test_what_is_kept_of_the_verdicts_is_found_anew_where_it_is_damaged(past: Past) -> None:
    batches = [
        past.batch(ADS, ads(*TWO_WEEKS), day(13)),
        past.batch(ADS, each(ads(14), cost=lambda r: 0), day(14), "-zero"),
    ]
    right = past.judge(batches).held
    kept = past.home.landing / "google_ads" / "campaign_daily__verdicts.json"
    whole = json.loads(kept.read_text(encoding="utf-8"))
    assert "cost is 0" in whole["found"]
    edited = json.dumps({**whole, "found": whole["found"].replace('"is_held": true', '"is_held": false')})
    for spoilt in (edited, "", "[]", "null", '{"sha256": null, "found": null}', "[" * 100_000, "\x00"):
        kept.write_text(spoilt, encoding="utf-8")
        assert past.judge(batches).held == right, spoilt[:40]
    kept.unlink()
    kept.symlink_to(kept)
    assert past.judge(batches).held == right
    kept.unlink()
    kept.mkdir()
    (kept / "a file").write_text("of a folder")
    assert past.judge(batches).held == right
    assert kept.is_file()


@pytest.mark.parametrize("damage", [b"", b"PAR1 and no more", None], ids=["empty", "garbage", "cut"])
def test_a_damaged_profile_is_made_anew(past: Past, damage: bytes | None) -> None:
    before = past.batch(ADS, ads(*TWO_WEEKS), day(13))
    past.judge([before])
    profile = before.path.with_name(PROFILE)
    whole = profile.read_bytes()
    profile.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    bad = past.batch(ADS, each(ads(14), cost=lambda r: 0), day(14), "-zero")
    assert list(past.judge([before, bad]).held) == [bad.batch_id]
    assert profile.read_bytes()[-4:] == b"PAR1"


def test_days_of_long_ago_get_the_same_verdict_at_once_and_night_by_night(past: Past) -> None:
    """What a verdict says does not depend on how much was read for it: all at once, or night after night."""
    batches = [past.batch(ADS, ads(*range(n * 10, n * 10 + 10)), day(n * 10 + 9), f"-{n}") for n in range(20)]
    old = past.batch(ADS, each(ads(*range(-40, -20)), cost=lambda r: r["cost"] * 50), day(205), "-old", is_stated=False)
    at_once = past.judge([*batches, old])
    other = Past(past.home.root.parent / "other")
    again = [other.batch(ADS, ads(*range(n * 10, n * 10 + 10)), day(n * 10 + 9), f"-{n}") for n in range(20)]
    for n in range(20):
        other.judge(again[: n + 1])
    late = other.batch(
        ADS, each(ads(*range(-40, -20)), cost=lambda r: r["cost"] * 50), day(205), "-old", is_stated=False
    )
    night_by_night = other.judge([*again, late])
    assert night_by_night.held == at_once.held
    assert [w.message for w in night_by_night.warnings] == [w.message for w in at_once.warnings]
    assert at_once.held
