"""Raw rows lie in the clear outside of landing/ while they are read, for their owner alone, and never longer."""

from __future__ import annotations

import io
import signal
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from raceway.history.records import Check
from raceway.landing.aside import held, sweep_unheld
from tests.support.desk import Ads, Desk
from tests.support.server import wait_until

KILLED = """
import sys, time
from pathlib import Path
from raceway.landing.aside import held
with held(Path(sys.argv[1])) as folder:
    (folder / "member.csv").write_text("a person's row")
    Path(sys.argv[2]).touch()
    time.sleep(60)
"""


def test_a_folder_is_its_owners_alone_and_gone_at_the_end(tmp_path: Path) -> None:
    with held(tmp_path / "scratch") as folder:
        assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)] == [0o700, 0o700]
        (folder / "member.csv").write_text("a person's row", encoding="utf-8")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_folder_is_gone_where_reading_broke_off(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path / "scratch"):
        raise ZeroDivisionError
    assert list((tmp_path / "scratch").iterdir()) == []


def test_the_next_run_removes_what_a_killed_one_left_and_nothing_that_is_at_work(tmp_path: Path) -> None:
    scratch, ready = tmp_path / "scratch", tmp_path / "ready"
    with held(scratch) as at_work:
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(scratch), str(ready)], cwd=Path.cwd())
        try:
            wait_until(ready.exists, "the folder of the other process")
            sweep_unheld(scratch)
            assert len(list(scratch.glob("*/member.csv"))) == 1
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        sweep_unheld(scratch)
        assert list(scratch.iterdir()) == [at_work]


def test_members_of_an_archive_lie_outside_of_landing_and_only_while_they_are_read(desk: Desk, ads: Ads) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("report.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    seen: list[Path] = []

    def look(*_: object) -> list[Check]:
        """What lies where while the batch is checked."""
        files = (path for folder in (desk.home.landing, desk.home.scratch) for path in folder.rglob("*"))
        seen.extend(path for path in files if path.is_file() and b"Campaign,Currency code" in path.read_bytes())
        return []

    outcome = desk.land_one("google_ads/vn/a.zip", buffer.getvalue(), gate=look)
    assert outcome.status == "landed"
    assert {path.relative_to(desk.home.root).parts[0] for path in seen} == {"scratch"}
    assert [path for path in desk.home.scratch.rglob("*") if path.is_file()] == []


def test_there_may_be_nothing_to_sweep(tmp_path: Path) -> None:
    sweep_unheld(tmp_path / "not there")
