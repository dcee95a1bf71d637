"""Implausible exports are held at the freeze: what was in effect stays, until a person accepts them."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.build.freeze import Frozen, freeze
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.contracts.grammar import Scope
from raceway.history.records import run_checks
from raceway.ledger import ledger
from raceway.ledger.decisions import UnknownBatch, accept
from tests.support.desk import AS_OF, Desk

HEAD = "Campaign report\n1 March 2026 - 8 March 2026\nDay,Campaign,Currency code,Impr.,Clicks,Cost\n"
ORDERS = (
    "Name,Id,Email,Financial Status,Currency,Subtotal,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price\n"
)
RUNS = iter(range(10_000))


def campaigns(*names: str, day: str = "2026-03-02", total: bool = False) -> str:
    rows = [f'{day},"{name}",VND,100,10,{10_000 * n}\n' for n, name in enumerate(names, 1)]
    return HEAD + "".join(rows) + ("Total: Campaigns,--,VND,1,1,1\n" if total else "")


def line(name: str, item: str, price: int, subtotal: str = "", discount: str = "") -> str:
    head = f"paid,VND,{subtotal},{subtotal},{discount}" if subtotal else ",,,,"
    return f"{name},,,{head},2026-03-02 10:00:00 +0700,1,{item},{price}\n"


class Nights:
    """A home into which exports come, one after the other."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.home = desk, desk.home

    def land(self, place: str, content: str | bytes, at: str) -> str:
        outcome = self.desk.land_one(place, content, at)
        assert outcome.status == "landed", outcome.reason
        return outcome.batches[0]

    def freeze(self) -> Frozen:
        return freeze(self.home, f"r{next(RUNS):05}", AS_OF, load_settings(self.home), load_accounts(self.home))

    def rows(self, source: str, table: str, columns: str) -> list[tuple[Any, ...]]:
        """Rows in effect."""
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            paths = connection.execute(
                "select path from frozen.batches where source = ? and table_name = ?", [source, table]
            ).fetchall()
            scope = Scope(kind="entities", keys=("x",), made_at="created_at", own_id="x").entity
            scope = scope if source == "shopify" else "cast(day as varchar)"
            return connection.execute(
                f"select {columns} from read_parquet(?) as r semi join frozen.scopes as s "
                f"on r._batch_id = s.batch_id and {scope} = s.scope order by all",
                [[path for (path,) in paths]],
            ).fetchall()

    def cost(self) -> int:
        return int(sum(cost for (cost,) in self.rows("google_ads", "campaign_daily", "cost")))


@pytest.fixture
def nights(desk: Desk) -> Nights:
    return Nights(desk)


PLACE = "google_ads/vn/Campaign report.csv"
WHOLE = campaigns("X", "Y", "Z")


@pytest.mark.parametrize(
    ("newer", "why"),
    [
        (WHOLE[: WHOLE.index('"Z"') + 2], "the file breaks off inside a quote (row 3)"),
        (WHOLE[: WHOLE.index('"Z"') + 8], "the file breaks off inside a row (row 3)"),
        (WHOLE[:-3], "its last row has no line end, which every earlier file of this account had"),
        (campaigns("X", "Y"), "it takes 1 of 3 rows of days that were over for 3 days (2026-03-02 to 2026-03-02)"),
        (HEAD, "it has no rows for 2026-03-02 to 2026-03-02, of which 3 rows are in effect"),
    ],
    ids=["a quote", "a row", "a number", "closed days", "an emptied period"],
)
def test_a_cut_export_is_held_and_the_old_stays_until_a_person_accepts_it(nights: Nights, newer: str, why: str) -> None:
    nights.land(PLACE, WHOLE, "2026-03-05 05:00")
    cut = nights.land(PLACE, newer, "2026-03-09 05:00")
    frozen = nights.freeze()
    assert list(frozen.waiting) == [cut]
    assert why in frozen.waiting[cut]
    assert ("breaks off" in why) + ("no line end" in frozen.waiting[cut]) < 2  # one cut is said once
    assert f"raceway accept {cut}" in frozen.waiting[cut]
    assert nights.cost() == 60_000
    accept(nights.home, cut, who="an")
    assert nights.freeze().waiting == {}
    assert nights.cost() < 60_000
    with pytest.raises(UnknownBatch, match="accepted already"):
        accept(nights.home, cut)


ADS = "Day,Campaign name,Ad name,Impressions,Amount spent (USD)\n"
CAMPAIGNS = "Day,Campaign name,Impressions,Amount spent (USD)\n"


