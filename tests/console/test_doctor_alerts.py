"""`raceway doctor --notify` and `--late`: what they say, and when they end with exit code 1."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from raceway.common.home import Home
from raceway.console.doctor import examine
from raceway.console.doctor_alerts import look_for_mart, try_routes
from raceway.history.records import RunRecord, record_run
from tests.support.receivers import web_server
from tests.support.small_company import small_company

NOW = dt.datetime.now(tz=dt.UTC)


def company(root: Path, routes: str) -> Home:
    home = small_company(root / "home")
    text = home.settings.read_text(encoding="utf-8").replace("routes = []", f"routes = [{routes}]")
    home.settings.write_text(text, encoding="utf-8")
    return home


def test_a_trial_reaches_every_route_and_names_the_one_that_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "a", at_least = "critical" }, { name = "b" }')
    with web_server() as hook:
        for name in ("A", "B"):
            monkeypatch.setenv(f"RACEWAY_ALERT_{name}", f"json://127.0.0.1:{hook.port}/{name}")
        said: list[str] = []
        assert not try_routes(home, said.append)
        assert said == [
            "a: delivered ([raceway] Small: trial message)",
            "b: delivered ([raceway] Small: trial message)",
        ]
        assert [one.path for one in hook.posted] == ["/A", "/B"]
        hook.closed = True
        said.clear()
        assert try_routes(home, said.append)
        assert said[0].startswith("a: given_up: ")
        assert "503" in said[0]


def test_a_home_without_a_route_says_that_nobody_hears(tmp_path: Path) -> None:
    said: list[str] = []
    assert try_routes(small_company(tmp_path / "home"), said.append)
    assert said == ["raceway.toml names no route in alerts.routes, so nobody hears of a night (docs/how-to/alerts.md)"]


def test_late_is_said_without_a_route_too_and_ends_with_a_mart_of_the_day(tmp_path: Path) -> None:
    home = small_company(tmp_path / "home")
    said: list[str] = []
    assert look_for_mart(home, said.append)
    assert said[0].startswith("late: no mart of ")
    assert "none was ever published" in said[0]
    tomorrow = NOW.date() + dt.timedelta(days=1)  # whatever the hour and the zone
    record_run(home, RunRecord("r", tomorrow, NOW, NOW, "published", "0.1.0", version="v1"))
    said.clear()
    assert not look_for_mart(home, said.append)
    assert said == ["the mart of the day is published, or its deadline is still to come"]


def test_doctor_warns_of_a_route_whose_address_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RACEWAY_ALERT_OPS_TEAM", raising=False)
    home = company(tmp_path, '{ name = "ops-team" }')
    [finding] = [finding for finding in examine(home) if finding.subject == "alerts"]
    assert finding.level == "warning"
    assert finding.message.startswith("route ops-team: RACEWAY_ALERT_OPS_TEAM is not set in this shell")
