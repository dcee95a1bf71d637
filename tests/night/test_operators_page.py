"""The operators' page: what it shows of a home, escaped, with nothing from outside; that it asks for a login is tried on
a running server (tests/server)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from fastapi import HTTPException

from raceway.common.home import HOME_VARIABLE, Home
from raceway.history.records import Check, RunRecord, RunStatus, record_checks, record_run
from raceway.history.waivers import waive
from raceway.ledger.ledger import Ledger
from raceway.night import operators_page
from raceway.night.board import Board, read_board
from raceway.night.trends import read_trends
from tests.support.small_company import small_company
from tests.support.small_version import small_version

NIGHT = dt.datetime(2026, 3, 2, 22, 5, tzinfo=dt.UTC)
"""05:05 on 3 March in Viet Nam."""
NINE = dt.datetime(2026, 3, 3, 2, 0, tzinfo=dt.UTC)
EVIL = '<img src=x onerror=alert(1)>"><script>alert(2)</script>.csv'


def ran(home: Home, days: int, status: RunStatus, minutes: int = 2) -> None:
    at = NIGHT + dt.timedelta(days=days)
    as_of = (at + dt.timedelta(hours=7)).date()
    version = "v1" if status == "published" else None
    record_run(
        home, RunRecord(f"night-{days}", as_of, at, at + dt.timedelta(minutes=minutes), status, "0.1.0", version)
    )


def shown(board: Board) -> str:
    page = operators_page._page(
        "night.html.j2", tab="night", board=board, zone=board.settings.zone, days=30, links=["report"]
    )
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    return bytes(page.body).decode()


def test_last_night_is_told_with_sentence_command_and_a_decision_filled_in(tmp_path: Path) -> None:
    home = small_company(tmp_path / "home")
    files = [{"path": "over view.csv", "sha256": "0" * 64, "bytes": 1, "kept_at": ""}]
    Ledger(home).append("refused", source="google_ads", account="main", reason="no report", files=files)
    ran(home, 0, "published")
    board = read_board(home, NINE)
    assert board.counts == {"refused_file": 1, "late": 1}
    [line] = board.sources
    assert (line.place, line.refused, line.tone) == ("google_ads/main", 1, "bad")
    assert line.late == "google_ads/main: nothing has landed yet; 2026-03-02 is due"
    page = shown(board)
    assert "Published · 2 to look at" in page
    assert "ended 2026-03-03 05:07\nafter 2 min 0 s" in page
    assert "raceway retry &#39;google_ads/main/over view.csv&#39;" in page
    assert 'href="decide?action=retry&amp;id=google_ads%2Fmain%2Fover+view.csv"' in page


def test_other_peoples_words_are_text_and_nothing_comes_from_outside(tmp_path: Path) -> None:
    home = small_company(tmp_path / "home")
    files = [{"path": EVIL, "sha256": "0" * 64, "bytes": 1, "kept_at": ""}]
    Ledger(home).append("refused", source="google_ads", account="main", reason=EVIL, files=files)
    ran(home, 0, "published")
    page = shown(read_board(home, NINE))
    assert "<img" not in page
    assert "<script" not in page
    assert "&lt;img src=x" in page
    assert re.findall(r'(?:src|href)="(?:[a-z]+:)?//', page) == []


def test_a_refused_mart_can_be_waived_and_a_waiver_is_shown_until_it_is_used(tmp_path: Path) -> None:
    home = small_company(tmp_path / "home")
    check = Check("one_as_of", "expectation", "critical", False, "race_kpi", message="race_kpi: two days")
    record_checks(home, "night-0", [check])
    ran(home, 0, "refused")
    page = shown(read_board(home, NINE))
    assert "Late: no mart of the day" in page
    assert 'href="decide?action=waive&amp;id=race_kpi.one_as_of"' in page
    waive(home, "one_as_of", "looked at by hand", who="lan")
    assert "race_kpi.one_as_of, by lan: looked at by hand" in shown(read_board(home, NINE))


def test_night_times_are_those_of_thirty_days(tmp_path: Path) -> None:
    home = small_company(tmp_path / "home")
    for days, status, minutes in ((-40, "published", 9), (-1, "failed", 1), (0, "published", 4)):
        ran(home, days, status, minutes)  # type: ignore[arg-type]  # a row of the table above
    bars = read_board(home, NINE).nights
    assert [(bar.seconds, bar.height, bar.tone) for bar in bars] == [(60, 0.25, "bad"), (240, 1.0, "good")]


def test_a_home_before_its_first_night_has_a_page(tmp_path: Path) -> None:
    assert "No night yet" in shown(read_board(small_company(tmp_path / "home"), NINE))


def test_only_the_published_pages_are_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = small_company(tmp_path / "home")
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    for page in ("v1/report/index.html", "v1/quality/index.html", "v1/run.json", "docs/index.html"):
        (home.published / page).parent.mkdir(parents=True, exist_ok=True)
        (home.published / page).write_text(page, encoding="utf-8")
    home.current.symlink_to("v1")
    for page, of in (("report", "v1/report"), ("quality", "v1/quality"), ("docs", "docs")):
        assert Path(operators_page.published(f"{page}/index.html").path) == home.published / of / "index.html"
    (home.published / "v1" / "report" / "link").symlink_to(home.settings)
    for path in ("run.json", "report/../run.json", "report/none.html", "report", "report/link", "",
                 "docs/../v1/run.json", "quality//etc/passwd", "secrets/hash.key", "report/\0", f"report/{'x' * 5000}"):  # fmt: skip
        with pytest.raises(HTTPException) as refused:
            operators_page.published(path)
        assert refused.value.status_code == 404, path


@pytest.fixture
def history(tmp_path: Path) -> Home:
    """A published version with batches of four days, as of 5 March."""
    return small_version(tmp_path, "2026-03-05", [
        "create table batch_history (batch_id varchar, source varchar, account varchar, table_name varchar,"
        " status varchar, rows_landed bigint, rows_refused bigint, exported_at timestamp, decided_at timestamp,"
        " covers_to date)",
        """
        insert into batch_history values
            ('a', 'shopify', 'vn', 'orders', 'accepted', 100, 0, '2026-03-01 01:00', null, '2026-02-28'),
            ('b', 'shopify', 'vn', 'orders', 'superseded', 110, 2, '2026-03-02 01:00', null, '2026-03-01'),
            ('c', 'shopify', 'vn', 'orders', 'accepted', 90, 0, '2026-03-03 01:00', null, '2026-02-28'),
            ('d', 'shopify', 'vn', 'orders', 'accepted', 30, 0, '2026-03-04 01:00', null, '2026-03-03'),
            ('d2', 'shopify', 'vn', 'refunds', 'accepted', 10, 0, '2026-03-04 01:00', null, '2026-03-01'),
            (null, 'shopify', 'vn', null, 'refused', null, null, null, '2026-03-04 02:00', null),
            ('d', 'shopify', 'vn', null, 'duplicate', null, null, null, '2026-03-04 03:00', null)
        """,
        "create table check_history as select * from (values ('b', 'email_filled', false, 5),"
        " ('b', 'order_id_filled', true, null), ('d', 'day_range', false, 7))"
        " as history (batch_id, name, passed, broken_rows)",
    ])  # fmt: skip


def test_data_over_time_is_told_by_the_day_of_export(history: Home) -> None:
    trends = read_trends(history, {"shopify": [4.0, 6.0]})
    assert trends is not None
    [shop] = trends.sources
    assert (shop.place, trends.days, trends.last) == ("shopify/vn", 60, dt.date(2026, 3, 5))
    assert shop.rows.values[-5:] == (100, 110, 90, 40, None)
    assert shop.days_behind.values[-5:] == (1, 1, 3, 1, None)
    assert shop.refused.values[-5:] == (0, 2, 0, 1, None)
    assert shop.empty_cells.values[-5:] == (0, 5, 0, 0, None)
    assert (shop.rows.newest, shop.rows.usual, shop.rows.is_unusual) == (40, 100, True)
    assert (shop.seconds.newest, shop.seconds.usual) == (6, None)
    page = operators_page._environment().get_template("trends.html.j2").render(tab="trends", trends=trends)
    assert "usual 100" in page


def test_there_is_nothing_over_time_before_the_first_version(tmp_path: Path) -> None:
    assert read_trends(Home(tmp_path), {}) is None
