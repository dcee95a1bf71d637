"""Raw rows lie in the clear outside of landing/ while they are read, for their owner alone, and never longer."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from raceway.landing.aside import held, sweep_unheld
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


def test_there_may_be_nothing_to_sweep(tmp_path: Path) -> None:
    sweep_unheld(tmp_path / "not there")
