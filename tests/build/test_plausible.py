"""Batches are judged by what earlier ones said: what cannot be is held, what is odd is warned about, the rest passes."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest

from raceway.build.held import held_batches
from raceway.build.plausible import Verdicts, judge_batches
from raceway.common.home import Home
from raceway.config.accounts import Account, load_accounts
from raceway.config.init import init_home
from raceway.config.settings import load_settings
from raceway.contracts.load import load_contract
from raceway.ledger.states import BatchState

ZONE = "Asia/Ho_Chi_Minh"
FIRST = dt.date(2026, 6, 1)
ACCOUNTS = [("google_ads", "vn"), ("google_ads", "other"), ("shopify", "shop"), ("shopify", "kids"), ("ga4", "site")]
Row = dict[str, Any]


class Past:
    """A home whose batches are written as they land, without files."""

    def __init__(self, root: Path) -> None:
        accounts = [
            Account(source=s, account=a, name=a, market="VN", time_zone=ZONE, currency="VND") for s, a in ACCOUNTS
        ]
        self.home: Home = init_home(root, accounts=accounts)
        self.batches: list[BatchState] = []
        self.accounts, self.settings = load_accounts(self.home), load_settings(self.home)

    def batch(
        self, place: str, rows: list[Row], last: dt.date, tag: str = "", account: str = "", is_stated: bool = True
    ) -> BatchState:
        """A batch of `source.table` that was exported on the morning after its last day, which its file states or not."""
        source, table_name = place.split(".")
        account = account or next(a for s, a in ACCOUNTS if s == source)
        table = load_contract(source, self.home).table(table_name)
        exported = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(4), ZoneInfo(ZONE)).astimezone(dt.UTC)
        batch_id = f"{exported:%Y%m%dT%H%M%SZ}-{account}{tag}"
        days = [row["_d"] for row in rows] or [last]
        head = {
            "scope_kind": table.scope.kind, "rows_landed": len(rows), "covers_from": min(days).isoformat(),
            "covers_to": max([last, *days] if is_stated else days).isoformat(), "files": [{"path": f"{account}{tag}.csv"}],
        }  # fmt: skip
        made = BatchState(
            self.home, batch_id, source, table_name, account, "accepted", exported, batch_id, "", head, [exported],
            who="gate",
        )  # fmt: skip
        made.path.parent.mkdir(parents=True)
        self.batches.append(made)
        types = table.landed_types()
        with duckdb.connect() as connection:
            told = pa.table({name: [row.get(name) for row in rows] for name in types})
            connection.register("told", told)
            typed = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in types.items())
            connection.execute(f"copy (select {typed} from told) to '{made.path}'")
        return made

    def judge(self, batches: Iterable[BatchState], as_of: dt.date | None = None) -> Verdicts:
        return judge_batches(batches, self.accounts, self.settings, as_of)


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path / "home")


def day(n: int) -> dt.date:
    return FIRST + dt.timedelta(days=n)


def ads(*days: int) -> list[Row]:
    """Three campaigns that vary from day to day."""
    return [
        {
            "day": day(n), "_d": day(n), "campaign": name, "currency_code": "VND", "_row": n * 3 + k,
            "impressions": base * 100 + (n * 37 + k * 11) % 23 * base, "clicks": base * 4 + (n * 5 + k) % 3,
            "cost": base * 4_000 + (n * 31 + k * 7) % 13 * 100,
        }
        for n in days for k, (name, base) in enumerate([("Search", 20), ("Video", 35), ("Brand", 9)])
    ]  # fmt: skip


def each(rows: list[Row], **change: Callable[[Row], Any]) -> list[Row]:
    return [{**row, **{name: new(row) for name, new in change.items()}} for row in rows]


def total(rows: list[Row]) -> list[Row]:
    sums = {name: sum(row[name] for row in rows) for name in ("impressions", "clicks", "cost")}
    return [*rows, {**rows[0], "campaign": "All campaigns", **sums}]


ADS = "google_ads.campaign_daily"
HISTORY = range(14)


def told(past: Past, rows: list[Row], place: str = ADS, before: list[Row] | None = None) -> tuple[BatchState, Verdicts]:
    """A history of two weeks, and the next day's export of it."""
    history = past.batch(place, before if before is not None else ads(*HISTORY), day(13))
    bad = past.batch(place, rows, day(14), "-next")
    return bad, past.judge([history, bad])


