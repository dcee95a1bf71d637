"""Batches whose rows break a critical test of staging are left out once; everything else of the night counts."""

from __future__ import annotations

import datetime as dt
import textwrap
from pathlib import Path

import duckdb
import pytest

from raceway.build import dbt_run
from raceway.build.unfit_rows import UnfitBatches
from raceway.common.faults import GateFailed
from raceway.common.home import HOME_VARIABLE, PROJECT, Home, Program
from raceway.common.moments import utc_text
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.history.records import run_checks
from raceway.ledger.decisions import accept
from raceway.ledger.ledger import Ledger
from raceway.ledger.left_out import frozen_fingerprint, left_out
from raceway.night import steps

AS_OF = dt.date(2026, 4, 11)
STARTED_AT = dt.datetime(2026, 4, 11, 2, tzinfo=dt.UTC)

FILES = {
    "dbt_project.yml": """
        name: tiny
        version: "1.0"
        profile: raceway
        flags: {send_anonymous_usage_stats: false}
        data_tests: {+severity: error}
        models: {tiny: {+tags: [staging], +materialized: table}}
        """,
    "models/stg_rows.sql": """
        {% do reads_landed('google_ads', 'campaign_daily') %}
        select rows.batch_id, rows.n, rows.name from (values {rows}) as rows (batch_id, n, name)
        inner join frozen.batches using (batch_id)
        """,
    "models/models.yml": """
        models: [{name: stg_rows, columns: [{name: n, data_tests: [not_null]}, {name: name, data_tests: [unique]}]}]
        """,
}


class Night:
    """A home whose staging holds the rows that a test writes, as if its batches had brought them."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        account = Account(source="google_ads", account="vn", name="vn", market="VN", time_zone="Asia/Ho_Chi_Minh",
                          currency="VND")  # fmt: skip
        self.home: Home = init_home(root / "home", accounts=[account])
        self.project = root / "program" / "dbt_project"
        program = Program(root / "program")
        (self.project / "macros").mkdir(parents=True)
        program.profiles.symlink_to(PROJECT.profiles)
        for ways in ("duckdb_tables.sql", "kept_models.sql"):
            (self.project / "macros" / ways).symlink_to(PROJECT.dbt_project / "macros" / "engine" / ways)
        monkeypatch.setattr(dbt_run, "PROJECT", program)
        monkeypatch.setenv(HOME_VARIABLE, str(self.home.root))
        self.runs = 0

    def land(self, batch_id: str, exported: str) -> None:
        exported_at = dt.datetime.fromisoformat(exported).replace(tzinfo=dt.UTC)
        folder = self.home.landing / "google_ads" / "campaign_daily" / batch_id
        folder.mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select '{batch_id}' as _batch_id, date '2026-04-01' as day) to '{folder}/data.parquet'"
            )
        manifest = {
            "batch_id": batch_id, "source": "google_ads", "table": "campaign_daily", "account": "vn", "files": [],
            "content_hash": batch_id, "exported_at": utc_text(exported_at), "scope_kind": "events", "rows_landed": 1,
            "covers_from": "2026-04-01", "covers_to": "2026-04-01", "currency": "VND",
        }  # fmt: skip
        Ledger(self.home).append("landed", manifest=manifest, source="google_ads", account="vn")
        Ledger(self.home).append("accepted", batch_id=batch_id, who="gate")

    def holds(self, rows: str) -> None:
        for name, text in FILES.items():
            path = self.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).replace("{rows}", rows))

    def build(self) -> str:
        """Freezes and builds staging as a night does; the run's id."""
        self.runs += 1
        run = steps.Run(f"night-{self.runs}", AS_OF, STARTED_AT).to_json()
        steps.freeze(run)
        steps.build(run, "staging")
        return f"night-{self.runs}"

    def staged(self) -> list[str]:
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            return [one for (one,) in connection.execute("select batch_id from stg_rows order by all").fetchall()]


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    night = Night(tmp_path, monkeypatch)
    night.land("first", "2026-04-02T01:00")
    night.land("second", "2026-04-03T01:00")
    return night


def test_a_batch_with_a_row_that_breaks_a_rule_is_left_out_and_the_others_count(night: Night) -> None:
    night.holds("('first', 1, 'a'), ('second', null, 'b')")
    run_id = night.build()
    assert night.staged() == ["first"]
    [(batch_id, sentence)] = left_out(night.home, run_id).items()
    assert batch_id == "second"
    assert "google_ads.campaign_daily of vn" in sentence
    assert "is left out: its rows break a rule of the mart (every row of rows states its n)" in sentence
    # what the second build found counts: nothing stops publishing, and the run says what was left out
    assert not any(check.stops for check in run_checks(night.home, run_id))
    assert [check.batch_id for check in run_checks(night.home, run_id) if not check.passed] == ["second"]


def test_the_next_night_decides_alike_without_building_twice(night: Night) -> None:
    night.holds("('first', 1, 'a'), ('second', null, 'b')")
    once = frozen_fingerprint(night.home, night.build())
    again = night.build()
    assert frozen_fingerprint(night.home, again) == once
    assert night.staged() == ["first"]
    assert not any(not check.passed for check in run_checks(night.home, again) if check.kind == "dbt_test")


def test_of_two_exports_that_bear_one_key_the_earlier_stays(night: Night) -> None:
    night.land("third", "2026-04-04T01:00")
    night.holds("('third', 1, 'a'), ('first', 2, 'a'), ('second', 3, 'b')")
    night.build()
    assert night.staged() == ["first", "second"]


def test_a_batch_that_a_person_accepts_is_back_and_then_its_rows_stop_the_night(night: Night) -> None:
    night.holds("('first', 1, 'a'), ('second', null, 'b')")
    night.build()
    accept(night.home, "second", who="Lan", why="looked at it")
    with pytest.raises(GateFailed, match="every row of rows states its n"):
        night.build()


def test_without_what_breaks_a_rule_a_second_fault_stops_the_night(night: Night) -> None:
    # a rule that names no batch: nobody knows which export to leave out
    night.holds("('first', 1, 'a'), ('second', null, 'b')")
    (night.project / "tests").mkdir()
    (night.project / "tests" / "two_rows.sql").write_text(
        "{{ config(tags=['staging']) }} select count(*) as n from {{ ref('stg_rows') }} having count(*) <> 3"
    )
    with pytest.raises(GateFailed) as raised:
        night.build()
    assert not isinstance(raised.value, UnfitBatches)
    assert left_out(night.home, "night-1") == {}
