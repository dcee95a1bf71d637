"""How a home stands, as `raceway status` tells it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from raceway.common.home import Home
from raceway.common.moments import utc_text
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.console.status import read_status
from raceway.history.records import RunRecord, record_run
from raceway.ledger.ledger import Ledger


def landed(home: Home, account: str, batch_id: str, covers_to: str) -> str:
    """A batch as landing writes it into the ledger, not decided yet."""
    manifest = {
        "batch_id": batch_id, "source": "google_ads", "table": "campaign_daily", "account": account,
        "exported_at": utc_text(dt.datetime(2026, 3, 2, tzinfo=dt.UTC)), "content_hash": batch_id,
        "scope_kind": "days", "covers_from": "2026-02-01", "covers_to": covers_to, "rows_landed": 1,
    }  # fmt: skip
    files = [{"path": f"{batch_id}.csv", "sha256": "0" * 64}]
    Ledger(home).append("landed", manifest=manifest, source="google_ads", account=account, files=files)
    return batch_id


def test_status_says_of_each_account_how_far_it_reaches_and_what_is_not_in_effect(tmp_path: Path) -> None:
    accounts = [
        Account(source="google_ads", account=name, name=name, market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND")
        for name in ("main", "new", "outlet")
    ]
    home = init_home(tmp_path / "home", accounts=accounts)
    ledger = Ledger(home)
    for account, batch_id, covers_to in (("main", "a", "2026-03-01"), ("main", "b", "2026-02-20"),
                                         ("outlet", "c", "2026-02-27")):  # fmt: skip
        ledger.append("accepted", batch_id=landed(home, account, batch_id, covers_to))
    ledger.append("refused", batch_id=landed(home, "outlet", "d", "2026-03-01"), reason="a negative cost",
                  source="google_ads", account="outlet", files=[])  # fmt: skip
    ledger.append("rejected", batch_id="b", who="linh", why="a trial")
    landed(home, "new", "e", "2026-03-01")
    waiting = home.inbox / "google_ads" / "new" / "report.csv"
    waiting.parent.mkdir(parents=True)
    waiting.write_text("Day\n", encoding="utf-8")

    status = read_status(home)

    assert [(s.account, s.batches, s.covers_to, s.last_file, s.exports_waiting) for s in status.sources] == [
        ("main", 1, dt.date(2026, 3, 1), "b.csv", 0),
        ("new", 0, None, "e.csv", 1),
        ("outlet", 1, dt.date(2026, 2, 27), "d.csv", 0),
    ]
    assert [(line.what, line.account, line.name, line.reason) for line in status.undecided] == [
        ("rejected batch", "main", "b", "a trial"),
        ("refused batch", "outlet", "d", "a negative cost"),
        ("pending batch", "new", "e", "not yet decided: its run broke off"),
    ]
    assert status.published is None

    # behind what a night could know: the day before its as_of, whatever the clock says
    night = RunRecord(
        run_id="night", as_of=dt.date(2026, 3, 2), started_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
        finished_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), status="published", program_version="0",
    )  # fmt: skip
    record_run(home, night)
    assert [line.days_behind for line in read_status(home).sources] == [0, None, 2]
