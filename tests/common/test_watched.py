"""Calls in watched processes: what one does to its process it does to that alone, and nobody outlives who asks."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from raceway.common.faults import ExportRefused, PassingFault
from raceway.common.watched import Bounds, Ended, Nursery, Seat, held_by
from tests.support.server import wait_until


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery(["tests.common.test_watched"])
    yield made
    made.close()


@pytest.fixture
def seat(nursery: Nursery) -> Seat:
    return Seat(nursery)


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(7)


def hang() -> None:
    while True:
        pass


def hold(path: Path) -> None:
    """Holds the interpreter's lock in C, so that no thread of this process runs, until the machine ends it."""
    path.write_text(str(os.getpid()), encoding="utf-8")
    ctypes.PyDLL(None).pause()


def take(megabytes: int, keep: bool) -> int:
    taken = b"x" * (megabytes << 20)
    if keep:
        KEPT.append(taken)
        time.sleep(60)
    return len(taken)


KEPT: list[bytes] = []


def refuse() -> None:
    raise ExportRefused("shop/a.csv: no known export")


def test_a_worker_stays_for_the_next_call_and_hands_on_what_it_gives_or_raises(seat: Seat) -> None:
    first = seat.do(os.getpid)
    assert first != os.getpid()
    with pytest.raises(ExportRefused, match="no known export") as raised:
        seat.do(refuse)
    assert "in refuse" in "".join(raised.value.__notes__)
    assert seat.do(os.getpid) == first


@pytest.mark.parametrize(("way", "words"), [(crash, "SIGSEGV"), (os.abort, "SIGABRT"), (leave, "exit code 7")])
def test_a_call_that_ends_its_process_says_how_and_the_next_one_gets_another(
    seat: Seat, way: object, words: str
) -> None:
    first = seat.do(os.getpid)
    with pytest.raises(Ended) as ended:
        seat.do(way)  # type: ignore[arg-type]
    assert (ended.value.words, ended.value.is_from_outside) == (words, False)
    assert seat.do(os.getpid) != first


def test_a_call_that_never_ends_is_stopped_also_where_it_holds_the_interpreter(seat: Seat, tmp_path: Path) -> None:
    for call in ((hang,), (hold, tmp_path / "pid")):
        with pytest.raises(Ended) as ended:
            seat.do(*call, bounds=Bounds(seconds=0.1))
        assert ended.value.how == "time"
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text(encoding='utf-8')}").exists()


def test_a_call_that_takes_too_much_memory_is_stopped(seat: Seat) -> None:
    with pytest.raises(Ended) as ended:
        seat.do(take, 400, True, bounds=Bounds(memory=300 << 20))
    assert ended.value.how == "memory"
    assert seat.do(take, 1, False, bounds=Bounds(memory=300 << 20)) == 1 << 20


def keep(megabytes: int) -> int:
    KEPT.append(b"x" * (megabytes << 20))
    return os.getpid()


def test_what_a_call_leaves_behind_is_not_charged_to_the_next(seat: Seat) -> None:
    bounds = Bounds(memory=400 << 20)
    first = seat.do(keep, 200, bounds=bounds)
    assert seat.do(os.getpid, bounds=bounds) != first


def test_who_is_killed_from_outside_is_told_from_who_crashed(seat: Seat) -> None:
    pid = seat.do(os.getpid)
    threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(Ended) as ended:
        seat.do(hang)
    assert (ended.value.words, ended.value.is_from_outside) == ("SIGKILL", True)


def test_a_nursery_that_is_killed_is_replaced(seat: Seat, nursery: Nursery) -> None:
    assert nursery._process is not None
    os.killpg(nursery._process.pid, signal.SIGKILL)
    nursery._process.wait()
    assert seat.do(os.getpid) > 0


def test_a_call_that_is_at_work_when_the_nursery_closes_is_no_crash_of_its_own() -> None:
    made = Nursery([])
    seat = Seat(made)
    seat.do(os.getpid)
    threading.Timer(0.2, made.close).start()
    with pytest.raises(PassingFault, match="was ended with the run"):
        seat.do(time.sleep, 60)


ASKER = """
import sys
from pathlib import Path
from raceway.common.watched import Nursery, Seat
from tests.common.test_watched import hold
seat = Seat(Nursery([]))
seat.do(hold, Path(sys.argv[1]))
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_ends_with_who_asked_even_where_it_holds_the_interpreter(tmp_path: Path, how: signal.Signals) -> None:
    told = tmp_path / "pid"
    asker = subprocess.Popen([sys.executable, "-c", ASKER, str(told)])
    try:
        wait_until(lambda: told.exists() and bool(told.read_text(encoding="utf-8")), "the worker is at work")
    finally:
        asker.send_signal(how)
        asker.wait()
    worker = int(told.read_text(encoding="utf-8"))
    wait_until(lambda: not Path(f"/proc/{worker}/cmdline").exists() or held_by(worker) == 0, "the worker has ended")


def test_no_program_in_the_current_folder_takes_this_ones_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = tmp_path / "raceway" / "common"
    foreign.mkdir(parents=True)
    for name in ("../__init__.py", "__init__.py", "watched.py"):
        (foreign / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    nursery = Nursery([])
    try:
        assert Seat(nursery).do(os.getcwd) == str(tmp_path)
    finally:
        nursery.close()
    assert not (tmp_path / "ran").exists()