def test_an_export_at_another_level_is_judged_by_the_names_that_both_tell(nights: Nights) -> None:
    days = [f"2026-03-0{n}" for n in range(1, 6)]
    rows = "".join(f"{day},{'XXXXYY'[n]},{'abcdef'[n]},100,10\n" for day in days for n in range(6))
    nights.land("meta_ads/us/ads.csv", ADS + rows, "2026-03-12 05:00")
    newer = {
        CAMPAIGNS + "2026-03-01,X,400,40\n2026-03-01,Y,200,30\n": "",
        "Day,Impressions,Amount spent (USD)\n2026-03-02,600,70\n": "",
        "Day,Ad name,Gender,Impressions,Amount spent (USD)\n2026-03-03,a,female,600,70\n": "it takes 5 of 6 names",
        CAMPAIGNS + "2026-03-04,X,400,40\n": "it takes 1 of 2 names",
        ADS + "2026-03-05,X,a,400,40\n2026-03-05,Y,e,200,30\n": "it takes 4 of 6 rows",
    }
    whys = {nights.land("meta_ads/us/other.csv", text, "2026-03-12 06:00"): why for text, why in newer.items()}
    waiting = {batch: why for batch, why in nights.freeze().waiting.items() if "is held" in why}
    assert waiting.keys() == {batch for batch, why in whys.items() if why}
    assert all(whys[batch] in sentence for batch, sentence in waiting.items())


@pytest.mark.parametrize(
    ("before", "last", "is_held"),
    [
        ([WHOLE], WHOLE.replace("Z", "W")[:-1], True),
        ([WHOLE], WHOLE.replace("Z", "W")[:-1] + "\r\n", False),
        ([WHOLE[:-1]], WHOLE.replace("Z", "W")[:-1], False),  # a source that never ends its last line
        ([WHOLE, WHOLE.replace("Y", "V")[:-1]], WHOLE.replace("Z", "W")[:-1], True),  # the one before is held, too
        ([WHOLE[:-1], WHOLE.replace("Y", "V")], WHOLE.replace("Z", "W")[:-1], False),
        ([WHOLE.encode("utf-16")], WHOLE.replace("Z", "W")[:-1].encode("utf-16"), True),
        ([WHOLE.encode("utf-16")], WHOLE.replace("Z", "W").encode("utf-16"), False),
        ([gzip.compress(WHOLE.encode())], gzip.compress(WHOLE.replace("Z", "W")[:-1].encode()), True),
        ([gzip.compress(WHOLE.encode())], gzip.compress(WHOLE.replace("Z", "W").encode()), False),
        ([], WHOLE[:-3], False),
    ],
)
def test_a_file_without_its_last_line_end_is_held_where_all_before_had_one(
    nights: Nights, before: list[str | bytes], last: str | bytes, is_held: bool
) -> None:
    for day, content in enumerate(before, start=5):
        nights.land(PLACE, content, f"2026-03-0{day} 05:00")
    cut = nights.desk.land_one(PLACE, last, "2026-03-09 05:00")
    assert [batch in nights.freeze().waiting for batch in cut.batches or ["none"]] == [is_held]


def test_lines_of_json_that_break_off_are_held(nights: Nights) -> None:
    event = (
        '{"event_date":"20260305","event_timestamp":"1772683200000000","event_name":"page_view","user_pseudo_id":"%d"}'
    )
    whole = "".join(f"{event % n}\n" for n in range(4))
    cut = nights.land("ga4/site/events_20260305.jsonl", whole[:-20], "2026-03-07 05:00")
    nights.land("ga4/site/events_20260306.jsonl", whole.replace("20260305", "20260306")[:-1], "2026-03-07 05:00")
    frozen = nights.freeze()
    assert list(frozen.waiting) == [cut]
    assert "the file breaks off inside a line (line 4)" in frozen.waiting[cut]


def test_what_is_held_does_not_depend_on_what_came_first(nights: Nights) -> None:
    cut = nights.land(PLACE, campaigns("X"), "2026-03-09 05:00")
    assert nights.freeze().waiting == {}
    nights.land(PLACE, WHOLE, "2026-03-05 05:00")
    assert list(nights.freeze().waiting) == [cut]
    assert nights.cost() == 60_000


def test_a_held_export_is_nothing_to_judge_by_and_a_whole_one_after_it_ends_the_matter(nights: Nights) -> None:
    nights.land(PLACE, WHOLE, "2026-03-05 05:00")
    nights.land(PLACE, campaigns("X"), "2026-03-07 05:00")
    nights.land(PLACE, campaigns("X", "Y", "Z", "W"), "2026-03-09 05:00")
    assert nights.freeze().waiting == {}
    assert nights.cost() == 100_000


def test_days_that_were_not_over_for_three_days_are_restated_as_ever(nights: Nights) -> None:
    nights.land(PLACE, campaigns("X", "Y", "Z", day="2026-03-06"), "2026-03-08 05:00")
    nights.land(PLACE, campaigns("X", day="2026-03-06"), "2026-03-09 05:00")
    assert nights.freeze().waiting == {}
    assert nights.cost() == 10_000


