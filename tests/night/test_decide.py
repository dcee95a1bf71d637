"""What a person decides on Airflow's page is checked, carried out and recorded with the name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from raceway.common.faults import PermanentFault
from raceway.common.home import HOME_VARIABLE
from raceway.history.records import Check, RunRecord, record_checks, record_run
from raceway.history.waivers import open_waivers
from raceway.ledger.ledger import Ledger
from raceway.night.decide import decide
from tests.support.small_company import small_company

AT = dt.datetime(2026, 3, 2, 22, 5, tzinfo=dt.UTC)


def test_a_refused_file_goes_back_with_airflows_user_and_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small_company(tmp_path / "home")
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    kept = home.quarantine / "overview.csv"
    kept.write_text("x", encoding="utf-8")
    file = {"path": "overview.csv", "sha256": "0" * 64, "bytes": 1, "kept_at": "quarantine/overview.csv"}
    Ledger(home).append("refused", source="google_ads", account="main", reason="unknown", files=[file])
    said = decide({"action": "retry", "id": "google_ads/main/overview.csv", "why": "contract mended"}, "lan")
    assert said == "google_ads/main/overview.csv: back in the inbox, read by the next run; decided by lan"
    assert (home.inbox / "google_ads" / "main" / "overview.csv").read_text(encoding="utf-8") == "x"
    [event] = [event for event in Ledger(home).events() if event.kind == "retry"]
    assert (event.fields["who"], event.fields["why"]) == ("lan", "contract mended")


def test_a_check_is_waived_under_the_users_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = small_company(tmp_path / "home")
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    record_checks(home, "r1", [Check("one_as_of", "expectation", "critical", False, "race_kpi", message="no")])
    record_run(home, RunRecord("r1", AT.date(), AT, AT, "refused", "0.1.0"))
    assert "race_kpi.one_as_of may fail in the next run" in decide(
        {"action": "waive", "id": "one_as_of", "why": "seen by hand"}, "lan"
    )
    assert [(waiver.check, waiver.who) for waiver in open_waivers(home)] == [("one_as_of", "lan")]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"action": "drop", "id": "x", "why": "because"}, "'drop': no action; there are accept, reject, retry, waive"),
        ({"action": "accept", "id": " ", "why": "because"}, "needs the id of what it is about"),
        ({"action": "accept", "id": "x", "why": "ok"}, "needs a reason in why, of at least 5 letters"),
        ({"action": "accept", "id": "20260301T000000Z-0123", "why": "because"}, "not in the ledger"),
        ({"action": "reject", "id": "20260301T000000Z-0123", "why": "because"}, "not in the ledger"),
        ({"action": "retry", "id": "google_ads/main/none.csv", "why": "because"}, "no refused file of that name"),
        ({"action": "waive", "id": "one_as_of", "why": "because"}, "did not stop the newest run"),
    ],
)
def test_what_does_not_fit_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, params: dict[str, str], said: str
) -> None:
    home = small_company(tmp_path / "home")
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    with pytest.raises(PermanentFault) as refused:
        decide(params, "lan")
    assert said in str(refused.value)
    assert list(Ledger(home).events()) == []
    assert open_waivers(home) == []
