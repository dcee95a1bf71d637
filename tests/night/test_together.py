"""Programs that run together end together, with all that they have started, however they are stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from raceway.night.together import run_together
from tests.support.server import wait_until

RUNNER = """
import sys
from pathlib import Path
from raceway.night.together import run_together
folder, stubborn = Path(sys.argv[1]), sys.argv[2]
program = [sys.executable, "-c", stubborn, str(folder)]
sys.exit(run_together([*program, "first"], [[*program, "second"]], (folder / "first").exists))
"""
WITH_A_CHILD = """
import os, signal, sys, time
from pathlib import Path
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as a worker that is in the middle of something
    while True:
        time.sleep(60)
Path(sys.argv[1], sys.argv[2]).write_text(str(os.getpid()))
time.sleep(60)
"""


def groups_members(group: int) -> list[int]:
    """Processes of a group that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
        except OSError:  # it has ended meanwhile
            continue
        if int(of) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_every_program_and_what_it_has_started(tmp_path: Path, number: signal.Signals) -> None:
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(tmp_path), WITH_A_CHILD], start_new_session=True, cwd=Path.cwd()
    )
    try:
        wait_until(lambda: (tmp_path / "second").exists() and (tmp_path / "second").read_text() != "", "both programs")
        groups = [int((tmp_path / name).read_text(encoding="utf-8")) for name in ("first", "second")]
        assert [len(groups_members(group)) for group in groups] == [2, 2]
        os.kill(runner.pid, number)
        assert runner.wait(30) == 0
        assert [groups_members(group) for group in groups] == [[], []]
    finally:
        if runner.poll() is None:
            os.kill(runner.pid, signal.SIGTERM)
            runner.wait(30)


def test_where_one_ends_the_others_end_and_its_code_is_given(tmp_path: Path) -> None:
    lasting = [
        sys.executable,
        "-c",
        f"import os, time; open('{tmp_path}/pid', 'w').write(str(os.getpid())); time.sleep(60)",
    ]
    failing = [sys.executable, "-c", "raise SystemExit(3)"]
    assert run_together(lasting, [failing], lambda: (tmp_path / "pid").exists()) == 3
    assert groups_members(int((tmp_path / "pid").read_text(encoding="utf-8"))) == []


def test_nothing_else_starts_where_the_first_does_not(tmp_path: Path) -> None:
    failing = [sys.executable, "-c", "raise SystemExit(4)"]
    other = [sys.executable, "-c", f"open('{tmp_path}/started', 'w')"]
    assert run_together(failing, [other], lambda: False) == 4
    assert not (tmp_path / "started").exists()
