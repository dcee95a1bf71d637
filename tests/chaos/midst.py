"""The faults that happen while a night works: kills, files that change, a second run, a lost lock, another's warehouse,
a clock that is wrong."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from raceway.common.home import Home
from tests.chaos.faults import Fault, Level, Midst, a_folder, cut, limit, remove, rewrite, spoiling

KILLS: dict[str, int] = {"mend": 10, "find": 10, "land": 20, "put_away": 10, "freeze": 10}
MART_KILLS: dict[str, int] = {"build": 10, "gate_mart": 10, "publish": 10}
WHOLE_KILLS = (
    ("find", 0.5), ("helpers", 0.1), ("helpers", 0.4), ("land", 0.5), ("freeze", 0.5), ("staging", 0.5), ("conform", 0.5),
    ("convert", 0.5), ("mart", 0.5), ("gate_mart", 0.5), ("publish", 0.3), ("publish", 0.8),
)  # fmt: skip


def kills(of: dict[str, int], level: Level = "steps") -> Iterator[Fault]:
    """The process and its group killed at evenly spread parts of each step."""
    for step, number in of.items():
        for place in range(number):
            midst = Midst(step, (place + 0.5) / number)
            yield Fault(f"kill:{step}:{place}", "kill", midst=midst, level=level)


def kills_at(places: Iterable[tuple[str, float]], level: Level) -> Iterator[Fault]:
    """The same at given places."""
    for step, share in places:
        yield Fault(f"{level}:kill:{step}:{share}", "kill", midst=Midst(step, share), level=level)


def while_read() -> Iterator[Fault]:
    """The file of the inbox that a step has just touched is cut, replaced, appended to, taken away, or a folder."""
    ways: dict[str, Callable[[Path], None]] = {
        "cut": _dated(cut),
        "replaced": _dated(lambda path: rewrite(path, path.read_bytes()[::-1])),
        "appended": _dated(lambda path: rewrite(path, path.read_bytes() + b"x,y\n")),
        "emptied": _dated(lambda path: rewrite(path, b"")),
        "deleted": remove,
        "folder": a_folder,
    }
    for way, spoil in ways.items():
        for place in range(4):

            def do(home: Home, touched: str, spoil: Callable[[Path], None] = spoil) -> None:
                path = Path(touched)
                if path.is_file():
                    spoil(path)

            midst = Midst("land", (place + 0.5) / 4, do)
            yield Fault(f"read:{way}:{place}", "while_read", midst=midst, may_differ=True)


def _dated(spoil: Callable[[Path], None]) -> Callable[[Path], None]:
    """What is half written is older than the whole file that comes after it."""

    def spoiled(path: Path) -> None:
        at = path.stat().st_mtime
        spoil(path)
        os.utime(path, (at - 60, at - 60))

    return spoiled


def two_runs(run: Callable[[Home], object]) -> Iterator[Fault]:
    """A second run begins while the first is at work; and the same without the lock that keeps them apart."""
    for step, share in (("mend", 0.5), ("find", 0.5), ("land", 0.1), ("land", 0.5), ("land", 0.9), ("freeze", 0.5)):
        for lost in (False, True):
            yield two_runs_at(step, share, lost, run, "steps")


def two_runs_at(step: str, share: float, lost: bool, run: Callable[[Home], object], level: Level) -> Fault:
    """A second run in the midst of a step; `lost`: the lock's file is taken away before."""

    def do(home: Home, touched: str) -> None:
        if lost:
            home.lock.unlink()
        run(home)

    kind = "lock_removed" if lost else "two_runs"
    name = f"{'' if level == 'steps' else 'night:'}{kind}:{step}:{share}"
    return Fault(name, kind, midst=Midst(step, share, do), level=level, may_differ=lost)


def warehouse() -> Iterator[Fault]:
    """Another process has the warehouse open, or writes into it while a night does."""
    yield from warehouse_opened("steps")
    for way in ("cut", "garbage", "empty", "deleted"):
        for share in (0.1, 0.9):
            yield Fault(f"warehouse:{way}_in_freeze:{share}", "warehouse", midst=_spoilt(way, "freeze", share))