@pytest.mark.parametrize(
    "rows",
    [
        ads(14),
        ads(11, 12, 13, 14),
        each(ads(14), impressions=lambda r: r["impressions"] * 2, clicks=lambda r: r["clicks"] * 2,
             cost=lambda r: r["cost"] * 2),
        [*ads(14), {**ads(14)[0], "campaign": "Sale", "impressions": 777, "clicks": 31, "cost": 33_000}],
        each(ads(14), cost=lambda r: r["cost"] * 1.3),
    ],
    ids=["a day", "days told again", "a day of sales", "a new campaign", "dearer clicks"],
)  # fmt: skip
def test_what_happens_in_a_shop_is_neither_held_nor_warned_about(past: Past, rows: list[Row]) -> None:
    _, verdicts = told(past, rows)
    assert (verdicts.held, verdicts.warnings) == ({}, [])


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (each(ads(14), cost=lambda r: r["cost"] * 1000), "cost by"),
        (each(ads(14), cost=lambda r: r["cost"] / 25_000), "cost by"),
        (each(ads(14), cost=lambda r: 0), "cost is 0 in all rows"),
        (each(ads(14), impressions=lambda r: r["clicks"], clicks=lambda r: r["impressions"]), "by impressions"),
        (total(ads(14)), "a total among the rows"),
        (each(ads(5), day=lambda r: day(14), _d=lambda r: day(14)), "all rows are those of 2026-06-06"),
        ([*ads(14), {**ads(14)[1], "campaign": "Video (2)"}], "“Video (2)”, which is new, has the very numbers of"),
        ([*ads(14), *each(ads(14), day=lambda r: day(40), _d=lambda r: day(40))], "days after its export"),
        (each(ads(6, 7, 8, 9), day=lambda r: r["day"] - dt.timedelta(days=5)), "all rows are those of 2026-06-07"),
        (each(ads(1, 2, 3, 4), impressions=lambda r: r["impressions"] * 2, clicks=lambda r: r["clicks"] * 2,
              cost=lambda r: r["cost"] * 2), "which was over for 3 days"),
    ],
    ids=["in another unit", "in another currency", "nothing spent", "exchanged", "a total", "a copy", "told twice",
         "days to come", "another week's rows", "closed days that are others"],
)  # fmt: skip
def test_what_cannot_be_is_held_with_day_column_and_numbers(past: Past, rows: list[Row], says: str) -> None:
    bad, verdicts = told(past, rows)
    assert list(verdicts.held) == [bad.batch_id]
    sentence = verdicts.held[bad.batch_id]
    assert says in sentence
    assert "google_ads.campaign_daily of vn" in sentence
    assert f"raceway accept {bad.batch_id}" in sentence
    assert held_batches(past.batches, past.accounts, past.settings) == verdicts.held


def test_a_campaign_that_is_gone_is_a_warning_that_names_it(past: Past) -> None:
    bad, verdicts = told(past, [row for row in ads(14) if row["campaign"] != "Video"])
    assert verdicts.held == {}
    (warning,) = [one for one in verdicts.warnings if "missing" in one.name]
    assert "from 2026-06-15 on campaign “Video” has no row" in warning.message
    assert (warning.batch_id, warning.severity, warning.passed) == (bad.batch_id, "warning", False)


