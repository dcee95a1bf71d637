"""How long `race_mart` waits: until what is due is in, or until the cut-off."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from raceway.common.faults import BadSettings
from raceway.common.home import HOME_VARIABLE, Home
from raceway.common.moments import utc_text
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.config.settings import Business, Night, Required, Settings
from raceway.ledger.ledger import Ledger
from raceway.night import steps
from raceway.night.due import late_sources, past_cut_off

MONDAY = dt.date(2026, 3, 2)
SUNDAY = dt.date(2026, 3, 1)


def company(
    root: Path, *required: Required, cut_off: str = "06:30", **columns: dt.date
) -> tuple[Home, Settings]:  # fmt: skip
    """A home with the accounts main and outlet; `columns` are more cells of outlet's row."""
    settings = Settings(business=Business(zone="Asia/Ho_Chi_Minh"), night=Night(required=required, cut_off=cut_off))
    accounts = [
        Account(
            source="google_ads",
            account=name,
            name=name,
            market="VN",
            time_zone="Asia/Ho_Chi_Minh",
            currency="VND",
            **(columns if name == "outlet" else {}),
        )
        for name in ("main", "outlet")
    ]
    return init_home(root, settings, accounts), settings


def accepted(
    home: Home, account: str, covers_to: dt.date, table: str = "campaign_daily", exported_on: dt.date = MONDAY,
    scope_kind: str = "days",
) -> None:  # fmt: skip
    """An accepted batch of an account, as landing writes it into the ledger."""
    batch_id = f"{exported_on:%Y%m%d}T000000Z-{account}-{table}"
    exported_at = dt.datetime.combine(exported_on, dt.time(), dt.UTC)
    manifest = {
        "batch_id": batch_id, "source": "google_ads", "table": table, "account": account,
        "exported_at": utc_text(exported_at), "content_hash": batch_id,
        "scope_kind": scope_kind, "covers_from": "2026-02-01", "covers_to": covers_to.isoformat(), "rows_landed": 1, "files": [],
    }  # fmt: skip
    ledger = Ledger(home)
    ledger.append("landed", manifest=manifest, source="google_ads", account=account, files=[])
    ledger.append("accepted", batch_id=batch_id)


def test_a_source_is_in_when_each_of_its_accounts_covers_the_day_before(tmp_path: Path) -> None:
    home, settings = company(tmp_path / "home", Required(source="google_ads"))
    accepted(home, "main", SUNDAY)
    assert late_sources(home, settings, MONDAY) == ["google_ads/outlet: nothing has landed yet; 2026-03-01 is due"]
    accepted(home, "outlet", SUNDAY)
    assert late_sources(home, settings, MONDAY) == []


def test_a_source_that_stopped_short_is_late_and_says_where(tmp_path: Path) -> None:
    home, settings = company(tmp_path / "home", Required(source="google_ads"))
    accepted(home, "main", SUNDAY)
    accepted(home, "outlet", dt.date(2026, 2, 27))
    assert late_sources(home, settings, MONDAY) == ["google_ads/outlet: covers days to 2026-02-27; 2026-03-01 is due"]


def test_a_keyword_report_does_not_make_an_ad_account_in(tmp_path: Path) -> None:
    home, settings = company(tmp_path / "home", Required(source="google_ads"))
    accepted(home, "main", SUNDAY, "keyword_daily")
    accepted(home, "main", dt.date(2026, 2, 27))
    accepted(home, "outlet", SUNDAY, "asset_daily")
    assert late_sources(home, settings, MONDAY) == [
        "google_ads/main: campaign_daily covers days to 2026-02-27; 2026-03-01 is due",
        "google_ads/outlet: nothing that feeds a measure has landed yet (only asset_daily); 2026-03-01 is due",
    ]


@pytest.mark.parametrize(
    ("columns", "is_late"),
    [
        ({"ended_on": dt.date(2026, 2, 28)}, False),
        ({"ended_on": SUNDAY}, True),  # its last day is still due
        ({"opened_on": SUNDAY}, True),
        ({"opened_on": MONDAY}, False),
    ],
)
def test_an_account_is_due_from_its_first_day_to_its_last(
    tmp_path: Path, columns: dict[str, dt.date], is_late: bool
) -> None:
    home, settings = company(tmp_path / "home", Required(source="google_ads"), **columns)
    accepted(home, "main", SUNDAY)
    said = ["google_ads/outlet: nothing has landed yet; 2026-03-01 is due"]
    assert late_sources(home, settings, MONDAY) == (said if is_late else [])


def test_a_source_may_lag_as_many_days_as_its_calendar_allows(tmp_path: Path) -> None:
    home, settings = company(tmp_path / "home", Required(source="google_ads", lag_days=3))
    accepted(home, "main", SUNDAY)
    accepted(home, "outlet", dt.date(2026, 2, 27))
    assert late_sources(home, settings, MONDAY) == []