def test_a_fifth_of_the_rows_may_go(nights: Nights) -> None:
    nights.land(PLACE, campaigns("V", "W", "X", "Y", "Z"), "2026-03-05 05:00")
    nights.land(PLACE, campaigns("V", "W", "X", "Y"), "2026-03-09 05:00")
    assert nights.freeze().waiting == {}


def test_a_period_that_was_always_empty_is_zeros(nights: Nights) -> None:
    nights.land(PLACE, HEAD, "2026-03-05 05:00")
    nights.land(PLACE, HEAD.replace("8 March", "7 March"), "2026-03-09 05:00")
    assert nights.freeze().waiting == {}


def test_a_totals_row_that_every_file_had_is_missed(nights: Nights) -> None:
    nights.land(PLACE, campaigns("X", "Y", day="2026-03-07", total=True), "2026-03-08 04:00")
    cut = nights.land(PLACE, campaigns("X", "Y", day="2026-03-07"), "2026-03-08 05:00")
    assert "its totals row is missing" in nights.freeze().waiting[cut]


def test_files_that_never_had_totals_miss_none(nights: Nights) -> None:
    nights.land(PLACE, campaigns("X", day="2026-03-07"), "2026-03-08 04:00")
    nights.land(PLACE, campaigns("X", "Y", day="2026-03-07", total=True), "2026-03-08 05:00")
    nights.land(PLACE, campaigns("X", "Y", "Z", day="2026-03-07"), "2026-03-08 06:00")
    assert nights.freeze().waiting == {}


def test_a_total_above_the_rows_is_none_that_a_cut_takes(nights: Nights) -> None:
    rule = "# ----------------------------------------\n"
    nights.land(
        "ga4/site/download.csv",
        f"{rule}# shop.example - GA4\n# Pages-Free form 1\n# 20260301-20260307\n{rule}\n"
        "Page path + query string,Views\n,120,Grand total\n/,90\n/sale,30\n",
        "2026-03-08 05:00",
    )
    nights.land(
        "ga4/site/Traffic_acquisition.csv",
        f"{rule}# Traffic acquisition: Session default channel group\n# Account: Shop\n# Property: shop.example - GA4\n"
        f"{rule}# Start date: 20260301\n# End date: 20260307\nSession default channel group,Sessions\nDirect,20\n",
        "2026-03-08 06:00",
    )
    assert nights.freeze().waiting == {}


def test_an_order_that_loses_lines_its_own_subtotal_still_includes_is_held(nights: Nights) -> None:
    place = "shopify/shop/orders_export.csv"
    nights.land(place, ORDERS + line("#1", "Shirt", 100, "160", "0") + line("#1", "Cap", 60), "2026-03-05 05:00")
    cut = nights.land(place, ORDERS + line("#1", "Shirt", 100, "160", "0"), "2026-03-08 05:00")
    assert "order #1 lost lines that its own subtotal still includes" in nights.freeze().waiting[cut]
    assert nights.rows("shopify", "orders", "lineitem_name") == [("Cap",), ("Shirt",)]


@pytest.mark.parametrize("discount", ["0", "30"])
def test_an_order_whose_subtotal_fell_with_its_lines_was_edited(nights: Nights, discount: str) -> None:
    """A discount of 30 is one on the shipping: it makes no line missing."""
    place = "shopify/shop/orders_export.csv"
    nights.land(place, ORDERS + line("#1", "Shirt", 100, "160", discount) + line("#1", "Cap", 60), "2026-03-05 05:00")
    nights.land(place, ORDERS + line("#1", "Shirt", 100, "100", discount), "2026-03-08 05:00")
    assert nights.freeze().waiting == {}
    assert nights.rows("shopify", "orders", "lineitem_name") == [("Shirt",)]


