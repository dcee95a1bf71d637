from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path
from typing import Any

import pytest

from raceway.config.accounts import load_accounts
from raceway.config.init import init_home
from raceway.report.tabs.trust import payload
from tests.support.report_mart import RUN, context, rows

_NIGHT = dt.datetime(2026, 6, 21, 5)
_BEFORE = dt.datetime(2026, 6, 20, 5)
_COLUMNS = {
    "batch_history": "batch_id varchar, source varchar, table_name varchar, account varchar, files varchar, "
    "exported_at timestamp, covers_to date, status varchar, rows_read bigint, rows_landed bigint, rows_refused bigint, "
    "rows_excluded bigint, reason varchar, landed_at timestamp, decided_at timestamp",
    "check_history": "run_id varchar, name varchar, kind varchar, severity varchar, passed boolean, subject varchar, "
    "batch_id varchar, message varchar, remedy varchar, expected varchar",
    "run_history": "run_id varchar, as_of date, started_at timestamp, finished_at timestamp, status varchar, "
    "batches_landed bigint, batches_refused bigint, rows_landed bigint, message varchar",
}


def _batch(batch: str, status: str, *, refused: int = 0, reason: str | None = None, to: int = 20, when: dt.datetime = _NIGHT,
           source: str = "shopify", table: str = "orders") -> tuple[Any, ...]:  # fmt: skip
    return (batch, source, table, "vn", f"{batch or 'bad'}.csv", when, dt.date(2026, 6, to), status, 100, 100 - refused,
            refused, 3, reason, when, when)  # fmt: skip


def _check(name: str, subject: str, *, run: str | None = RUN, batch: str | None = None, severity: str = "warning",
           kind: str = "dbt_test") -> tuple[Any, ...]:  # fmt: skip
    return (
        run,
        name,
        kind,
        severity,
        False,
        subject,
        batch,
        f"{name} is broken",
        "nothing has to be done",
        "day is never empty",
    )


def _mart(
    batches: list[tuple[Any, ...]], checks: list[tuple[Any, ...]] | None = None
) -> dict[str, tuple[str, list[Any]]]:
    runs = [
        ("before", dt.date(2026, 6, 20), _BEFORE, _BEFORE, "published", 1, 0, 100, ""),
        (RUN, dt.date(2026, 6, 21), _NIGHT, _NIGHT, "published", 2, 1, 190, ""),
    ]
    given = {"batch_history": batches, "check_history": checks or [], "run_history": runs}
    return {name: (types, given[name]) for name, types in _COLUMNS.items()}


def test_every_open_point_has_its_sentence_and_what_to_do() -> None:
    batches = [
        _batch("b1", "accepted", refused=2),
        _batch("b2", "pending", reason="breaks off"),
        _batch("b3", "refused", reason="spend is below 0"),
        _batch("", "refused", reason="no header"),
        _batch("b5", "superseded", refused=9),
        _batch("b6", "rejected", reason="test data"),
    ]
    checks = [_check("margin", "fct_convert_margin"), _check("left_out", "effective_set", batch="b2", kind="freeze")]
    found = payload(context(_mart(batches, checks), late=["shopify/vn is late."]))["open"]
    assert rows(found, "kind", "severity", "subject", "sentence", "command") == [
        ("late", "warning", None, "shopify/vn is late.", "raceway run"),
        ("refused_batch", "critical", "shopify.orders", "b3.csv: spend is below 0", 'raceway accept b3 --why "…"'),
        ("refused_file", "warning", "shopify.orders", "bad.csv: no header", "raceway retry shopify/vn/bad.csv"),
        ("pending", "warning", "shopify.orders", "b2.csv: breaks off", 'raceway accept b2 --why "…"'),
        ("refused_rows", "warning", "shopify.orders", "b1.csv: 2 of 100 rows refused", None),
        ("check", "warning", "fct_convert_margin", "margin is broken", None),
    ]
    assert all(found["remedy"])


