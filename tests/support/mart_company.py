"""A home with a small mart in its warehouse, as the stages before the gate leave it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.history.records import Check, check_lines
from raceway.ledger.ledger import Ledger
from raceway.publish.descriptions import described_models
from raceway.publish.version import Version, publish

AS_OF = dt.date(2026, 11, 22)

ASKED_BY_THE_REPORT = (
    "cohort_retention", "customer_360", "fct_advocacy_nps_answer", "fct_convert_attribution",
    "fct_convert_attribution_claims", "fct_convert_order", "fct_engage_customer_value", "fct_plan_budget", "osa_review",
    "segment_kpi",
)  # fmt: skip
"""Tables that the report's tabs read, and no test of publishing fills."""

_KPI_COLUMNS = """
    kpi varchar, stage varchar, period varchar, period_start date, period_end date, channel varchar, market varchar,
    numerator decimal(38, 6), denominator decimal(38, 6), value double, previous_value double,
    previous_to_date_value double, year_ago_value double, target decimal(38, 6), attainment double, status varchar,
    is_complete boolean, as_of date, paced_target decimal(38, 6), measured_on date
"""


@dataclass
class Company:
    """A home, and what a test does to it."""

    home: Home

    def sql(self, statement: str) -> None:
        """Changes the warehouse."""
        with duckdb.connect(str(self.home.warehouse)) as connection:
            connection.execute(statement)

    def publish(self, run_id: str, **given: object) -> Version:
        """Publishes what the warehouse holds."""
        values = {"started_at": dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC), "fingerprint": f"of {run_id}"} | given
        return publish(self.home, run_id, **values)

    def read(self, query: str, database: Path | None = None) -> list[tuple[object, ...]]:
        """Asks the published mart."""
        path = database or self.home.current.resolve() / "race.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def land(
        self,
        batch_id: str,
        *,
        days: tuple[str, str] | None = None,
        exported_at: str = "2026-11-21T20:00:00+00:00",
        status: str = "accepted",
        reason: str = "",
        file: str = "report.csv",
        checks: tuple[Check, ...] = (),
    ) -> None:
        """Writes the ledger's events of one batch of google_ads.campaign_daily."""
        manifest = {
            "format_version": 1,
            "batch_id": batch_id,
            "source": "google_ads",
            "table": "campaign_daily",
            "account": "vn",
            "files": [{"path": file, "sha256": hashlib.sha256(file.encode()).hexdigest()}],
            "content_hash": hashlib.sha256(batch_id.encode()).hexdigest(),
            "exported_at": exported_at,
            "covers_from": days[0] if days else None,
            "covers_to": days[1] if days else None,
            "scope_kind": "days",
            "rows_read": 12,
            "rows_landed": 10,
            "rows_refused": 1,
            "rows_furniture": 1,
        }
        folder = self.home.landing / "google_ads" / "campaign_daily" / batch_id
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        if checks:
            (folder / "checks.jsonl").write_text(check_lines(checks), encoding="utf-8")
        ledger = Ledger(self.home)
        about = {"source": "google_ads", "account": "vn", "files": manifest["files"]}
        ledger.append("landed", manifest=manifest, **about)
        if status == "accepted":
            ledger.append("accepted", batch_id=batch_id)
            path = folder / "data.parquet"
            self.sql(
                f"insert into frozen.batches values ('{batch_id}', 'google_ads', 'campaign_daily', 'vn', '{path}', '{path}')"
            )
        elif status == "refused":
            ledger.append("refused", batch_id=batch_id, reason=reason, **about)

    def refuse_file(self, file: str, reason: str) -> None:
        """Writes the ledger's event of a file that is refused whole."""
        Ledger(self.home).append(
            "refused", source="google_ads", account="vn", files=[{"path": file, "sha256": "0" * 64}], reason=reason
        )


