"""The effective set: which batch counts for which scope, what waits, and what makes a run the same as another."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.build.freeze import freeze, waiting_for_rates
from raceway.common.faults import PermanentFault
from raceway.common.home import PROJECT, Home, Program
from raceway.common.moments import utc_text
from raceway.config.accounts import Account, Exclusion
from raceway.config.init import init_home
from raceway.config.settings import Identity, Settings
from raceway.history.records import Check, run_checks
from raceway.ledger.decisions import reject
from raceway.ledger.ledger import Ledger, state_name
from raceway.reading.personal import Hasher

AS_OF = dt.date(2026, 4, 11)


def account(source: str, name: str = "vn", currency: str = "VND", **more: Any) -> Account:
    values = {"name": name, "market": "VN", "time_zone": "Asia/Ho_Chi_Minh", "currency": currency} | more
    return Account(source=source, account=name, **values)


class Company:
    """A home with landed batches that are written by hand."""

    def __init__(self, root: Path) -> None:
        self.home = init_home(root, exclusions=[Exclusion(kind="email", value=" Staff@Example.com "),
                                                Exclusion(kind="phone", value="0912 345 678"),
                                                Exclusion(kind="order", value="#TEST")])  # fmt: skip
        self.settings = Settings()
        self.accounts: dict[tuple[str, str], Account] = {}
        for source in ("google_ads", "search_console", "shopify", "square", "ga4", "plan"):
            self.has(account(source))
        self._runs = 0

    def has(self, one: Account) -> None:
        self.accounts[one.source, one.account] = one

    def land(
        self,
        table: str,
        exported: str,
        rows: str,
        *,
        covers: tuple[str, str] | None = None,
        account_name: str = "vn",
        accept: bool = True,
        **manifest: Any,
    ) -> str:
        """One accepted batch; `rows` is a select, `exported` a moment like 2026-03-05T01:00."""
        source, name = table.split(".")
        exported_at = dt.datetime.fromisoformat(exported).replace(tzinfo=dt.UTC)
        kind = {"google_ads": "days", "search_console": "days", "square": "days", "ga4": "events"}.get(
            source, "entities"
        )
        batch_id = f"{exported_at:%Y%m%dT%H%M%SZ}-{source}-{name}-{account_name}-{manifest.get('content_hash', 'c')}"
        folder = self.home.landing / source / name / batch_id
        folder.mkdir(parents=True)
        with duckdb.connect() as connection:
            is_order = source == "shopify" and "created_at" not in rows
            placed = "timestamp '2026-03-01 03:00:00' as created_at, " if is_order else ""
            query = f"select {placed}*, '{batch_id}' as _batch_id from ({rows})"
            connection.execute(f"copy ({query}) to '{folder / 'data.parquet'}' (format parquet)")
            [(count,)] = connection.execute(f"select count(*) from ({rows})").fetchall()
        said = {
            "batch_id": batch_id, "source": source, "table": name, "account": account_name, "files": [],
            "content_hash": "c", "exported_at": utc_text(exported_at), "scope_kind": kind, "rows_landed": count,
            "covers_from": covers[0] if covers else None, "covers_to": covers[1] if covers else None,
            "currency": self.accounts[source, account_name].currency,
        } | manifest  # fmt: skip
        Ledger(self.home).append("landed", manifest=said, source=source, account=account_name)
        if accept:
            Ledger(self.home).append("accepted", batch_id=batch_id)
        return batch_id

    def freeze(self, as_of: dt.date = AS_OF) -> Any:
        self._runs += 1
        return freeze(self.home, f"run{self._runs}", as_of, self.settings, self.accounts)

    def frozen(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def winners(self) -> dict[str, str]:
        return dict(self.frozen("select split_part(scope, '|', 1), batch_id from frozen.scopes order by scope"))


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path / "home")


DAY = "select date '{}' as day, 1 as cost"


def day_rows(*days: str) -> str:
    return " union all ".join(DAY.format(day) for day in days)


def failed(company: Company, run: str) -> list[Check]:
    """The checks of a run that did not hold."""
    return [check for check in run_checks(company.home, run) if not check.passed]


def test_of_each_day_the_newest_export_counts_and_the_others_stay(company: Company) -> None:
    old = company.land("google_ads.campaign_daily", "2026-03-04T01:00", day_rows("2026-03-01", "2026-03-02"),
                       covers=("2026-03-01", "2026-03-03"))  # fmt: skip
    new = company.land("google_ads.campaign_daily", "2026-03-05T01:00", day_rows("2026-03-02"),
                       covers=("2026-03-02", "2026-03-02"))  # fmt: skip
    frozen = company.freeze()
    assert company.winners() == {"2026-03-01": old, "2026-03-02": new, "2026-03-03": old}
    assert frozen.batches == 2
    assert company.frozen("select day from frozen.covered_days order by day") == [
        (dt.date(2026, 3, day),) for day in (1, 2, 3)
    ]


def test_a_shop_of_more_orders_than_duckdb_keeps_in_one_piece_is_in_effect_whole(company: Company) -> None:
    """122,880 rows are a row group; with a batch of days beside it, none of whose days counts here."""
    company.land("ga4.events", "2026-03-04T01:00", "select 1 as n", covers=("2025-03-01", "2026-03-03"))
    shop = company.land("shopify.orders", "2026-03-04T01:00", "select '#' || n as _entity from range(130000) as t (n)")
    company.freeze()
    assert company.frozen("select batch_id, count(*), count(distinct scope) from frozen.scopes group by all") == [
        (shop, 130_000, 130_000)
    ]
    assert (shop,) in company.frozen("select batch_id from frozen.batches")


def test_models_of_another_program_begin_with_an_empty_warehouse(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.freeze()
    with duckdb.connect(str(company.home.warehouse)) as warehouse:
        warehouse.execute("create table kept as select 1 as n")
    company.freeze(AS_OF + dt.timedelta(days=1))
    assert company.frozen("from kept") == [(1,)]
    monkeypatch.setattr("raceway.build.freeze.program_hash", lambda home: "another")
    company.freeze()
    assert not company.frozen("select 1 from duckdb_tables() where table_name = 'kept'")


@pytest.mark.parametrize("file", ["dbt_project.yml", "models/marts/race_kpi.sql", "seeds/measures.csv"])
def test_a_model_that_says_or_is_built_otherwise_is_another_program(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    before = company.freeze().fingerprint
    program = Program(tmp_path / "program")
    shutil.copytree(PROJECT.dbt_project, program.dbt_project)
    (program.root / "raceway").symlink_to(PROJECT.root / "raceway")
    monkeypatch.setattr("raceway.build.freeze.PROJECT", program)
    assert company.freeze().fingerprint == before
    with (program.dbt_project / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    assert company.freeze().fingerprint != before


def test_a_batch_that_won_nothing_is_not_read(company: Company) -> None:
    company.land("google_ads.campaign_daily", "2026-03-04T01:00", day_rows("2026-03-01"),
                 covers=("2026-03-01", "2026-03-01"))  # fmt: skip
    new = company.land("google_ads.campaign_daily", "2026-03-05T01:00", day_rows("2026-03-01"),
                       covers=("2026-03-01", "2026-03-01"))  # fmt: skip
    company.freeze()
    assert company.frozen("select batch_id from frozen.batches") == [(new,)]


def test_exports_of_one_moment_are_decided_by_their_content_whatever_came_first(tmp_path: Path) -> None:
    results = []
    for order in (("aa", "bb"), ("bb", "aa")):
        company = Company(tmp_path / "".join(order))
        company.home.exclusions.unlink()  # hashed with the home's own key, they differ from home to home
        for content in order:
            company.land("google_ads.campaign_daily", "2026-03-04T01:00", day_rows("2026-03-01"),
                         covers=("2026-03-01", "2026-03-01"), content_hash=content)  # fmt: skip
        results.append((company.freeze().fingerprint, company.winners()))
    assert results[0] == results[1]
    assert results[0][1]["2026-03-01"].endswith("bb")


def test_a_rejected_batch_gives_back_what_it_had_taken(company: Company) -> None:
    old = company.land("google_ads.campaign_daily", "2026-03-04T01:00", day_rows("2026-03-01"),
                       covers=("2026-03-01", "2026-03-01"))  # fmt: skip
    new = company.land("google_ads.campaign_daily", "2026-03-05T01:00", day_rows("2026-03-01"),
                       covers=("2026-03-01", "2026-03-01"))  # fmt: skip
    reject(company.home, new, who="test", why="wrong account")
    company.freeze()
    assert company.winners() == {"2026-03-01": old}


def test_an_undecided_batch_is_not_in_effect(company: Company) -> None:
    company.land("google_ads.campaign_daily", "2026-03-04T01:00", day_rows("2026-03-01"),
                 covers=("2026-03-01", "2026-03-01"), accept=False)  # fmt: skip
    assert company.freeze().batches == 0


def test_an_export_of_january_downloaded_in_april_takes_no_day_of_february(company: Company) -> None:
    february = company.land(
        "square.items", "2026-03-01T01:00", day_rows("2026-02-10", "2026-02-20"),
        covers=("2026-02-10", "2026-02-28"), covers_through_zone="Asia/Ho_Chi_Minh",
    )  # fmt: skip
    january = company.land(
        "square.items", "2026-04-11T01:00", day_rows("2026-01-05", "2026-01-06"),
        covers=("2026-01-05", "2026-04-10"), covers_through_zone="Asia/Ho_Chi_Minh",
    )  # fmt: skip
    company.freeze()
    winners = company.winners()
    assert winners["2026-01-06"] == january
    assert winners["2026-02-10"] == winners["2026-02-20"] == february
    # and yet every day up to the newest export is covered: a till without a sale is no gap
    assert company.frozen("select count(*), max(day) from frozen.covered_days") == [(96, dt.date(2026, 4, 10))]


def test_a_filtered_export_neither_replaces_a_whole_one_nor_covers_a_day(company: Company) -> None:
    whole = company.land("search_console.chart", "2026-03-04T01:00", day_rows("2026-03-01"),
                         covers=("2026-03-01", "2026-03-01"))  # fmt: skip
    part = company.land("search_console.chart", "2026-03-09T01:00", day_rows("2026-03-01", "2026-03-02"),
                        covers=("2026-03-01", "2026-03-02"), is_filtered=True)  # fmt: skip
    company.freeze()
    assert company.winners() == {"2026-03-01": whole, "2026-03-02": part}
    assert company.frozen("select day from frozen.covered_days") == [(dt.date(2026, 3, 1),)]


def order(*names: str) -> str:
    return " union all ".join(f"select '{name}' as _entity, 1.0 as total" for name in names)


def test_of_each_entity_the_newest_export_counts(company: Company) -> None:
    first = company.land("shopify.orders", "2026-03-04T01:00", order("#1", "#1", "#2"))
    second = company.land("shopify.orders", "2026-03-05T01:00", order("#2", "#3"))
    company.freeze()
    assert company.winners() == {"#1": first, "#2": second, "#3": second}


def test_entities_of_two_accounts_do_not_replace_each_other(company: Company) -> None:
    company.has(account("shopify", "us"))
    company.land("shopify.orders", "2026-03-04T01:00", order("#1"))
    company.land("shopify.orders", "2026-03-05T01:00", order("#1"), account_name="us")
    company.freeze()
    assert company.frozen("select account, split_part(scope, '|', 1) from frozen.scopes order by all") == [
        ("us", "#1"), ("vn", "#1"),
    ]  # fmt: skip


def test_an_empty_snapshot_says_that_everything_is_gone(company: Company) -> None:
    company.land("plan.targets", "2026-03-04T01:00", "select '' as _entity, 'orders' as kpi")
    empty = company.land("plan.targets", "2026-03-05T01:00", "select '' as _entity, 'orders' as kpi where false")
    company.freeze()
    assert company.winners() == {"": empty}


def test_all_batches_of_events_are_in_effect_and_have_no_scope(company: Company) -> None:
    for exported in ("2026-03-04T01:00", "2026-03-05T01:00"):
        company.land("ga4.events", exported, "select 1 as event", covers=("2026-03-03", "2026-03-03"))
    assert company.freeze().batches == 2
    assert company.winners() == {}
    kept = company.home.runs / "run1" / "effective_set.parquet"
    assert company.frozen(f"select source, scope from read_parquet('{kept}')") == [("ga4", None), ("ga4", None)]


def rates(*days: str, currency: str = "USD", to: str = "VND", rate: str = "25000.0") -> str:
    return " union all ".join(
        f"select date '{day}' as rate_date, '{currency}' as currency, '{to}' as to_currency, "
        f"{rate} as rate, '{day}|{currency}|{to}' as _entity"
        for day in days
    )


@pytest.fixture
def us_company(company: Company) -> Company:
    """Beside the Vietnamese account one in dollars; its day 10 March landed with a rate, the 22nd has none."""
    company.has(account("google_ads", "us", "USD"))
    company.land("plan.fx_rates", "2026-03-11T01:00", rates("2026-03-01", "2026-03-10"))
    return company


def ads_in_dollars(company: Company, exported: str, day: str) -> str:
    return company.land("google_ads.campaign_daily", exported, day_rows(day), covers=(day, day),
                        account_name="us", money_days={"USD": [day]})  # fmt: skip


def test_a_batch_without_a_rate_waits_and_what_was_in_effect_stays(us_company: Company) -> None:
    before = ads_in_dollars(us_company, "2026-03-12T01:00", "2026-03-10")
    late = us_company.land(
        "google_ads.campaign_daily", "2026-03-23T01:00", day_rows("2026-03-10", "2026-03-21"),
        covers=("2026-03-10", "2026-03-21"), account_name="us", money_days={"USD": ["2026-03-10", "2026-03-21"]},
    )  # fmt: skip
    other = us_company.land("google_ads.campaign_daily", "2026-03-23T01:00", day_rows("2026-03-21"),
                            covers=("2026-03-21", "2026-03-21"))  # fmt: skip
    frozen = us_company.freeze()
    # the rate of 10 March is 11 days old on the 21st
    assert list(frozen.waiting) == [late]
    [sentence] = frozen.pending
    assert "USD to VND for 2026-03-21" in sentence
    assert "google_ads.campaign_daily of us" in sentence
    assert "fx_rates" in sentence
    by_scope = dict(us_company.frozen("select account || ' ' || scope, batch_id from frozen.scopes"))
    assert by_scope["us 2026-03-10"] == before
    assert by_scope["vn 2026-03-21"] == other
    assert "us 2026-03-21" not in by_scope
    assert us_company.frozen("select count(*) from frozen.covered_days where account = 'us'") == [(1,)]
    [check] = failed(us_company, "run1")
    assert (check.severity, check.passed, check.batch_id, check.message) == ("warning", False, late, sentence)
    assert waiting_for_rates(us_company.home) == {late: sentence}
    # the rate comes, and the batch with it
    us_company.land("plan.fx_rates", "2026-03-24T01:00", rates("2026-03-20"))
    assert us_company.freeze().waiting == {}
    assert (
        dict(us_company.frozen("select account || ' ' || scope, batch_id from frozen.scopes"))["us 2026-03-10"] == late
    )
    assert waiting_for_rates(us_company.home) == {}


@pytest.mark.parametrize(
    ("day", "waits"), [("2026-02-28", True), ("2026-03-01", False), ("2026-03-20", False), ("2026-03-21", True)]
)
def test_a_rate_serves_its_own_day_and_ten_days_after(us_company: Company, day: str, waits: bool) -> None:
    batch = ads_in_dollars(us_company, "2026-03-25T01:00", day)
    assert (batch in us_company.freeze().waiting) is waits


def test_a_rate_to_another_currency_or_of_zero_is_no_rate(company: Company) -> None:
    company.has(account("google_ads", "us", "USD"))
    company.land("plan.fx_rates", "2026-03-11T01:00", rates("2026-03-10", to="EUR"))
    company.land("plan.fx_rates", "2026-03-12T01:00", rates("2026-03-10", rate="0.0"))
    batch = ads_in_dollars(company, "2026-03-12T01:00", "2026-03-10")
    assert batch in company.freeze().waiting


def test_the_batch_of_an_account_that_was_taken_from_accounts_csv_waits_too(company: Company) -> None:
    batch = company.land("shopify.orders", "2026-03-04T01:00", order("#1"))
    del company.accounts["shopify", "vn"]
    frozen = company.freeze()
    assert "accounts.csv has no row shopify,vn" in frozen.waiting[batch]
    assert frozen.batches == 0


def test_states_of_every_sighting_are_frozen_and_those_of_rejected_batches_are_not(company: Company) -> None:
    def states(batch_id: str, *exported: str) -> None:
        folder = company.home.landing / "shopify" / "orders__states"
        folder.mkdir(parents=True, exist_ok=True)
        for text in exported:
            (folder / state_name(batch_id, dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC))).touch()

    kept = company.land("shopify.orders", "2026-03-04T01:00", order("#1"))
    company.land("shopify.orders", "2026-03-05T01:00", order("#1"))
    gone = company.land("shopify.orders", "2026-03-06T01:00", order("#1"))
    again = dt.datetime(2026, 3, 7, 1, tzinfo=dt.UTC)
    Ledger(company.home).append("duplicate", batch_id=kept, exported_at=utc_text(again), source="shopify", account="vn")
    states(kept, "2026-03-04T01:00", "2026-03-07T01:00")
    states(gone, "2026-03-06T01:00")
    reject(company.home, gone, who="test")
    company.freeze()
    names = [Path(path).name for (path,) in company.frozen("select path from frozen.state_files order by path")]
    assert [name.split("_2026")[-1] for name in names] == ["0304T010000000000Z.parquet", "0307T010000000000Z.parquet"]
    # seen again on the 7th, the content of the 4th is the newest
    assert company.winners() == {"#1": kept}


def test_states_that_are_gone_are_written_anew_from_the_rows_of_their_export(company: Company) -> None:
    """Without them a refund between two exports would count on another day, or twice."""
    rows = "select '#1' as _entity, 1 as _row, 40.0 as refunded_amount, null::varchar as tags union all " \
           "select '#1', 2, null, null"  # fmt: skip
    batch = company.land("shopify.orders", "2026-03-04T01:00", rows)
    again = dt.datetime(2026, 3, 7, 1, tzinfo=dt.UTC)
    Ledger(company.home).append(
        "duplicate", batch_id=batch, exported_at=utc_text(again), source="shopify", account="vn"
    )
    company.freeze()
    paths = [path for (path,) in company.frozen("select path from frozen.state_files order by path")]
    with duckdb.connect() as connection:
        found = connection.execute(
            "select _account, _entity, exported_at, refunded_amount from read_parquet($1) order by exported_at", [paths]
        ).fetchall()
    assert found == [
        ("vn", "#1", moment, Decimal("40.0")) for moment in (dt.datetime(2026, 3, 4, 1), again.replace(tzinfo=None))
    ]


def test_two_orders_of_one_name_are_two_scopes(company: Company) -> None:
    order_at = "select '#1' as _entity, timestamp '{0}' as created_at"
    old = company.land("shopify.orders", "2026-03-04T01:00", order_at.format("2026-03-01"))
    new = company.land("shopify.orders", "2026-03-05T01:00", order_at.format("2026-03-02"))
    newest = company.land("shopify.orders", "2026-03-06T01:00", order_at.format("2026-03-02"))
    company.freeze()
    assert company.frozen("select scope, batch_id from frozen.scopes order by scope") == [
        ("#1|2026-03-01 00:00:00", old), ("#1|2026-03-02 00:00:00", newest),
    ]  # fmt: skip
    assert (new,) not in company.frozen("select batch_id from frozen.batches")


def test_a_name_that_two_exports_date_otherwise_is_said(company: Company) -> None:
    company.has(account("sapo"))
    sold = "select 'DH1' as _entity, timestamp '{0}' as ordered_at"
    company.land("sapo.orders", "2026-03-04T01:00", sold.format("2026-03-01 03:00:00"))
    company.land("sapo.orders", "2026-03-05T01:00", sold.format("2026-03-02 01:00:00"))
    company.freeze()
    assert failed(company, "run1") == []
    company.land("sapo.orders", "2026-03-06T01:00", sold.format("2026-03-04 03:00:00"))
    company.freeze()
    [said] = failed(company, "run2")
    assert said.message.startswith(
        "sapo/vn, orders: 1 names are told on two days, among them DH1 on 2026-03-01 and 2026-03-04"
    )


def test_a_missing_file_of_an_accepted_batch_stops_with_both_ways_out(company: Company) -> None:
    batch = company.land("shopify.orders", "2026-03-04T01:00", order("#1"))
    (company.home.landing / "shopify" / "orders" / batch / "data.parquet").unlink()
    with pytest.raises(PermanentFault, match=f"backup.*raceway reject {batch}"):
        company.freeze()


def test_settings_accounts_and_hashed_exclusions_are_frozen(company: Company) -> None:
    company.has(
        account("shopify", "us", "USD", market="US", history_start=dt.date(2025, 2, 1), vat_rate=Decimal("0.08"))
    )
    company.has(account("square", "vn", history_start=dt.date(2025, 3, 1)))
    company.has(account("google_ads", "vn", history_start=dt.date(2026, 3, 1)))
    company.freeze()
    hasher = Hasher(company.home)
    assert set(company.frozen("select kind, value from frozen.exclusions")) == {
        ("email", hasher.email("staff@example.com")),
        ("phone", hasher.phone("+84912345678", "VN")),
        ("phone", hasher.phone("0912345678", "US")),
        ("order", "#TEST"),
    }
    assert company.frozen("select minor_unit, vat_rate from frozen.accounts where account = 'us'") == [
        (2, Decimal("0.080000"))
    ]
    assert company.frozen("select as_of, minor_unit, history_days from frozen.settings") == [(AS_OF, 0, 180)]
    assert ("attribution_model", "last_non_direct") in company.frozen("select * from frozen.setting_values")
    assert ("required_lag_days.search_console", "3") in company.frozen("select * from frozen.setting_values")


def test_the_weekdays_on_which_a_source_is_due_are_frozen_where_they_are_not_all(company: Company) -> None:
    required = [{"source": "shopify"}, {"source": "square", "due": ["mon", "thu"]}]
    company.settings = Settings.model_validate({"night": {"required": required}})
    company.freeze()
    weekdays = "select * from frozen.setting_values where setting like 'required_due_weekday.%' order by all"
    assert company.frozen(weekdays) == [("required_due_weekday.square", "0"), ("required_due_weekday.square", "3")]


def test_the_attribution_model_of_the_settings_is_frozen(company: Company) -> None:
    company.settings = Settings.model_validate({"attribution": {"model": "time_decay", "lookback_days": 60}})
    company.freeze()
    assert company.frozen("select value from frozen.setting_values where setting = 'attribution_model'") == [
        ("time_decay",)
    ]
    assert company.frozen("select attribution_lookback_days from frozen.settings") == [(60,)]


def test_own_channel_rules_are_frozen_in_their_order(company: Company) -> None:
    company.home.channel_rules.write_text("channel,source,medium,is_ad\nemail,news.*,,\naffiliate,,cps,true\n")
    company.freeze()
    assert company.frozen("select * from frozen.own_channel_rules order by rule") == [
        (1, "email", "", "", "news.*", "", "", False),
        (2, "affiliate", "", "", "", "cps", "", True),
    ]


def test_what_never_joins_is_frozen_as_landed_rows_show_it(company: Company) -> None:
    company.has(account("ga4", "site"))
    company.has(account("square", "till"))
    known = "5" * 64
    values = ("Desk@Example.com", "0912 345 678", "kiosk.1", known)
    company.settings = company.settings.model_copy(update={"identity": Identity(never_join=values)})
    company.freeze()
    hasher = Hasher(company.home)
    frozen = {
        value
        for (value,) in company.frozen("select value from frozen.setting_values where setting = 'identity.never_join'")
    }
    assert frozen >= {
        hasher.email("desk@example.com"), hasher.phone("+84912345678", "VN"), "site:kiosk.1",
        f"till:{hasher.id('kiosk.1')}", hasher.id("kiosk.1"), known, f"till:{known}",
    }  # fmt: skip
    assert not [value for value in frozen if "@" in value or "0912" in value]
    assert company.frozen("select identity_max_shared from frozen.settings") == [(5,)]


def test_a_shop_that_opened_here_is_frozen_with_its_day(company: Company) -> None:
    for key, account in company.accounts.items():
        company.accounts[key] = account.model_copy(update={"history_start": None, "opened_on": dt.date(2026, 2, 1)})
    company.freeze()
    assert company.frozen("select distinct opened_on, ended_on from frozen.accounts") == [(dt.date(2026, 2, 1), None)]


def test_nothing_landed_freezes_an_empty_set(company: Company) -> None:
    assert company.freeze().batches == 0
    for table in ("batches", "scopes", "covered_days", "state_files"):
        assert company.frozen(f"select count(*) from frozen.{table}") == [(0,)]


CHANGES: dict[str, Callable[[Company], Any]] = {
    "a batch": lambda company: company.land("shopify.orders", "2026-03-05T01:00", order("#2")),
    "a rejection": lambda company: reject(company.home, next(iter(Ledger(company.home).state().batches)), who="test"),
    "a setting": lambda company: setattr(company, "settings", Settings.model_validate({"business": {"name": "x"},
                                                                                       "targets": {"at_risk": 0.8}})),
    "an account": lambda company: company.has(account("shopify", "vn", prices_include_vat=True)),
    "an exclusion": lambda company: company.home.exclusions.write_text("kind,value,reason\norder,#1,\n"),
    "a sales channel": lambda company: company.home.sales_channels.write_text(
        "sales_channel,sales_place,marketplace\nHội chợ,offline,\n"
    ),
    "a reason": lambda company: company.home.reasons.write_text("pattern,reason\nkhông vừa,size\n"),
    "a code": lambda company: company.home.offline_codes.write_text("code,medium\nXE-BUS,bus\n"),
    "a tier": lambda company: company.home.loyalty_tiers.write_text("tier_name,tier,rank\nVIP,vip,9\n"),
    "a ticket topic": lambda company: company.home.ticket_topics.write_text("tag,topic\nvip,vip\n"),
    "a VAT rate": lambda company: company.home.vat_rates.write_text("market,valid_from,rate\nVN,2026-01-01,0.1\n"),
    "a channel rule": lambda company: company.home.channel_rules.write_text("channel,source\naffiliate,masoffer\n"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_fingerprint_changes_with(company: Company, change: str) -> None:
    company.land("shopify.orders", "2026-03-04T01:00", order("#1"), covers=("2026-03-01", "2026-03-03"))
    before = company.freeze().fingerprint
    assert company.freeze().fingerprint == before
    CHANGES[change](company)
    assert company.freeze().fingerprint != before


def test_the_fingerprint_changes_with_as_of_and_not_with_the_place_of_the_home(company: Company) -> None:
    company.land("shopify.orders", "2026-03-04T01:00", order("#1"))
    before = company.freeze().fingerprint
    assert company.freeze(AS_OF + dt.timedelta(days=1)).fingerprint != before
    moved = company.home.root.with_name("moved")
    company.home.root.rename(moved)
    company.home = Home(moved)
    assert company.freeze().fingerprint == before


def test_a_freeze_that_fails_leaves_the_set_of_before(company: Company) -> None:
    kept = company.land("shopify.orders", "2026-03-04T01:00", order("#1"))
    company.freeze()
    batch = company.land("shopify.orders", "2026-03-05T01:00", order("#1"))
    (company.home.landing / "shopify" / "orders" / batch / "data.parquet").write_bytes(b"PAR1" + bytes(20) + b"PAR1")
    with pytest.raises(duckdb.Error):
        company.freeze()
    assert company.winners() == {"#1": kept}


def test_a_planned_amount_of_later_days_needs_the_rate_of_its_exports_day_alone(us_company: Company) -> None:
    us_company.has(account("plan", "company", "VND"))
    budget = "select 'b' as budget, '' as _entity"
    us_company.land("plan.budgets", "2026-03-12T01:00", budget, account_name="company",
                    money_days={"USD": ["2026-03-05", "2026-12-01"]})  # fmt: skip
    assert us_company.freeze().waiting == {}
    late = us_company.land("plan.budgets", "2026-03-25T01:00", budget, account_name="company",
                           money_days={"USD": ["2026-12-01"]})  # fmt: skip
    assert list(us_company.freeze().waiting) == [late]