@pytest.mark.parametrize(("scope_kind", "is_late"), [("entities", True), ("days", False)])
def test_an_order_of_the_minutes_before_its_export_does_not_say_that_its_day_was_over(
    tmp_path: Path, scope_kind: str, is_late: bool
) -> None:
    home, settings = company(tmp_path / "home", Required(source="google_ads"))
    for account in ("main", "outlet"):
        accepted(home, account, MONDAY, scope_kind=scope_kind)
    assert bool(late_sources(home, settings, MONDAY + dt.timedelta(days=1))) == is_late


def test_an_account_that_came_sooner_on_each_night_before_is_late_whatever_its_source_may_lag(tmp_path: Path) -> None:
    """Main tells each night of the day before, outlet of the day before that: a lag that the source's setting allows."""
    home, settings = company(tmp_path / "home", Required(source="google_ads", lag_days=2))
    for nights in range(1, 16):
        night = MONDAY - dt.timedelta(days=nights)
        accepted(home, "main", night - dt.timedelta(days=1), exported_on=night)
        accepted(home, "outlet", night - dt.timedelta(days=2), exported_on=night)
    assert late_sources(home, settings, MONDAY - dt.timedelta(days=1)) == []
    accepted(home, "outlet", MONDAY - dt.timedelta(days=2))
    said = "covers days to 2026-02-28; 2026-03-01 is due, as it was there so soon on each of the 14 nights before"
    assert late_sources(home, settings, MONDAY) == [f"google_ads/main: {said}"]


def test_a_source_is_not_late_on_a_weekday_without_a_file(tmp_path: Path) -> None:
    home, settings = company(tmp_path / "home", Required(source="google_ads", due=("mon",)))
    assert late_sources(home, settings, MONDAY) != []
    assert late_sources(home, settings, SUNDAY) == []


def test_a_required_source_without_an_account_names_the_file_to_mend(tmp_path: Path) -> None:
    home, settings = company(tmp_path / "home", Required(source="ga4"))
    assert late_sources(home, settings, MONDAY) == ["ga4: required, but accounts.csv has no account of it"]


@pytest.mark.parametrize(
    ("utc", "over"),
    [
        # 06:30 in Hồ Chí Minh City (UTC+7) is 23:30 UTC of the day before
        (dt.datetime(2026, 3, 1, 23, 29, tzinfo=dt.UTC), False),
        (dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC), True),
    ],
)
def test_the_cut_off_is_a_time_of_the_business_zone(tmp_path: Path, utc: dt.datetime, over: bool) -> None:
    _, settings = company(tmp_path / "home")
    assert past_cut_off(settings, MONDAY, utc) is over


def start(home: Home, monkeypatch: pytest.MonkeyPatch, **conf: Any) -> tuple[bool, dict[str, Any]]:
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    # 00:30 of 2 March in Hồ Chí Minh City
    return steps.start(conf, dt.datetime(2026, 3, 1, 17, 30, tzinfo=dt.UTC))


def tomorrow() -> str:
    """In Hồ Chí Minh City."""
    return (dt.datetime.now(tz=ZoneInfo("Asia/Ho_Chi_Minh")).date() + dt.timedelta(days=1)).isoformat()


def test_a_dag_run_for_a_day_that_is_far_ahead_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, _ = company(tmp_path / "home", Required(source="google_ads"))
    with pytest.raises(BadSettings, match="lies ahead"):
        start(home, monkeypatch, as_of="2999-01-01", wait=False)


def test_the_first_task_waits_for_what_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, _ = company(tmp_path / "home", Required(source="google_ads"))
    # a day to come has not reached its cut-off, whenever this test runs
    ready, run = start(home, monkeypatch, as_of=tomorrow())
    assert not ready
    assert len(run["late"]) == 2


def test_a_run_that_is_asked_for_never_waits_and_says_what_is_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = company(tmp_path / "home", Required(source="google_ads"))
    ready, run = start(home, monkeypatch, as_of=tomorrow(), wait=False)
    assert ready
    assert len(run["late"]) == 2


def test_after_the_cut_off_the_night_goes_on_without_the_late_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = company(tmp_path / "home", Required(source="google_ads"))
    ready, run = start(home, monkeypatch, as_of="2026-03-02")
    assert ready
    assert len(run["late"]) == 2


def test_today_is_the_business_day_on_which_the_run_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, _ = company(tmp_path / "home")
    _, run = start(home, monkeypatch)
    assert run["as_of"] == "2026-03-02"  # it is still 1 March in UTC


def test_the_run_reads_the_same_in_every_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, _ = company(tmp_path / "home")
    _, first = start(home, monkeypatch)
    _, again = start(home, monkeypatch)
    assert first == again
    assert steps.Run.from_json(first).to_json() == first