def test_half_a_day_is_a_warning_and_not_on_a_holiday(past: Past) -> None:
    half = {name: lambda r, n=name: r[n] // 3 for name in ("impressions", "clicks", "cost")}
    _, verdicts = told(past, each(ads(14), **half))
    assert ["on 2026-06-15 " in warning.message for warning in verdicts.warnings] == [True]
    past.home.holidays.write_text(
        "starts_on,ends_on,name,market\n2026-06-15,2026-06-15,Founders,VN\n", encoding="utf-8"
    )
    assert past.judge(_both(past)).warnings == []


def _both(past: Past) -> list[BatchState]:
    half = {name: lambda r, n=name: r[n] // 3 for name in ("impressions", "clicks", "cost")}
    other = Past(past.home.root.parent / "again")
    other.home.holidays.write_bytes(past.home.holidays.read_bytes())
    return [
        other.batch(ADS, ads(*HISTORY), day(13)),
        other.batch(ADS, each(ads(14), **half), day(14), "-next"),
    ]


def test_without_enough_days_before_nothing_is_unusual_and_that_is_counted(past: Past) -> None:
    first = past.batch(ADS, ads(0, 1, 2), day(2))
    second = past.batch(ADS, each(ads(3), cost=lambda r: r["cost"] * 1000), day(3), "-next")
    verdicts = past.judge([first, second])
    assert (verdicts.held, verdicts.warnings, verdicts.no_baseline) == ({}, [], 2)
    (counted,) = verdicts.checks()
    assert (counted.severity, counted.passed) == ("info", True)
    assert "2 batches have fewer than 8 earlier days" in counted.message


def test_verdicts_are_the_same_in_every_order_of_arrival(tmp_path: Path) -> None:
    found = set()
    for first in range(4):
        past = Past(tmp_path / str(first))  # the first order finds nothing kept, the others what was kept before
        batches = [
            past.batch(ADS, ads(*HISTORY), day(13)),
            past.batch(ADS, each(ads(14), cost=lambda r: r["cost"] * 1000), day(14), "-bad"),
            past.batch(ADS, ads(13, 14, 15), day(15), "-good"),
            past.batch(ADS, each(ads(16), cost=lambda r: 0), day(16), "-zero"),
        ]
        for order in itertools.permutations(range(4)):
            if order[0] == first:
                verdicts = [past.judge([batches[place] for place in order[: n + 1]]) for n in range(4)][-1]
                told_of = [w for w in verdicts.warnings if w.name != "verdict_stands"]
                found.add((tuple(sorted(verdicts.held.items())), tuple(w.message for w in told_of)))
    ((held, _),) = found
    assert [bool(sentence) for _, sentence in held] == [
        False,
        True,
    ]  # the good one after it speaks for the bad one's day


def test_an_older_export_that_comes_later_turns_a_verdict_and_one_warning_names_both(past: Past) -> None:
    history = past.batch(ADS, ads(*HISTORY), day(13))
    bad = past.batch(ADS, each(ads(14), cost=lambda r: r["cost"] * 1000), day(14), "-bad")
    assert past.judge([bad]).held == {}
    for _ in range(2):  # it is said for a week, and not only in the night in which it turned
        verdicts = past.judge([history, bad])
        assert list(verdicts.held) == [bad.batch_id]
        (warning,) = verdicts.warnings
        assert f"batch {bad.batch_id} is held now, and was not, since batch {history.batch_id}" in warning.message
    assert past.judge([history, bad], day(30)).warnings == []


def test_what_a_person_accepts_is_in_effect_and_a_new_level_is_what_is_usual(past: Past) -> None:
    def dear(*days: int) -> list[Row]:
        return each(ads(*days), cost=lambda r: r["cost"] * 1000)

    history = past.batch(ADS, ads(*HISTORY), day(13))
    first = past.batch(ADS, dear(14), day(14), "-first")
    next_one = past.batch(ADS, dear(15), day(15), "-second")
    assert set(past.judge([history, first, next_one]).held) == {first.batch_id, next_one.batch_id}
    accepted = replace(first, who="an")
    assert past.judge([history, accepted, next_one]).held == {}  # what was accepted has been seen
    level = past.judge([history, replace(accepted, begins_level=True), next_one])
    assert (level.held, level.no_baseline) == ({}, 2)


def test_settings_make_warnings_of_what_is_held_or_look_at_nothing(past: Past) -> None:
    history = past.batch(ADS, ads(*HISTORY), day(13))
    bad = past.batch(ADS, each(ads(14), cost=lambda r: r["cost"] * 1000), day(14), "-bad")
    for choice, held, warnings in (("hold", 1, 0), ("warn", 0, 2), ("off", 0, 0)):
        gate = past.settings.gate.model_copy(update={"plausible": choice})
        verdicts = judge_batches([history, bad], past.accounts, past.settings.model_copy(update={"gate": gate}))
        assert (len(verdicts.held), len(verdicts.warnings)) == (held, warnings)


def test_a_tolerance_asks_for_more(past: Past) -> None:
    third = {name: lambda r, n=name: r[n] // 3 for name in ("impressions", "clicks", "cost")}
    batches = [past.batch(ADS, ads(*HISTORY), day(13)), past.batch(ADS, each(ads(14), **third), day(14), "-low")]
    for tolerance, warnings in ((1.0, 1), (5.0, 0), (1.0, 1)):
        gate = past.settings.gate.model_copy(update={"tolerance": tolerance})
        verdicts = judge_batches(batches, past.accounts, past.settings.model_copy(update={"gate": gate}))
        assert len(verdicts.warnings) == warnings


def test_a_total_in_a_first_export_is_a_warning_and_days_that_are_all_alike_are_no_copies(past: Past) -> None:
    first = past.batch(ADS, total(ads(0)), day(0))
    verdicts = past.judge([first])
    assert verdicts.held == {}
    assert ["a total among the rows" in warning.message for warning in verdicts.warnings] == [True]
    alike = [row for n in range(12) for row in each(ads(0), day=lambda r, n=n: day(n), _d=lambda r, n=n: day(n))]
    batches = [
        past.batch(ADS, alike, day(11), "-alike"),
        past.batch(ADS, each(ads(0), day=lambda r: day(12), _d=lambda r: day(12)), day(12), "-more"),
    ]
    verdicts = past.judge(batches)
    assert (verdicts.held, verdicts.warnings) == ({}, [])


def orders(*days: int, first: int = 1000) -> list[Row]:
    """Fifteen orders a day, each of one of six products."""
    return [
        {
            "order_name": f"#{first + n * 15 + k}", "_entity": f"#{first + n * 15 + k}", "_d": day(n), "_row": k,
            "order_id": str(first * 7 + n * 10 + k), "email_hash": f"h{n}-{k}", "currency": "VND",
            "financial_status": "paid", "created_at": dt.datetime.combine(day(n), dt.time(2 + k % 12, n)),
            "lineitem_quantity": 1, "lineitem_name": f"Shoe {(n + k) % 6}", "lineitem_sku": f"S{(n + k) % 6}",
            "lineitem_price": 100_000 * (1 + (n + k) % 6), "subtotal": 100_000 * (1 + (n + k) % 6),
            "total": 100_000 * (1 + (n + k) % 6), "taxes": 0,
        }
        for n in days for k in range(15)
    ]  # fmt: skip


ORDERS = "shopify.orders"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (each(orders(14), lineitem_price=lambda r: r["lineitem_price"] * 1.08), "6 of 6 lineitem_names is 1.080 times"),
        (each(orders(14), taxes=lambda r: r["total"] // 11), "taxes is not 0 in 15 of 15 rows"),
        ([*orders(14), *each(orders(14, first=9000) * 3, email_hash=lambda r: "one")], "have the same email_hash"),
    ],
    ids=["a tax in the price", "a tax that is told", "tests"],
)
def test_odd_orders_are_warned_about(past: Past, rows: list[Row], says: str) -> None:
    _, verdicts = told(past, orders(14), ORDERS, orders(*HISTORY))
    assert (verdicts.held, verdicts.warnings) == ({}, [])
    verdicts = past.judge([past.batches[0], past.batch(ORDERS, rows, day(14), "-odd")])
    assert any(says in warning.message for warning in verdicts.warnings), [w.message for w in verdicts.warnings]


def test_a_tax_at_another_rate_is_a_warning_where_the_rate_never_moved(past: Past) -> None:
    def taxed(rows: list[Row], rate: int) -> list[Row]:
        return each(rows, taxes=lambda r: r["total"] * rate / (100 + rate))

    _, verdicts = told(past, taxed(orders(14), 10), ORDERS, taxed(orders(*HISTORY), 8))
    assert verdicts.held == {}
    messages = [warning.message for warning in verdicts.warnings]
    assert any("taxes by" in message for message in messages), messages


def test_a_total_of_two_campaigns_is_held(past: Past) -> None:
    def two(*days: int) -> list[Row]:
        return [row for row in ads(*days) if row["campaign"] != "Brand"]

    bad, verdicts = told(past, total(two(14)), ADS, two(*HISTORY))
    assert "a total among the rows" in verdicts.held[bad.batch_id]


def test_a_small_event_that_is_gone_and_hours_that_never_had_a_row_are_warnings(past: Past) -> None:
    def small(*days: int) -> list[Row]:
        return each(visits(*days), event_name=lambda r: "search" if r["_row"] % 24 == 0 else r["event_name"])

    place = "ga4.events"
    history = past.batch(place, small(*HISTORY), day(13))
    gone = past.batch(place, visits(14), day(14), "-gone")
    night = each(small(14), event_at=lambda r: r["event_at"] + dt.timedelta(hours=8 * (r["_row"] % 2)))
    late = past.batch(place, night, day(14), "-late")
    for batch, says in ((gone, "have event_name “search”"), (late, "which never had a row")):
        messages = [warning.message for warning in past.judge([history, batch]).warnings]
        assert any(says in message for message in messages), messages


def test_orders_of_another_shop_are_held(past: Past) -> None:
    batches = [
        past.batch(ORDERS, orders(*HISTORY), day(13)),
        past.batch(ORDERS, orders(*range(15), first=5000), day(14), "", "kids"),
        past.batch(ORDERS, orders(14, first=5000), day(14), "-wrong"),
    ]
    verdicts = past.judge(batches)
    assert list(verdicts.held) == [batches[2].batch_id]
    assert "are another account's" in verdicts.held[batches[2].batch_id]


def visits(*days: int, consent: str = "Yes", turn: int = 0) -> list[Row]:
    """360 events a day, from six in the morning to ten in the evening."""
    return [
        {
            "event_date": day(n), "_d": day(n), "_row": k, "event_name": ("page_view", "scroll", "purchase")[k % 3],
            "event_timestamp": (n * 1000 + k) * 1_000_000, "user_pseudo_id": f"u{n}-{k // 4}",
            "event_at": dt.datetime.combine(day(n), dt.time(6 + k % 16)) + dt.timedelta(hours=turn - 7),
            "analytics_storage": consent if k % 5 else "No", "country": ("Vietnam", "Singapore")[k % 7 == 0],
        }
        for n in days for k in range(360)
    ]  # fmt: skip


EVENTS = "ga4.events"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (visits(14, consent="No"), "have analytics_storage “"),
        (visits(14, turn=7), "turned by +7 hours"),
        ([row for row in visits(14) if (row["event_at"] + dt.timedelta(hours=7)).hour < 14], "no row is of 14:00 to"),
        ([row for row in visits(14) if row["event_name"] != "purchase"], "have event_name “"),
        (visits(14), ""),
    ],
    ids=["a consent that is gone", "another zone", "hours that are missing", "a tag that is gone", "a day"],
)
def test_odd_events_are_warned_about(past: Past, rows: list[Row], says: str) -> None:
    bad, verdicts = told(past, rows, EVENTS, visits(*HISTORY))
    assert verdicts.held == {}
    assert any(says in warning.message for warning in verdicts.warnings) == bool(says), verdicts.warnings
    assert all(
        f"ga4.events of site: on {bad.covers_to}" in w.message or "from " in w.message for w in verdicts.warnings
    )


def test_hours_that_are_empty_are_told_by_what_the_same_hours_had_before(past: Past) -> None:
    """Fifteen orders a day from 2 to 13 o'clock: five of them in the hours that are missing, on each of three weeks."""

    def busy(*days: int) -> list[Row]:
        return [row | {"order_name": f"{row['order_name']}-{n}"} for row in orders(*days) for n in range(4)]

    before = past.batch(ORDERS, busy(*range(21)), day(20))
    hours = range(12, 16)  # of the account: 5 to 8 o'clock by the export's clock
    rows = [row for row in busy(21) if (row["created_at"].hour + 7) % 24 not in hours]
    bad = past.batch(ORDERS, rows, day(21), "-next")
    messages = [warning.message for warning in past.judge([before, bad]).warnings]
    assert any("no row is of 12:00 to 16:00" in message for message in messages), messages


def test_rows_of_hours_after_the_export_are_told_once_no_earlier_file_had_any(past: Past) -> None:
    """The file of the night is exported at four in the morning; orders of seven and later cannot be in it."""

    def shifted(hours: int) -> list[Row]:
        return each(orders(14), created_at=lambda r: r["created_at"] + dt.timedelta(hours=hours))

    history = past.batch(ORDERS, orders(*HISTORY), day(13))
    late = past.batch(ORDERS, shifted(17), day(14), "-late")
    (message,) = [w.message for w in past.judge([history, late]).warnings if "after its export" in w.message]
    assert "of hours after its export on 2026-06-16 at 04:00, and no earlier file had any" in message
    ahead = past.batch(ORDERS, [*orders(12), *shifted(17)], day(13), "-before")
    assert not [
        w for w in past.judge([history, ahead, late]).warnings if w.batch_id == late.batch_id and "hour" in w.name
    ]


def test_ids_that_a_spreadsheet_cut_or_rounded_are_told(past: Past) -> None:
    def browsers(*days: int, digits: int = 10) -> list[Row]:
        return each(
            visits(*days), user_pseudo_id=lambda r: f"{r['_row'] // 4:09d}.{1_700_000_000 + r['_row']}"[: 10 + digits]
        )

    bad, verdicts = told(past, browsers(14, digits=1), EVENTS, browsers(*HISTORY))
    (message,) = [w.message for w in verdicts.warnings if w.batch_id == bad.batch_id]
    assert "a user_pseudo_id has 11 characters, usual are 20 to 20" in message


def test_a_file_of_days_long_over_alone_is_told_and_held_where_it_changes_them(past: Past) -> None:
    daily = [past.batch(ADS, ads(n), day(n), f"-{n}") for n in range(40)]
    another = each(ads(40), cost=lambda r: r["cost"] * 1.2)
    month_before = each(another, day=lambda r: day(10), _d=lambda r: day(10))
    wrong = past.batch(ADS, month_before, day(40), "-wrong", is_stated=False)
    assert "it tells of 2026-06-11 alone" in past.judge([*daily, wrong]).held[wrong.batch_id]
    never = past.batch(
        ADS, each(ads(40), day=lambda r: day(-90), _d=lambda r: day(-90)), day(40), "-never", is_stated=False
    )
    verdicts = past.judge([*daily, never])
    assert verdicts.held == {}
    assert any("it tells of 2026-03-03 alone" in warning.message for warning in verdicts.warnings)
    again = past.batch(ADS, ads(*range(5, 12)), day(40), "-again", is_stated=False)  # once more, as they are in effect
    assert past.judge([*daily, again]).held == {}


def test_one_row_of_ten_times_the_most_is_told_though_it_was_taken_back_on_its_day(past: Past) -> None:
    """As invoice 541431 of a real shop: 74,215 pieces bought and cancelled within the hour."""
    history = past.batch(ORDERS, orders(*range(25)), day(24))
    huge = [*orders(25), {**orders(25)[0], "order_name": "#huge", "_entity": "#huge", "lineitem_quantity": 900}]
    back = {**orders(25)[1], "order_name": "#back", "_entity": "#back", "lineitem_quantity": -900}
    bad = past.batch(ORDERS, [*huge, back], day(25), "-huge")
    messages = [warning.message for warning in past.judge([history, bad]).warnings]
    assert any("one row has lineitem_quantity 900, the most of the 25 days before is 1" in m for m in messages), (
        messages
    )


@pytest.mark.parametrize(("exact", "is_held"), [(3, True), (2, False)])
def test_a_total_is_known_where_three_numbers_add_up_though_another_withholds_small_ones(
    past: Past, exact: int, is_held: bool
) -> None:
    """Clicks below five show as "<5", so the total of the platform has more than its rows."""

    def four(*days: int) -> list[Row]:
        return each(ads(*days), conversion_value=lambda r: r["cost"] * 3 if exact == 3 else 0)

    rows = four(14)
    sums = {name: sum(row[name] for row in rows) for name in ("impressions", "cost", "conversion_value")}
    rows.append({**rows[0], "campaign": "All", **sums, "clicks": sum(row["clicks"] for row in rows) + 9})
    bad, verdicts = told(past, rows, before=four(*HISTORY))
    assert (bad.batch_id in verdicts.held) == is_held


def test_a_few_orders_known_from_another_shop_and_none_of_the_own_are_another_shop_s_file(past: Past) -> None:
    batches = [
        past.batch(ORDERS, orders(*HISTORY), day(13)),
        past.batch(ORDERS, orders(*range(13), first=5000), day(12), "", "kids"),
        past.batch(ORDERS, [*orders(13, first=5000), *orders(12, first=5000)[:4]], day(14), "-wrong"),
    ]
    verdicts = past.judge(batches)
    assert "4 of 19 of its keys that were looked at are another account's" in verdicts.held[batches[2].batch_id]
