"""What is counted anew in a night, and what is kept: after any night the tables are what a first night would make."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

Row = tuple[Any, ...]
BEGIN = dt.datetime(2026, 1, 1)
TREE = "int_identity_left_out int_identity_named int_identity_tree"
COUNTS = "int_person_windows int_window_persons"


class Warehouse:
    """A warehouse with hand-made inputs of a few models; `build` is a night of these."""

    def __init__(self, file: Path, dbt: Callable[..., Any], models: str) -> None:
        self.file = file
        self._dbt = dbt
        self._models = models
        self.sql("create schema if not exists frozen")
        self.table("frozen.setting_values", "setting varchar, value varchar", [])

    def sql(self, sql: str) -> list[Row]:
        with duckdb.connect(str(self.file)) as connection:
            return connection.execute(sql).fetchall()

    def table(self, name: str, columns: str, rows: list[Row]) -> None:
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"create or replace table {name} ({columns})")
            if rows:
                connection.executemany(f"insert into {name} values ({', '.join('?' for _ in rows[0])})", rows)

    def build(self) -> dict[str, tuple[int, int]]:
        """Rows counted anew and rows kept, by model."""
        self.table("frozen.rows_rewritten", "model varchar, rows_written bigint, rows_kept bigint", [])
        self._dbt(self.file, ["run", "--select", *self._models.split()])
        return {model: (written, kept) for model, written, kept in self.sql("select * from frozen.rows_rewritten")}

    def from_scratch(self) -> Warehouse:
        """The same inputs, and nothing built of them yet."""
        copy = Warehouse.__new__(Warehouse)
        self.sql("checkpoint")  # the file is copied: nothing may stay in its write-ahead log
        folder = self.file.parent / "scratch"
        folder.mkdir(exist_ok=True)
        copy.file = Path(shutil.copy(self.file, folder / self.file.name))
        copy._dbt, copy._models = self._dbt, self._models
        with duckdb.connect(str(copy.file)) as connection:
            for model in self._models.split():
                connection.execute(f"drop table if exists {model}")
        copy.build()
        return copy


@pytest.fixture
def warehouse(tmp_path: Path, dbt: Callable[..., Any]) -> Callable[[str], Warehouse]:
    return lambda models: Warehouse(tmp_path / "warehouse.duckdb", dbt, models)


# who is who


def name_them(warehouse: Warehouse, traces: dict[str, tuple[dt.datetime | None, list[str]]], limit: int = 5) -> None:
    """Traces with what each names (`email an`), as the models before would tell them."""
    rows = [
        (trace, "shopify", "orders", "order", trace, *identity.split(), at)
        for trace, (at, identities) in traces.items()
        for identity in identities
    ]
    columns = "trace_id varchar, source varchar, table_name varchar, kind varchar, record_id varchar, id_type varchar"
    warehouse.table("int_identity_mentions", f"{columns}, id_value varchar, seen_at timestamp", rows)
    warehouse.table("frozen.settings", "identity_max_shared integer", [(limit,)])


def tree(warehouse: Warehouse) -> list[Row]:
    return warehouse.sql("select * from int_identity_tree order by id_type, id_value")


def test_a_late_link_rewrites_the_two_persons_that_it_joins_and_nobody_else(
    warehouse: Callable[[str], Warehouse],
) -> None:
    home = warehouse(TREE)
    traces = {f"o{n}": (BEGIN + dt.timedelta(days=n), [f"email e{n}", f"phone p{n}"]) for n in range(200)}
    name_them(home, traces)
    assert home.build() == {}
    name_them(home, traces | {"late": (BEGIN + dt.timedelta(days=300), ["email e7", "phone p8"])})
    assert home.build() == {"int_identity_tree": (4, 396)}
    [(persons,)] = home.sql("select count(distinct person_id) from int_identity_tree where id_value in ('e7', 'p8')")
    assert persons == 1
    assert tree(home) == tree(home.from_scratch())


def test_a_night_without_news_rewrites_nobody(warehouse: Callable[[str], Warehouse]) -> None:
    home = warehouse(TREE)
    name_them(home, {"o1": (BEGIN, ["email an", "phone an"]), "o2": (None, ["email binh"])})
    home.build()
    assert home.build() == {"int_identity_tree": (0, 3)}


def test_after_any_nights_the_persons_are_those_of_a_first_night(warehouse: Callable[[str], Warehouse]) -> None:
    """Files that come, are rejected and are restated; a limit that moves; identities that come to be shared."""
    chance = random.Random(11)
    home = warehouse(TREE)
    traces: dict[str, tuple[dt.datetime | None, list[str]]] = {}
    limit = 5
    for night in range(5):
        for trace in chance.sample(sorted(traces), len(traces) // 12):
            at, identities = traces[trace]
            if chance.random() < 0.4:
                del traces[trace]
            elif chance.random() < 0.5 and at is not None:
                traces[trace] = (at - dt.timedelta(days=chance.randrange(40)), identities)
            else:
                traces[trace] = (at, identities[:1])
        for number in range(150 if night == 0 else 30):
            at = None if chance.random() < 0.05 else BEGIN + dt.timedelta(minutes=chance.randrange(400_000))
            kinds = chance.sample(["email", "phone", "login", "ga4_client"], chance.choice([1, 2, 2, 2, 3]))
            traces[f"t{night}-{number}"] = (at, [f"{kind} {chance.randrange(90)}" for kind in kinds])
        if night == 3:
            limit = 2
        name_them(home, traces, limit)
        written = home.build()
        assert tree(home) == tree(home.from_scratch()), f"night {night}"
        if night == 4:
            (rewritten, kept) = written["int_identity_tree"]
            assert rewritten > 0
            assert kept > 0


# how many persons a window had

PERIODS = [
    ("day", dt.date(2026, 1, 5), dt.date(2026, 1, 5)),
    *(("month", dt.date(2026, month, 1), dt.date(2026, month + 1, 1) - dt.timedelta(days=1)) for month in range(1, 7)),
    ("quarter", dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
    ("quarter", dt.date(2026, 4, 1), dt.date(2026, 6, 30)),
]


def ask_for(
    warehouse: Warehouse,
    periods: list[tuple[str, dt.date, dt.date]],
    churn_window_days: int = 90,
    as_of: dt.date = dt.date(2027, 1, 1),
) -> None:
    """Windows as a run of that day has them: it reaches to the day before."""
    columns = "period varchar, window_start date, window_end date"
    reached = as_of - dt.timedelta(days=1)
    warehouse.table("int_windows", f"{columns}, reached_on date", [(*one, min(one[2], reached)) for one in periods])
    days = [
        (period, first, last, day, day <= reached)
        for period, first, last in periods
        for day in (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    ]
    warehouse.table("int_window_days", f"{columns}, day date, is_reached boolean", days)
    warehouse.table("frozen.settings", "churn_window_days integer", [(churn_window_days,)])


def came(warehouse: Warehouse, days: set[tuple[str, str, dt.date, str]], first_days: dict[str, dt.date]) -> None:
    """Visits and orders: (activity, person, day, channel); and the day of each person's first touch."""
    # whoever orders on a day orders after the visits that began on it
    rows = [
        (
            activity, person, day, channel, "VN", False,
            dt.datetime.combine(day, dt.time(9)) if activity == "visit" else None,
            dt.datetime.combine(day, dt.time(10)) if activity == "order" else None,
            False,
            False,
        )
        for activity, person, day, channel in sorted(days)
    ]  # fmt: skip
    warehouse.table(
        "int_person_daily",
        "activity varchar, person_id varchar, day date, channel varchar, market varchar, has_interaction boolean, "
        "began_at timestamp, ordered_at timestamp, is_repeat_order boolean, is_reactivating boolean",
        rows,
    )
    warehouse.table(
        "int_person_history",
        "person_id varchar, first_touch_day date, first_order_market varchar",
        [(person, day, "VN") for person, day in sorted(first_days.items())],
    )