def make_company(folder: Path) -> Company:
    """Two months of ads and two KPIs: 2026-10 is over, 2026-11 runs. 620 of cost in October, 20 a day."""
    made = Company(init_home(folder / "home"))
    made.sql("; ".join(_empty(model) for model in described_models() if model["name"] in ASKED_BY_THE_REPORT))
    made.sql(f"""
        create schema frozen;
        create table frozen.settings as select date '{AS_OF}' as as_of;
        create table frozen.batches (batch_id varchar, source varchar, table_name varchar, account varchar,
            path varchar, read_from varchar);
        create table frozen.exclusions (kind varchar, value varchar, reason varchar);
        create table frozen.scopes (source varchar, table_name varchar, account varchar, scope varchar,
            batch_id varchar);
        create table kpi_catalog as select * from (values
            ('ad_spend', 'reach', 1, 'Ad spend', 'Chi phí quảng cáo', 'money', 'neutral', 0, 'ad_spend', null, 1.0),
            ('customer_retention_rate', 'engage', 1, 'Customer retention', 'Tỷ lệ giữ chân', 'percent', 'up', 1,
             'retained_customers', 'active_customers_at_start', 1.0)
        ) as t (kpi, stage, "leading", name, name_vi, unit, good, part_of_whole, numerator, denominator, scale);
        create table measure_catalog as
            select measure, stage, unit, 'sum' as additivity, 'day' as dated_by, 'platform' as channel_by,
                'account' as market_by, measure as definition, 'ngày' as dated_by_vi, 'số đo ' || measure as definition_vi
            from (values
                ('ad_spend', 'reach', 'money'), ('retained_customers', 'engage', 'count'),
                ('active_customers_at_start', 'engage', 'count')
            ) as t (measure, stage, unit);
        create table fct_reach_ads as
            select 'google_ads' as source, 'vn' as account, md5(day::varchar) as ads_row_id, day::date as day,
                20.000000::decimal(18, 6) as "cost", null::decimal(18, 6) as purchases,
                null::decimal(18, 6) as purchase_value
            from range(date '2026-10-01', date '{AS_OF}', interval 1 day) as days (day);
        create table dim_channel as select 'paid_search' as channel, 'Paid search' as name, 'Tìm kiếm' as name_vi,
            1 as sort_order;
        create table identity_person as select 'email' as id_type, 'ab12' as id_value, 'p1' as person_id;
        create table race_measure as
            select 'ad_spend' as measure, 'reach' as stage, 'month' as period, date_trunc('month', day)::date
                as period_start, 'all' as channel, 'all' as market, sum("cost")::decimal(38, 6) as value
            from fct_reach_ads group by all;
        create table race_kpi ({_KPI_COLUMNS});
        insert into race_kpi values
            ('ad_spend', 'reach', 'month', '2026-10-01', '2026-10-31', 'all', 'all', 620, null, 620, 500, 500, null,
             null, null, null, true, '{AS_OF}', null, null),
            ('ad_spend', 'reach', 'month', '2026-11-01', '2026-11-30', 'all', 'all', 420, null, 420, 620, 420, null,
             null, null, null, false, '{AS_OF}', null, null),
            ('customer_retention_rate', 'engage', 'month', '2026-10-01', '2026-10-31', 'all', 'all', 30, 100, 0.3,
             0.25, 0.25, null, 0.4, 0.75, 'off_track', true, '{AS_OF}', 0.4, null);
        create table int_unknown_windows (
            measure varchar, period varchar, window_start date, window_end date, market varchar
        );
    """)
    return made


def _empty(model: dict[str, Any]) -> str:
    """The statement that makes a table without rows, as its model declares it."""
    columns = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in model["columns"])
    return f"create table {model['name']} ({columns})"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return make_company(tmp_path)


@pytest.fixture(scope="session")
def published_twice(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Two versions: 620 of October's spend, then 700. It belongs to all: a test that changes something takes a copy."""
    made = make_company(tmp_path_factory.mktemp("twice"))
    made.publish("night-1")
    made.sql("update race_kpi set numerator = 700, value = 700 where kpi = 'ad_spend' and period_start = '2026-10-01'")
    made.publish("night-2")
    return made


@pytest.fixture
def failing() -> Callable[..., Check]:
    """Makes a check that failed."""

    def make(severity: str, message: str, subject: str = "race_kpi", **given: object) -> Check:
        return Check("a_check", "dbt_test", severity, False, subject, message=message, **given)

    return make