def test_in_vietnamese_each_open_point_has_its_remedy_and_a_check_its_claim() -> None:
    batches = [
        _batch("b1", "accepted", refused=2),
        _batch("b2", "pending", reason="breaks off"),
        _batch("b3", "refused", reason="spend is below 0"),
        _batch("", "refused", reason="no header"),
    ]
    checks = [_check("day_filled", "shopify.orders", batch="b1")]
    found = payload(context(_mart(batches, checks), late=["shopify/vn is late."]))["open"]
    assert all(found["remedy_vi"])
    assert not set(found["remedy"]) & set(found["remedy_vi"])
    assert rows(found, "kind", "sentence", "claim_vi", "remedy_vi")[-1] == (
        "check", "day_filled is broken", "day không bao giờ trống", "không cần làm gì",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Báo cáo tháng 5 (1).csv", "it's; rm -rf $HOME.csv"])
def test_the_command_for_a_refused_file_names_that_file_to_a_shell(name: str) -> None:
    refused = _batch("", "refused", reason="no header")
    files = list(_COLUMNS["batch_history"].split(", ")).index("files varchar")
    found = payload(context(_mart([(*refused[:files], name, *refused[files + 1 :])])))["open"]
    assert shlex.split(found["command"][0]) == ["raceway", "retry", f"shopify/vn/{name}"]


def test_what_an_earlier_run_and_a_superseded_batch_were_warned_of_is_over() -> None:
    batches = [_batch("b1", "accepted"), _batch("b2", "superseded")]
    checks = [
        _check("old", "fct_convert_order", run="before"),
        _check("gone", "shopify.orders", run=None, batch="b2"),
        _check("here", "shopify.orders", run=None, batch="b1"),
    ]
    assert payload(context(_mart(batches, checks)))["open"]["sentence"] == ["here is broken"]


def test_a_source_is_told_with_its_last_night_and_how_far_it_is_behind() -> None:
    batches = [
        _batch("b1", "superseded", to=15, when=_BEFORE),
        _batch("b2", "accepted", to=17, refused=5),
        _batch("b3", "duplicate", to=19),
    ]
    found = payload(context(_mart(batches)))["sources"]
    assert rows(found, "source", "covers_to", "days_behind", "landed", "duplicates", "rows_landed", "rows_refused") == [
        ("shopify", "2026-06-17", 3, 1, 1, 195, 5)  # the day before as_of is the 20th
    ]


def test_an_account_that_has_ended_is_behind_its_last_day_alone(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    header = home.accounts.read_text(encoding="utf-8").splitlines()[0]
    given = {"source": "shopify", "account": "vn", "name": "Shop", "market": "VN", "time_zone": "Asia/Ho_Chi_Minh",
             "currency": "VND", "prices_include_vat": "true", "ended_on": "2026-06-17"}  # fmt: skip
    row = ",".join(given.get(column, "") for column in header.split(","))
    home.accounts.write_text(f"{header}\n{row}\n", encoding="utf-8")
    found = payload(context(_mart([_batch("b1", "accepted", to=16)]), accounts=load_accounts(home)))["sources"]
    assert found["days_behind"] == [1]


def test_a_warned_table_marks_the_kpis_that_it_feeds_and_a_model_those_behind_it() -> None:
    checks = [
        _check("vocabulary", "gatherings.registrations", run=None, batch="b1"),
        _check("margin", "fct_convert_margin"),
        _check("shared", "identity_left_out"),
    ]
    found = payload(context(_mart([_batch("b1", "accepted")], checks)))
    place = found["open"]["subject"].index
    touched = found["touched"]
    assert touched["attendance_rate"] == [place("gatherings.registrations")]
    assert touched["gross_margin"] == [place("fct_convert_margin")]
    assert "net_sales" not in touched
    assert not any(place("identity_left_out") in places for places in touched.values())


def test_a_period_is_restated_where_it_was_complete_and_is_told_otherwise_now() -> None:
    types = (
        "kpi varchar, period varchar, period_start date, channel varchar, market varchar, value double, "
        "is_complete boolean, version varchar, published_at timestamp"
    )
    april, may = dt.date(2026, 4, 1), dt.date(2026, 5, 1)

    def told(
        kpi: str, start: dt.date, value: float, day: int, complete: bool = True, market: str = "all"
    ) -> tuple[Any, ...]:
        return (kpi, "month", start, "all", market, value, complete, f"v{day}", dt.datetime(2026, 6, day))

    published = [
        told("orders", april, 100, 1), told("orders", april, 104, 2), told("orders", april, 110, 3),
        told("orders", may, 40, 1, complete=False), told("orders", may, 50, 2),  # first complete on the 2nd
        told("orders", april, 60, 1, market="VN"), told("orders", april, 70, 2, market="VN"),
        told("leads", april, 5, 1),
    ]  # fmt: skip
    kpis = [("orders", "month", april, dt.date(2026, 4, 30), "all", "all")]
    tables = _mart([]) | {
        "kpi_published": (types, published),
        "race_kpi": (
            "kpi varchar, period varchar, period_start date, period_end date, channel varchar, market varchar",
            kpis,
        ),
    }
    found = payload(context(tables))["restated"]
    assert rows(found, "kpi", "period_start", "period_end", "first_value", "value", "times") == [
        ("orders", "2026-04-01", "2026-04-30", 100.0, 110.0, 2)
    ]


def test_a_mart_that_keeps_no_first_values_says_so_rather_than_that_nothing_was_restated() -> None:
    assert payload(context(_mart([])))["restated"] is None
