"""Reports of one source against each other, as the contracts say that they go together. Sums counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from raceway.build.freeze import freeze
from raceway.build.reports_agree import check_reports
from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.contracts.load import load_contracts
from raceway.history.records import Check, run_checks
from raceway.ledger.ledger import Ledger
from raceway.sample.write import write_sample
from tests.support.desk import Desk

MAY = "date '2026-05-01', date '2026-05-03'"


class Night:
    """The temporary tables of a freeze, with batches that are written by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, Home(folder)
        self.connection = duckdb.connect()
        self.connection.execute(
            "create temp table batch (batch_id varchar, source varchar, table_name varchar, account varchar, "
            "path varchar, is_filtered boolean)"
        )
        self.connection.execute("create temp table winner (scope varchar, batch_id varchar)")
        self.batches = 0

    def land(
        self,
        table: str,
        columns: str,
        *rows: str,
        account: str = "vn",
        wins: tuple[str, ...],
        is_filtered: bool = False,
    ) -> None:
        """One batch with these rows, and the scopes that it won."""
        self.batches += 1
        batch_id, path = f"b{self.batches}", self.folder / f"b{self.batches}.parquet"
        self.connection.execute(
            f"copy (select '{batch_id}' as _batch_id, * from (values {', '.join(f'({row})' for row in rows)}) "
            f"as told ({columns})) to '{path}' (format parquet)"
        )
        source, name = table.split(".")
        self.connection.execute(
            "insert into batch values (?, ?, ?, ?, ?, ?)", [batch_id, source, name, account, str(path), is_filtered]
        )
        for scope in wins:
            self.connection.execute("insert into winner values (?, ?)", [scope, batch_id])

    def chart(self, *clicks: int, account: str = "vn", is_filtered: bool = False) -> None:
        """A day each from the 1st of May on, with ten impressions a click."""
        rows = [f"date '2026-05-{day:02}', {count}, {count * 10}" for day, count in enumerate(clicks, start=1)]
        days = tuple(f"2026-05-{day:02}" for day in range(1, len(clicks) + 1))
        self.land("search_console.chart", "day, clicks, impressions", *rows, account=account, wins=days,
                  is_filtered=is_filtered)  # fmt: skip

    def queries(self, *clicks: int, account: str = "vn") -> None:
        """Queries of the first three days of May, with a hundred impressions a click at most."""
        rows = [f"'q{number}', {count}, {count}, {MAY}, 'may'" for number, count in enumerate(clicks)]
        self.land("search_console.queries", "query, clicks, impressions, period_start, period_end, _entity", *rows,
                  account=account, wins=("may",))  # fmt: skip

    def told(self) -> list[Check]:
        return check_reports(self.connection, self.home)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    made = Night(tmp_path)
    yield made
    made.connection.close()


def test_a_part_that_is_larger_than_its_whole_is_told_with_both_values(night: Night) -> None:
    night.chart(10, 20, 30)
    night.queries(40, 24)  # 64 of 60; 5 % more would be 63
    [check] = night.told()
    assert (check.severity, check.subject, check.passed) == ("warning", "search_console.queries", False)
    assert check.observed == "clicks 64 beside 60 on 2026-05-01 to 2026-05-03"
    assert check.message.startswith(
        "search_console/vn: queries says clicks 64 for 2026-05-01 to 2026-05-03, where chart says 60; it should say no "
        "more than that, to 5 % of it. Export both reports again"
    )


def test_a_part_is_not_told_where_it_is_a_part(night: Night) -> None:
    night.chart(10, 20, 30)
    night.queries(40, 23)  # 63: within 5 %
    assert night.told() == []


def test_days_of_which_one_report_is_not_in_effect_are_not_compared(night: Night) -> None:
    night.chart(10, 20)
    night.queries(400)
    night.chart(1, 1, 1, account="us", is_filtered=True)
    night.queries(400, account="us")
    assert night.told() == []


def test_two_reports_that_are_equal_may_be_apart_by_a_part_and_no_more(night: Night) -> None:
    columns = "day, campaign, impressions, cost"
    days = ["date '2026-05-01', 'a', 100, 10.5", "date '2026-05-02', 'a', 100, 9.5", "date '2026-05-03', 'a', 200, 80"]
    wins = ("2026-05-01", "2026-05-02", "2026-05-03")
    period = "period_start, period_end, campaign, impressions, cost, _entity"
    for account, impressions, cost in (("vn", 400, 99.5), ("us", 397, 90), ("jp", 404, 101)):
        night.land("ads_file.ads_daily", columns, *days, account=account, wins=wins)
        night.land("ads_file.ads_period", period, f"{MAY}, 'a', {impressions}, {cost}, 'may'", account=account,
                   wins=("may",))  # fmt: skip
    [check] = night.told()  # 100 spent: 99.5 and 101 are within one part in a hundred, 90 is not
    assert check.observed == "cost 90 beside 100 on 2026-05-01 to 2026-05-03"
    assert check.message.startswith("ads_file/us: ads_period says cost 90 for")


def test_rows_of_scopes_that_another_export_won_do_not_count(night: Night) -> None:
    night.chart(10, 20, 30)
    night.queries(10)
    night.land("search_console.chart", "day, clicks, impressions", "date '2026-05-01', 1, 1", wins=())
    night.land("search_console.queries", "query, clicks, impressions, period_start, period_end, _entity",
               f"'q', 500, 500, {MAY}, 'may'", wins=())  # fmt: skip
    assert night.told() == []


def test_further_days_are_counted_and_the_first_is_told(night: Night) -> None:
    night.chart(1, 1, 1)
    period = "query, clicks, impressions, period_start, period_end, _entity"
    night.land("search_console.queries", period, "'q', 9, 1, date '2026-05-02', date '2026-05-02', 'one'",
               f"'q', 9, 1, {MAY}, 'all'", wins=("one", "all"))  # fmt: skip
    [check] = night.told()
    assert "clicks 9 for 2026-05-01 to 2026-05-03 (and for 1 more), where chart says 3" in check.message


def test_what_goes_together_is_said_in_contracts() -> None:
    said = {
        (table.full_name, rule.against): rule.relation
        for contract in load_contracts().values()
        for table in contract.tables
        for rule in table.meta.reconciles
    }
    assert said == {
        ("ads_file.ads_period", "ads_daily"): "equal",
        ("amazon_ads.ads_period", "ads_daily"): "equal",
        ("google_ads.campaign_period", "campaign_daily"): "equal",
        ("meta_ads.ads_period", "ads_daily"): "equal",
        ("search_console.queries", "chart"): "at_most",
        ("zalo_ads.ads_period", "ads_daily"): "equal",
    }


def test_the_sample_without_traps_contradicts_itself_nowhere(tmp_path: Path) -> None:
    home, as_of = Home(tmp_path / "home"), dt.date(2026, 3, 10)
    write_sample(home, days=14, scale=0.02, end=dt.date(2026, 3, 9), traps=False)
    desk = Desk(home)
    for source in ("search_console", "google_ads", "meta_ads", "ads_file", "zalo_ads", "plan"):
        assert {outcome.status for outcome in desk.land(source)} <= {"landed", "duplicate"}
    batches = Ledger(home).state().accepted()
    days = {batch.table: set(batch.covered_days()) for batch in batches}
    assert days["queries"]
    assert days["queries"] <= days["chart"]  # so that there is something to compare
    findings = [finding["name"] for batch in batches for finding in batch.manifest["findings"]]
    assert "total_differs" not in findings
    freeze(home, "clean", as_of, load_settings(home), load_accounts(home))
    assert [check.message for check in run_checks(home, "clean") if not check.passed] == []