def warehouse_opened(level: Level) -> Iterator[Fault]:
    """Another process has the warehouse open during a night."""
    of = "" if level == "steps" else f"{level}:"
    yield Fault(f"{of}warehouse:opened", "warehouse", around=_opened, level=level)
    yield Fault(f"{of}warehouse:opened_to_read", "warehouse", around=_opened_to_read, level=level)


def _spoilt(way: str, step: str, share: float) -> Midst:
    strike = spoiling(Path("warehouse.duckdb"), way)

    def do(home: Home, touched: str) -> None:
        strike(home)

    return Midst(step, share, do)


@contextmanager
def _held(home: Home, read_only: bool) -> Iterator[None]:
    """In a process of its own, as another program would."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with duckdb.connect(str(home.warehouse), read_only=read_only):
                os.write(writing, b"x")
                time.sleep(600)
        finally:
            os._exit(0)
    os.close(writing)
    try:
        os.read(reading, 1)
        yield
    finally:
        os.close(reading)
        os.kill(child, 9)
        os.waitpid(child, 0)


def _opened(home: Home) -> Any:
    return _held(home, read_only=False)


def _opened_to_read(home: Home) -> Any:
    return _held(home, read_only=True)


CLOCKS = {
    "1_hour": dt.timedelta(hours=1), "1_day": dt.timedelta(days=1), "40_days": dt.timedelta(days=40),
    "2_years": dt.timedelta(days=730), "9_years": dt.timedelta(days=3287),
}  # fmt: skip


def clocks(level: Level = "steps") -> Iterator[Fault]:
    """A night under a clock that goes ahead, which is set right before the next one; and one under a clock that was set
    back."""
    for name, by in CLOCKS.items():
        yield Fault(f"clock:ahead:{name}", "clock", inside=clock_set(by), level=level)
        yield Fault(f"clock:back:{name}", "clock", inside=clock_set(-by), level=level)


def clock_set(by: dt.timedelta) -> Callable[[], None]:
    """Sets this process's clock, as far as raceway reads it."""

    def inside() -> None:
        true_time, true = time.time, dt.datetime

        class OfAll(type(dt.datetime)):  # type: ignore[misc]  # the clock of this process
            def __instancecheck__(cls, one: object) -> bool:
                return isinstance(one, true)

        class Shifted(true, metaclass=OfAll):  # type: ignore[valid-type, misc]  # the same
            __slots__ = ()  # of the size that libraries in C look for

            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> Any:
                return true.now(tz) + by

        dt.datetime = Shifted  # type: ignore[misc]  # replaced on purpose
        time.time = lambda: true_time() + by.total_seconds()

    return inside


def mart_faults() -> Iterator[Fault]:
    """Faults of what a published mart is made of: kills from build to publish, disks, the versions, the clock."""
    yield from kills(MART_KILLS, "mart")
    for size in (16_384, 262_144, 1_048_576, 8_388_608):
        yield Fault(f"mart:full:{size}", "full_disk", inside=limit(size), level="mart")
    for way in ("folder", "dangling", "deleted"):
        yield Fault(f"current:{way}", "own_file", spoiling(Path("published/current"), way), level="mart")
    for way in ("cut", "garbage", "deleted"):
        yield Fault(f"version_run:{way}", "own_file", _of_version("run.json", way), level="mart")
    for way in ("cut", "deleted"):
        yield Fault(f"version_mart:{way}", "own_file", _of_version("race.duckdb", way), level="mart")
    for name in ("1_day", "2_years"):
        yield Fault(f"mart:clock:ahead:{name}", "clock", inside=clock_set(CLOCKS[name]), level="mart")
        yield Fault(f"mart:clock:back:{name}", "clock", inside=clock_set(-CLOCKS[name]), level="mart")
    for way in ("cut", "deleted", "garbage"):
        yield Fault(f"mart:warehouse:{way}", "warehouse", midst=_spoilt(way, "build", 0.5), level="mart")


def _of_version(name: str, way: str) -> Callable[[Home], Path]:
    def strike(home: Home) -> Path:
        place = home.current.resolve().relative_to(home.root.resolve()) / name
        return spoiling(place, way)(home)

    return strike