def counts(warehouse: Warehouse) -> list[Row]:
    return warehouse.sql("select * from int_window_persons order by all")


def count(warehouse: Warehouse, measure: str, first: dt.date, period: str = "month") -> int | None:
    rows = warehouse.sql(
        f"select value from int_window_persons where measure = '{measure}' and period = '{period}' "
        f"and window_start = '{first}' and channel = 'all' and market = 'all'"
    )
    return int(rows[0][0]) if rows else None


def test_a_late_link_recounts_the_periods_its_persons_were_there_in_and_leaves_the_others(
    warehouse: Callable[[str], Warehouse],
) -> None:
    home = warehouse(COUNTS)
    visits = {("visit", who, dt.date(2026, month, 5), "direct") for who in ("an", "binh") for month in range(1, 7)}
    late = {("visit", "tablet", dt.date(2026, 6, 20), "email")}
    firsts = {"an": dt.date(2026, 1, 5), "binh": dt.date(2026, 1, 5)}
    ask_for(home, PERIODS)
    came(home, visits | late, firsts | {"tablet": dt.date(2026, 6, 20)})
    home.build()
    assert (count(home, "visitors", dt.date(2026, 6, 1)), count(home, "new_visitors", dt.date(2026, 6, 1))) == (3, 1)
    # whoever counts a window anew would put this right
    home.sql("update int_window_persons set value = 1000 where measure = 'visitors'")
    # the tablet of June is An's
    came(home, visits | {(kind, "an", day, channel) for kind, _, day, channel in late}, firsts)
    written, kept = home.build()["int_window_persons"]
    assert {first: count(home, "visitors", first) for _, first, _ in PERIODS[1:7]} == {
        **{dt.date(2026, month, 1): 1000 for month in range(1, 6)},
        dt.date(2026, 6, 1): 2,
    }
    assert count(home, "visitors", dt.date(2026, 4, 1), "quarter") == 2
    assert count(home, "visitors", dt.date(2026, 1, 1), "quarter") == 1000
    assert count(home, "new_visitors", dt.date(2026, 6, 1)) is None
    assert 0 < written < kept


