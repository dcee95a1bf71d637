"""The last task of a night: it tells people, and a night never fails because it could not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from raceway.alerts import tell
from raceway.common.faults import PassingFault
from raceway.common.home import HOME_VARIABLE, Home
from raceway.history.records import RunRecord, record_run, run_checks
from raceway.night import steps
from tests.support.receivers import web_server
from tests.support.small_company import small_company

AT = dt.datetime(2026, 3, 2, 22, 5, tzinfo=dt.UTC)
RUN = steps.Run("night", dt.date(2026, 3, 3), AT, late=["google_ads/main: nothing has landed yet; 2026-03-02 is due"])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = small_company(tmp_path / "home")
    text = home.settings.read_text(encoding="utf-8")
    home.settings.write_text(text.replace("routes = []", 'routes = [{ name = "ops" }]'), encoding="utf-8")
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    monkeypatch.setattr(tell, "PAUSES", (0.0, 0.0))
    record_run(home, RunRecord("night", RUN.as_of, AT, AT, "published", "0.1.0", version="v1"))
    return home


def test_a_route_is_asked_three_times_and_a_person_at_a_terminal_is_not_kept_waiting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server() as hook:
        monkeypatch.setenv("RACEWAY_ALERT_OPS", f"json://127.0.0.1:{hook.port}")
        hook.closed = True
        [delivery] = steps.tell(RUN.to_json(), {"wait": False}, AT)["deliveries"]
        assert (delivery["route"], delivery["status"], hook.asked) == ("ops", "waiting", 3)
        # under a scheduler the task is tried again, with Airflow's growing pauses
        with pytest.raises(PassingFault, match=r"ops: .*503"):
            steps.tell(RUN.to_json(), {}, AT)
        hook.closed = False
        [delivery] = steps.tell(RUN.to_json(), {}, AT)["deliveries"]
        assert delivery["status"] == "delivered"
    assert [check.passed for check in run_checks(home, "night")] == [True]


def test_a_message_that_cannot_be_made_is_a_warning_and_no_failure(home: Home) -> None:
    (home.alerts).write_text("a file where the folder belongs", encoding="utf-8")
    assert steps.tell(RUN.to_json(), {}, AT) == {"deliveries": []}
    [check] = run_checks(home, "night")
    assert (check.severity, check.passed) == ("warning", False)
    assert check.message.startswith("nobody was told of this night: ")


def test_a_night_that_broke_off_before_it_began_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server() as hook:
        monkeypatch.setenv("RACEWAY_ALERT_OPS", f"json://127.0.0.1:{hook.port}")
        steps.tell(None, {"as_of": "2026-03-04", "run_id": "other"}, AT + dt.timedelta(days=1))
        [posted] = hook.posted
    assert b"a step broke off; the reason stands in the log" in posted.body
    assert b"2026-03-04: could not run" in posted.body


def test_nobody_is_told_where_no_route_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = small_company(tmp_path / "home")
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    assert steps.tell(RUN.to_json(), {}, AT) == {"deliveries": []}
    assert not home.alerts.exists()