def test_what_landed_under_an_older_key_is_given_the_new_one_and_counts_once(nights: Nights) -> None:
    """Orders of WooCommerce Analytics were told apart by their number alone."""
    head = "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution\n"
    sale = '2026-02-20 09:00:00,77,"$55.00",completed,A,new,1× Cap,1,,50,Direct\n'
    refund = '2026-02-21 09:00:00,77,"$0.00",refunded,A,new,1× Cap,0,,-50,Direct\n'
    place = "woocommerce/shop/orders.csv"
    old = nights.land(place, head + sale + refund, "2026-03-05 05:00")
    batch = nights.desk.batch(old)
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace (order_name as _entity) from '{batch.path}') to '{batch.path}.old' (format parquet)"
        )
    Path(f"{batch.path}.old").rename(batch.path)
    for event in nights.home.ledger.rglob("*.json*"):
        text = event.read_text()
        for noted_since in ("scope_keys", "data_bytes", "data_sha256"):
            text = text.replace(f'"{noted_since}"', f'"{noted_since}_was_not_noted_then"')
        event.write_text(text)
    ledger._FOLDED.clear()  # as in a process of its own
    newer = nights.land(place, head + sale.replace("completed", "processing"), "2026-03-06 05:00")
    nights.freeze()
    with duckdb.connect() as connection:
        told = [
            {entity for (entity,) in connection.execute("select _entity from read_parquet(?)", [str(path)]).fetchall()}
            for path in (batch.path, *nights.desk.batch(old).state_files(), nights.desk.batch(newer).path)
        ]
    both = {"77|2026-02-20 14:00:00", "77|2026-02-21 14:00:00"}
    assert told == [both, both, {"77|2026-02-20 14:00:00"}]
    [note] = (nights.home.landing / "woocommerce").glob("*__keys.json")
    assert old in json.loads(note.read_text())["batches"]  # and is not looked at again


def test_of_two_downloads_of_one_named_day_the_newer_file_counts(nights: Nights) -> None:
    for order, clicks, at in (("a", 5, "2026-03-08 09:00"), ("b", 7, "2026-03-08 11:00"), ("c", 3, "2026-03-08 07:00")):
        folder = f"search_console/site/{order}/example-Performance-on-Search-2026-03-08"
        nights.desk.deliver(f"{folder}/Filters.csv", "Filter,Value\nSearch type,Web\n", at)
        nights.land(
            f"{folder}/Chart.csv", f"Date,Clicks,Impressions,CTR,Position\n2026-03-01,{clicks},100,5%,1.5\n", at
        )
    nights.freeze()
    assert nights.rows("search_console", "chart", "clicks") == [(7,)]


def test_a_name_with_an_impossible_day_is_refused_with_a_sentence(desk: Desk) -> None:
    folder = "search_console/site/example-Performance-on-Search-2026-02-30"
    desk.deliver(f"{folder}/Filters.csv", "Filter,Value\nSearch type,Web\n")
    chart = desk.land_one(f"{folder}/Chart.csv", "Date,Clicks,Impressions,CTR,Position\n2026-02-01,5,100,5%,1.5\n")
    assert "“2026-02-30” in its name is no day of the calendar" in chart.reason
    till = desk.land_one(
        "square/till/items-2026-02-28-2026-02-30.csv",
        "Date,Time,Time Zone,Item,Qty,Gross Sales,Net Sales,Transaction ID,Event Type\n"
        "2026-02-28,10:00:00,Hanoi,Tea,1,$8.00,$8.00,T1,Payment\n",
    )
    assert "the days in its name are no period of the calendar" in till.reason


def test_the_share_that_a_restatement_may_take_is_a_setting(nights: Nights) -> None:
    path = nights.home.settings
    text = path.read_text(encoding="utf-8")
    assert "rows_taken" in text
    nights.land(PLACE, WHOLE, "2026-03-05 05:00")
    nights.land(PLACE, campaigns("X", "Y"), "2026-03-09 05:00")
    settings = load_settings(nights.home)
    free = settings.model_copy(update={"gate": settings.gate.model_copy(update={"rows_taken": 0.5})})
    frozen = freeze(nights.home, f"r{next(RUNS):05}", dt.date(2026, 3, 10), free, load_accounts(nights.home))
    assert frozen.waiting == {}


def days_of(first: int, last: int, factor: int = 1, names: str = "XY") -> str:
    rows = [
        f"2026-02-{day:02},{name},VND,{1000 + day * 7 % 31},{40 + day % 3},{90_000 * factor + day * 13}\n"
        for day in range(first, last + 1)
        for name in names
    ]
    return HEAD.replace("1 March 2026 - 8 March 2026", f"{first} February 2026 - {last} February 2026") + "".join(rows)


def test_a_unit_that_changes_is_held_until_a_new_level_begins_and_what_is_odd_is_recorded(nights: Nights) -> None:
    nights.land(PLACE, days_of(1, 14), "2026-02-15 03:00")
    dear = nights.land(PLACE, days_of(15, 16, 1000), "2026-02-17 03:00")
    assert "usual are" in nights.freeze().waiting[dear]
    assert accept(nights.home, dear, who="an", why="billed in thousandths", level=True).begins_level
    assert nights.freeze().waiting == {}
    gone = nights.land(PLACE, days_of(17, 17, 1000, "X"), "2026-02-18 03:00")
    frozen = nights.freeze()  # three days are no baseline
    assert frozen.waiting == {}
    checks = [check for check in run_checks(nights.home, frozen.run_id) if check.name == "has_a_baseline"]
    assert [check.severity for check in checks] == ["info"]
    assert gone not in {check.batch_id for check in checks}