def test_an_order_recounts_the_windows_that_look_back_on_it(warehouse: Callable[[str], Warehouse]) -> None:
    """An order of 20 April is within 90 days of July's first day, not of August's; June's days hold none of it."""
    home = warehouse(COUNTS)
    months = [
        ("month", dt.date(2026, month, 1), dt.date(2026, month + 1, 1) - dt.timedelta(days=1)) for month in range(4, 10)
    ]
    ask_for(home, months)
    base = {("order", "an", dt.date(2026, month, 10), "store") for month in range(1, 10)}
    firsts = {"an": dt.date(2026, 1, 10), "binh": dt.date(2026, 4, 20)}
    came(home, base, firsts)
    home.build()
    home.sql("update int_window_persons set value = 1000 where measure = 'active_customers_at_start'")
    came(home, base | {("order", "binh", dt.date(2026, 4, 20), "store")}, firsts)
    home.build()
    assert [count(home, "active_customers_at_start", first) for _, first, _ in months] == [1, 2, 2, 2, 1000, 1000]
    assert counts(home) != counts(home.from_scratch())  # the thousands
    ask_for(home, months, churn_window_days=30)
    home.build()
    assert counts(home) == counts(home.from_scratch())


def test_a_running_window_is_read_on_the_day_before_the_run_though_nobody_came_since(
    warehouse: Callable[[str], Warehouse],
) -> None:
    """Who ordered on 5 March is active for 90 days: on 2 June, and no more on 3 June. May is over and stays."""
    home = warehouse(COUNTS)
    months = [
        ("month", dt.date(2026, 5, 1), dt.date(2026, 5, 31)),
        ("month", dt.date(2026, 6, 1), dt.date(2026, 6, 30)),
    ]
    came(home, {("order", "an", dt.date(2026, 3, 5), "store")}, {"an": dt.date(2026, 3, 5)})
    seen = []
    for as_of in (dt.date(2026, 6, 3), dt.date(2026, 6, 4)):
        ask_for(home, months, as_of=as_of)
        home.build()
        assert counts(home) == counts(home.from_scratch())
        seen.append([count(home, "active_customers_at_end", first) for _, first, _ in months])
    assert seen == [[1, 1], [1, None]]


def test_after_any_nights_the_counts_are_those_of_a_first_night(warehouse: Callable[[str], Warehouse]) -> None:
    """Visits that come late or are restated, persons that are joined, windows that come and go."""
    chance = random.Random(5)
    home = warehouse(COUNTS)
    people = [f"p{number}" for number in range(30)]
    days: set[tuple[str, str, dt.date, str]] = set()
    for night in range(4):
        gone = set(chance.sample(sorted(days), len(days) // 20))
        joined = dict([chance.sample(people, 2)]) if night else {}
        days = {(kind, joined.get(who, who), day, channel) for kind, who, day, channel in days - gone}
        for _ in range(200 if night == 0 else 25):
            day = dt.date(2026, 1, 1) + dt.timedelta(days=chance.randrange(181))
            days.add((chance.choice(["visit", "visit", "order", "lead"]), chance.choice(people), day,
                      chance.choice(["email", "direct"])))  # fmt: skip
        firsts: dict[str, dt.date] = {}
        for _, who, day, _ in days:
            firsts[who] = min(day, firsts.get(who, day))
        ask_for(home, [period for number, period in enumerate(PERIODS) if (number + night) % 4])
        came(home, days, firsts)
        home.build()
        assert counts(home) == counts(home.from_scratch()), f"night {night}"
